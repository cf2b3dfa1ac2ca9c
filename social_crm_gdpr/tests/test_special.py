# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import comment, know, message, person

from .test_restriction import MeasureCommon


@tagged("post_install", "-at_install")
class TestSpecialCategories(MeasureCommon):
    def said_so(self, text, **facts):
        number = self.interactions.search_count([]) + 1
        external_id = f"s{number}"
        self.ingest(message(external_id, person("cila"), minutes=number, text=text, **facts))
        said = self.said(external_id)
        said._run_hooks()
        return said

    def test_words_of_special_categories_are_not_profiled_in_any_language_or_script(self):
        for text in (
            "I was diagnosed with diabetes last year",
            "Ich bin schwanger, hilft die Creme?",
            "Da li je bezbedno u trudnoći?",
            "Да ли је безбедно у трудноћи?",
            "Saya sedang hamil 🤰",
            "Ja sam u sindikatu",
        ):
            with self.subTest(text=text):
                said = self.said_so(text)
                self.assertTrue(said.not_profiled)
                self.assertFalse(said._may_profile())

    def test_other_words_are(self):
        for text in ("Die Lieferung kam zu spät", "Kasni paket 😡", "Krebsrot ist die Farbe", "🙂"):
            with self.subTest(text=text):
                self.assertFalse(self.said_so(text).not_profiled)

    def test_which_list_it_was_is_stored_nowhere(self):
        said = self.said_so("Ich bin schwanger")
        stored = [name for name, field in said._fields.items() if field.store]
        self.assertNotIn("pregnancy", str(said.read(stored)).casefold())

    def test_a_network_that_guesses_the_language_wrong_changes_nothing(self):
        for text, guessed in (
            ("Ich bin schwanger", "en"), ("Trudna sam", "en"), ("I am pregnant", "de"),
            ("Saya hamil", "sr"),
        ):  # fmt: skip
            with self.subTest(text=text):
                self.assertTrue(self.said_so(text, language=guessed).not_profiled)

    def test_a_word_that_means_something_else_elsewhere_counts_in_its_language_only(self):
        self.assertFalse(self.said_so("Rom ist eine schöne Stadt", language="de").not_profiled)
        self.assertTrue(self.said_so("Ja sam Rom", language="sr").not_profiled)

    def test_editors_refuse_such_terms_and_say_why(self):
        rules = self.env["social.crm.rule"].with_user(self.manager)
        for values in ({"keywords": "trudnoć*, kasni"}, {"name": "Gewerkschaft"}):
            with self.assertRaisesRegex(ValidationError, "Art. 9"):
                rules.create({"name": "Rule", "keywords": "kasni", **values})
        with self.assertRaisesRegex(ValidationError, "Art. 9"):
            self.env["social.crm.tag"].with_user(self.manager).create({"name": "Schwanger"})
        with self.assertRaisesRegex(ValidationError, "Art. 9"):
            self.contact.write(
                {"social_relation_manual": "customer", "social_relation_note": "she is pregnant"}
            )
        with self.assertRaisesRegex(ValidationError, "Art. 9"):
            self.channel.with_user(self.manager).topics = "pregnancy, Islam"
        with self.assertRaisesRegex(ValidationError, "Art. 9"):
            self.env["social.crm.team"].search([], limit=1).case_properties = [
                {"name": "a", "type": "selection", "string": "Of", "selection": [["m", "Muslim"]]}
            ]
        self.assertTrue(rules.create({"name": "Late", "keywords": "kasni"}))

    def test_a_contact_tag_rules_sort_by_is_not_renamed_to_such_a_term(self):
        used, free = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.env["social.crm.rule"].create({"name": "R", "category_ids": [(6, 0, used.ids)]})
        free.name = "Muslim"
        with self.assertRaisesRegex(ValidationError, "Art. 9"):
            used.name = "Muslim"

    def test_no_way_around_the_editors(self):
        """Contact tags a rule sorts by, reasons, kept filters and favourites are segments too."""
        faith = self.env["res.partner.category"].create({"name": "Muslim"})
        for user, model, values in (
            (self.manager, "social.crm.rule", {"name": "R", "category_ids": [(6, 0, faith.ids)]}),
            (self.manager, "social.crm.case.reason", {"name": "Schwangerschaft"}),
            (self.agent, "social.crm.inbox.filter", {"name": "F", "query": {"words": "trudna"}}),
            (
                self.agent,
                "ir.filters",
                {
                    "name": "F", "model_id": "social.crm.interaction", "user_ids": [self.agent.id],
                    "domain": "[('body', 'ilike', 'schwanger')]",
                },
            ),
            (
                self.agent,
                "ir.filters",
                {
                    "name": "F", "model_id": "res.partner", "user_ids": [self.agent.id],
                    "domain": "[('category_id.name', 'ilike', 'muslim')]",
                },
            ),
        ):  # fmt: skip
            with self.subTest(model=model), self.assertRaisesRegex(ValidationError, "Art. 9"):
                self.env[model].with_user(user).create(values)

    def test_a_minor_is_answered_and_nothing_else(self):
        for text in (
            "I am 12 years old",
            "Imam 13 godina",
            "Ich bin 11 Jahre alt",
            "Umur saya 12 tahun",
            "Hi! I am 14, is that ok?",
            "I'm 14 and I want one",
            "ich bin 12 🙂",
            "aku umur 12",
        ):
            with self.subTest(text=text):
                said = self.said_so(text)
                who = said.identity_id
                self.assertEqual(who.minor, "likely")
                self.assertFalse(said._may_profile() or who._may_profile())
                with self.assertRaisesRegex(UserError, "minor"):
                    said.with_user(self.agent)._gate_lead()
                talk = said.conversation_id.with_user(self.agent)
                with self.assertRaisesRegex(UserError, "minor"):
                    talk._queue_reply("Zadovoljni?", purpose="feedback")
                self.assertTrue(talk._queue_reply("Evo odgovora"))
                self.assertIn("minor", said.case_id._inbox_person_notices()[0]["text"])
                who.minor = False

    def test_the_age_counts_by_the_country_and_is_not_stored(self):
        self.company.country_id = self.env.ref("base.at")
        self.assertFalse(self.said_so("Ich bin 15 Jahre alt").identity_id.minor)
        self.company.country_id = self.env.ref("base.rs")
        self.assertEqual(self.said_so("Imam 14 godina").identity_id.minor, "likely")
        self.assertFalse(self.env["social.crm.identity"]._fields.get("age"))

    def test_where_the_person_lives_decides_before_where_the_company_is(self):
        self.company.country_id = self.env.ref("base.at")
        self.contact.country_id = self.env.ref("base.de")
        self.ingest(message("m15", person("ana"), minutes=8, text="Ich bin 15 Jahre alt"))
        self.interactions._run_second_stage()
        self.assertEqual(self.said("m15").identity_id.minor, "likely")

    def test_of_a_minor_only_what_asks_for_an_answer_is_taken_in(self):
        self.ana2.minor = "known"
        for kind in ("share", "follow", "post"):
            self.ingest(comment(f"x-{kind}", person("ana2"), "p1", minutes=9, kind=kind))
            self.ingest(comment(f"y-{kind}", person("bo"), "p1", minutes=9, kind=kind))
            self.assertFalse(self.said(f"x-{kind}"))
            self.assertTrue(self.said(f"y-{kind}"))
        self.ingest(comment("x-words", person("ana2"), "p1", minutes=9))
        self.assertTrue(self.said("x-words"), "what they ask is answered")

    def test_a_child_is_one_on_all_accounts_and_as_a_contact(self):
        self.ana2.minor = "known"
        said, talk = self.said("m1"), self.said("m1").conversation_id.with_user(self.agent)
        self.assertEqual((self.ana + self.ana2 + self.bo)._minors(), self.ana + self.ana2)
        self.assertFalse(self.ana._may_profile() or said._may_profile())
        self.assertIn("minor", talk._purpose_refusal("feedback"))
        self.assertFalse(talk._purpose_refusal("answer"))
        with self.assertRaisesRegex(UserError, "minor"):
            said.with_user(self.agent)._gate_lead()
        self.assertIn("minor", said.case_id._inbox_person_notices()[0]["text"])
        for person_ in (self.ana, self.contact):
            choices = self.env["social.crm.preferences"]._choices(person_, self.company, "en")
            self.assertTrue(choices)
            self.assertFalse([choice for choice in choices if choice["can_give"]])
        self.ingest(comment("x-follow", person("ana"), "p1", minutes=9, kind="follow"))
        self.assertFalse(self.said("x-follow"), "no listening on the other account either")

    def test_nobody_makes_a_childs_contact_a_lead_by_hand(self):
        self.ana2.minor = "likely"
        leads = self.env["crm.lead"].with_user(
            new_test_user(self.env, "leads", groups="sales_team.group_sale_salesman")
        )
        with self.assertRaisesRegex(UserError, "minor"):
            leads.create({"name": "x", "partner_id": self.contact.id})
        lead = leads.create({"name": "x"})
        with self.assertRaisesRegex(UserError, "minor"):
            lead.partner_id = self.contact
        received = leads.sudo().create({"name": "Web form", "partner_id": self.contact.id})
        self.assertTrue(received, "what they send in is received")
        received.with_user(leads.env.user).name = "Another name"

    def test_who_shares_an_account_with_a_child_is_none(self):
        partner = self.env["res.partner"].create({"name": "Bo"})
        know(self.bo + self.ana2, partner)
        self.ana2.write({"minor": "known", "is_shared": True})
        self.assertEqual((self.ana + self.ana2 + self.bo)._minors(), self.ana2)

    def test_a_number_is_not_an_age(self):
        for text in (
            "I am 5 minutes away",
            "Ich bin 10 Minuten zu spät",
            "Imam 3 paketa",
            "Ich bin 12 Jahre Kunde bei euch",
            "Imam 10 godina iskustva",
            "Saya 12 tahun bekerja di sini",
            "I'm 10/10 happy",
        ):
            with self.subTest(text=text):
                self.assertFalse(self.said_so(text).identity_id.minor)

    def test_a_contact_with_a_childs_account_is_in_no_segment(self):
        self.contact._social_refresh_relation()
        self.ana.minor = "known"
        self.contact._social_refresh_relation()
        self.assertFalse(self.contact.social_relation)


