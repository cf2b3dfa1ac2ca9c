# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import HttpCase, tagged

from .test_restriction import MeasureCommon


@tagged("post_install", "-at_install")
class TestRetentionTour(MeasureCommon, HttpCase):
    def test_a_clerk_looks_at_the_preview_before_switching_a_rule_on(self):
        old = self.said("c2")
        old.date = "2020-01-01"
        old.case_id.with_context(tracking_disable=True).state = "closed"
        action = self.env.ref("social_crm_gdpr.social_crm_retention_rule_action")
        self.start_tour(
            f"/odoo/action-{action.id}", "social_retention_tour", login=self.clerk.login
        )
        rule = self.env["social.crm.retention.rule"].search(
            [("name", "=", "Words of everybody, a year")]
        )
        self.assertEqual((rule.state, rule.days), ("in_force", 365))
        self.assertGreaterEqual(rule.preview_count, 1)
        self.assertTrue(old.body, "nothing goes before the night")
