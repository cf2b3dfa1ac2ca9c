# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .privacy_common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyTold(PrivacyCommon):
    """An extension and a refusal count once the person was told, and not before."""

    def tell(self, action):
        return (
            self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        )

    def test_an_extension_by_hand_counts_once_it_was_told(self):
        request = self.request(extension_reason="Forty accounts")
        due_at = request.due_at
        self.assertEqual(request.answer_way, "hand")
        tell = self.tell(request.action_extend())
        self.assertIn("Forty accounts", tell.body)
        self.assertFalse(request.extended_at)
        for wrong, words in (
            (False, "Nothing has changed"),
            (fields.Date.today() + timedelta(days=1), "between"),
            (fields.Date.today() - timedelta(days=3), "between"),
        ):
            tell.told_on = wrong
            with self.assertRaisesRegex(UserError, words):
                tell.action_told()
        self.assertEqual((request.due_at, self.evidence(request)), (due_at, ["request.received"]))
        tell.told_on = fields.Date.today()
        tell.action_told()
        self.assertGreater(request.due_at, due_at)
        self.assertEqual(request.extension_told_on, fields.Date.today())
        self.assertEqual(self.evidence(request)[-1], "request.extended")
        self.assertIn(request._deadline_words(request.due_at), tell.body)

    def test_an_extension_told_after_the_first_term_is_none(self):
        request = self.request(extension_reason="Forty accounts")
        tell = self.tell(request.action_extend())
        with freeze_time(request.first_due_at + timedelta(days=2)):
            tell.told_on = fields.Date.today()
            with self.assertRaisesRegex(UserError, "within the first term"):
                tell.action_told()
            tell.told_on = fields.Date.today() - timedelta(days=5)
            with self.assertRaisesRegex(UserError, "first term is over"):
                tell.action_told()
        self.assertFalse(request.extended_at)

    def test_an_extension_or_refusal_that_cannot_go_changes_nothing(self):
        request = self.request(
            answer_way="channel", who=self.ada, extension_reason="Many",
            refusal_ground="excessive", refusal_reason="The ninth this week.",
        )  # fmt: skip
        places = self.env["social.crm.conversation"].search([("identity_id", "=", self.ada.id)])
        self.env["social.crm.interaction"].search(
            [("conversation_id", "in", places.ids)]
        ).sudo().unlink()
        places.sudo().unlink()
        for way, words in (("channel", "no talk"), ("email", "no e-mail address")):
            request.write({"answer_way": way, "answer_email": False})
            for step in ("action_extend", "action_refuse"):
                with self.assertRaisesRegex(UserError, words, msg=step):
                    getattr(request, step)()
        self.assertEqual((request.state, request.extended_at), ("received", False))
        self.assertEqual(self.evidence(request), ["request.received"])

    def test_a_refusal_by_hand_closes_once_it_was_told(self):
        request = self.request(refusal_ground="excessive", refusal_reason="The ninth this week.")
        tell = self.tell(request.action_refuse())
        self.assertIn("The ninth this week.", tell.body)
        self.assertEqual(request.state, "received")
        with self.assertRaises(AccessError):
            tell.write({"body": "Something else"})
        tell.told_on = fields.Date.today()
        tell.action_told()
        self.assertEqual(
            (request.state, request.refusal_told_on), ("refused", fields.Date.today())
        )

    def test_that_nothing_is_known_is_told_too(self):
        request = self.request(who=self.bob.browse(), said_phone="123")
        tell = self.tell(request.action_answer_unknown())
        self.assertIn("found none", tell.body)
        tell.told_on = fields.Date.today()
        tell.with_user(self.clerk).action_told()
        self.assertEqual(request.state, "refused")

    def test_what_comes_back_is_told_loudly(self):
        by_mail = self.request("access", said_email="x@example.org", user_id=self.second.id,
                               extension_reason="Many")  # fmt: skip
        by_mail.action_extend()
        mail = by_mail.sudo().told_mail_id
        self.assertEqual(mail.email_to, "x@example.org")
        mail._postprocess_sent_message([], [], failure_reason="no such host",
                                       failure_type="mail_smtp")  # fmt: skip
        here = self.request("complaint", interaction_id=self.said("1").id, user_id=self.second.id,
                            extension_reason="Many")  # fmt: skip
        here.action_extend()
        here.told_outbox_id.sudo()._mark_failed("no such host")
        for request in by_mail | here:
            self.assertEqual(request.activity_ids.user_id, self.second)
            self.assertIn("did not arrive", request.activity_ids.summary)
            self.assertIn("no such host", " ".join(request.message_ids.mapped("body")))
        mail._postprocess_sent_message([], ["x@example.org"])
        self.assertFalse(mail.exists(), "sent at last")

    def test_the_officer_tells_nobody(self):
        request = self.request(extension_reason="Forty accounts")
        tell = self.tell(request.action_extend())
        with self.assertRaises(AccessError):
            tell.with_user(self.officer).action_told()
