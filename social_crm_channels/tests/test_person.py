# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.exceptions import RulebookRefusal
from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    comment,
    know,
    message,
    person,
    post,
)


class PersonCommon(SocialCrmCommon):
    """Ana wrote to us; we know a contact called Ana, with an order, an invoice and an address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana = person("ana", avatar_url="https://example.social/ana.png", followers=1200)
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ana Petrović",
                "email": "ana@home.example",
                "street": "Knez Mihailova 7",
                "city": "Beograd",
            }
        )
        cls.ingest(
            message("m1", cls.ana, 1, text="Where is my order?"),
            message("m2", cls.ana, 2, text="Hello?"),
        )
        cls.case = cls.said("m1").case_id
        cls.identity = cls.case.identity_id

    @classmethod
    def link(cls, identity=None, partner=None):
        know(identity or cls.identity, partner or cls.contact)
        return (identity or cls.identity).link_ids.filtered(lambda link: link.state == "confirmed")

    @classmethod
    def prove(cls, link):
        """As if the person had told the code we sent."""
        link._prove()

    def pane(self, case=None, user=None):
        case = (case or self.case).with_user(user or self.agent)
        case.env.invalidate_all()
        shown = case.inbox_open(["person"])
        json.dumps(shown)  # what does not fit into JSON would fail only in the browser
        return shown.get("person", {})


@tagged("post_install", "-at_install")
class TestPerson(PersonCommon):
    def test_a_stranger_is_shown_as_the_network_tells_them(self):
        shown = self.pane()
        self.assertFalse(shown["partner"])
        self.assertFalse(shown["disclosure"], "without a contact there is nothing to lock")
        account = shown["identity"]
        self.assertEqual(account["name"], "Ana")
        self.assertEqual(account["handle"], "ana@example.social")
        self.assertEqual(account["avatar"], "https://example.social/ana.png")
        self.assertEqual(account["followers"], 1200)
        self.assertIn("Not a contact yet", shown["summary"])
        self.assertTrue(shown["can"]["link"])

    def test_a_contact_has_segment_and_loyalty_with_reasons(self):
        self.link()
        shown = self.pane()
        self.assertEqual(shown["partner"]["name"], "Ana Petrović")
        self.assertEqual(shown["partner"]["relation"], "prospect")
        self.assertIn("No purchase yet", shown["partner"]["relation_reason"])
        self.assertIn("Prospect", shown["summary"])
        habits = {habit["key"]: habit for habit in shown["habits"]}
        self.assertTrue(all(habit["reason"] for habit in habits.values()))

    def test_the_picture_goes_with_the_account_and_never_comes_without_encryption(self):
        self.identity.state = "deleted"
        shown = self.pane()
        self.assertEqual(shown["identity"]["avatar"], "")
        self.assertIn("deleted", shown["notices"][0]["text"])
        self.identity.write({"state": "active", "avatar_url": "http://example.social/ana.png"})
        self.assertEqual(self.pane()["identity"]["avatar"], "")

    def test_a_picture_is_not_shown_longer_than_its_network_allows(self):
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.platform.id,
                "action": "store",
                "verdict": "allow",
                "lifetime_hours": 24,
                "lifetime_of": "profile",
                "reason": "A day.",
                "source": "Test",
            }
        )
        self.identity.profile_at = fields.Datetime.now() - timedelta(hours=23)
        self.assertTrue(self.pane()["identity"]["avatar"])
        self.identity.profile_at = fields.Datetime.now() - timedelta(hours=25)
        self.assertFalse(self.pane()["identity"]["avatar"])

    def test_a_role_says_who_gave_it_and_why(self):
        self.identity.with_user(self.agent).write(
            {"role": "press", "role_reason": "Writes for the Politika"}
        )
        shown = self.pane()
        self.assertEqual(shown["identity"]["role_by"], self.agent.name)
        self.assertEqual(shown["identity"]["role_reason"], "Writes for the Politika")
        self.assertIn("Press: no offers", shown["notices"][0]["text"])

    def test_where_the_network_forbids_linking_the_pane_says_so_and_nobody_can(self):
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.platform.id,
                "action": "link",
                "verdict": "refuse",
                "reason": "No links here.",
                "source": "Test",
            }
        )
        self.assertIn("No links here.", self.pane()["notices"][0]["text"])
        agent = new_test_user(
            self.env, "person_maker", "social_crm_base.group_agent,base.group_partner_manager"
        )
        with self.assertRaises(RulebookRefusal):
            self.case.with_user(agent).action_inbox_create_contact()

    def test_a_contact_is_made_of_the_account(self):
        maker = new_test_user(
            self.env, "person_maker", "social_crm_base.group_agent,base.group_partner_manager"
        )
        partner_id = self.case.with_user(maker).action_inbox_create_contact()
        self.assertEqual(self.identity.partner_id.id, partner_id)
        self.assertEqual(self.pane()["partner"]["id"], partner_id)
        self.assertTrue(self.pane(user=maker)["undo"], "it can be taken back here")

    def test_other_cases_come_open_ones_first(self):
        self.link()
        vals = {"company_id": self.company.id, "partner_id": self.contact.id, "takes_new": False}
        cases = self.env["social.crm.case"].create(
            [
                {**vals, "name": f"Old {number}", "state": "closed", "last_date": "2026-05-01"}
                for number in range(6)
            ]
            + [{**vals, "name": "Running", "state": "waiting", "last_date": "2026-01-01"}]
        )
        shown = self.pane()["cases"]
        self.assertEqual(shown["rows"][0]["name"], "Running")
        self.assertEqual(len(shown["rows"]), 5)
        self.assertEqual((shown["open"], shown["more"]), (1, 2))
        cases[-1].write(
            {"confidential": True, "confidential_user_ids": [(6, 0, self.manager.ids)]}
        )
        self.assertEqual(self.pane()["cases"]["open"], 0, "confidential: not told")

    def test_leads_show_only_to_those_who_may_read_them(self):
        self.link()
        self.env["crm.lead"].create({"name": "Forty chairs", "partner_id": self.contact.id})
        self.assertFalse(self.pane()["leads"])
        seller = new_test_user(
            self.env,
            "person_seller",
            "social_crm_base.group_agent,sales_team.group_sale_salesman_all_leads",
        )
        self.assertEqual(self.pane(user=seller)["leads"][0]["name"], "Forty chairs")

    def test_products_spoken_of_are_counted_over_all_their_cases(self):
        self.case.product_ref = "Oak chair"
        self.assertEqual(
            self.pane()["products"], [{"name": "Oak chair", "talked": True, "bought": False}]
        )

    def test_a_viewer_sees_but_is_offered_nothing_to_change(self):
        self.link()
        shown = self.pane(user=self.viewer)
        self.assertEqual(shown["partner"]["id"], self.contact.id)
        self.assertFalse(any(shown["can"].values()))
        self.assertEqual(shown["disclosure"]["accounts"][0]["ways"], [])

    def test_nothing_of_a_confidential_case_or_another_company(self):
        self.case.write(
            {"confidential": True, "confidential_user_ids": [(6, 0, self.manager.ids)]}
        )
        self.assertEqual(self.pane(), {})
        self.assertTrue(self.pane(user=self.manager))
        self.case.confidential = False
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "person_stranger",
            "social_crm_base.group_agent",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertEqual(self.pane(user=stranger), {})
        with self.assertRaises(AccessError):
            self.case.with_user(stranger).action_inbox_create_contact()

    def test_a_case_of_nobody_opens(self):
        case = self.env["social.crm.case"].create(
            {"name": "By mail", "company_id": self.company.id}
        )
        shown = self.pane(case)
        self.assertFalse(shown["identity"])
        self.assertEqual(shown["accounts"], [])
        self.assertFalse(shown["can"]["link"])

    def test_the_language_of_a_stranger_is_read_from_this_matter(self):
        for said, language in (("m1", "de"), ("m2", "de")):
            self.said(said).language = language
        self.said("m2").body = "Kannst du mir helfen?"
        habits = {habit["key"]: habit for habit in self.pane()["habits"]}
        self.assertEqual(habits["language"]["value"], "German")
        self.assertEqual(habits["form"]["value"], "Informal")
        self.assertIn("1 of 1", habits["form"]["reason"])

    def test_more_of_everything_costs_no_more_queries(self):
        self.link()
        self.pane()  # rules and rulebook are cached from here on

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.case.with_user(self.agent).inbox_open(["person"])
            return self.cr.sql_log_count - before

        few = queries()
        self.assertLess(few, 75)
        vals = {"company_id": self.company.id, "partner_id": self.contact.id, "takes_new": False}
        self.env["social.crm.case"].create(
            [{**vals, "name": f"Other {number}"} for number in range(8)]
        )
        for number in range(8):
            account = self.identity.copy({"external_id": f"more-{number}", "handle": f"a{number}"})
            self.link(account)
        self.ingest(*(message(f"n{n}", self.ana, 10 + n, text="More") for n in range(8)))
        self.assertLessEqual(queries(), few + 3)


@tagged("post_install", "-at_install")
class TestPersonProposals(PersonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proposal = cls.env["social.crm.identity.link"].create(
            {"identity_id": cls.identity.id, "partner_id": cls.contact.id}
        )
        cls.proposal.sudo().write(
            {
                "evidence_data": [{"code": "name", "likeness": 1, "holders": 1}],
                "evidence_code": "name",
                "score": 0.4,
            }
        )

    def test_a_proposal_comes_with_its_evidence_in_words(self):
        [shown] = self.pane()["proposals"]
        self.assertEqual(shown["partner"]["name"], "Ana Petrović")
        self.assertIn("The name is the same", shown["evidence"])
        self.assertEqual(shown["percent"], 40)

    def test_yes_links_and_can_be_undone(self):
        self.proposal.with_user(self.agent).action_confirm()
        shown = self.pane()
        self.assertEqual(shown["proposals"], [])
        self.assertEqual(shown["partner"]["id"], self.contact.id)
        self.assertEqual(shown["undo"]["id"], self.proposal.id)
        self.assertEqual(shown["undo"]["by"], self.agent.name)
        self.proposal.with_user(self.agent).action_undo()
        shown = self.pane()
        self.assertFalse(shown["partner"])
        self.assertEqual(len(shown["proposals"]), 1)
        self.assertFalse(shown["undo"])

    def test_later_waits_for_its_day(self):
        self.proposal.with_user(self.agent).action_later()
        [shown] = self.pane()["proposals"]
        self.assertEqual(shown["later"], fields.Date.to_string(self.proposal.remind_at))

    def test_no_is_remembered(self):
        self.proposal.with_user(self.agent).action_refuse()
        shown = self.pane()
        self.assertEqual(shown["proposals"], [])
        self.assertIn("Not Ana", shown["undo"]["text"])


@tagged("post_install", "-at_install")
class TestPersonDisclosure(PersonCommon):
    """What belongs to a contact is not sent to the screen before it is proven who writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proven_link = cls.link()
        cls.seller = cls.agent
        if "sale.order" in cls.env:
            cls.seller = new_test_user(
                cls.env,
                "person_order_reader",
                "social_crm_base.group_agent,sales_team.group_sale_salesman_all_leads",
            )
            cls.product = cls.env["product.product"].create({"name": "Oak chair"})
            cls.order = cls.env["sale.order"].create(
                {
                    "partner_id": cls.contact.id,
                    "order_line": [
                        fields.Command.create(
                            {"product_id": cls.product.id, "product_uom_qty": 2, "price_unit": 60}
                        )
                    ],
                }
            )
            cls.order.action_confirm()

    def assertKeptBack(self, shown):
        sent = json.dumps(shown, ensure_ascii=False)
        for secret in ("Knez Mihailova", "Beograd", "ana@home.example", "Oak chair"):
            self.assertNotIn(secret, sent)
        if "sale.order" in self.env:
            self.assertNotIn(self.order.name, sent)

    def test_locked_means_not_sent_and_says_why_and_how(self):
        shown = self.pane(user=self.seller)
        self.assertKeptBack(shown)
        locked = shown["disclosure"]
        self.assertTrue(locked["locked"])
        self.assertIn("Addresses", locked["kinds"])
        self.assertIn("not proven", locked["reason"])
        [account] = locked["accounts"]
        self.assertEqual(account["link_id"], self.proven_link.id)
        self.assertEqual(
            account["ways"], [{"method": "action_send_code", "to": "a***@home.example"}]
        )

    def test_the_last_purchase_is_told_without_its_day(self):
        if "sale.order" not in self.env:
            self.skipTest("the app Sales is not installed")
        self.contact._social_refresh_relation()
        day = fields.Date.context_today(self.order)
        locked = self.pane(user=self.seller)["partner"]
        self.assertEqual(locked["relation"], "customer")
        self.assertNotIn(str(day.year), locked["relation_reason"])
        self.prove(self.proven_link)
        told = self.pane(user=self.seller)["partner"]
        self.assertIn(str(day.year), told["relation_reason"])

    def test_proven_shows_the_address_ready_for_the_answer(self):
        self.prove(self.proven_link)
        shown = self.pane(user=self.seller)["disclosure"]
        self.assertFalse(shown["locked"])
        self.assertIn("Knez Mihailova 7", shown["addresses"][0]["text"])

    def test_proven_shows_orders_with_words_for_the_answer(self):
        if "sale.order" not in self.env:
            self.skipTest("the app Sales is not installed")
        self.prove(self.proven_link)
        shown = self.pane(user=self.seller)
        [order] = shown["disclosure"]["orders"]
        self.assertEqual(order["name"], self.order.name)
        self.assertIn(self.order.name, order["text"])
        self.assertIn(f"{self.order.amount_total:.2f}", order["text"])
        self.assertIn({"name": "Oak chair", "talked": False, "bought": True}, shown["products"])

    def test_proven_or_not_who_may_not_read_orders_does_not_get_them(self):
        self.prove(self.proven_link)
        shown = self.pane(user=self.agent)
        self.assertEqual(shown["disclosure"]["kinds"], ["Addresses"])
        self.assertNotIn("Oak chair", json.dumps(shown))

    def test_orders_of_colleagues_of_the_same_firm_stay_theirs(self):
        if "sale.order" not in self.env:
            self.skipTest("the app Sales is not installed")
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.contact.parent_id = firm
        other = self.env["res.partner"].create({"name": "Bora", "parent_id": firm.id})
        theirs = self.env["sale.order"].create({"partner_id": other.id})
        self.prove(self.proven_link)
        names = [row["name"] for row in self.pane(user=self.seller)["disclosure"]["orders"]]
        self.assertEqual(names, [self.order.name])
        self.assertNotIn(theirs.name, names)

    def test_a_second_account_in_the_matter_locks_it_again(self):
        """The answer may go to either of them."""
        self.prove(self.proven_link)
        self.ingest(
            post("p"), comment("c", person("bora"), "p", 5, text="I am Ana's other account")
        )
        other = self.said("c")
        other.case_id = self.case
        shown = self.pane(user=self.seller)
        self.assertKeptBack(shown)
        accounts = shown["disclosure"]["accounts"]
        self.assertEqual([row["id"] for row in accounts], other.identity_id.ids)
        self.assertFalse(accounts[0]["link_id"])
        self.prove(self.link(other.identity_id))
        self.assertFalse(self.pane(user=self.seller)["disclosure"]["locked"])

    def test_a_proof_that_ended_locks_again(self):
        self.prove(self.proven_link)
        self.proven_link.sudo().proven_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertKeptBack(self.pane(user=self.seller))

    def test_the_journey_of_the_case_keeps_the_same_silence(self):
        if "sale.order" not in self.env:
            self.skipTest("the app Sales is not installed")
        journey = self.env["social.crm.journey"].with_user(self.seller)
        page = journey.get_page("social.crm.case", self.case.id)
        self.assertNotIn("order", [entry["type"] for entry in page["entries"]])
        self.assertIn("not shown", page["notice"])
        self.prove(self.proven_link)
        page = journey.get_page("social.crm.case", self.case.id)
        self.assertIn("order", [entry["type"] for entry in page["entries"]])
