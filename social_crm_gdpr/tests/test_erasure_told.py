# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .erasure_common import ErasureCommon, message, person


@tagged("post_install", "-at_install")
class TestErasureTold(ErasureCommon):
    """Who is erased is told of the suppression list, and may decline it."""

    def asked(self, kind="erasure", **values):
        return self.env["social.crm.privacy.request"].sudo().create(
            {
                "kind": kind,
                "said_email": "ana.anic@mail.example",
                "subject_identity_ids": [Command.set(self.ana.ids)],
                "state": "approved",
                "approved_by_id": self.second.id,
                **values,
            }
        ).with_user(self.clerk)  # fmt: skip

    def listed(self, request):
        return self.env["social.crm.suppression"].search(
            [("reference", "=", request.sudo().erasure_id.reference)]
        )

    def answered(self, request):
        """The answer a clerk drafts once the erasure has run."""
        request._execute_erasure()
        self.work(request.erasure_id)
        self.assertFalse(self.ana.exists())
        request.sudo().state = "in_progress"
        request.action_draft_answer()
        return request.answer_text

    def test_receipt_and_answer_name_basis_terms_and_that_one_may_decline(self):
        request = self.asked()
        receipt = request._text("receipt")[1]
        answer = self.answered(request)
        self.assertTrue(self.listed(request))
        for words in (receipt, answer):
            for told in ("Art. 6(1)(f)", "three years", "twelve months", "You may decline"):
                self.assertIn(told, words)
            self.assertNotIn("{{", words)
        self.assertIn("erased your data", answer)

    def test_the_paragraph_is_told_in_the_persons_language(self):
        self.env["res.lang"]._activate_lang("sr@latin")
        text = self.env.ref("social_crm_gdpr.privacy_text_suppression")
        text.with_context(lang="sr@latin").body = "Možete odbiti spisak."
        self.assertIn("Možete odbiti", self.asked(language="sr@latin")._text("answer")[1])

    def test_who_declines_before_is_on_no_list_and_told_of_none(self):
        request = self.asked()
        request.action_decline_suppression()
        answer = self.answered(request)
        self.assertFalse(self.listed(request))
        self.assertNotIn("suppression", answer)
        self.assertNotIn("\n\n\n", answer)
        self.assertFalse(self.ingest(message("m7", person("ana"), minutes=3)).dropped)

    def test_who_declines_afterwards_is_taken_off_and_a_replay_heeds_it(self):
        request = self.asked()
        self.answered(request)
        self.assertTrue(self.ingest(message("m7", person("ana"), minutes=3)).dropped)
        for user in (self.officer, self.agent):
            with self.assertRaises(AccessError):
                request.with_user(user).action_decline_suppression()
        request.action_decline_suppression()
        self.assertFalse(self.listed(request))
        self.assertTrue(self.evidence("erasure.declined"))
        self.work(request.erasure_id)
        self.restore()
        self.env["social.crm.erasure"].with_user(self.clerk).action_replay()
        self.assertFalse(self.listed(request), "the log tells of the erasure, and of declining")
        self.assertFalse(self.ingest(message("m7", person("ana"), minutes=3)).dropped)

    def test_nobody_declines_a_list_nobody_would_put_them_on(self):
        with self.assertRaisesRegex(UserError, "Only who asks"):
            self.asked("access").action_decline_suppression()