@tagged("post_install", "-at_install")
class TestNoAutomatedDecision(MeasureCommon):
    def rule(self, **values):
        return self.env["social.crm.rule"].with_user(self.manager).create(
            {"name": "Rule", **values}
        )

    def test_nobody_is_put_back_by_segment_loyalty_followers_or_mood_alone(self):
        for condition in (
            {"relation": "former"},
            {"loyalty": "lapsed"},
            {"followers_from": 10},
            {"domain": "[('mood_score', '<', 0)]"},
        ):
            with self.subTest(condition=condition):
                with self.assertRaisesRegex(ValidationError, "Art. 22"):
                    self.rule(priority="0", **condition)
                self.assertTrue(self.rule(priority="2", **condition))
        rule = self.rule(relation="former", priority="1")
        with self.assertRaisesRegex(ValidationError, "Art. 22"):
            rule.priority = "0"

    def test_nobody_is_kept_by_profile_from_what_later_rules_give(self):
        first = self.rule(relation="customer", priority="1", sequence=1)
        below = self.rule(tag_ids=[(0, 0, {"name": "Late"})], sequence=2)
        facts = self.env["social.crm.rule.test"].create({"text": "x", "relation": "customer"})
        self.assertEqual(self.verdicts(facts, first, below), ["takes", "adds"])
        self.assertNotIn("no rule below", first.sentence)
        first.keywords = "x"
        self.assertEqual(self.verdicts(facts, first, below), ["takes", "unasked"])

    def verdicts(self, test, *rules):
        asked = self.env["social.crm.rule"].union(*rules)
        lines = test._judge(asked, test._facts(asked))
        return [line["verdict"] for line in lines]

    def test_where_it_was_said_and_what_was_not_said_is_no_matter(self):
        for besides in (
            {"kind": "comment"},
            {"keywords": "hvala", "keyword_mode": "none"},
            {"keywords": "a*, b*, kasni", "keyword_mode": "any"},
        ):
            with self.subTest(besides=besides), self.assertRaisesRegex(ValidationError, "Art. 22"):
                self.rule(relation="former", priority="0", **besides)

    def test_no_segment_waits_longer_than_everybody(self):
        policies = self.env["social.crm.response.policy"].with_user(self.manager)
        policies.search([]).write({"active": False})
        everybody = policies.create({"name": "Everybody", "sequence": 9, "first_minutes": 60})
        for minutes in (90, 0):
            with self.subTest(minutes=minutes), self.assertRaises(ValidationError):
                policies.create({"name": "Former", "segment": "former", "first_minutes": minutes})
        values = {"name": "VIP", "segment": "customer", "first_minutes": 30}
        sooner = policies.create({**values, "warning_minutes": 0})
        with self.assertRaisesRegex(ValidationError, "Art. 22"):
            everybody.first_minutes = 10
        self.assertEqual(sooner.first_minutes, 30)

    def test_no_action_decides_on_people_by_profile_alone(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Close it",
                "model_id": self.env["ir.model"]._get_id("social.crm.case"),
                "state": "code",
                "code": "record.write({'state': 'closed'})",
            }
        )
        rules = self.env["social.crm.rule"]
        with self.assertRaisesRegex(ValidationError, "Art. 22"):
            rules.create(
                {"name": "R", "followers_from": 1, "action_server_id": action.id}
            )
        self.assertTrue(
            rules.create({"name": "R", "keywords": "kasni", "action_server_id": action.id})
        )

    def test_nobodys_words_are_hidden_by_profile(self):
        for condition in ({"relation": "former"}, {"loyalty": "lapsed"}, {"followers_from": 10}):
            with self.assertRaises(ValidationError):
                self.rule(hide_spam=True, **condition)

    def test_the_editor_says_so(self):
        view = self.env["social.crm.rule"].with_user(self.manager).get_view(view_type="form")
        self.assertIn("Art. 22", view["arch"])
