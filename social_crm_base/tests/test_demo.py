# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo shop is what the first screen promises, whenever it was loaded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref("social_crm_base.channel_fb_demo", raise_if_not_found=False):
            cls.skipTest(cls, "the database has no demo data")
        cls.channels = cls.env["social.crm.channel"].browse(
            cls.env.ref(f"social_crm_base.channel_{code}_demo").id
            for code in ("fb", "ig", "wa", "gb", "ma", "li")
        )
        cls.said = cls.env["social.crm.interaction"].search(
            [("channel_id", "in", cls.channels.ids)]
        )

    def test_six_networks_forty_people_three_hundred_interactions(self):
        self.assertEqual(len(self.channels.platform_id), 6)
        people = self.said.identity_id.filtered("handle") | self.said.identity_id.filtered(
            "partner_id"
        )
        self.assertGreaterEqual(len(people), 30)
        self.assertGreaterEqual(len(self.said), 300)
        texts = [text for text in self.said.mapped("body") if text]
        self.assertGreaterEqual(len(set(texts)), len(texts) - 1, "nobody talks like a machine")

    def test_ninety_days_in_four_languages(self):
        dates = self.said.mapped("date")
        self.assertGreater(max(dates) - min(dates), timedelta(days=85))
        self.assertLessEqual(max(dates), fields.Datetime.now())
        self.assertTrue({"de", "en", "sr", "id"} <= set(self.said.mapped("language")))

    def test_sixty_people_under_one_post(self):
        counted = self.env["social.crm.conversation"]._read_group(
            [("channel_id", "in", self.channels.ids), ("identity_id", "!=", False)],
            ["root_id"],
            ["__count"],
        )
        self.assertGreaterEqual(max(count for root, count in counted if root), 60)

    def test_a_review_fell_from_five_stars_to_one(self):
        fallen = self.said.filtered(lambda i: i.kind == "review" and i.versions)
        self.assertEqual(fallen.mapped("rating"), [1.0])

    def test_cases_in_every_state_with_won_and_lost_leads(self):
        cases = self.said.case_id
        self.assertEqual(set(cases.mapped("state")), {"open", "waiting", "snoozed", "closed"})
        leads = cases.with_context(active_test=False).lead_ids
        self.assertEqual(set(leads.mapped("won_status")), {"won", "lost", "pending"})
        self.assertTrue(cases.response_ids.filtered("answered_at").user_id)
        self.assertTrue(cases.cycle_ids.filtered(lambda cycle: cycle.sequence > 1), "a reopening")

    def test_one_matter_on_three_channels_is_one_case(self):
        case = self.env["social.crm.case"].search([("name", "like", "Order 4410")])
        self.assertEqual(len(case), 1)
        self.assertEqual(len(case.interaction_ids.platform_id), 3)

    def test_a_shared_account_a_journalist_and_a_machine(self):
        people = self.said.identity_id
        self.assertTrue(people.filtered(lambda i: len(i.link_ids.partner_id) == 2))
        self.assertTrue({"press", "bot", "partner"} <= set(people.mapped("role")))
        self.assertFalse(
            self.said.filtered(lambda i: i.identity_id.role == "bot").case_id,
            "a machine opens no case",
        )

    def test_one_answer_waits_to_be_said_by_hand(self):
        waiting = self.env["social.crm.outbox"].search([("channel_id", "in", self.channels.ids)])
        self.assertEqual(waiting.mapped("state"), ["by_hand"])

    def test_loading_twice_changes_nothing(self):
        before = self.env["social.crm.interaction"].search_count([])
        self.env["social.crm.demo"]._load()
        self.assertEqual(self.env["social.crm.interaction"].search_count([]), before)
