# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from email.message import EmailMessage

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import PermanentError
from odoo.addons.social_crm_base.tests.common import know, message

from ..connectors.mail.const import LOOP_MAILS
from ..tools.mail_text import is_automatic, parts
from .test_together import TogetherCommon

ANA = "Ana Petrović <ana@example.com>"


class MailCommon(TogetherCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "shop.example"})
        cls.company.alias_domain_id = cls.domain

    def address(self, user=None):
        return self.as_(user or self.agent).inbox_mail_address()["address"]

    def write_mail(self, body="Thanks, it came!\n", to=None, **headers):
        """A mail through Odoo's gateway; returns what was stored of it."""
        mail = EmailMessage()
        number = len(self.mails()) + 1
        fixed = {
            "From": ANA,
            "To": to or self.address(),
            "Subject": "My parcel",
            "Message_ID": f"<{number}@example.com>",
            "Date": "Mon, 01 Nov 1999 10:00:00 +0000",
        }
        files = headers.pop("files", ())
        for name, value in {**fixed, **headers}.items():
            mail[name.replace("_", "-")] = value
        if body.startswith("<"):
            mail.set_content("see HTML")
            mail.add_alternative(body, subtype="html")
        else:
            mail.set_content(body)
        for name, content in files:
            mail.add_attachment(content, maintype="image", subtype="png", filename=name)
        before = self.mails()
        self.env["mail.thread"].with_user(self.env.ref("base.user_root")).message_process(
            False, mail.as_bytes()
        )
        self.env.invalidate_all()
        return self.mails() - before

    def mails(self):
        return self.interactions.search(
            [("platform_id.code", "=", "email")], order="id"
        )

    def answer(self, said, body="Glad to hear it."):
        outbox = said.conversation_id.with_user(self.agent)._queue_reply(body)
        receipt = outbox.sudo()._perform(outbox.sudo()._out_message())
        outbox._mark_done(receipt)
        return outbox.interaction_id, self.env["mail.mail"].search(
            [("message_id", "=", receipt.external_id)]
        )


@tagged("post_install", "-at_install")
class TestAddress(MailCommon):
    def test_a_case_gets_one_address_nobody_can_guess(self):
        told = self.as_(self.agent).inbox_mail_address()
        self.assertRegex(told["address"], r"^case-[a-z2-7]{20,}@shop\.example$")
        self.assertIn(told["address"], told["text"])
        self.assertEqual(self.address(self.other), told["address"])
        channel = self.company._social_mail_channel()
        self.assertEqual(len(channel), 1)
        self.assertEqual((channel.connector, channel.company_id), ("mail", self.company))

    def test_without_a_mail_domain_it_says_what_to_do(self):
        self.company.alias_domain_id = False
        with self.assertRaisesRegex(UserError, "Email Domain"):
            self.address()

    def test_who_cannot_work_on_a_case_gets_no_address(self):
        for user in (self.viewer, self.stranger):
            with self.assertRaises(AccessError):
                self.address(user)

    def test_a_deleted_cases_address_is_gone(self):
        empty = self.env["social.crm.case"].create({"name": "x", "company_id": self.company.id})
        address = empty.inbox_mail_address()["address"]
        empty.unlink()
        self.assertFalse(
            self.env["mail.alias"].search_count([("alias_full_name", "=", address)])
        )


@tagged("post_install", "-at_install")
class TestConnectingMail(MailCommon):
    def connect(self):
        wizard = self.env["social.crm.connect"].with_user(self.manager).create(
            {
                "platform_id": self.env.ref("social_crm_channels.platform_email").id,
                "connector": "mail",
            }
        )
        self.assertIn("mail domain", wizard.setup_steps, "it says what there is to do")
        return self.env["social.crm.channel"].browse(wizard.action_continue()["res_id"])

    def test_the_wizard_makes_the_channel_once_and_looks_at_it(self):
        channel = self.connect()
        self.assertEqual((channel.connector, channel.health_level), ("mail", "green"))
        self.assertEqual(channel.user_id, self.manager)
        self.assertEqual(self.connect(), channel)

    def test_without_a_mail_domain_the_channel_says_where_to_set_one(self):
        self.company.alias_domain_id = False
        channel = self.connect()
        self.assertEqual(channel.health_level, "red")
        self.assertIn("Email Domain", channel.health_todo)


