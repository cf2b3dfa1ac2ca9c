# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.social_crm_base.models import social_crm_proof
from odoo.addons.social_crm_base.tests.common import know, message, person


@tagged("post_install", "-at_install")
class TestPersonTour(HttpCase):
    """Order data in the open inbox, locked and then proven, in a real browser."""

    def test_locked_order_data_is_proven_by_code_and_told(self):
        if "sale.order" not in self.env:
            self.skipTest("the app Sales is not installed")
        new_test_user(
            self.env,
            "proof_agent",
            "social_crm_base.group_agent,sales_team.group_sale_salesman_all_leads",
        )
        channel = self.env["social.crm.channel"].create(
            {"name": "Shop", "platform_id": self.env.ref("social_crm_base.platform_mastodon").id}
        )
        said = self.env["social.crm.interaction"]._ingest(
            channel, [message("m1", person("ana"), text="Where is my order?")]
        ).interactions
        contact = self.env["res.partner"].create(
            {"name": "Ana", "email": "ana@tour.example", "street": "Knez Mihailova 7"}
        )
        know(said.identity_id, contact)
        self.env["sale.order"].create(
            {
                "name": "PROOF-7",
                "partner_id": contact.id,
                "order_line": [
                    fields.Command.create({"name": "Delivery", "display_type": "line_note"})
                ],
            }
        )
        Mail = type(self.env["mail.mail"])
        with (
            patch.object(social_crm_proof.secrets, "randbelow", return_value=246810),
            patch.object(Mail, "send", lambda mail, **options: True),
        ):
            self.start_tour(
                f"/odoo/social-inbox?case={said.case_id.id}",
                "social_inbox_proof_tour",
                login="proof_agent",
            )
        link = said.identity_id.link_ids
        self.assertEqual(link.strength, "proven")
        self.assertEqual(link.proof_ids.tries, 2)
