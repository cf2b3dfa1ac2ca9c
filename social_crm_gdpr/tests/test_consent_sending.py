# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import email
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.base.tests.common import MockSmtplibCase
from odoo.addons.social_crm_base.tests.common import know, message, person
from odoo.addons.social_crm_channels.tests.common import EngineCommon, channel_on
from odoo.addons.social_crm_channels.tests.test_mail_connector import MailCommon

from .test_consent import ConsentCommon


@tagged("post_install", "-at_install")
class TestConsentAtSending(ConsentCommon):
    """The worker that sends asks the ledger, on the sandbox: what leaves would be delivered."""

    run_cron = EngineCommon.run_cron

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        channel = channel_on(cls.env, "sandbox", external_id="consent-shop")
        cls.ingest(message("s1", person("eva"), text="Dobar dan"), channel=channel)
        cls.eva = cls.said("s1", channel).identity_id
        cls.talk = cls.said("s1", channel).conversation_id
        cls.app = channel.app_id

    def work(self):
        self.run_cron("ir_cron_send")

    def delivered(self):
        """What the pretended network was given."""
        return self.env["social.crm.sandbox.delivery"].search([("app_id", "=", self.app.id)])

    def held(self, purpose="feedback"):
        """A message that waits ten seconds, for its author to take it back."""
        return self.talk.with_user(self.agent)._queue_reply(
            "Zadovoljni? 🙂", purpose=purpose, hold_seconds=10
        ).sudo()  # fmt: skip

    def later(self, **delta):
        return freeze_time(fields.Datetime.now() + timedelta(**delta))

    def assert_stopped(self, row, words):
        self.assertEqual(row.state, "failed")
        self.assertIn(words, row.error)
        self.assertEqual(row.interaction_id.delivery_state, "failed")
        self.assertIn(words, row.interaction_id.delivery_note)
        self.assertFalse(self.delivered(), "nothing reached the network")

    def test_what_was_agreed_to_leaves(self):
        self.decide("given", who=self.eva)
        row = self.held()
        self.work()
        self.assertEqual(row.state, "held", "not before its time")
        with self.later(seconds=11):
            self.work()
        self.assertEqual(row.state, "done")
        self.assertTrue(self.delivered())

    def test_what_was_withdrawn_while_it_was_held_is_not_sent(self):
        self.decide("given", who=self.eva)
        row = self.held()
        self.decide("withdrawn", who=self.eva)
        with self.later(seconds=11):
            self.work()
        self.assert_stopped(row, "withdrew their consent on")

    def test_the_worker_itself_refuses_what_nobody_stopped_before(self):
        self.decide("given", who=self.eva)
        row = self.held()
        with patch.object(type(self.consents), "_stop_open_rows"):  # as where it was locked
            self.decide("withdrawn", who=self.eva)
        self.assertEqual(row.state, "held")
        answer = self.held("answer")
        with self.later(seconds=11):
            self.work()
            self.assertEqual(row.state, "failed")
            self.assertIn("withdrew their consent on", row.interaction_id.delivery_note)
            self.work()
        self.assertEqual(answer.state, "done", "what they asked is answered")
        bodies = " ".join(self.delivered().mapped("body"))
        self.assertNotIn(row.idempotency_key, bodies)
        self.assertIn(answer.idempotency_key, bodies)

    def test_a_consent_whose_lifetime_ends_meanwhile_is_none(self):
        end = fields.Datetime.now() + timedelta(seconds=5)
        self.decide("given", who=self.eva, expires_at=end)
        row = self.held()
        with self.later(seconds=11):
            self.work()
        self.assert_stopped(row, "agreed once, until")

    def test_an_objection_taken_down_from_a_linked_account_counts_at_sending(self):
        know(self.eva, self.contact)
        self.decide("given", who=self.eva)
        row = self.held()
        self.decide("objected", who=self.ana2)
        with self.later(seconds=11):
            self.work()
        self.assert_stopped(row, "objected on")