@tagged("post_install", "-at_install")
class TestComingMail(MailCommon):
    def test_who_goes_on_by_mail_stays_in_the_case(self):
        said = self.write_mail("Хвала! It came 📦\n", files=[("slika.png", b"\x89PNG")])
        self.assertEqual(said.case_id, self.case)
        self.assertEqual(
            (said.kind, said.mode, said.direction, said.visibility),
            ("message", "one_to_one", "in", "direct"),
        )
        self.assertEqual((said.title, said.body), ("My parcel", "Хвала! It came 📦"))
        self.assertEqual(said.attachment_ids.name, "slika.png")
        self.assertEqual(said.attachment_ids.raw, b"\x89PNG")
        self.assertEqual(said.identity_id.handle, "ana@example.com")
        self.assertEqual(said.identity_id.name, "Ana Petrović")
        self.assertFalse(said.identity_id.verified_email, "a sender proves nothing")
        self.assertNotIn(
            "My parcel", "".join(self.case.message_ids.mapped(lambda m: m.subject or "")),
            "no second copy in the chatter",
        )
        self.assertGreater(said.date, fields.Datetime.now() - timedelta(minutes=5))

    def test_a_closed_case_is_open_again_however_long_ago_it_was_closed(self):
        address = self.address()
        self.case.write({"state": "closed"})
        with freeze_time(fields.Datetime.now() + timedelta(days=300)):
            said = self.write_mail(to=address)
        self.assertEqual((said.case_id, self.case.state), (self.case, "open"))
        self.assertEqual(len(self.case.cycle_ids), 2, "each reopening is a new cycle")

    def test_another_address_of_theirs_is_a_proposal_and_the_same_case(self):
        partner = self.env["res.partner"].create({"name": "Ana", "email": "ana@work.example"})
        know(self.said("m1").identity_id, partner)
        first = self.write_mail(From="ana@home.example")
        second = self.write_mail(From="Ana <ana@work.example>")
        self.assertEqual((first | second).case_id, self.case)
        links = (first | second).identity_id.link_ids
        self.assertEqual(links.mapped("state"), ["proposed", "proposed"])
        self.assertEqual(links.partner_id, partner)
        self.assertEqual(
            first.identity_id.link_ids.evidence,
            "Wrote to the mail address of a case of this contact.",
        )
        self.assertGreater(
            second.identity_id.link_ids.score, first.identity_id.link_ids.score
        )

    def test_the_same_mail_twice_is_one(self):
        self.write_mail(Message_ID="<same@example.com>")
        again = self.write_mail("Forged later\n", Message_ID="<same@example.com>")
        self.assertFalse(again)
        self.assertEqual(self.mails().body, "Thanks, it came!")

    def test_nobody_can_overwrite_what_another_or_we_wrote(self):
        theirs = self.write_mail(Message_ID="<known@example.com>")
        ours, mail = self.answer(theirs)
        mail.unlink()  # as after sending; before, Odoo itself ignores the second
        self.write_mail("Evil\n", From="eve@example.com", Message_ID="<known@example.com>")
        self.write_mail("Evil\n", From="eve@example.com", Message_ID=ours.external_id)
        self.assertEqual(theirs.body, "Thanks, it came!")
        self.assertEqual(ours.body, "Glad to hear it.")
        self.assertEqual(self.mails().mapped("body").count("Evil"), 2)

    def test_machines_open_and_answer_nothing(self):
        self.case.write({"state": "waiting"})
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"X_Auto_Response_Suppress": "All"},
            {"Precedence": "bulk"},
        ):
            with self.subTest(headers):
                said = self.write_mail("I am away", **headers)
                self.assertEqual((said.kind, said.case_id), ("system", self.case))
        self.assertEqual(self.case.state, "waiting")
        self.assertFalse(self.write_mail(From="MAILER-DAEMON@example.com"))

    def test_our_own_addresses_write_nothing_into_a_case(self):
        other = self.env["social.crm.case"].create({"name": "x", "company_id": self.company.id})
        loop = other.inbox_mail_address()["address"]
        self.assertFalse(self.write_mail(From=loop))
        self.assertFalse(self.write_mail(From=self.address()))

    def test_a_flood_of_forged_mails_ends_as_notices(self):
        for _number in range(LOOP_MAILS):
            self.assertEqual(self.write_mail().kind, "message")
        self.assertEqual(self.write_mail().kind, "system")
        self.assertEqual(self.write_mail(From="other@example.com").kind, "message")

    def test_a_joined_case_hands_its_mail_on(self):
        address = self.address()
        self.ingest(message("b1", self.ana, text="Again"), opens_cases=False)
        target = self.env["social.crm.case"].create(
            {"name": "Kept", "company_id": self.company.id}
        )
        target._join(self.case)
        said = self.write_mail(to=address)
        self.assertEqual(said.case_id, target)

    def test_an_address_taken_from_its_case_leads_into_a_new_one(self):
        address = self.address()
        self.case.mail_alias_id = False  # as erasure does
        said = self.write_mail(to=address)
        self.assertNotEqual(said.case_id, self.case)
        self.assertEqual((said.case_id.state, said.body), ("open", "Thanks, it came!"))

    def test_confidential_stays_confidential(self):
        self.as_(self.agent).action_make_confidential()
        said = self.write_mail()
        self.assertTrue(said.confidential)
        self.assertFalse(said.with_user(self.other).has_access("read"))

    def test_it_takes_the_same_number_of_queries_whatever_the_case_holds(self):
        address = self.address()
        self.write_mail(to=address)
        with self.assertQueryCount(65):
            self.write_mail(to=address)


