# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    PermanentError,
    RateLimited,
    TransientError,
)

from ..tools.contract import Health
from .common import EngineCommon, word


@tagged("post_install", "-at_install")
class TestHealth(EngineCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()
        cls.manager.notification_type = "email"
        cls.env["social.crm.channel"].search([("id", "!=", cls.channel.id)]).is_connected = False

    def check(self, outcome):
        def health(connector, channel):
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        with self.speaking(_check_health=health):
            self.channel.with_user(self.agent).action_check_health()
        self.env.invalidate_all()
        return self.channel.health_level

    def watch(self, **methods):
        with self.speaking(**methods):
            self.run_cron("ir_cron_watch")

    def mails(self):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", self.manager.partner_id.ids)]
        )

    def test_the_light_follows_the_class_of_the_error(self):
        self.assertEqual(self.check(Health("green")), "green")
        self.assertEqual(self.check(RateLimited("slow down")), "yellow")
        self.assertEqual(self.check(TransientError("down")), "yellow")
        self.assertEqual(self.check(PermanentError("gone")), "red")
        self.assertEqual(self.check(CredentialsError("revoked")), "red")
        self.assertTrue(self.channel.health_todo, "it says what to do")
        self.assertEqual(self.check(Health("green")), "green")
        self.assertFalse(self.channel.health_todo)
        self.assertEqual(self.check(Health("yellow", "moved", "connect the new one")), "yellow")

    def test_a_channel_nobody_asked_about_is_not_called_working(self):
        self.assertEqual(self.channel.health_level, "unknown")
        self.assertEqual(self.check(Health("green")), "green")
        fresh = self.make_channel("fresh")
        fresh._report_works()
        self.assertEqual(fresh.health_level, "green", "a call that went through is an answer")

    def test_an_incident_is_one_mail_and_one_activity_until_it_is_mended(self):
        for _time in range(5):
            self.check(CredentialsError("token revoked"))
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.assertEqual(self.channel.activity_ids.user_id, self.manager)
        self.assertIn("token revoked", self.channel.activity_ids.note)
        self.assertEqual(len(self.mails()), 1)
        self.check(Health("green"))
        self.assertFalse(self.channel.activity_ids)
        self.check(CredentialsError("again"))
        self.assertEqual(len(self.channel.activity_ids), 1, "a new incident is told anew")
        self.assertEqual(len(self.mails()), 2)

    def test_words_of_a_network_are_shown_as_words(self):
        self.check(PermanentError("<script>alert(1)</script>"))
        self.assertNotIn("<script>", self.channel.activity_ids.note)
        self.assertIn("&lt;script&gt;", self.channel.message_ids[:1].body)

    def test_without_an_owner_a_manager_of_the_company_is_told(self):
        self.channel.user_id = False
        told = self.channel._responsible_users()
        self.assertTrue(told)
        self.assertTrue(
            all(user.has_group("social_crm_base.group_manager") for user in told), told
        )

    def fill(self, count, every, until):
        """Events at a steady pace, the last one so long ago."""
        self.put(*(word(index) for index in range(count)))
        last = fields.Datetime.now() - until
        for index, event in enumerate(self.stored_events()[::-1]):
            event.write({"received_at": last - every * index, "state": "done"})

    def test_unusual_silence_is_told_once(self):
        self.fill(60, timedelta(hours=2), timedelta(hours=20))
        for _time in range(2):
            self.watch()
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.assertIn("silent", self.channel.activity_ids.summary)
        self.assertEqual(self.channel.health_level, "yellow")
        self.put(word("news"))
        self.watch()
        self.assertFalse(self.channel.activity_ids)
        self.assertEqual(self.channel.health_level, "green")

    def test_silence_that_is_usual_here_is_no_news(self):
        self.fill(30, timedelta(hours=20), timedelta(hours=30))
        self.watch()
        self.assertFalse(self.channel.activity_ids)

    def test_a_channel_with_few_events_has_no_rhythm(self):
        self.fill(5, timedelta(hours=1), timedelta(days=6))
        self.watch()
        self.assertFalse(self.channel.activity_ids)

    def test_failed_and_unrouted_events_are_told_once_and_closed_when_solved(self):
        event = self.put(word(1))
        event.state = "failed"
        self.events._store(self.app, [("stranger", "9", word(9))], "push", {})
        for _time in range(2):
            self.watch()
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.assertIn("2 events", self.channel.activity_ids.note)
        self.stored_events().with_user(self.manager).action_ignore()
        self.watch()
        self.assertFalse(self.channel.activity_ids)

    def test_the_watch_asks_each_network_a_few_times_a_day_only(self):
        asked = []

        def health(connector, channel):
            asked.append(channel.name)
            return Health("green")

        self.watch(_check_health=health)
        self.watch(_check_health=health)
        self.assertEqual(asked, ["shop"])

    def test_disconnecting_forgets_the_credentials_and_keeps_the_history(self):
        credentials = self.env["social.crm.credential"]
        credentials._set_secrets(self.channel, {"access_token": "x"})
        event = self.put(word(1))
        with self.speaking(_unsubscribe=lambda connector, channel: None):
            self.channel.with_user(self.manager).action_disconnect()
        self.assertFalse(self.channel.is_connected)
        self.assertFalse(credentials._get_secret(self.channel, "access_token"))
        self.assertTrue(event.exists())

    def test_disconnecting_works_although_the_network_does_not_answer(self):
        def gone(connector, channel):
            raise TransientError("no answer")

        with self.speaking(_unsubscribe=gone):
            self.channel.with_user(self.manager).action_disconnect()
        self.assertFalse(self.channel.is_connected)

    def test_a_copied_database_speaks_with_nobody(self):
        self.env["social.crm.credential"]._set_secrets(self.channel, {"access_token": "x"})
        token = self.app.webhook_token
        row = self.env["social.crm.outbox"].create(
            {
                "company_id": self.channel.company_id.id,
                "channel_id": self.channel.id,
                "operation": "publish",
                "idempotency_key": "k",
            }
        )
        self.env.flush_all()
        for addon in ("social_crm_base", "social_crm_channels"):
            path = file_path(f"{addon}/data/neutralize.sql")
            self.env.cr.execute(Path(path).read_text(encoding="utf-8"))
        self.env.invalidate_all()
        self.assertFalse(self.channel.is_connected)
        self.assertNotEqual(self.app.webhook_token, token)
        self.assertFalse(self.env["social.crm.credential"].sudo().search([]))
        self.assertEqual(row.state, "cancelled")
        for name in ("events_1", "events_2", "send", "fetch", "watch", "second_stage", "figures"):
            self.assertFalse(self.env.ref(f"social_crm_channels.ir_cron_{name}").active, name)
