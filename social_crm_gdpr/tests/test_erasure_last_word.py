# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.social_crm_channels.tests.common import EngineCommon

from .erasure_common import ErasureCommon, message, person


@tagged("post_install", "-at_install")
class TestErasureLastWord(ErasureCommon, HttpCase):
    """Who is erased is told, though afterwards nobody could write to them."""

    run_cron = EngineCommon.run_cron

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        platform = cls.env.ref("social_crm_base.platform_sandbox")
        cls.app = cls.env["social.crm.app"].create(
            {"name": "Sandbox", "platform_id": platform.id, "connector": "sandbox"}
        )
        cls.shop = cls.env["social.crm.channel"].create(
            {
                "name": "Sandbox Shop",
                "platform_id": platform.id,
                "app_id": cls.app.id,
                "connector": "sandbox",
                "external_id": "last-word-shop",
            }
        )
        cls.ingest(message("s1", person("eva"), text="Erase me"), channel=cls.shop)
        cls.asked_in = cls.said("s1", cls.shop)
        cls.eva = cls.asked_in.identity_id

    def approved(self, who=None, email=""):
        """A request another clerk approved, of somebody proven by their account or address."""
        who = who or self.eva
        request = self.env["social.crm.privacy.request"].sudo().create(
            {
                "kind": "erasure",
                "subject_identity_ids": [Command.set(who.ids)],
                "interaction_id": self.asked_in.id if who == self.eva else False,
            }
        )  # fmt: skip
        request._identified(
            "email_link" if email else "account", account=None if email else who, email=email
        )
        request.action_preview_erasure()
        request.with_user(self.second).action_approve()
        return request.with_user(self.clerk)

    def delivered(self):
        return self.env["social.crm.sandbox.delivery"].search([("app_id", "=", self.app.id)])

    def page_of(self, text):
        """What stands behind the address in a text, opened without a login."""
        (path,) = set(re.findall(r"/privacy/status/\w+", text))
        self.authenticate(None, None)
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        return answer.text

    def test_on_a_channel_the_last_message_goes_before_the_account(self):
        request = self.approved()
        self.assertIn("before the account does", request.answer_route)
        request.action_execute()
        erasure = self.work(request.erasure_id)
        self.assertEqual((erasure.state, request.last_word), ("telling", "waiting"))
        self.assertTrue(self.eva.exists(), "nothing goes before the message has gone")
        self.assertFalse(
            self.env["social.crm.suppression"].search([("reference", "=", erasure.reference)])
        )
        said = request.sudo().last_word_id.interaction_id
        self.assertEqual((said.visibility, said.purpose), ("direct", "answer"))
        self.assertLess(len(said.body), 500, "the shortest of the networks takes it")
        text = said.body
        self.assertIn("In Progress", self.page_of(text))
        self.run_cron("ir_cron_send")
        self.assertTrue(self.delivered())
        self.work(erasure)
        self.assertEqual((erasure.state, request.last_word), ("done", "told"))
        self.assertFalse(self.eva.exists())
        self.assertIn("press Answered", request.next_step)
        sent = len(self.delivered())
        request.action_answer()
        self.assertEqual(request.state, "answered")
        self.assertEqual(len(self.delivered()), sent, "it is not said again")
        self.assertFalse(request.sudo().last_word_id or request.interaction_id)
        page = self.page_of(text)
        for words in (request.name, "What was erased", "You may decline", "complain"):
            self.assertIn(words, page)
        for name in ("eva", "Eva"):
            self.assertNotIn(name, page.partition("<main")[2].partition("</main")[0])

    def test_the_networks_echo_of_the_last_message_brings_nobody_back(self):
        request = self.approved()
        request.action_execute()
        self.run_cron("ir_cron_send")
        self.work(request.erasure_id)
        self.run_cron("ir_cron_sandbox")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=5)):
            self.run_cron("ir_cron_sandbox")
            self.run_cron("ir_cron_events_1")
        events = self.env["social.crm.event"].search([("app_id", "=", self.app.id)])
        self.assertTrue(events, "the network told of it")
        self.assertFalse(events.filtered(lambda event: event.state in ("pending", "failed")))
        self.assertFalse(
            self.env["social.crm.identity"].search([("handle", "=", "eva@example.social")])
        )

    def test_where_it_cannot_be_sent_a_clerk_finds_another_way_in_time(self):
        request = self.approved()
        request.action_execute()
        request.sudo().last_word_id._mark_failed("The account takes no messages")
        erasure = self.work(request.erasure_id)
        self.assertEqual((erasure.state, request.last_word), ("telling", "failed"))
        self.assertIn("no way left", request.next_step)
        self.assertTrue(request.activity_ids)
        request.answer_way = "hand"
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        request.action_draft_answer()
        self.assertIn("What was erased", self.page_of(request.answer_text))
        request.action_answer()
        self.assertEqual(request.state, "answered")

    def test_after_a_day_the_erasure_waits_no_longer_and_the_request_stays_open(self):
        request = self.approved()
        request.action_execute()
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            erasure = self.work(request.erasure_id)
        self.assertEqual((erasure.state, request.last_word), ("done", "failed"))
        self.assertFalse(self.delivered(), "and what was not sent is not sent any more")
        with self.assertRaisesRegex(UserError, "no way left"):
            request.action_answer()
        request.answer_way = "hand"
        request.action_draft_answer()
        request.action_answer()
        self.assertEqual(request.state, "answered")

    def test_by_mail_the_address_stays_until_the_answer_is_out(self):
        request = self.approved(self.ana, email="ana.anic@mail.example")
        self.assertIn("until the answer is out", request.answer_route)
        request.action_execute()
        erasure = self.work(request.erasure_id)
        self.assertEqual(erasure.state, "done")
        self.assertFalse(self.contact.exists() and self.contact.email)
        self.assertEqual(request.answer_email, "ana.anic@mail.example")
        request.action_draft_answer()
        request.action_answer()
        mail = self.env["mail.mail"].search([("email_to", "=", "ana.anic@mail.example")])
        self.assertEqual((len(mail), mail.auto_delete), (1, True))
        page = self.page_of(mail.body_html).partition("<main")[2].partition("</main")[0]
        self.assertIn("What was erased", page)
        self.assertNotIn("Ana", page)
        self.assertFalse(request.answer_email or request.answer_text)

    def test_nobody_is_erased_without_a_way_to_tell_them(self):
        mute = self.env["social.crm.identity"].create(
            {"platform_id": self.platform.id, "handle": "mute@example.social"}
        )
        request = self.approved(mute)
        with self.assertRaisesRegex(UserError, "no way left"):
            request.action_execute()
        request.answer_way = "email"
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            request.action_execute()
        self.assertTrue(mute.exists() and request.state == "approved")
        request.answer_way = "hand"
        request.action_execute()
        self.assertEqual(self.work(request.erasure_id).state, "done")
