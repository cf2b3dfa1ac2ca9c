# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon


@tagged("post_install", "-at_install")
class TestRegister(SocialCrmCommon):
    def _activity(self, **values):
        return self.env["social.crm.processing.activity"].create(
            {
                "name": "Prize draw",
                "purpose": "Drawing winners",
                "legal_basis": "interest",
                "subjects": "Participants",
                "data": "Names",
                **values,
            }
        )

    def test_what_came_with_the_app_describes_it(self):
        shipped = self.env["social.crm.processing.activity"].search([])
        self.assertGreaterEqual(len(shipped), 4)
        self.assertTrue(all(shipped.mapped("purpose")))

    def test_a_legitimate_interest_must_be_named_before_it_is_in_force(self):
        activity = self._activity()
        with self.assertRaisesRegex(ValidationError, "legitimate interest"):
            activity.with_user(self.clerk).action_put_in_force()
        activity.interest = "Ours: to find a winner"
        activity.with_user(self.clerk).action_put_in_force()
        self.assertEqual(activity.state, "in_force")

    def test_joint_control_needs_its_arrangement(self):
        activity = self._activity(legal_basis="consent", role="joint")
        with self.assertRaisesRegex(ValidationError, "Art. 26"):
            activity.action_put_in_force()

    def test_after_a_year_the_review_is_due(self):
        with freeze_time("2025-01-10"):
            activity = self._activity(legal_basis="consent")
            activity.action_put_in_force()
        with freeze_time("2026-02-01"):
            activity.invalidate_recordset()
            self.assertTrue(activity.review_due)
            self.assertIn(activity, activity.search([("review_due", "=", True)]))
            activity.action_review()
            self.assertFalse(activity.review_due)
            self.assertNotIn(activity, activity.search([("review_due", "=", True)]))

    def test_the_officer_reads_and_changes_nothing(self):
        activity = self._activity().with_user(self.officer)
        self.assertEqual(activity.name, "Prize draw")
        with self.assertRaises(AccessError):
            activity.action_back_to_draft()

    def test_an_agent_has_no_business_here(self):
        with self.assertRaises(AccessError):
            self._activity().with_user(self.agent).read(["name"])
        with self.assertRaises(AccessError):
            self.env["social.crm.data.map"].with_user(self.agent).action_open()

    def test_the_map_shows_every_personal_field_the_models_declare(self):
        action = self.env["social.crm.data.map"].with_user(self.officer).action_open()
        lines = self.env["social.crm.data.map"].search(action["domain"])
        found = {(line.model, line.field): line for line in lines}
        body = found["social.crm.interaction", "body"]
        self.assertEqual((body.category, body.erasure), ("content", "clear"))
        self.assertIn(("social.crm.identity", "handle"), found)
        self.assertTrue(found["social.crm.case", "user_id"].ground)
        self.assertNotIn(("social.crm.interaction", "kind"), found)
        people = self.env["res.partner"].with_context(active_test=False).search_count([])
        self.assertEqual(found["res.partner", "social_relation_note"].rows, people)

    def test_networks_in_use_are_drafted_once_with_role_and_transfer(self):
        self.platform.write(
            {
                "our_role": "joint",
                "joint_agreement": "Server rules",
                "joint_agreement_on": "2025-02-03",
                "transfer_ground": "scc",
            }
        )
        rule = self.env["social.crm.retention.rule"].with_user(self.clerk).create(
            {
                "name": "Words of strangers", "model": "social.crm.interaction",
                "category": "content", "days": 77,
            }
        )  # fmt: skip
        rule.action_preview()
        rule.action_put_in_force()
        activities = self.env["social.crm.processing.activity"].with_user(self.clerk)
        for _time in range(2):
            activities.action_prefill()
        entry = activities.search([("prefill_key", "=", f"platform:{self.platform.code}")])
        self.assertEqual(len(entry), 1)
        self.assertEqual((entry.state, entry.role), ("draft", "joint"))
        self.assertIn("2025-02-03", entry.joint_note)
        self.assertIn("Art. 46", entry.transfer)
        self.assertIn("Shop", entry.purpose)
        self.assertIn("Words of strangers: 77 days", entry.retention)
        with self.assertRaises(AccessError):
            activities.with_user(self.officer).action_prefill()

    def test_a_draft_follows_the_network_but_for_what_somebody_wrote(self):
        activities = self.env["social.crm.processing.activity"].with_user(self.clerk)
        self.platform.write({"our_role": "controller", "transfer_ground": "open"})
        activities.action_prefill()
        entry = activities.search([("prefill_key", "=", f"platform:{self.platform.code}")])
        entry.subjects = "Our customers"
        arrangement = {"joint_agreement": "Rules", "joint_agreement_on": "2025-02-03"}
        self.platform.write({"our_role": "joint", "transfer_ground": "scc", **arrangement})
        activities.action_prefill()
        self.assertEqual(entry.role, "joint")
        self.assertIn("Art. 46", entry.transfer)
        self.assertIn("2025-02-03", entry.joint_note)
        self.assertEqual(entry.subjects, "Our customers")
        entry.write({"interest": "Being reached", "owner_id": self.clerk.id})
        entry.action_put_in_force()
        self.platform.transfer_ground = "none"
        for _time in range(2):
            activities.action_prefill()
        self.assertIn("Art. 46", entry.transfer, "what is in force is not changed behind anybody")
        self.assertEqual(entry.activity_ids.user_id, self.clerk)
        self.assertEqual(len(entry.activity_ids), 1)
        self.assertIn("Third Countries", entry.activity_ids.note)

    def test_connecting_warns_where_nothing_is_settled(self):
        self.platform.write({"our_role": "controller", "transfer_ground": "open"})
        wizard = self.env["social.crm.connect"].with_user(self.manager).create(
            {"platform_id": self.platform.id}
        )
        self.assertIn("Art. 44", wizard.privacy_warning)
        self.platform.write({"our_role": "joint", "transfer_ground": "none"})
        wizard.invalidate_recordset()
        self.assertIn("Art. 26", wizard.privacy_warning)
        self.platform.joint_agreement_on = "2025-02-03"
        wizard.invalidate_recordset()
        self.assertFalse(wizard.privacy_warning)
