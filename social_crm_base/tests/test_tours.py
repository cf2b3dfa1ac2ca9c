# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    """The main paths of sales, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            "tour_seller",
            groups="sales_team.group_sale_salesman,social_crm_base.group_agent,"
            "base.group_partner_manager",
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Tour XING",
                "platform_id": cls.env.ref("social_crm_base.platform_xing").id,
            }
        )

        cls.contact = cls.env["res.partner"].create({"name": "Tour Contact"})

    def test_log_lead_answer_journey(self):
        self.start_tour(
            "/odoo/action-social_crm_base.social_crm_interaction_log_action",
            "social_crm_base.lead_tour",
            login="tour_seller",
        )
        said = self.env["social.crm.interaction"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(sorted(said.mapped("direction")), ["in", "out"])
        lead = said.lead_ids
        self.assertEqual(lead.source_id.name, "XING")
        self.assertEqual(lead.user_id, self.seller)
        self.assertEqual(lead.partner_id, self.contact)
        self.assertEqual(lead.social_interaction_ids, said)
