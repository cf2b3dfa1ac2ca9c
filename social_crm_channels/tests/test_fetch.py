# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    RateLimited,
    TransientError,
)

from ..tools.contract import Grant
from .common import EngineCommon, word

FETCH = "odoo.addons.social_crm_channels.models.social_crm_channel_fetch"


@tagged("post_install", "-at_install")
class TestFetch(EngineCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()
        cls.env["social.crm.channel"].search([("id", "!=", cls.channel.id)]).is_connected = False

    def run_reader(self, *pages, **methods):
        """Run the reader; each call has the next page: items, or an error to raise."""
        script = iter(pages)
        self.asked = []

        def fetch(connector, channel, cursor):
            self.asked.append(cursor)
            page = next(script, [])
            if isinstance(page, Exception):
                raise page
            items = [(item["id"], item) for item in page]
            return items, {"after": items[-1][0]} if items else cursor

        able = {"_capabilities": lambda connector, channel: frozenset(("receive_poll",))}
        with self.speaking(**{"_fetch": fetch, **able, **methods}):
            self.run_cron("ir_cron_fetch")

    def again(self):
        self.channel._sync().next_fetch_at = fields.Datetime.now() - timedelta(seconds=1)

    def stored(self):
        return self.events.search([("channel_id", "=", self.channel.id)], order="id")

    def test_pages_are_read_to_the_end_and_the_cursor_is_kept_with_them(self):
        self.run_reader([word(1), word(2)], [word(3)])
        self.assertEqual(self.stored().mapped("account_key"), ["shop"] * 3)
        self.assertEqual(self.asked, [{}, {"after": "2"}, {"after": "3"}])
        sync = self.channel._sync()
        self.assertEqual(sync.cursor, {"after": "3"})
        self.assertTrue(self.channel.last_read_at)
        self.assertGreater(sync.next_fetch_at, fields.Datetime.now() + timedelta(minutes=4))

    def test_it_goes_on_where_it_ended_and_a_page_twice_is_stored_once(self):
        self.run_reader([word(1)])
        self.again()
        self.run_reader([word(1), word(2)])
        self.assertEqual(self.asked[0], {"after": "1"})
        self.assertEqual(len(self.stored()), 2)

    def test_what_a_webhook_brought_already_is_not_stored_again(self):
        self.put(word(1))
        self.run_reader([word(1), word(2)])
        self.assertEqual(len(self.stored()), 2)

    def test_two_accounts_of_one_app_read_the_same_item_each(self):
        other = self.make_channel("other")
        self.run_reader([word(1)], [], [word(1)], [])
        self.assertEqual(
            self.stored_events().channel_id, self.channel | other, "one event each"
        )

    def test_a_failing_page_loses_neither_what_came_before_nor_the_cursor(self):
        self.run_reader([word(1)], TransientError("down"))
        self.assertEqual(len(self.stored()), 1)
        sync = self.channel._sync()
        self.assertEqual(sync.cursor, {"after": "1"})
        self.assertEqual(sync.fetch_failures, 1)
        self.assertEqual(self.channel.health_level, "unknown", "one outage is nobody's concern")

    def test_outages_are_asked_less_often_and_shown_when_they_last(self):
        waits = []
        for _time in range(4):
            self.again()
            self.run_reader(TransientError("down"))
            waits.append(self.channel._sync().next_fetch_at - fields.Datetime.now())
        self.assertGreater(waits[3], waits[0])
        self.assertEqual(self.channel.health_level, "yellow")
        self.assertFalse(self.channel.activity_ids, "nobody can do anything about it")
        self.again()
        self.run_reader([])
        self.assertEqual(self.channel.health_level, "green")

    def test_a_rate_limit_is_kept_to(self):
        until = (fields.Datetime.now() + timedelta(minutes=40)).replace(microsecond=0)
        self.run_reader(RateLimited("slow down", until))
        self.assertEqual(self.channel._sync().next_fetch_at, until)
        self.assertEqual(self.channel.health_level, "yellow")

    def test_one_broken_connector_does_not_stop_the_others(self):
        self.make_channel("other")
        with mute_logger(FETCH):
            self.run_reader(KeyError("id"), [word(1)])
        self.assertEqual(self.stored_events().channel_id.name, "other")
        self.assertEqual(self.channel.health_level, "red")

    def test_malformed_answers_are_told_to_the_owner_once(self):
        for _time in range(3):
            self.again()
            self.run_reader(MalformedPayload("no list"))
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.assertEqual(self.channel.activity_ids.user_id, self.manager)

    def test_a_disconnected_or_archived_channel_is_not_read(self):
        self.channel.is_connected = False
        self.run_reader([word(1)])
        self.channel.write({"is_connected": True, "active": False})
        self.run_reader([word(1)])
        self.assertFalse(self.stored())

    def test_a_channel_without_an_app_gets_one(self):
        self.channel.app_id = False
        self.run_reader([word(1)])
        self.assertTrue(self.channel.app_id)
        self.assertEqual(len(self.stored()), 1)

    def test_an_agent_may_fetch_now(self):
        self.run_reader([])
        with self.speaking(_capabilities=lambda c, channel: frozenset(("receive_poll",))):
            self.channel.with_user(self.agent).action_fetch_now()
        self.run_reader([word(1)])
        self.assertEqual(len(self.stored()), 1)

    def test_what_calls_us_has_nothing_to_fetch(self):
        with self.assertRaises(UserError), self.speaking():
            self.channel.with_user(self.agent).action_fetch_now()

    def test_an_agent_cannot_change_where_the_engine_stands(self):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.channel.with_user(self.agent).sync_ids.cursor = {}

    def test_credentials_are_renewed_before_they_end_and_once(self):
        soon = fields.Datetime.now() + timedelta(minutes=1)
        later = fields.Datetime.now() + timedelta(hours=2)
        credentials = self.env["social.crm.credential"]
        credentials._set_secrets(self.channel, {"access_token": "old"}, soon)
        renewed = []

        def refresh(connector, channel):
            renewed.append(connector._secret(channel, "access_token"))
            return Grant({"access_token": "new"}, (), later)

        self.run_reader([word(1)], _refresh_token=refresh)
        self.again()
        self.run_reader([word(2)], _refresh_token=refresh)
        self.assertEqual(renewed, ["old"])
        self.assertEqual(credentials._get_secret(self.channel, "access_token"), "new")

    def test_credentials_that_cannot_be_renewed_are_told(self):
        soon = fields.Datetime.now() + timedelta(minutes=1)
        self.env["social.crm.credential"]._set_secrets(
            self.channel, {"access_token": "old"}, soon
        )

        def refresh(connector, channel):
            raise CredentialsError("the person took the consent back")

        self.run_reader([word(1)], _refresh_token=refresh)
        self.assertEqual(self.channel.health_level, "red")
        self.assertTrue(self.channel.sending_stopped)
        self.assertIn("took the consent back", self.channel.health_message)
