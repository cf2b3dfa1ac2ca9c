# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.browser_case import BrowserCase

from .erasure_common import ErasureCommon


@tagged("post_install", "-at_install")
class TestErasureStory(ErasureCommon, BrowserCase):
    """One erasure as four people live it: who asks, two clerks, and whoever reads the proof."""

    scans = True
    browser_size = "1440x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.name, cls.second.name = "Vera Petrović", "Jovan Ilić"

    def test_from_the_web_form_to_the_certificate(self):
        words = self.said("m1") + self.said("m2") + self.said("c1") + self.said("a1")
        others = self.said("c2")
        account, requests = self.ana, self.env["social.crm.privacy.request"]
        self.start_tour(f"/privacy/request/{self.company.id}", "social_erasure_ask_tour")
        request = requests.search([("said_name", "=", "Ana Anić")])
        self.assertEqual((request.kind, request.source), ("erasure", "web"))
        self.assertEqual(request.subject_identity_ids, account)
        self.assertEqual(request.subject_partner_ids, self.contact)

        self._walk("check", self.clerk)
        self.assertEqual((request.state, request.erasure_id.state), ("identified", "draft"))
        self.assertTrue(all(words.mapped("body")), "a preview changes nothing")
        self.assertIn(self.second, request.activity_ids.user_id)
        self.assertNotIn(self.clerk, request.activity_ids.user_id, "who checked has done it")
        self._walk("approve", self.second)
        self.assertEqual(request.approved_by_id, self.second)
        self._walk("execute", self.clerk)
        erasure = request.erasure_id
        self.assertEqual((erasure.state, erasure.user_id), ("running", self.clerk))
        self.assertEqual(erasure.approver_id, self.second)

        # the acknowledgement is deleted once it is sent, which here it never is
        self.env["mail.mail"].search([("email_to", "ilike", "ana.anic")]).unlink()
        self._run_job()
        self.assertEqual(erasure.state, "remote", "our public answer is deleted by hand there")
        erasure.sudo().outbox_ids.with_user(self.agent).action_done_by_hand()
        self._run_job()
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        reports = type(self.env["ir.actions.report"])
        with patch.object(reports, "get_wkhtmltopdf_state", lambda report: "install"):
            self._walk("certificate", self.clerk)
        with patch.object(type(self.env["mail.mail"]), "send_after_commit", lambda mails: None):
            self._walk("answer", self.clerk)

        self.env.invalidate_all()
        self.assertFalse(any(words.mapped("body")))
        self.assertIn("is right", others.body, "what another said stays theirs")
        self.assertFalse(account.exists())
        self.assertFalse(self.contact.email or self.contact.phone)
        self.assertEqual(request.state, "answered")
        self.assertFalse(request.said_handle or request.said_email or request.description)
        certificate, _type = self.env["ir.actions.report"]._render_qweb_html(
            "social_crm_gdpr.report_erasure_certificate", erasure.ids
        )
        for name in ("Anić", "ana@", "ana.anic", "641234567"):
            self.assertNotIn(name, certificate.decode())
            self.assertNotIn(name, json.dumps(erasure.facts, ensure_ascii=False))
        self.assertIn(erasure.reference, certificate.decode())
        log = self.env["social.crm.evidence"]
        self.assertTrue(log._verify()[0])
        self.assertEqual(
            log.search([("reference", "=", erasure.reference)], order="id").mapped("kind"),
            ["erasure.begun", "erasure.certified"],
        )

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_gdpr.ir_cron_erasure").method_direct_trigger()
        self.env.invalidate_all()

    def _walk(self, part, user):
        action = self.env.ref("social_crm_gdpr.social_crm_privacy_request_action")
        self.start_tour(
            f"/odoo/action-{action.id}", f"social_erasure_{part}_tour", login=user.login
        )
        self.env.invalidate_all()
