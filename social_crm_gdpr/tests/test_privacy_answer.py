# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import know

from .privacy_common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyAnswer(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create({"name": "Ada", "email": "ada@example.org"})

    def outgoing(self, who=None):
        """What was said to somebody on the network."""
        return self.interactions.search(
            [
                ("direction", "=", "out"),
                ("conversation_id.identity_id", "=", (who or self.ada).id),
            ],
            order="id desc",
        )

    def mails(self):
        return self.env["mail.mail"].search([], order="id desc")

    # === CODE ON THE CHANNEL === #

    def send_code(self, request):
        request.action_check_send_code()
        body = self.outgoing()[:1].body
        return next(word for word in body.split() if word.isdigit() and len(word) == 6)

    def enter(self, request, code):
        wizard = self.env["social.crm.privacy.check"].with_user(self.clerk)
        return wizard.create({"request_id": request.id, "code": code}).action_enter()

    def test_a_code_goes_to_the_account_in_private_and_proves_it_once(self):
        request = self.request()
        code = self.send_code(request)
        self.assertEqual(self.outgoing()[:1].visibility, "direct")
        self.assertIn("Ada", request.check_note)
        told = self.enter(request, str((int(code) + 1) % 1000000).zfill(6))
        self.assertIn("4 tries", told["context"]["default_message"])
        self.enter(request, f" {code[:3]} {code[3:]} ")
        self.assertEqual((request.state, request.check_method), ("identified", "channel_code"))
        request.action_check_anew()
        self.assertIn("Send a code", self.enter(request, code)["context"]["default_message"])

    def test_five_wrong_codes_lock_it_and_the_right_one_comes_too_late(self):
        request = self.request()
        code = self.send_code(request)
        wrong = "000000" if code != "000000" else "111111"
        for _time in range(5):
            self.enter(request, wrong)
        self.assertIn("Too many", self.enter(request, code)["context"]["default_message"])
        self.assertEqual(request.state, "received")

    def test_an_old_code_and_a_replaced_one_do_not_work(self):
        request = self.request()
        first = self.send_code(request)
        second = self.send_code(request)
        if first != second:
            self.assertIn("Wrong", self.enter(request, first)["context"]["default_message"])
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.assertIn("too old", self.enter(request, second)["context"]["default_message"])

    def test_codes_are_not_sent_for_ever_nor_to_shared_accounts(self):
        request = self.request()
        for _time in range(5):
            request.action_check_send_code()
        with self.assertRaisesRegex(UserError, "Enough"):
            request.action_check_send_code()
        self.bob.is_shared = True
        with self.assertRaisesRegex(UserError, "Several people"):
            self.request(who=self.bob).action_check_send_code()

    # === LINK BY E-MAIL === #

    def test_a_link_goes_to_the_address_known_before_never_to_a_claimed_one(self):
        request = self.request(said_email="mallory@example.org")
        with self.assertRaisesRegex(UserError, "knew no e-mail"):
            request.action_check_send_link()
        know(self.ada, self.contact)
        request.action_find()
        request.action_check_send_link()
        mail = self.mails()[:1]
        self.assertEqual(mail.email_to, "ada@example.org")
        token = mail.body_html.split("/privacy/confirm/")[1].split("<")[0].split('"')[0]
        tokens = self.env["social.crm.privacy.token"]
        self.assertTrue(tokens._look(token, "email"))
        found = tokens._redeem(token, "email")
        found.request_id._confirmed_by_link(found)
        self.assertEqual((request.state, request.check_method), ("identified", "email_link"))
        self.assertFalse(request.checked_by_id)
        self.assertFalse(tokens._redeem(token, "email"))

    def test_an_address_two_contacts_share_proves_nothing(self):
        know(self.ada, self.contact)
        self.contact.copy({"email": "ada@example.org"})
        request = self.request()
        request.action_find()
        with self.assertRaisesRegex(UserError, "share this address"):
            request.action_check_send_link()

    # === ANSWERS === #

    def in_progress(self, kind="complaint", **values):
        request = self.request(kind, **values)
        request.action_check_document()
        if request.can_vouch:
            request.action_vouch_address()
        request.action_execute()
        return request

    def test_a_document_that_was_mailed_is_seen_and_not_kept(self):
        request = self.request()
        request.sudo().message_post(
            message_type="email", attachments=[("passport.pdf", b"P<ANA")], body="Here"
        )
        request.action_check_document()
        self.assertFalse(request.message_ids.attachment_ids)

    def test_the_receipt_says_nothing_the_asker_typed(self):
        self.env["social.crm.privacy.request"]._receive(
            "access", "web", said_name="BUY NOW", said_email="victim@example.org",
            description="http://spam.example",
        )  # fmt: skip
        mail = self.mails()[:1]
        self.assertEqual(mail.email_to, "victim@example.org")
        for typed in ("BUY NOW", "spam.example"):
            self.assertNotIn(typed, f"{mail.subject} {mail.body_html}")
        self.assertNotIn("{{", mail.body_html)

    def test_the_answer_is_in_the_persons_language_with_the_authority(self):
        self.env["res.lang"]._activate_lang("de_DE")
        text = self.env.ref("social_crm_gdpr.privacy_text_answer_complaint")
        text.with_context(lang="de_DE").body = "Beschwerde geprüft, {{ authority }} ({{ article }})"
        request = self.in_progress(language="de_DE", said_email="x@example.org")
        request.action_draft_answer()
        self.assertIn("Beschwerde geprüft", request.answer_text)
        self.assertIn("Art. 77", request.answer_text)
        request.action_answer()
        self.assertEqual(request.state, "answered")
        self.assertIn("Beschwerde geprüft", self.mails()[:1].body_html)
        self.assertTrue(self.mails()[:1].auto_delete)

    def test_asked_on_a_network_answered_there_in_private(self):
        request = self.in_progress(interaction_id=self.said("1").id)
        self.assertEqual(request.answer_way, "channel")
        request.answer_text = "We looked into it."
        request.action_answer()
        told = self.outgoing()[:1]
        self.assertEqual((told.body, told.visibility), ("We looked into it.", "direct"))
        self.assertEqual(told.purpose, "answer")

    def test_no_answer_before_it_is_carried_out_or_without_words(self):
        request = self.request(said_email="x@example.org", answer_text="Done")
        with self.assertRaisesRegex(UserError, "Carry the request out"):
            request.action_answer()
        empty = self.in_progress(said_email="x@example.org")
        with self.assertRaisesRegex(UserError, "Write the answer first"):
            empty.action_answer()

    def test_an_answer_that_cannot_go_leaves_the_request_open(self):
        request = self.in_progress(answer_way="email", answer_text="Done")
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            request.action_answer()
        self.assertEqual(request.state, "in_progress")

    def test_a_refusal_names_its_ground_and_can_be_taken_up_again(self):
        request = self.request(said_email="x@example.org")
        with self.assertRaisesRegex(UserError, "ground"):
            request.action_refuse()
        request.write({"refusal_ground": "excessive", "refusal_reason": "The ninth this week."})
        request.action_refuse()
        body = self.mails()[:1].body_html
        self.assertIn("The ninth this week.", body)
        self.assertIn("Art. 12(5)", body)
        self.assertEqual(request.state, "refused")
        rows = self.env["social.crm.evidence"].search([("reference", "=", request.uuid)])
        self.assertIn("ground: excessive", " ".join(rows.mapped("payload_text")))
        request.action_take_up()
        self.assertEqual(request.state, "received")

    def test_of_an_answered_erasure_nothing_said_stays(self):
        request = self.request("erasure", said_email="ada@example.org", said_name="Ada Lovelace")
        request.action_check_document()
        request.action_vouch_address()
        request.action_preview_erasure()
        request.with_user(self.second).action_approve()
        request.action_execute()
        request.answer_text = "Erased."
        request.action_answer()
        self.assertEqual(self.mails()[:1].email_to, "ada@example.org")
        [row] = request.read()
        self.assertNotIn("lovelace", str(row).lower())
        self.assertNotIn("ada@", str(row).lower())
        self.assertFalse(request.subject_identity_ids)
        self.assertEqual(self.evidence(request)[-1], "request.answered")

    def test_what_is_not_known_leaves_no_gap_in_what_people_read(self):
        self.company.write({"email": False, "phone": False})
        for moment in ("receipt", "extension", "answer", "unknown", "refusal", "package"):
            subject, body = self.request()._text(moment)
            self.assertNotIn("{{", subject + body.replace("{{ link }}", "").replace(
                "{{ until }}", ""), moment)  # fmt: skip

    def test_an_extension_is_told(self):
        request = self.request(said_email="x@example.org", extension_reason="Forty accounts")
        request.action_extend()
        self.assertIn("Forty accounts", self.mails()[:1].body_html)

    def test_nothing_known_is_an_answer_too(self):
        request = self.request(who=self.bob.browse(), said_email="x@example.org")
        request.action_answer_unknown()
        self.assertEqual(request.state, "refused")
        self.assertIn("found none", self.mails()[:1].body_html)

    # === WHAT THE SMALLER RIGHTS DO === #

    def test_restriction_stops_the_use_and_objection_the_advertising(self):
        request = self.request("restriction", restriction_ground="claims")
        request.action_check_document()
        request.action_execute()
        self.assertTrue(self.ada.is_restricted)
        self.assertEqual(request.restriction_id.ground, "claims")
        self.bob.consent_basis = "opt_in"
        objection = self.request("objection", who=self.bob)
        objection.action_check_document()
        objection.action_execute()
        self.assertTrue(self.bob.is_restricted)
        self.assertNotEqual(self.bob.consent_basis, "opt_in")

    def test_what_was_agreed_to_ends_in_the_ledger_of_consents(self):
        purpose = self.env["social.crm.purpose"].search([("code", "=", "marketing")], limit=1)
        request = self.request("withdrawal", purpose_ids=[(6, 0, purpose.ids)])
        request.action_check_document()
        request.action_execute()
        row = self.env["social.crm.consent"].search([("identity_id", "=", self.ada.id)])
        self.assertEqual((row.event, row.purpose_id), ("withdrawn", purpose))
        self.assertEqual(row.happened_at, request.received_at)
        objection = self.request("objection", who=self.bob)
        objection.action_check_document()
        objection.action_execute()
        rows = self.env["social.crm.consent"].search([("identity_id", "=", self.bob.id)])
        self.assertEqual(set(rows.mapped("event")), {"objected"})
        self.assertNotIn("answer", rows.mapped("purpose_id.code"))

    def test_rectification_shows_whom_and_is_noted(self):
        request = self.request("rectification")
        request.action_check_document()
        action = request.action_execute()
        self.assertEqual(action["domain"], [("id", "in", self.ada.ids)])
        self.assertTrue(
            self.env["social.crm.access.log"].search_count([("purpose", "=", request.name)])
        )
