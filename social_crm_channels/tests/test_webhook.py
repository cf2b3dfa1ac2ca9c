# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..const import WEBHOOK_MAX_BYTES, WEBHOOK_PATH
from ..tools.wake import WAKER, Waker
from .common import EngineCommon, body_of, sign, word

CONTROLLER = "odoo.addons.social_crm_channels.controllers.webhook"


@tagged("post_install", "-at_install")
class TestWebhook(EngineCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()
        cls.address = f"{WEBHOOK_PATH}/{cls.app.webhook_token}"

    def call(self, body, *, signature=None, address=None, headers=None):
        given = {"Content-Type": "application/json", **(headers or {})}
        if signature is not False:
            given["X-Signature"] = signature or sign(body)
        with self.speaking():
            return self.url_open(
                address or self.address, data=body, headers=given, method="POST"
            )

    def stored(self):
        self.env.invalidate_all()
        return self.events.search([("app_id", "=", self.app.id)], order="id")

    def assert_refused(self, response, status):
        self.assertEqual(response.status_code, status)
        self.assertNotIn("Traceback", response.text)
        self.assertFalse(self.stored(), "nothing may be stored")

    def test_a_signed_item_is_stored_as_it_came(self):
        response = self.call(body_of(word(1, "Kad stiže moja pošiljka? 🚚")))
        self.assertEqual(response.status_code, 200)
        event = self.stored()
        self.assertEqual(event.channel_id, self.channel)
        self.assertEqual(event.state, "pending")
        self.assertIn("Kad stiže moja pošiljka? 🚚", event.payload)
        self.assertNotIn("set-cookie", {name.lower() for name in response.headers})

    def test_the_same_delivery_twice_is_one_event(self):
        for _time in range(2):
            self.assertEqual(self.call(body_of(word(1), word(2))).status_code, 200)
        self.assertEqual(len(self.stored()), 2)

    def test_the_same_key_for_two_accounts_is_two_events(self):
        self.make_channel("other")
        self.call(body_of(word(1), word(1, account="other")))
        self.assertEqual(set(self.stored().mapped("channel_id.name")), {"shop", "other"})

    def test_an_item_for_an_unknown_account_is_kept_aside_with_a_reason(self):
        self.call(body_of(word(1, account="stranger")))
        event = self.stored()
        self.assertEqual(event.state, "quarantined")
        self.assertFalse(event.channel_id)
        self.assertIn("stranger", event.error)

    def test_a_disconnected_channel_takes_nothing(self):
        self.channel.is_connected = False
        self.call(body_of(word(1)))
        self.assertEqual(self.stored().state, "quarantined")

    @mute_logger(CONTROLLER)
    def test_forged_and_missing_signatures_are_refused(self):
        body = body_of(word(1))
        self.assert_refused(self.call(body, signature="0" * 64), 403)
        self.assert_refused(self.call(body, signature=False), 403)
        self.assert_refused(self.call(body_of(word(2)), signature=sign(body)), 403)

    @mute_logger(CONTROLLER)
    def test_without_a_secret_everything_is_refused(self):
        body = body_of(word(1))
        headers = {"Content-Type": "application/json", "X-Signature": sign(body)}
        response = self.url_open(self.address, data=body, headers=headers)
        self.assert_refused(response, 403)

    def test_an_unknown_address_is_not_found_and_asks_no_database(self):
        self.assert_refused(self.call(b"[]", address=f"{WEBHOOK_PATH}/guessed"), 404)
        apps = self.env["social.crm.app"]
        apps._by_webhook_token("warm")
        with self.assertQueryCount(0):
            self.assertIsNone(apps._by_webhook_token("guessed again"))

    def test_an_archived_app_has_no_address(self):
        self.app.active = False
        self.assert_refused(self.call(body_of(word(1))), 404)

    @mute_logger(CONTROLLER)
    def test_signed_nonsense_is_a_bad_request(self):
        for name, body in {
            "empty": b"",
            "not JSON": b"account=shop&text=hello",
            "half": b'[{"id": "1"',
            "wrong encoding": '[{"id": "č"}]'.encode("utf-16"),
            "latin": '[{"id": "č", "text": "ü"}]'.encode("iso-8859-2"),
            "no list": b'{"id": "1"}',
            "deeply nested": b"[" * 100_000 + b"]" * 100_000,
        }.items():
            with self.subTest(name):
                self.assert_refused(self.call(body), 400)

    def test_too_large_a_body_is_refused_before_it_is_read(self):
        body = b"[" + b" " * (5 * 1024 * 1024) + b"]"
        self.assertGreater(len(body), WEBHOOK_MAX_BYTES)
        self.assert_refused(self.call(body), 413)

    @mute_logger(CONTROLLER)
    def test_a_form_instead_of_json_is_judged_by_what_was_sent(self):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            headers = {"Content-Type": kind}
            with self.subTest(kind):
                self.assert_refused(self.call(b"a=b", headers=headers), 400)
                self.assert_refused(self.call(b"a=b", headers=headers, signature="0" * 64), 403)
        huge = b"a=" + b"b" * (5 * 1024 * 1024)
        self.assert_refused(self.call(huge, headers=headers), 413)
        self.assertEqual(self.call(body_of(word(1)), headers=headers).status_code, 200)

    def test_characters_no_database_holds_do_not_lose_the_item(self):
        body = b'[{"id": "a\\u0000b", "who": "\\ud800x", "text": "zero \\u0000 and half \\udfff"}]'
        self.assertEqual(self.call(body).status_code, 200)
        self.assertEqual(self.call(body).status_code, 200)
        event = self.stored()
        self.assertEqual(len(event), 1)
        self.assertEqual(json.loads(event.payload)["text"], "zero \x00 and half ?")

    def test_very_long_keys_still_tell_items_apart(self):
        self.call(body_of(word("k" * 5000 + "1"), word("k" * 5000 + "2")))
        self.assertEqual(len(self.stored()), 2)

    def test_a_new_address_ends_the_old_one(self):
        old = self.address
        self.app.with_user(self.manager).action_rotate_webhook_token()
        self.assert_refused(self.call(body_of(word(1)), address=old), 404)
        new = f"{WEBHOOK_PATH}/{self.app.webhook_token}"
        self.assertEqual(self.call(body_of(word(1)), address=new).status_code, 200)

    def test_a_challenge_is_answered_by_the_connector_or_refused(self):
        def challenge(connector, app, facts):
            return facts.args["hub.challenge"].encode() if facts.args.get("ok") else None

        with self.speaking(_webhook_challenge=challenge):
            response = self.url_open(f"{self.address}?hub.challenge=4711&ok=1")
            self.assertEqual((response.status_code, response.text), (200, "4711"))
            self.assertEqual(self.url_open(self.address).status_code, 403)

    def test_accepting_costs_one_statement_whatever_the_number_of_items(self):
        self.app._webhook_routes()
        for count in (1, 100):
            items = [("shop", f"{count}-{index}", word(index)) for index in range(count)]
            with self.assertQueryCount(1):
                self.assertEqual(self.events._accept(self.app, items, "push"), count)

    def test_the_workers_are_asked_for_after_the_commit_only(self):
        with patch.object(WAKER, "ask") as ask:
            self.events._accept(self.app, [("shop", "1", word(1))], "push")
            ask.assert_not_called()
            self.env.cr.postcommit.run()
            ask.assert_called_once_with(self.env.cr.dbname)

    def test_many_asks_become_few_and_the_last_one_is_served(self):
        with (
            patch("odoo.addons.social_crm_channels.tools.wake.trigger") as trigger,
            patch("odoo.addons.social_crm_channels.tools.wake.threading.Timer") as timer,
        ):
            waker = Waker(interval=60)
            for _request in range(50):
                waker.ask("db")
            self.assertEqual(timer.call_count, 1)
            delay, fire, arguments = timer.call_args.args
            self.assertEqual(delay, 0)
            fire(*arguments)
            trigger.assert_called_once_with("db")
            waker.ask("db")
            self.assertEqual(timer.call_count, 2, "who asks after the trigger is served too")
            self.assertGreater(timer.call_args.args[0], 50)
