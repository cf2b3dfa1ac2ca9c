# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What every connector must keep to, those of other addons included: it runs over all it finds."""
import io
import json
import logging
from contextlib import suppress
from dataclasses import fields
from datetime import datetime
from unittest.mock import patch

import requests
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    NotSupported,
    RateLimited,
    SignatureError,
    TransientError,
)
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target

from ..tools.contract import CAPABILITIES, Health, Measure, OutMessage, ReplyOptions, Step
from ..tools.guide import guide_of
from .connector_samples import ACCOUNTS, SAMPLES, TARGETS
from .spoilt import NASTY, anything, fuzz, leaves_of, paths_of, spoilt, spoilt_payloads

SERVER = "https://peer.example"
SECRET = "s3cr3t/t0ken+of=the?test"
FIELDS = [field.name for field in fields(Activity)]
TARGET = Target("https://peer.example/1", ref="1")
ANA = Actor(external_id="https://away.example/users/ana", handle="ana@away.example", name="Ana")


def target_for(channel):
    """An item as this network names them."""
    return TARGETS.get(channel.connector, TARGET)


def message_for(channel):
    target = target_for(channel)
    return OutMessage(
        "Zdravo 😀",
        conversation_kind="thread",
        target=target,
        parent=target,
        recipient=ANA,
        idempotency_key="key-1",
    )


# A capability, and what must then be more than the contract's refusal.
METHODS = {
    "receive_push": ("_webhook_verify", "_webhook_split"),
    "receive_poll": ("_fetch",),
    "send_direct": ("_send",),
    "send_public": ("_send",),
    "publish": ("_publish",),
    "edit": ("_update_remote",),
    "delete": ("_delete_remote",),
    "react": ("_react",),
    "mark_read": ("_mark_read",),
    "metrics": ("_fetch_metrics",),
    "oauth": ("_authorize_url", "_exchange_code"),
}
# Calls over the wire, as the engine makes them.
CALLS = {
    "receive_poll": lambda connector, channel: connector._fetch(channel, {}),
    "send_public": lambda connector, channel: connector._send(channel, message_for(channel)),
    "publish": lambda connector, channel: connector._publish(channel, message_for(channel)),
    "edit": lambda connector, channel: connector._update_remote(
        channel, message_for(channel)
    ),
    "delete": lambda connector, channel: connector._delete_remote(channel, target_for(channel)),
    "hide": lambda connector, channel: connector._moderate(
        channel, "hide", target_for(channel)
    ),
    "react": lambda connector, channel: connector._react(
        channel, target_for(channel), "favourite"
    ),
    "mark_read": lambda connector, channel: connector._mark_read(channel, target_for(channel)),
    "metrics": lambda connector, channel: connector._fetch_metrics(channel),
}


