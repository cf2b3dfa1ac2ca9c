# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestPrivacyTour(HttpCase):
    def test_a_stranger_asks_by_the_public_form(self):
        self.start_tour("/privacy/request", "social_privacy_request")
        request = self.env["social.crm.privacy.request"].search([], order="id desc", limit=1)
        self.assertEqual((request.kind, request.source), ("erasure", "web"))
        self.assertEqual(request.said_handle, "@tour@example.social")
        self.assertIn("обришите", request.description)