@tagged("post_install", "-at_install")
class TestGoingMail(MailCommon):
    def test_an_answer_goes_by_mail_and_comes_back_to_the_case(self):
        said = self.write_mail()
        ours, mail = self.answer(said, "Glad to hear it. Ćao 👋")
        self.assertEqual(ours.delivery_state, "sent")
        self.assertEqual(mail.email_to, '"Ana Petrović" <ana@example.com>')
        self.assertEqual(mail.reply_to, self.address())
        self.assertIn(self.address(), mail.email_from)
        self.assertEqual(mail.references, said.external_id)
        self.assertEqual(mail.subject, "Re: My parcel")
        self.assertIn("Ćao 👋", mail.body_html)
        self.assertNotIn("Auto-Submitted", mail.headers)
        self.assertTrue(mail.auto_delete)
        back = self.write_mail("And thanks again\n", In_Reply_To=ours.external_id)
        self.assertEqual((back.parent_id, back.case_id), (ours, self.case))
        self.assertEqual(back.conversation_id, ours.conversation_id)

    def test_an_away_message_says_that_a_machine_wrote_it(self):
        said = self.write_mail()
        outbox = said.conversation_id._queue_reply("We are away.", answer_type="away")
        outbox._perform(outbox._out_message())
        mail = self.env["mail.mail"].search([("references", "=", said.external_id)])
        self.assertIn("'Auto-Submitted': 'auto-replied'", mail.headers)

    def test_a_mail_that_comes_back_is_told_and_the_customer_still_waits(self):
        said = self.write_mail()
        ours, _mail = self.answer(said)
        self.assertFalse(self.case.waiting_since)
        self.interactions._mail_failed([ours.external_id], "No such address")
        self.assertEqual((ours.delivery_state, ours.delivery_note), ("failed", "No such address"))
        self.assertTrue(self.case.waiting_since)

    def test_what_the_mail_server_refuses_is_told_too(self):
        ours, mail = self.answer(self.write_mail())
        mail._postprocess_sent_message([], [], failure_reason="No route", failure_type="unknown")
        self.assertEqual((ours.delivery_state, ours.delivery_note), ("failed", "No route"))

    def test_a_report_of_a_mail_server_ends_the_mail_it_speaks_of(self):
        ours, mail = self.answer(self.write_mail())
        mail.unlink()
        report = f"""From: MAILER-DAEMON@example.com
To: {self.domain.bounce_email}
Subject: Undelivered
Message-ID: <bounce@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Nobody here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; ana@example.com
Status: 5.1.1
--b
Content-Type: message/rfc822

From: {self.address()}
To: ana@example.com
Message-ID: {ours.external_id}
Subject: Re: My parcel

Glad to hear it.
--b--
"""
        self.env["mail.thread"].with_user(self.env.ref("base.user_root")).message_process(
            False, report
        )
        self.env.invalidate_all()
        self.assertEqual(ours.delivery_state, "failed")
        self.assertIn("came back", ours.delivery_note)

    def test_nobody_is_written_to_who_has_not_written(self):
        said = self.write_mail()
        said._blank_content("deleted")
        outbox = said.conversation_id._queue_reply("Hello?")
        with self.assertRaisesRegex(PermanentError, "not written by mail"):
            outbox._perform(outbox._out_message())


@tagged("post_install", "-at_install")
class TestMailText(MailCommon):
    def test_quotations_and_signatures_stand_apart(self):
        body = (
            '<div>Yes, please.</div><div class="gmail_quote">On Monday Shop wrote:'
            "<blockquote>Shall we?</blockquote></div>"
        )
        fresh, quoted = parts(body)
        self.assertIn("Yes, please.", fresh)
        self.assertNotIn("Shall we?", fresh)
        self.assertIn("Shall we?", quoted)
        said = self.write_mail(body)
        self.assertEqual(said.body, "Yes, please.")
        self.assertIn("<details>", said.body_html)
        self.assertIn("Shall we?", said.body_html)

    def test_plain_quotations_too(self):
        said = self.write_mail("Yes.\n\n-- \nAna\n\n> Shall we?\n> Shop\n")
        self.assertEqual(said.body.splitlines()[0], "Yes.")
        self.assertNotIn("Shall we?", said.body)

    def test_an_answer_between_the_lines_is_kept_whole(self):
        fresh, quoted = parts("<blockquote>Shall we?</blockquote>")
        self.assertIn("Shall we?", fresh)
        self.assertFalse(quoted)

    def test_scripts_and_spying_pictures_never_get_in(self):
        said = self.write_mail(
            '<p onclick="x()"><b>Hi</b><script>alert(1)</script>'
            '<img src="https://spy.example/1.gif"></p>'
        )
        self.assertEqual(said.body, "Hi")
        for bad in ("script", "onclick", "spy.example"):
            self.assertNotIn(bad, said.body_html)

    def test_parts_take_anything(self):
        for body in ("", "<", "<div" * 500, "<b>" * 3000, "\x00", "plain"):
            fresh, quoted = parts(body)
            self.assertIsInstance(fresh, str)
            self.assertIsInstance(quoted, str)

    def test_people_are_no_machines(self):
        mail = EmailMessage()
        mail["Auto-Submitted"] = "no"
        mail.set_content("Hi")
        self.assertFalse(is_automatic(mail))
