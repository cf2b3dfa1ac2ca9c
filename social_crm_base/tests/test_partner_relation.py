# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .people_common import PeopleCommon


@tagged("post_install", "-at_install")
class TestPartnerRelation(PeopleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env["social.crm.relation.rule"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)

    def buy(self, partner, months_ago):
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": partner.id, "type": "opportunity"}
        )
        lead.action_set_won()
        lead.date_closed = fields.Datetime.now() - relativedelta(months=months_ago)
        partner._social_refresh_relation()
        return lead

    def test_each_company_has_its_rule_to_look_at(self):
        self.assertEqual(len(self.rule), 1)
        self.assertIn("24", self.rule.summary)

    def test_from_prospect_over_customer_to_former_customer(self):
        mara = self.partner("Mara")
        mara._social_refresh_relation()
        self.assertEqual((mara.social_relation, mara.social_loyalty), ("prospect", False))
        self.assertIn("No purchase yet", mara.social_relation_reason)
        lead = self.buy(mara, 3)
        self.assertEqual((mara.social_relation, mara.social_loyalty), ("customer", "first"))
        lead.date_closed = fields.Datetime.now() - relativedelta(months=25)
        mara._social_refresh_relation()
        self.assertEqual((mara.social_relation, mara.social_loyalty), ("former", "lapsed"))
        self.assertIn("24 months ago", mara.social_relation_reason)

    def test_more_purchases_make_repeat_buyers_and_regulars(self):
        mara = self.partner("Mara")
        self.buy(mara, 8)
        self.buy(mara, 6)
        self.assertEqual(mara.social_loyalty, "repeat")
        self.buy(mara, 4)
        self.buy(mara, 2)
        self.assertEqual(mara.social_loyalty, "regular")
        self.assertIn("4 purchases", mara.social_loyalty_reason)

    def test_a_purchase_of_the_firm_makes_its_people_customers(self):
        firm = self.partner("Firm", is_company=True)
        mara = self.partner("Mara", parent_id=firm.id)
        self.buy(firm, 1)
        mara._social_refresh_relation()
        self.assertEqual(mara.social_relation, "customer")

    def test_an_adjusted_rule_asks_for_everybody_anew(self):
        mara = self.partner("Mara")
        self.linked(self.identity("m"), mara)
        self.buy(mara, 10)
        self.assertEqual(mara.social_relation, "customer")
        self.rule.customer_months = 6
        self.assertFalse(mara.social_relation_at)
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_base.social_crm_relation_cron").method_direct_trigger()
        mara.invalidate_recordset()
        self.assertEqual(mara.social_relation, "former")

    def test_by_hand_wins_over_the_rule_and_needs_a_reason(self):
        mara = self.partner("Mara").with_user(self.agent)
        with self.assertRaises(ValidationError):
            mara.social_relation_manual = "customer"
        mara.write({"social_relation_manual": "customer", "social_relation_note": "buys offline"})
        self.assertEqual(mara.social_relation, "customer")
        self.assertIn("buys offline", mara.social_relation_reason)
        mara.social_relation_manual = False
        self.assertEqual(mara.social_relation, "prospect")
        born = self.partner(
            "Born", social_relation_manual="former", social_relation_note="told us so"
        )
        self.assertEqual(born.social_relation, "former")

    def test_winning_a_lead_makes_a_customer_at_once(self):
        mara = self.partner("Mara")
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": mara.id, "type": "opportunity"}
        )
        lead.action_set_won()
        self.assertEqual(mara.social_relation, "customer")
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self.assertEqual(mara.social_relation, "prospect")

    def test_segments_are_each_companys_own(self):
        mara = self.partner("Mara")
        self.buy(mara, 1)
        other = self.env["res.company"].create({"name": "Other Shop"})
        lead = self.env["crm.lead"].search([("partner_id", "=", mara.id)])
        lead.company_id = self.company
        mara.with_company(other)._social_refresh_relation()
        self.assertEqual(mara.with_company(other).social_relation, "prospect")
        self.assertEqual(mara.with_company(self.company).social_relation, "customer")

    def test_segments_can_be_searched_and_grouped(self):
        mara = self.partner("Mara Searched")
        self.buy(mara, 1)
        found = self.Partner.search([("social_relation", "=", "customer"), ("id", "=", mara.id)])
        self.assertEqual(found, mara)
        groups = self.Partner._read_group([("id", "=", mara.id)], ["social_relation"], ["__count"])
        self.assertEqual(groups, [("customer", 1)])

    def test_the_day_of_a_purchase_is_for_those_who_may_read_it(self):
        mara = self.partner("Mara")
        self.buy(mara, 1)
        self.assertIn("known to Sales", mara.with_user(self.viewer).social_relation_reason)
        self.assertNotIn("known to Sales", mara.social_relation_reason)

    def test_a_viewer_cannot_change_the_rule(self):
        with self.assertRaises(AccessError):
            self.rule.with_user(self.viewer).customer_months = 1

    def test_the_number_of_queries_does_not_grow_with_the_contacts(self):
        partners = self.Partner.create([{"name": f"P{number}"} for number in range(60)])
        partners[:2]._social_refresh_relation()
        self.env.flush_all()
        counts = []
        for group in (partners[2:8], partners[10:60]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            group._social_refresh_relation()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)