@tagged("post_install", "-at_install")
class TestConnectorContract(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        prefix = "social.crm.connector."
        cls.codes = sorted(
            name[len(prefix) :] for name in cls.env.registry if name.startswith(prefix)
        )
        cls.channels = {code: cls.make_channel(code) for code in cls.codes}

    @classmethod
    def make_channel(cls, code):
        """A channel with everything set that its connector can be given."""
        platform = cls.env["social.crm.platform"].search([("connector_code", "=", code)], limit=1)
        platform = platform or cls.env.ref("social_crm_base.platform_other")
        app = cls.env["social.crm.app"].create(
            {"name": code, "platform_id": platform.id, "connector": code, "base_url": SERVER}
        )
        channel = cls.env["social.crm.channel"].create(
            {
                "name": code,
                "platform_id": platform.id,
                "app_id": app.id,
                "connector": code,
                "external_id": ACCOUNTS.get(code, f"{SERVER}/users/{code}"),
                "handle": "shop@peer.example",
            }
        )
        connector = cls.env[f"social.crm.connector.{code}"]
        kinds = [kind for kind, *_words in connector._credential_fields(app)]
        secrets = {kind: f"{SERVER}/{kind}" if "url" in kind else SECRET for kind in kinds}
        secrets |= {"client_id": "id", "client_secret": SECRET, "access_token": SECRET}
        cls.env["social.crm.credential"]._set_secrets(app, secrets)
        return channel

    def each(self, check):
        """Check every connector there is, each as a case of its own.

        :param check: called with the connector and its channel
        """
        for code in self.codes:
            with self.subTest(connector=code):
                check(self.env[f"social.crm.connector.{code}"], self.channels[code])

    def is_own(self, connector, name):
        """Whether a method is more than the contract's."""
        contract = type(self.env["social.crm.connector"])
        return getattr(type(connector), name) is not getattr(contract, name)

    # === WHAT IT CAN === #

    def test_there_are_connectors_and_each_can_be_chosen(self):
        self.assertLessEqual({"mastodon", "sandbox", "webhook"}, set(self.codes))
        selection = self.env["social.crm.channel"]._fields["connector"].get_values(self.env)
        self.assertEqual(set(self.codes) | {"manual"}, set(selection))

    def test_what_it_says_it_can_it_does_and_what_it_does_it_says(self):
        def examine(connector, channel):
            able = connector._capabilities(channel)
            self.assertIsInstance(able, frozenset)
            self.assertLessEqual(able, CAPABILITIES)
            for capability, methods in METHODS.items():
                for name in methods:
                    if capability in able:
                        self.assertTrue(self.is_own(connector, name), name)
            done = {
                capability
                for capability, (name, *_others) in METHODS.items()
                if self.is_own(connector, name)
            }
            if able & {"send_direct", "send_public"}:
                done -= {"send_direct", "send_public"}  # one method for both
            self.assertLessEqual(done, able, "it does more than it says")

        self.each(examine)

    def test_what_it_cannot_do_is_refused_as_such(self):
        def examine(connector, channel):
            for capability in CALLS.keys() - connector._capabilities(channel) - {"metrics"}:
                with self.assertRaises(NotSupported):
                    CALLS[capability](connector, channel)

        self.each(examine)

    def test_whoever_sends_can_tell_later_whether_it_was_sent(self):
        def examine(connector, channel):
            able = connector._capabilities(channel)
            if able & {"send_direct", "send_public", "publish"}:
                tells = "native_idempotency" in able or self.is_own(connector, "_find_sent")
                self.assertTrue(tells)

        self.each(examine)

    def test_what_is_left_out_is_said_with_its_reason(self):
        def examine(connector, _channel):
            words = next(
                (base.__dict__["__doc__"] or "" for base in type(connector).mro() if base.__doc__),
                "",
            )
            self.assertRegex(words.lower(), "left? out|leaves out")

        self.each(examine)

    def test_who_sets_it_up_is_told_what_to_do_step_by_step_and_where_to_read_on(self):
        def examine(connector, channel):
            self.assertTrue(self.is_own(connector, "_setup_steps"), "see connectors/README.md")
            unasked = patch.object(requests.Session, "request", side_effect=AssertionError("asks"))
            with unasked:
                before = connector._setup_steps(channel.browse())
                steps = connector._setup_steps(channel)
            keys = [step.key for step in steps]
            self.assertTrue(keys)
            self.assertEqual(len(set(keys)), len(keys))
            self.assertEqual([step.key for step in before], keys, "the same before connecting")
            self.assertTrue(any(step.check for step in steps), "something is looked at")
            for step in (*before, *steps):
                self.assertIsInstance(step, Step)
                self.assertTrue(step.title and step.how, step.key)
                self.assertRegex(step.link, r"^(https?://|$)")
            self.assertIn("<h1>", guide_of(connector), f"no {connector._guide_path()}")

        self.each(examine)

    # === IN === #

    def test_parsing_is_total_and_pure_whatever_stands_wherever(self):
        def examine(connector, channel):
            for sample in SAMPLES.get(channel.connector, ()):
                for path in paths_of(sample):
                    for value in NASTY:
                        self.check_parse(connector, channel, spoilt(sample, path, value))

        self.each(examine)

    def test_parsing_is_total_and_pure_on_anything(self):
        def examine(connector, channel):
            @fuzz
            @given(spoilt_payloads(SAMPLES.get(channel.connector)))
            def check(payload):
                self.check_parse(connector, channel, payload)

            check()

        self.each(examine)

    def check_parse(self, connector, channel, payload):
        before = repr(payload)
        channel.read(["external_id", "handle"])
        with patch.object(self.env.cr, "execute", self.no_query):
            try:
                found = connector._parse(channel, payload)
                again = connector._parse(channel, payload)
            except MalformedPayload:
                return
        self.assertEqual(repr(payload), before, "the payload was changed")
        self.assertEqual(found, again)
        for activity in found:
            self.check_activity(activity)

    def no_query(self, *_arguments, **_options):
        raise AssertionError("parsing asked the database")

    def check_activity(self, activity):
        self.assertIsInstance(activity, Activity)
        self.assertTrue(activity.points_at or activity.verb in ("profile", "receipt"))
        values = list(leaves_of({name: getattr(activity, name) for name in FIELDS}))
        for value in values:
            if isinstance(value, str):
                self.assertNotIn("\x00", value)
                value.encode()
            elif isinstance(value, datetime):
                self.assertFalse(value.microsecond, "Odoo stores whole seconds")
                self.assertIsNone(value.tzinfo)
            else:
                self.assertIsInstance(value, bool | int | float | None)
        people = (activity.actor, activity.counterpart, *activity.mentions, *activity.participants)
        links = [activity.permalink, *(media.url for media in activity.media)]
        links += [url for who in people if who for url in (who.profile_url, who.avatar_url)]
        for address in links:
            self.assertRegex(address, r"^(https?://|$)")

    def test_samples_are_understood(self):
        def examine(connector, channel):
            for sample in SAMPLES.get(channel.connector, ()):
                self.assertTrue(connector._parse(channel, sample), sample)

        self.each(examine)

    def test_no_stranger_gets_in(self):
        headers = st.dictionaries(
            st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x-sign"]),
            st.text(max_size=40) | st.just("1795330000") | st.just("v1,AAAA"),
        )
        def examine(connector, channel):

            @fuzz
            @given(headers, st.binary(max_size=60))
            def check(given_headers, body):
                with self.assertRaises(SignatureError):
                    connector._webhook_verify(channel.app_id, given_headers, body)

            check()

        self.each(examine)

    def test_requests_of_any_bytes_are_cut_or_malformed(self):
        bodies = st.binary(max_size=60) | anything.map(lambda value: json.dumps(value).encode())
        bodies |= st.sampled_from([b"[" * 100_000, b'{"items":' * 5000, b"\xff\xfe{}", b"NaN"])
        def examine(connector, channel):
            if "receive_push" not in connector._capabilities(channel):
                return

            @fuzz
            @given(bodies)
            def check(body):
                try:
                    items = connector._webhook_split(channel.app_id, {"webhook-id": "w"}, body)
                except MalformedPayload:
                    return
                for account_key, event_key, payload in items:
                    self.assertTrue(isinstance(account_key, str) and isinstance(event_key, str))
                    json.dumps(payload)

            check()

        self.each(examine)

    # === TEXT === #

    def test_measuring_and_rendering_agree(self):
        def examine(connector, channel):
            with patch.object(requests.Session, "request", side_effect=requests.ConnectionError):

                @fuzz
                @given(st.text(max_size=200))
                def check(words):
                    message = OutMessage(words, recipient=ANA, conversation_kind="thread")
                    rendered = connector._render(channel, message)
                    again = OutMessage(rendered, recipient=ANA, conversation_kind="thread")
                    self.assertEqual(connector._render(channel, again), rendered)
                    measured = connector._measure(channel, rendered)
                    self.assertIsInstance(measured, Measure)
                    self.assertEqual(measured, connector._measure(channel, rendered))
                    self.assertGreaterEqual(measured.used, 0)
                    self.assertTrue(measured.unit)

                check()
            self.assertEqual(connector._measure(channel, "").used, 0)
            limit = connector._measure(channel, "").limit
            if limit:
                self.assertFalse(connector._measure(channel, "ж" * (limit + 1)).fits)

        self.each(examine)

    def test_reply_options_and_health_are_in_words(self):
        conversation = self.env["social.crm.conversation"].new({"kind": "direct"})
        def examine(connector, channel):
            options = connector._reply_options(channel, conversation)
            self.assertIsInstance(options, ReplyOptions)
            self.assertTrue(options.can_reply or options.reason)
            with suppress(ConnectorError), self.wire(status=200, body=b"{}"):
                self.assertIsInstance(connector._check_health(channel), Health)

        self.each(examine)

    # === ERRORS AND SECRETS === #

    def wire(self, status=200, body=b"{}", error=None):
        """Every request is answered alike, with whatever was sent thrown back at us."""

        def request(session, method, url, **options):
            if error:
                raise error
            answer = requests.Response()
            answer.status_code, answer.url = status, url
            echo = json.dumps(dict(options.get("headers") or {})).encode()
            answer.raw = io.BytesIO(body if status == 200 else echo + url.encode())
            return answer

        return patch.object(requests.Session, "request", request)

    def calls(self, connector, channel):
        able = connector._capabilities(channel)
        for capability in CALLS.keys() & able:
            yield capability, lambda capability=capability: CALLS[capability](connector, channel)
        yield "health", lambda: connector._check_health(channel)
        if self.is_own(connector, "_find_sent"):
            yield "find_sent", lambda: connector._find_sent(channel, message_for(channel))
        for step in connector._setup_steps(channel):
            if step.check:
                yield f"step {step.key}", step.look

    def test_every_trouble_is_told_by_its_class_and_without_a_secret(self):
        troubles = [({"status": code}, None) for code in (400, 403, 404, 410, 422)]
        troubles += [
            ({"status": 401}, CredentialsError),
            ({"status": 429}, RateLimited),
            ({"status": 500}, TransientError),
            ({"status": 503}, TransientError),
            ({"error": requests.ConnectionError(f"lost with {SECRET}")}, TransientError),
            ({"error": requests.ReadTimeout(SECRET)}, TransientError),
            ({"body": b"<html>"}, None),
            ({"body": b"[1]"}, None),
            ({"body": b'{"id": [], "statuses": 5, "account": "x"}'}, None),
        ]
        def examine(connector, channel):
            for trouble, expected in troubles:
                for name, call in self.calls(connector, channel):
                    with self.subTest(trouble=trouble, call=name):
                        self.check_trouble(call, trouble, expected)

        self.each(examine)

    def check_trouble(self, call, trouble, expected):
        said = []
        handler = logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage())
        root = logging.getLogger()
        root.addHandler(handler)
        try:
            with self.wire(**trouble):
                call()
        except ConnectorError as error:
            said += [str(error), repr(error)]
            if expected and not isinstance(error, NotSupported):
                self.assertIsInstance(error, expected)
        finally:
            root.removeHandler(handler)
        for words in said:
            self.assertNotIn(SECRET, words)
            self.assertNotIn("s3cr3t%2Ft0ken", words)