class SentMailCommon(MockSmtplibCase, MailCommon):
    """A mail as it leaves: the connector, Odoo's queue, and the message given to SMTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consents = cls.env["social.crm.consent"]

    run_cron = EngineCommon.run_cron

    def sent(self, purpose):
        """:return: the person, and the message as SMTP gets it"""
        said = self.write_mail()
        who = said.identity_id
        self.consents._note("given", "feedback", identity=who, way="hand", note="In the shop")
        row = said.conversation_id.with_user(self.agent)._queue_reply(
            "Zadovoljni?", purpose=purpose
        )
        self.run_cron("ir_cron_send")
        self.assertEqual(row.sudo().state, "done", row.sudo().error)
        name = row.sudo().receipt["external_id"]
        mail = self.env["mail.mail"].search([("message_id", "=", name)])
        with self.mock_smtplib_connection():
            mail.send()
        (out,) = self.emails
        # as a mail program of any age reads it: addresses are no encoded words (RFC 2047, 5)
        return who, email.message_from_string(out["message"])


@tagged("post_install", "-at_install")
class TestUnsubscribeHeaders(SentMailCommon):
    def test_a_feedback_mail_carries_the_mail_programs_button(self):
        who, mail = self.sent("feedback")
        self.assertEqual(mail["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertRegex(
            mail["List-Unsubscribe"],
            rf"^<{who.company_id.get_base_url()}/privacy/preferences/p-i[\w-]+/stop>$",
        )
        self.assertEqual(len(mail.get_all("List-Unsubscribe")), 1)

    def test_an_answer_carries_none(self):
        for purpose in ("answer", "contract"):
            _who, mail = self.sent(purpose)
            self.assertNotIn("List-Unsubscribe", mail)
            self.assertNotIn("List-Unsubscribe-Post", mail)


@tagged("post_install", "-at_install")
class TestOneClick(SentMailCommon, HttpCase):
    """RFC 8058: what the mail program does with the address of a mail that left."""

    def press(self, path, **options):
        self.opener.cookies.clear()
        return self.url_open(path, timeout=20, **options)

    def test_the_press_withdraws_and_looking_changes_nothing(self):
        who, mail = self.sent("feedback")
        path = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
        button = dict([mail["List-Unsubscribe-Post"].split("=")])
        for method in ("get", "head"):
            answer = self.opener.request(method, self.base_url() + path)
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(who._may("feedback"), who)
        # RFC 8058, 3.2: as form data of either kind, without cookies
        answer = self.press(path, files={name: (None, value) for name, value in button.items()})
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("Set-Cookie", answer.headers)
        self.env.invalidate_all()
        self.assertFalse(who._may("feedback"))
        self.assertEqual(self.press(path, data=button).status_code, 200, "twice is harmless")
        rows = self.consents.search([("identity_id", "=", who.id), ("event", "=", "withdrawn")])
        self.assertEqual((len(rows), rows.way), (1, "page"))

    def test_a_providers_button_is_pressed_for_more_people_than_one_may_guess(self):
        _who, mail = self.sent("feedback")
        path = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
        with patch("odoo.addons.social_crm_gdpr.controllers.preferences.CAP", 1):
            for _press in range(3):
                self.assertEqual(self.press(path, data={"x": "1"}).status_code, 200)
            guesses = [  # not found, then told to wait
                self.press(f"{path[:-6]}x/stop", data={"x": "1"}) for _try in range(2)
            ]
        self.assertEqual([guess.status_code for guess in guesses], [404, 429])

    def test_whatever_is_altered_does_nothing_and_all_get_the_same_answer(self):
        who, mail = self.sent("feedback")
        secret = urlsplit(mail["List-Unsubscribe"].strip("<>")).path.split("/")[3]
        before = self.consents.search_count([])
        answers = set()

        @settings(max_examples=12, deadline=None)
        @given(
            st.integers(min_value=0, max_value=len(secret) - 1),
            st.sampled_from("abcXYZ0189-_"),
        )
        def press(place, sign):
            altered = secret[:place] + sign + secret[place + 1 :]
            if altered != secret:
                answer = self.press(f"/privacy/preferences/{altered}/stop", data={"a": "b"})
                answers.add((answer.status_code, answer.text))

        press()
        self.assertEqual({status for status, _text in answers}, {404})
        self.assertEqual(len(answers), 1)
        self.assertEqual(self.consents.search_count([]), before)
        self.assertEqual(who._may("feedback"), who)
