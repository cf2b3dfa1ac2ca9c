# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged
from odoo.tools.misc import file_open

from odoo.addons.social_crm_base.tests.browser_case import BrowserCase

from ..tools import token
from .test_consent import ConsentCommon

WALK = "social_crm_gdpr/static/tests/preferences_walk.js"


@tagged("post_install", "-at_install")
class TestPreferencesTour(ConsentCommon, BrowserCase):
    browser_size = "900x1000"

    def test_a_person_decides_stops_all_and_reads_what_was_recorded(self):
        path = f"/privacy/preferences/{token.make('p', self.ana)}"
        with file_open(WALK) as walk, self._in_page(walk.read()):
            self.browser_js(path, "", timeout=30)
        self.env.invalidate_all()
        rows = self.consents.search([("identity_id", "=", self.ana.id)], order="id")
        feedback = rows.filtered(lambda row: row.purpose_id.code == "feedback")
        self.assertEqual(feedback.mapped("event"), ["given", "withdrawn"])
        self.assertEqual(set(rows.mapped("way")), {"page"})
        self.assertEqual(self.status("profiling"), "objected")
        self.assertFalse(self.consents.search([("identity_id", "=", self.bo.id)]))
