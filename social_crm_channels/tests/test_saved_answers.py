# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import know, message, person

from .composer_common import ComposerCommon


@tagged("post_install", "-at_install")
class TestSavedAnswers(ComposerCommon):
    """What one says again and again, for whom it suits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.german = cls.env["res.lang"]._activate_lang("de_DE")
        cls.english = cls.env["res.lang"]._activate_lang("en_US")
        cls.team = cls.env["social.crm.team"].create(
            {"name": "Shop", "member_ids": [Command.link(cls.agent.id)]}
        )
        cls.mara = cls.env["res.partner"].create({"name": "Ana Kovač", "lang": "en_US"})
        cls.env.invalidate_all()  # whose teams are which is read once a request

    def save(self, source, substitution="Hello", user=None, **values):
        return self.env["mail.canned.response"].with_user(user or self.agent).create(
            {"source": source, "substitution": substitution, **values}
        )

    def found(self, search="", place=None):
        return self.mine.inbox_saved_answers((place or self.public).id, search)

    def shortcuts(self, search=""):
        return [answer["shortcut"] for answer in self.found(search)]

    def test_their_language_comes_first_then_their_segment(self):
        self.save("parcel any")
        self.save("parcel de", social_lang_id=self.german.id)
        self.save("parcel en", social_lang_id=self.english.id)
        self.save("parcel prospect", social_lang_id=self.english.id, social_relation="prospect")
        self.assertEqual(
            self.shortcuts("::parcel"), ["parcel prospect", "parcel en", "parcel any", "parcel de"]
        )

    def test_the_beginning_of_a_shortcut_counts_most(self):
        self.save("late parcel")
        self.save("sorry", "We are sorry for the parcel")
        self.save("parcel")
        self.assertEqual(self.shortcuts("parcel"), ["parcel", "late parcel", "sorry"])

    def test_offers_for_prospects_are_not_for_customers(self):
        self.save("welcome", social_relation="prospect")
        self.save("thanks", social_relation="customer")
        self.assertEqual(self.shortcuts(), ["welcome"])
        know(self.public.identity_id, self.mara)
        self.mara.write({"social_relation_manual": "customer", "social_relation_note": "Bought"})
        self.assertEqual(self.shortcuts(), ["thanks"])

    def test_answers_for_other_networks_stay_away(self):
        self.save("toot", social_platform_ids=[Command.link(self.platform.id)])
        self.assertEqual(self.shortcuts(), [])

    def test_a_team_shares_and_others_do_not_see(self):
        self.save("ours", user=self.leader, social_team_ids=[Command.link(self.team.id)])
        self.save("leader's own", user=self.leader)
        self.assertEqual(self.shortcuts(), ["ours"])
        stranger = new_test_user(self.env, "stranger", groups="social_crm_base.group_agent")
        seen = self.env["mail.canned.response"].with_user(stranger).search([])
        self.assertFalse({"ours", "leader's own"} & set(seen.mapped("source")))
        with self.assertRaises(AccessError):
            self.env["mail.canned.response"].with_user(self.agent).search(
                [("source", "=", "ours")]
            ).write({"substitution": "mine now"})

    def test_marketing_says_why_it_cannot_be_sent(self):
        self.save("sale", "20 % off", social_purpose="marketing")
        (offer,) = self.found()
        self.assertIn("not opted in", offer["refusal"])
        with self.assertRaisesRegex(UserError, "not opted in"):
            self.send(body="20 % off", purpose="marketing")
        with patch.object(type(self.public), "_opted_in", lambda talk, purpose: True):
            self.assertFalse(self.found()[0]["refusal"])

    def test_used_answers_are_found_sooner(self):
        first, second = self.save("a"), self.save("b")
        self.mine.inbox_answer_used(second.id)
        self.assertTrue(second.last_used)
        self.assertEqual(self.shortcuts(), ["b", "a"])
        self.assertFalse(first.last_used)

    # === PLACEHOLDERS === #

    def test_names_are_filled_and_the_rest_is_named(self):
        self.agent.name = "Mia Rot"
        self.save("hi", "Hello {{ customer.first_name }}, {{order.number}} {{ nonsense }} "
                        "{{agent.first_name}}")
        (answer,) = self.found()
        self.assertEqual(answer["text"], "Hello Ana, {{order.number}} {{ nonsense }} Mia")
        self.assertEqual([one["name"] for one in answer["missing"]], ["order.number", "nonsense"])
        self.assertIn("everybody reads along", answer["missing"][0]["reason"])

    def test_what_is_not_filled_does_not_leave(self):
        with self.assertRaisesRegex(UserError, "Not filled yet.*order.number"):
            self.send(body="Your order {{ order.number }}")
        sent = self.send(body="Hello {{ customer.first_name }}")
        self.assertEqual(self.row(sent).interaction_id.body, "Hello Ana")

    def test_orders_stay_locked_until_it_is_proven_who_writes(self):
        self.case.order_ref = "A-4711"
        know(self.private.identity_id, self.mara)
        self.save("order", "Your order {{ order.number }}")
        (answer,) = self.found(place=self.private)
        self.assertIn("until it is proven", answer["missing"][0]["reason"])
        self.private.sudo().identity_id.link_ids._prove()
        (answer,) = self.found(place=self.private)
        if "sale.order" not in self.env:
            self.assertEqual(answer["text"], "Your order A-4711")
        (answer,) = self.found(place=self.public)
        self.assertIn("everybody reads along", answer["missing"][0]["reason"])


@tagged("post_install", "-at_install")
class TestBrandRules(ComposerCommon):
    """How the company speaks is seen while writing and checked when sending."""

    def rule(self, **values):
        return self.env["social.crm.brand.rule"].with_user(self.leader).create(
            {"name": "Rule", "message": "Say it otherwise", **values}
        )

    def brand(self, text, place=None):
        return self.measure(place or self.public, text)["brand"]

    def test_words_to_avoid_are_whole_words_in_any_case(self):
        self.rule(words="cheap*\nno problem", level="hint")
        self.assertEqual([one["found"] for one in self.brand("That is CHEAPER")], ["CHEAPER"])
        self.assertEqual([one["found"] for one in self.brand("No  problem!")], ["No  problem"])
        self.assertFalse(self.brand("incheaper words"))
        self.rule(words="jeftin*\nдешев*", level="hint")
        self.assertTrue(self.brand("To je jeftino"))
        self.assertTrue(self.brand("Это дешево"))

    def test_a_stop_stops_and_a_hint_does_not(self):
        self.rule(words="cheap", level="hint")
        self.assertEqual(self.send(body="so cheap")["state"], "held")
        self.rule(words="lawyer", level="stop", message="Ask the legal department first.")
        with self.assertRaisesRegex(UserError, "Ask the legal department first."):
            self.send(body="Call a lawyer")
        with self.assertRaisesRegex(UserError, "legal department"):
            self.public._queue_reply("Call a lawyer")

    def test_words_to_have_are_missed(self):
        self.rule(kind="require", words="Team Shop", message="Sign as Team Shop")
        self.assertEqual(self.brand("Hello")[0]["message"], "Sign as Team Shop")
        self.assertFalse(self.brand("Hello, your team shop"))
        self.assertFalse(self.brand("   "), "nothing written yet")

    def test_form_of_address_follows_the_language(self):
        self.rule(kind="formal", message="We say Sie")
        self.said("c1").language = "de"
        self.assertEqual(self.brand("Hast du schon gewartet?")[0]["message"], "We say Sie")
        self.assertFalse(self.brand("Darf ich Sie fragen?"))

    def test_rules_of_other_networks_languages_and_teams_do_not_hold(self):
        team = self.env["social.crm.team"].create({"name": "Others"})
        german = self.env["res.lang"]._activate_lang("de_DE")
        self.rule(words="cheap", platform_ids=[Command.link(self.platform.id)])
        self.rule(words="cheap", lang_ids=[Command.link(german.id)])
        self.rule(words="cheap", team_ids=[Command.link(team.id)])
        self.assertFalse(self.brand("cheap"))

    def test_a_bad_pattern_is_refused_and_a_slow_one_holds_up_nobody(self):
        bad = self.assertRaisesRegex(ValidationError, "no regular expression")
        with bad, self.env.cr.savepoint():
            self.rule(words="(", is_pattern=True)
        empty = self.assertRaisesRegex(ValidationError, "at least one word")
        with empty, self.env.cr.savepoint():
            self.rule(words="  \n")
        self.rule(words=r"(a|aa)+$", is_pattern=True, level="stop")
        self.assertEqual(self.send(body="a" * 60 + "!")["state"], "held")

    def test_signs_that_mean_something_in_patterns_are_only_signs(self):
        self.rule(words="100% (sure)\n:-)")
        self.assertTrue(self.brand("It is 100% (sure) today"))
        self.assertFalse(self.brand("It is 100% sure today"))

    def test_agents_cannot_change_how_the_company_speaks(self):
        rule = self.rule(words="cheap")
        with self.assertRaises(AccessError):
            rule.with_user(self.agent).level = "stop"


@tagged("post_install", "-at_install")
class TestProtocols(ComposerCommon):
    """How we answer is read and confirmed, version by version."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.protocol = cls.env["social.crm.protocol"].with_user(cls.leader).create(
            {"name": "Complaints", "text": "<p>Be kind</p>"}
        )

    def shown(self):
        return self.open()["places"][0]["protocols"]

    def test_nobody_answers_before_having_confirmed(self):
        self.assertTrue(self.shown()[0]["unread"])
        with self.assertRaisesRegex(UserError, "Read and confirm first.*Complaints"):
            self.send()
        self.protocol.with_user(self.agent).action_confirm_read()
        self.assertFalse(self.shown()[0]["unread"])
        self.assertEqual(self.send()["state"], "held")

    def test_a_new_wording_is_read_again(self):
        mine = self.protocol.with_user(self.agent)
        mine.action_confirm_read()
        self.protocol.name = "Complaints in public"
        self.assertEqual(self.protocol.version, 1)
        self.protocol.text = "<p>Be very kind</p>"
        self.assertEqual(self.protocol.version, 2)
        self.assertTrue(self.shown()[0]["unread"])
        mine.action_confirm_read(version=1)
        self.assertTrue(self.shown()[0]["unread"], "that was the old wording on the screen")
        mine.action_confirm_read(version=2)
        self.assertFalse(self.shown()[0]["unread"])

    def test_the_company_may_do_without(self):
        self.company.social_crm_protocol_required = False
        self.assertFalse(self.shown()[0]["unread"])
        self.assertEqual(self.send()["state"], "held")

    def test_protocols_are_for_networks_teams_and_groups(self):
        self.protocol.platform_ids = self.platform
        self.assertFalse(self.shown())
        self.protocol.write({"platform_ids": [Command.clear()]})
        self.protocol.sudo().group_ids = self.env.ref("social_crm_base.group_publisher")
        self.assertFalse(self.shown())

    def test_leaders_see_who_has_read_it_and_who_has_not(self):
        self.protocol.with_user(self.agent).action_confirm_read()
        self.protocol.invalidate_recordset()
        self.assertIn(self.agent, self.protocol.read_user_ids)
        self.assertNotIn(self.agent, self.protocol.missing_user_ids)
        self.assertIn(self.leader, self.protocol.missing_user_ids)
        self.assertNotIn(self.viewer, self.protocol.missing_user_ids, "viewers answer nothing")

    def test_readings_are_written_by_confirming_only(self):
        with self.assertRaises(AccessError):
            self.env["social.crm.protocol.reading"].with_user(self.manager).create(
                {"protocol_id": self.protocol.id, "user_id": self.agent.id, "version": 1}
            )
        self.protocol.with_user(self.agent).action_confirm_read()
        self.protocol.with_user(self.leader).action_confirm_read()
        seen = self.env["social.crm.protocol.reading"].with_user(self.agent).search([])
        self.assertEqual(seen.user_id, self.agent)

    def test_machines_need_not_read(self):
        self.assertEqual(
            self.public._queue_reply("We are closed", answer_type="away").state, "queued"
        )


