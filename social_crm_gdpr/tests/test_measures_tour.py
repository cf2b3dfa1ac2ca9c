# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.browser_case import BrowserCase

from .erasure_common import ErasureCommon


@tagged("post_install", "-at_install")
class TestMeasuresTour(ErasureCommon, BrowserCase):
    browser_size = "1400x800"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.name = "Vera Petrović"

    def walk(self, action, tour, res_id=""):
        self.start_tour(f"/odoo/action-{action}/{res_id}", tour, login=self.clerk.login)
        self.env.invalidate_all()

    def test_who_opens_the_account_sees_that_it_is_restricted_and_held(self):
        self.walk("social_crm_base.social_crm_identity_action", "social_measures_tour", self.ana.id)
        self.assertTrue(self.contact.social_is_restricted, "a contact of theirs is, too")
        self.assertTrue(self.contact.with_user(self.clerk).social_is_held)

    def test_the_suppression_list_names_nobody_and_lets_in(self):
        self.erase(self.ana)
        self.walk("social_crm_gdpr.social_crm_suppression_action", "social_suppression_tour")
        released = self.env["social.crm.suppression"].search([("is_released", "=", True)])
        self.assertEqual(released.mapped("kind"), ["handle"])
