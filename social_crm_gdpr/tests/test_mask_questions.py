# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.social_crm_base.tests.common import comment, know, person
from odoo.addons.social_crm_base.tools.privacy import CONTACT, CONTENT, IDENTITY

from .test_restriction import MeasureCommon

NOBODY = "Xqzzw Qvvx"
OPERATORS = ("=", "!=", "ilike", "not ilike", "=ilike", "in", "not in", ">", "<=")


@tagged("post_install", "-at_install")
class TestMaskedQuestions(MeasureCommon):
    """Whoever sees initials does not hear either whether somebody of a known name is here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.social_crm_mask_viewers = True
        cls.ingest(
            comment(
                "c3",
                person("bojana", name="Bojana Bojić", profile_url="https://example.social/@boja"),
                "p1",
                text="Ja sam Bojana Bojić iz Čačka",
            )
        )
        cls.said_it = cls.said("c3")
        cls.bojana = cls.said_it.identity_id
        cls.partner = cls.env["res.partner"].create(
            {"name": "Bojana Bojić", "email": "bojana@example.com", "phone": "+381641112223"}
        )
        know(cls.bojana, cls.partner)
        cls.said_it.case_id.order_ref = "BOJ-77123"
        cls.env.flush_all()

    def readable(self):
        for name, cls in sorted(self.env.registry.items()):
            if name.startswith("social.crm.") and not (cls._abstract or cls._transient):
                model = self.env[name].with_user(self.viewer).with_context(active_test=False)
                if cls._auto and model.has_access("read"):
                    yield model

    def declared(self, model):
        """What is declared as telling who somebody is, or as words: straight from the model."""
        for name, personal in model._personal_data_fields().items():
            field = model._fields[name]
            if personal.category in (IDENTITY, CONTACT, CONTENT) and field.store:
                if field.type in ("char", "text", "html"):
                    yield name

    def known(self, model, name):
        rows = model.sudo().search([(name, "!=", False), (name, "!=", "")], limit=3)
        return {str(row[name])[:60] for row in rows}

    def test_no_condition_on_any_name_or_words_tells_them_from_nobodys(self):
        asked = 0
        for model in self.readable():
            for name in self.declared(model):
                for value in self.known(model, name):
                    asked += 1
                    for operator in OPERATORS:
                        real, none = (
                            model.search_count(
                                [(name, operator, [text] if "in" in operator.split() else text)]
                            )
                            for text in (value, NOBODY)
                        )
                        self.assertEqual(real, none, (model._name, name, operator))
        self.assertGreater(asked, 25, "too little to ask about")

    def test_nor_does_one_by_way_of_another_record(self):
        asked = 0
        for model in self.readable():
            for name, field in model._fields.items():
                if field.comodel_name not in ("social.crm.identity", "res.partner"):
                    continue
                if not field.store or field.type != "many2one":
                    continue
                for path in ("name", "display_name", "email", "handle", "social_identity_ids.name"):
                    if path.partition(".")[0] not in self.env[field.comodel_name]._fields:
                        continue
                    asked += 1
                    for value in ("Bojana Bojić", "bojana@example"):
                        domain = [(f"{name}.{path}", "ilike", value)]
                        self.assertFalse(model.search_count(domain), (model._name, domain))
                self.assertFalse(model.search_count([(name, "ilike", "Bojana")]), model._name)
                if field.comodel_name == "res.partner":
                    for operator in ("=", "child_of", "parent_of"):
                        domain = [(name, operator, self.partner.id)]
                        self.assertFalse(model.search_count(domain), (model._name, domain))
        self.assertGreater(asked, 20)

    def test_nor_does_one_that_starts_from_the_contact(self):
        partners = self.env["res.partner"].with_user(self.viewer)
        named = [("id", "=", self.partner.id)]
        for domain in (
            [("social_identity_ids", "!=", False)],
            [("social_identity_ids.handle", "ilike", "bojana")],
            [("social_identity_ids", "in", self.bojana.ids)],
            [("social_link_ids.identity_id", "=", self.bojana.id)],
            [("is_social", "=", True)],
        ):
            self.assertFalse(partners.search_count(named + domain), domain)
        [row] = self.partner.with_user(self.viewer).web_read(
            {"is_social": {}, "social_identity_count": {}, "social_identity_ids": {"fields": {}}}
        )
        self.assertEqual(
            (row["is_social"], row["social_identity_count"], row["social_identity_ids"]),
            (False, 0, []),
        )

    def test_suggestions_and_the_inbox_find_nobody_by_name_and_say_why(self):
        identities = self.env["social.crm.identity"].with_user(self.viewer)
        self.assertFalse(identities.name_search("Bojana"))
        self.assertFalse(identities.web_name_search("Bojana", {"display_name": {}}))
        cases = self.env["social.crm.case"].with_user(self.viewer)
        for words in ("Bojana", "bojana@example", "Čačka", "BOJ-77123"):
            self.assertFalse(cases.inbox_queue({"view": "all", "words": words})["rows"], words)
        self.assertIn("masked", cases.inbox_start()["setup"]["search_note"])
        action = self.env.ref("social_crm_base.social_crm_identity_action")
        facts = ["res_model", "help"]
        # sudo: as the web client loads actions
        self.assertIn("masked", action.with_user(self.viewer).sudo().read(facts)[0]["help"])
        seen = cases.with_user(self.agent)
        self.assertTrue(seen.inbox_queue({"view": "all", "words": "Bojana"})["rows"])
        self.assertNotIn("search_note", seen.inbox_start()["setup"])
        # sudo: as above
        self.assertNotIn("masked", action.with_user(self.agent).sudo().read(facts)[0]["help"])

    def test_the_order_of_a_list_says_nothing_of_names(self):
        for model in self.readable():
            for name in self.declared(model):
                with self.subTest(model=model._name, field=name):
                    self.assertEqual(
                        model.search([], order=f"{name}, id", limit=50).ids,
                        model.search([], order="id", limit=50).ids,
                    )

    def test_groups_and_sums_give_no_name_away(self):
        identities = self.env["social.crm.identity"].with_user(self.viewer)
        for aggregate in ("name:max", "name:min", "handle:array_agg", "partner_id:array_agg"):
            rows = identities.formatted_read_group([], [], [aggregate])
            self.assertNotIn("oj", str(rows[0][aggregate]))
            self.assertFalse(rows[0][aggregate] and any(rows[0][aggregate]))
        self.assertFalse(
            identities._read_group(
                [], ["platform_id"], ["__count"], having=[("name:max", "=", "Bojana Bojić")]
            )
        )
        rows = identities.web_read_group([], ["partner_id"])
        self.assertEqual([group["partner_id"] for group in rows["groups"]], [False])
        with self.assertRaises(UserError):
            identities.web_read_group([], ["name"])

    def test_what_is_kept_by_id_is_read_and_searched_as_ever(self):
        """Masking takes names away, not the work with everything else."""
        cases = self.env["social.crm.case"].with_user(self.viewer)
        self.assertTrue(cases.search([("identity_id", "=", self.bojana.id)]))
        said = self.said_it.with_user(self.viewer)
        self.assertIn("iz Čačka", said.read(["body"])[0]["body"])
        self.assertNotIn("Bojana", said.read(["body"])[0]["body"])
        self.assertEqual(self.bojana.with_user(self.viewer).read(["handle"])[0]["handle"], "b•••")
        self.assertFalse(Form(self.bojana.with_user(self.viewer)).partner_id)

    def test_who_needs_names_finds_them(self):
        for user in (self.agent, self.clerk, self.officer):
            people = self.env["social.crm.identity"].with_user(user)
            self.assertTrue(people.search([("name", "=", "Bojana Bojić")]))
            self.assertTrue(
                self.env["social.crm.interaction"].with_user(user).search(
                    [("identity_id.partner_id.name", "=", "Bojana Bojić")]
                )
            )