@tagged("post_install", "-at_install")
class TestTraining(ComposerCommon):
    """New colleagues practise where nobody is."""

    def test_practising_needs_no_administrator(self):
        action = self.env["social.crm.channel"].with_user(self.agent).action_practise()
        self.assertEqual(action["params"]["next"]["tag"], "social_crm_inbox")
        channel = self.env["social.crm.channel"].search([("is_training", "=", True)])
        self.assertEqual(channel.connector, "sandbox")
        self.assertTrue(
            self.env["social.crm.sandbox.delivery"].search([("app_id", "=", channel.app_id.id)])
        )
        self.env["social.crm.channel"].with_user(self.agent).action_practise()
        self.assertEqual(
            self.env["social.crm.channel"].search([("is_training", "=", True)]), channel
        )

    def test_only_who_practises_sees_the_invented_people(self):
        Channel = self.env["social.crm.channel"]
        Channel.with_user(self.agent).action_practise()
        channel = Channel.search([("is_training", "=", True)])
        self.ingest(message("practice", person("invented")), channel=channel)
        case = self.said("practice", channel=channel).case_id
        self.env.invalidate_all()  # whose teams are which is read once a request
        self.assertTrue(case.is_training)
        self.assertTrue(case.with_user(self.agent).has_access("write"))
        other = new_test_user(self.env, "not_new", groups="social_crm_base.group_agent")
        self.assertFalse(case.with_user(other).has_access("read"))
        self.assertFalse(channel.with_user(other).has_access("read"))

    def test_viewers_do_not_practise_answering(self):
        with self.assertRaisesRegex(UserError, "only agents can practise"):
            self.env["social.crm.channel"].with_user(self.viewer).action_practise()

    def test_the_screen_says_that_it_is_practice(self):
        self.channel.is_training = True
        self.assertTrue(self.open()["places"][0]["is_training"])
        self.assertIn(
            self.case, self.env["social.crm.case"].search([("is_training", "=", True)])
        )
