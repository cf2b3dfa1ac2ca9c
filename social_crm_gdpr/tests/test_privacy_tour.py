# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import io
import re
import zipfile

from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestPrivacyTour(HttpCase):
    def test_a_stranger_asks_by_the_public_form(self):
        self.start_tour("/privacy/request", "social_privacy_request")
        request = self.env["social.crm.privacy.request"].search([], order="id desc", limit=1)
        self.assertEqual((request.kind, request.source), ("erasure", "web"))
        self.assertEqual(request.said_handle, "@tour@example.social")
        self.assertIn("обришите", request.description)

    def test_the_package_is_downloaded_once_over_http(self):
        identity = self.env["social.crm.identity"].create(
            {
                "platform_id": self.env.ref("social_crm_base.platform_mastodon").id,
                "handle": "grace@example.social",
            }
        )
        request = self.env["social.crm.privacy.request"].create(
            {"kind": "access", "subject_identity_ids": [(6, 0, identity.ids)]}
        )
        request._identified("document")
        request.action_execute()
        while request._build_step():
            continue
        path = "/privacy/package/" + self.env["social.crm.privacy.token"]._issue(
            request, "package", 1
        )
        self.assertEqual(self.url_open(path).status_code, 200, "opening uses nothing up")
        page = self.url_open(path)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        self.assertEqual(self.url_open(path, data={"no": "token"}).status_code, 400)
        file = self.url_open(path, data={"csrf_token": token})
        self.assertIn("attachment", file.headers["Content-Disposition"])
        self.assertEqual(file.headers["Cache-Control"], "no-store")
        self.assertIn("index.html", zipfile.ZipFile(io.BytesIO(file.content)).namelist())
        self.assertEqual(self.url_open(path, data={"csrf_token": token}).status_code, 404)
        self.assertTrue(request.package_fetched_at)
