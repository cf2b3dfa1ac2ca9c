# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import hmac
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import SignatureError

from ..connectors.feed import const, websub
from ..connectors.feed.connector import SocialCrmConnectorFeed
from .feed_server import FeedServerCommon, item, rss

CONTROLLER = "odoo.addons.social_crm_channels.controllers.webhook"


@tagged("post_install", "-at_install")
class TestFeedWebsub(FeedServerCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_feed()
        cls.token = cls.app.webhook_token
        cls.topic = f"{cls.address}/feed"
        cls.hub_links = (
            f'<atom:link rel="hub" href="{cls.address}/hub"/>'
            f'<atom:link rel="self" href="{cls.topic}"/>'
        )

    def subscribe(self):
        """Read the feed, which names its hub: what the hub was asked."""
        self.serve("", path="/hub", status=202)
        self.serve(rss(item(1), extra=self.hub_links))
        self.read_feed()
        return [form for way, where, _h, form in self.server.asked if where == "/hub"]

    def confirm(self, form, **changes):
        """The hub comes with its challenge."""
        parts = urlsplit(form["hub.callback"])
        args = {
            **websub.arguments(form["hub.callback"]),
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "4711",
            "hub.lease_seconds": "3600",
            **changes,
        }
        with mute_logger("odoo.http"):
            return self.url_open(parts.path, params=args)

    def url_open(self, url, params=None, **options):
        if params:
            return self.opener.get(self.base_url() + url, params=params, timeout=12)
        return super().url_open(url, **options)

    def push(self, body, method="sha256", secret=None, headers=None):
        secret = (secret or websub.secret_of(self.token)).encode()
        digest = hmac.new(secret, body, getattr(hashlib, method)).hexdigest()
        sent = {"X-Hub-Signature": f"{method}={digest}", "Content-Type": "application/rss+xml"}
        path = urlsplit(self.app.webhook_url).path
        with mute_logger("odoo.http", CONTROLLER):
            return self.url_open(path, data=body, headers={**sent, **(headers or {})})

    def lease(self):
        return self.channel._connector()._lease(self.channel)

    def test_a_hub_that_a_feed_names_is_asked_once(self):
        (form,) = self.subscribe()
        self.assertEqual((form["hub.mode"], form["hub.topic"]), ("subscribe", self.topic))
        self.assertLess(len(form["hub.secret"]), 200)
        self.read_feed()
        self.assertEqual(len(self.asked("/hub")), 1, "it is given time to answer")

    def test_a_challenge_is_answered_only_for_what_was_asked(self):
        (form,) = self.subscribe()
        for changes in (
            {"hub.topic": "https://evil.example/feed"},
            {"hub.mode": "unsubscribe"},
            {"hub.mode": "denied"},
            {"ask": "9999999999." + "0" * 64},
            {"ask": ""},
            {"hub.challenge": ""},
        ):
            with self.subTest(changes=changes):
                self.assertEqual(self.confirm(form, **changes).status_code, 403)
        self.assertFalse(self.lease()[0])
        answer = self.confirm(form)
        self.assertEqual((answer.status_code, answer.text), (200, "4711"))
        seconds, topic, ends = self.lease()
        self.assertEqual((seconds, topic), (3600, self.topic))
        hour = fields.Datetime.now() + timedelta(hours=1)
        self.assertAlmostEqual(ends, hour, delta=timedelta(minutes=2))

    def test_an_old_question_is_no_longer_answered(self):
        args = websub.arguments(
            websub.callback("https://x.example/w", self.token, "subscribe", self.topic, now=1000)
        )
        args |= {"hub.mode": "subscribe", "hub.topic": self.topic, "hub.challenge": "1"}
        self.assertTrue(websub.challenge(args, self.token, now=2000))
        late = 1000 + const.ASK_VALID_SECONDS + 1
        self.assertFalse(websub.challenge(args, self.token, now=late))
        self.assertFalse(websub.challenge(args, "another token", now=2000))

    def test_a_lease_is_renewed_before_its_end_and_not_earlier(self):
        (form,) = self.subscribe()
        self.confirm(form)
        self.sync.cursor = {**self.sync.cursor, "asked_at": 0}
        self.read_feed()
        self.assertEqual(len(self.asked("/hub")), 1)
        soon = fields.Datetime.now() + timedelta(minutes=10)
        self.env["social.crm.credential"]._set_secrets(
            self.app, {const.LEASE_KIND: f"3600 {self.topic}"}, soon
        )
        self.read_feed()
        self.assertEqual(len(self.asked("/hub")), 2)

    def test_what_a_hub_brings_is_taken_in_at_once_and_not_twice(self):
        self.subscribe()
        body = rss(item(2, "Свеже 🥖"), item(3, date=""), extra=self.hub_links).encode()
        for method in ("sha256", "sha384", "sha512"):
            self.assertEqual(self.push(body, method).status_code, 200)
        self.run_engine("ir_cron_events_1")
        said = self.said()
        self.assertEqual(said.mapped("external_id"), ["urn:1", "urn:2"])
        self.serve(body)
        said = self.read_feed()
        self.assertEqual(set(said.mapped("external_id")), {"urn:1", "urn:2", "urn:3"})
        self.assertEqual(len(said), 3)
        self.assertEqual(set(said.mapped("state")), {"normal"})

    def test_what_no_hub_signed_is_refused(self):
        body = rss(item(2)).encode()
        self.assertEqual(self.push(body, secret="guessed").status_code, 403)
        self.assertEqual(self.push(body, "sha1").status_code, 403)
        for header in ("", "sha256=", "sha256", "md5=00", "sha256=é"):
            with self.subTest(header=header), self.assertRaises(SignatureError):
                websub.verify(self.token, {"x-hub-signature": header}, body)
        with self.assertRaises(SignatureError):
            websub.verify(self.token, {}, body)
        self.assertFalse(self.said())

    def test_a_signed_body_that_is_no_feed_is_refused(self):
        self.assertEqual(self.push(b"<html>").status_code, 400)

    def test_without_a_willing_hub_the_feed_is_polled(self):
        self.serve("no", path="/hub", status=500)
        self.serve(rss(item(1), extra=self.hub_links))
        self.assertEqual(len(self.read_feed()), 1)
        self.assertEqual(self.channel.health_level, "green")

    def test_a_channel_that_is_disconnected_leaves_its_hub(self):
        (form,) = self.subscribe()
        self.channel.action_disconnect()
        left = [form for _way, where, _h, form in self.server.asked if where == "/hub"][-1]
        self.assertEqual(left["hub.mode"], "unsubscribe")
        self.assertEqual(self.confirm(left).text, "4711")
        self.assertEqual(self.confirm(form).status_code, 403, "nobody subscribes it again")

    def test_no_secret_shows_in_the_log(self):
        with self.assertLogs("odoo", level="DEBUG") as log, patch.object(
            SocialCrmConnectorFeed, "_is_reachable", lambda *args: True
        ):
            self.serve(websub.secret_of(self.token), path="/hub", status=400)
            self.serve(rss(item(1), extra=self.hub_links))
            self.channel._connector()._fetch(self.channel, {})
        words = "\n".join(log.output)
        self.assertIn("the hub does not take us", words)
        self.assertNotIn(websub.secret_of(self.token), words)
        self.assertNotIn(self.token, words)