@tagged("post_install", "-at_install")
class TestPartnerHabits(PeopleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channels = cls.env["social.crm.channel"].create(
            [
                {"name": name, "platform_id": cls.telegram.id, "company_id": cls.company.id}
                for name in ("Telegram", "Other")
            ]
        )

    def said(self, account, channel, count, **vals):
        now = fields.Datetime.now().replace(hour=9, minute=0)
        conversation = self.env["social.crm.conversation"].create(
            {
                "company_id": self.company.id, "channel_id": channel.id,
                "platform_id": channel.platform_id.id, "kind": "direct",
                "dedup_key": f"{account.id}-{channel.id}-{count}", "identity_id": account.id,
            }
        )  # fmt: skip
        return self.env["social.crm.interaction"].create(
            [
                {
                    "company_id": self.company.id, "channel_id": channel.id,
                    "platform_id": channel.platform_id.id, "conversation_id": conversation.id,
                    "identity_id": account.id, "direction": "in", "kind": "message",
                    "mode": "one_to_one", "visibility": "direct", "body": "Hallo",
                    "dedup_key": f"{conversation.id}-{number}",
                    "date": now - relativedelta(days=number + 1), **vals,
                }
                for number in range(count)
            ]
        )  # fmt: skip

    def test_each_habit_comes_with_its_reason(self):
        mara = self.partner("Mara")
        account = self.identity("Mara", first_seen="2026-01-01 10:00:00")
        self.linked(account, mara)
        self.said(account, self.channels[0], 6, language="de", body="Können Sie mir helfen?")
        self.said(account, self.channels[1], 2, language="en")
        self.assertEqual(mara.social_channel_id, self.channels[0])
        self.assertIn("6 of 8", mara.social_channel_reason)
        self.assertEqual(mara.social_language, "de")
        self.assertEqual(mara.social_address_suggested, "formal")
        self.assertIn("6 of 6", mara.social_address_reason)
        self.assertTrue(mara.social_hours)
        self.assertIn("8 of 8", mara.social_hours_reason)
        self.assertEqual(str(mara.social_first_contact), "2026-01-01 10:00:00")
        self.assertEqual((mara.social_identity_count, mara.social_conversation_count), (1, 2))
        self.assertEqual(mara.social_interaction_count, 8)

    def test_too_few_words_show_no_hours(self):
        mara = self.partner("Mara")
        account = self.identity("Mara")
        self.linked(account, mara)
        self.said(account, self.channels[0], 2)
        self.assertFalse(mara.social_hours)
        self.assertIn("too few", mara.social_hours_reason)

    def test_networks_that_forbid_profiling_are_left_out(self):
        channel = self.env["social.crm.channel"].create(
            {"name": "L", "platform_id": self.linkedin.id, "company_id": self.company.id}
        )
        ada = self.partner("Ada")
        account = self.identity("Ada", self.linkedin, consent_basis="given")
        self.linked(account, ada)
        self.said(account, channel, 6, language="de")
        self.assertFalse(ada.social_channel_id)
        self.assertFalse(ada.social_hours)

    def test_nobody_known_has_no_habits_and_no_errors(self):
        empty = self.partner("Empty") | self.partner("🌻")
        self.assertFalse(any(empty.mapped("social_channel_id")))
        self.assertFalse(self.Partner.new({"name": "new"}).social_hours)

    def test_contacts_that_speak_can_be_searched(self):
        mara, mute = self.partner("Mara Speaks"), self.partner("Mara Mute")
        self.linked(self.identity("Mara"), mara)
        both = [("id", "in", (mara | mute).ids)]
        search = self.Partner.with_user(self.agent).search
        self.assertEqual(search([*both, ("is_social", "=", True)]), mara)
        self.assertEqual(search([*both, ("is_social", "=", False)]), mute)
