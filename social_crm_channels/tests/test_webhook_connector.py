# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import json
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from odoo.tests import BaseCase, TransactionCase, tagged

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    NotSupported,
    RateLimited,
    SignatureError,
)
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.webhook import const
from ..connectors.webhook.parse import items_of, parse
from ..tools import standard_webhooks
from ..tools.contract import OutMedia, OutMessage
from .fake_network import FakeNetwork

PACKAGE = Path(__file__).parent.parent / "connectors" / "webhook"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret of good length").decode()
NOW = 1_790_000_000
AT = "2026-11-01T08:00:00Z"


def message(**other):
    return {"id": "m1", "time": AT, "author": {"id": "42"}, "text": "Zdravo 😀", **other}


@tagged("post_install", "-at_install")
class TestStandardWebhooks(BaseCase):
    def signed(self, body=b"{}", secret=SECRET, at=NOW):
        return standard_webhooks.headers(secret, "msg_1", body, at)

    def refused(self, headers, body=b"{}", secrets=(SECRET,), now=NOW):
        with self.assertRaises(SignatureError):
            standard_webhooks.verify(list(secrets), headers, body, now)

    def test_published_vectors_are_met(self):
        self.assertEqual(
            standard_webhooks.signature(
                SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        )
        body = rb'{"id":1,"text":"\u00e4 ok"}'
        self.assertEqual(len(body), 27)
        self.assertEqual(
            standard_webhooks.signature("s3cr3t", "msg_1", NOW, body),
            "v1,TpWU9zlhqGcH6sp8REAt0DF/Pnf/m8vA76rKOMhtHkU=",
        )

    def test_what_was_signed_is_accepted_within_five_minutes_either_way(self):
        for now in (NOW, NOW + 299, NOW - 299):
            self.assertEqual(
                standard_webhooks.verify([SECRET], self.signed(), b"{}", now), "msg_1"
            )
        self.refused(self.signed(), now=NOW + 301)
        self.refused(self.signed(), now=NOW - 301)

    def test_while_a_secret_changes_either_is_accepted(self):
        standard_webhooks.verify([OTHER, SECRET], self.signed(), b"{}", NOW)
        both = self.signed()
        mine = both["webhook-signature"]
        both["webhook-signature"] = "v1a,asymmetric v1,AAAA " + mine
        standard_webhooks.verify([SECRET], both, b"{}", NOW)

    def test_every_other_byte_is_refused(self):
        body = rb'{"text":"\u00e4"}'
        self.refused(self.signed(body), '{"text":"ä"}'.encode())
        self.refused(self.signed(body), body[:-1])
        self.refused({**self.signed(body), "webhook-id": "msg_2"}, body)
        self.refused({**self.signed(body), "webhook-timestamp": str(NOW + 1)}, body)

    def test_missing_empty_and_odd_headers_are_refused(self):
        for name in standard_webhooks.HEADERS:
            headers = self.signed()
            del headers[name]
            self.refused(headers)
            for odd in ("", " ", "ä", "v1,", "v2,AAAA", "NaN", "9" * 400, "١٢٣"):
                self.refused({**self.signed(), name: odd})
        bare = self.signed()["webhook-signature"].removeprefix("v1,")
        self.refused({**self.signed(), "webhook-signature": bare})

    def test_without_a_secret_nothing_is_accepted(self):
        self.refused(self.signed(), secrets=())
        self.refused(self.signed(secret=""), secrets=("",))
        self.refused(self.signed(secret="whsec_"), secrets=("whsec_",))
        self.refused(self.signed(), secrets=(OTHER,))


@tagged("post_install", "-at_install")
class TestWebhookPayload(BaseCase):
    def only(self, item):
        (activity,) = parse(item)
        return activity

    def malformed(self, item, words=""):
        with self.assertRaisesRegex(MalformedPayload, words):
            items_of(item)

    def test_what_is_not_said_follows_from_what_is(self):
        expected = {
            ("post", "public"): message(),
            ("comment", "public"): message(parent="p1"),
            ("message", "direct"): message(thread="t1"),
            ("message", "group"): message(thread="t1", participants=[{"id": "1"}, {"id": "2"}]),
            ("review", "public"): message(kind="review", rating=1),
        }
        for (kind, visibility), item in expected.items():
            with self.subTest(kind):
                found = self.only(item)
                self.assertEqual((found.kind, found.visibility), (kind, visibility))

    def test_times_of_every_zone_become_utc(self):
        for written in (AT, "2026-11-01T09:00:00+01:00", "2026-11-01T08:00:00"):
            found = self.only(message(time=written))
            self.assertEqual(found.occurred_at, datetime(2026, 11, 1, 8))

    def test_markup_is_made_safe_and_readable(self):
        found = self.only(message(text=None, html="<b>Hi</b><script>x</script>"))
        self.assertEqual(found.text, "Hi")
        self.assertNotIn("script", found.html)

    def test_ids_of_several_sorts_are_kept_apart(self):
        post, comment = message(id="5"), message(id="5", family="comment")
        self.assertNotEqual(self.only(post).itself, self.only(comment).itself)
        answer = self.only(message(parent={"id": "5", "family": "comment"}))
        self.assertEqual(answer.parent, self.only(comment).itself)

    def test_remarks_speak_of_their_target(self):
        person = {"handle": "ana"}
        remarks = [
            {"verb": "delete", "target": "m1", "time": AT},
            {"verb": "react", "target": "m1", "time": AT, "author": person, "reaction": "👍"},
            {"verb": "unreact", "target": "m1", "time": AT, "author": person, "reaction": "👍"},
            {"verb": "receipt", "target": "m1", "time": AT, "receipt": "read"},
            {"verb": "counters", "target": "m1", "time": AT, "counters": {"likes": 3}},
        ]
        for remark in remarks:
            with self.subTest(remark["verb"]):
                found = self.only(remark)
                self.assertEqual(found.points_at, Target("m1"))
                self.assertFalse(found.is_item)

    def test_a_whole_thread_can_be_read(self):
        found = self.only({"verb": "receipt", "thread": "t", "read_up_to": AT, "time": AT})
        self.assertEqual((found.receipt, found.thread), ("read", "t"))

    def test_one_item_a_list_and_an_envelope_are_all_taken(self):
        self.assertEqual([i["account"] for i in items_of(message())], ["default"])
        self.assertEqual(len(items_of([message(), message(id="m2")])), 2)
        envelope = {"account": "shop", "items": [message(), message(account="other")]}
        self.assertEqual([i["account"] for i in items_of(envelope)], ["shop", "other"])

    def test_a_mistake_is_told_with_item_and_field(self):
        self.malformed([message(), message(time="soon")], r"items\[1\]: time is not a time")
        self.malformed(message(autor={}), "unknown field 'autor'")
        self.malformed(message(author={"name": "x"}), "author needs an id or a handle")
        self.malformed(message(id=""), "id is missing")
        self.malformed({**message(), "author": None}, "author is missing")
        self.malformed(message(kind="smoke signal"), "kind must be one of")
        self.malformed(message(rating=7), "rating is not a number from 0 to 5")
        self.malformed(message(rating=float("nan")), "rating")
        self.malformed(message(verb="edit"), "edited_at is missing")
        self.malformed({"verb": "delete", "time": AT}, "target is missing")
        self.malformed(message(media=[{"url": "file:///etc/passwd"}]), "media: url")
        self.malformed([], "1 to 1000 items")
        self.malformed([message()] * 1001, "1 to 1000 items")
        self.malformed(None, "not an object")
        self.malformed({"items": {}}, "items is not a list")

    def test_the_documented_schema_has_the_same_words(self):
        schema = json.loads((PACKAGE / "schema.json").read_text(encoding="utf-8"))
        item, person = schema["$defs"]["item"], schema["$defs"]["person"]
        self.assertEqual(set(item["properties"]), const.ITEM_FIELDS)
        self.assertEqual(set(person["properties"]), const.PERSON_FIELDS)
        for key, words in (
            ("verb", const.VERBS),
            ("kind", const.KINDS),
            ("visibility", const.VISIBILITIES),
            ("direction", const.DIRECTIONS),
        ):
            self.assertEqual(tuple(item["properties"][key]["enum"]), words)

    def test_the_documented_examples_are_taken(self):
        text = (PACKAGE / "guide.md").read_text(encoding="utf-8")
        examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.S)]
        self.assertEqual(len(examples), 3)
        for example in examples[:2]:
            self.assertTrue(items_of(example))

    def test_the_command_in_the_readme_signs_as_we_check(self):
        readme = PACKAGE.parents[2] / "README.md"
        if not readme.exists() or not shutil.which("openssl"):
            self.skipTest("needs the repository's README.md and openssl")
        (script,) = re.findall(
            r"```sh\n([^`]*webhook-signature[^`]*)```", readme.read_text(encoding="utf-8")
        )
        script = re.sub(r"^secret=.*$", f"secret={SECRET}", script, flags=re.M)
        script = re.sub(r"^url=.*$", "url=http://127.0.0.1/nowhere", script, flags=re.M)
        # curl is replaced by something that shows its arguments
        shown = subprocess.run(
            ["bash", "-c", "curl() { printf '%s\\0' \"$@\"; }\n" + script],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.split("\0")
        headers = dict(
            value.split(": ", 1)
            for flag, value in zip(shown, shown[1:], strict=False)
            if flag == "-H"
        )
        body = shown[shown.index("--data-raw") + 1].encode()
        standard_webhooks.verify([SECRET], headers, body)
        self.assertTrue(items_of(json.loads(body)))


@tagged("post_install", "-at_install")
class TestWebhookConnector(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        platform = cls.env.ref("social_crm_base.platform_other")
        cls.app = cls.env["social.crm.app"].create({"name": "Form", "platform_id": platform.id})
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Form",
                "platform_id": platform.id,
                "app_id": cls.app.id,
                "connector": "webhook",
                "external_id": "default",
            }
        )
        cls.connector = cls.env["social.crm.connector.webhook"]
        cls.set_secrets(webhook_secret=SECRET)

    @classmethod
    def set_secrets(cls, **secrets):
        cls.env["social.crm.credential"]._set_secrets(cls.app, secrets)

    def test_a_signed_request_is_cut_into_items(self):
        body = json.dumps([message(), message(id="m2", event_id="e2")]).encode()
        headers = standard_webhooks.headers(SECRET, "req1", body)
        self.connector._webhook_verify(self.app, headers, body)
        items = self.connector._webhook_split(self.app, headers, body)
        self.assertEqual([(a, k) for a, k, _p in items], [("default", "req1:0"), ("default", "e2")])
        self.assertEqual(self.connector._parse(self.channel, items[0][2])[0].text, "Zdravo 😀")

    def test_the_previous_secret_is_good_until_it_is_removed(self):
        headers = standard_webhooks.headers(SECRET, "r", b"{}")
        self.set_secrets(webhook_secret=OTHER, webhook_secret_previous=SECRET)
        self.connector._webhook_verify(self.app, headers, b"{}")
        self.set_secrets(webhook_secret_previous="")
        with self.assertRaises(SignatureError):
            self.connector._webhook_verify(self.app, headers, b"{}")

    def test_a_spoilt_secret_refuses_and_does_not_crash(self):
        self.set_secrets(webhook_secret="whsec_%%%")
        headers = standard_webhooks.headers(SECRET, "r", b"{}")
        with self.assertRaises(SignatureError):
            self.connector._webhook_verify(self.app, headers, b"{}")

    def test_a_weak_secret_is_not_taken(self):
        for secret in ("short", "whsec_c2hvcnQ=", "whsec_no base64"):
            with self.subTest(secret), self.assertRaises(CredentialsError):
                self.connector._grant(self.app, {"webhook_secret": secret})
        grant = self.connector._grant(self.app, {"webhook_secret": SECRET, "account": "shop"})
        self.assertEqual(grant.accounts[0].external_id, "shop")

    def test_health_is_red_without_a_secret(self):
        self.assertEqual(self.connector._check_health(self.channel).level, "green")
        self.set_secrets(webhook_secret="")
        self.assertEqual(self.connector._check_health(self.channel).level, "red")

    def test_without_an_address_one_reads_and_cannot_answer(self):
        self.assertEqual(self.connector._capabilities(self.channel), {"receive_push"})
        options = self.connector._reply_options(self.channel, self.env["social.crm.conversation"])
        self.assertFalse(options.can_reply)
        self.assertTrue(options.reason)
        with self.assertRaises(NotSupported):
            self.connector._send(self.channel, OutMessage("Hi", idempotency_key="k"))

    def send(self, network, out=None):
        self.set_secrets(callback_url="https://shop.example/answers?token=abc")
        out = out or OutMessage(
            "Da, imamo 😀",
            parent=Target("c7", "comment"),
            recipient=Actor(external_id="42", handle="ana"),
            idempotency_key="key-1",
            media=(OutMedia("a.txt", "text/plain", b"hi", "A note"),),
        )
        with network.patched():
            return self.connector._send(self.channel, out)

    def test_an_answer_goes_out_signed_under_our_key(self):
        network = FakeNetwork().answer("POST", "/answers", {"id": "c8", "url": "https://s/c8"})
        receipt = self.send(network)
        (asked,) = network.asked("POST", "/answers")
        body = asked["data"]
        headers = {name.lower(): value for name, value in asked["headers"].items()}
        standard_webhooks.verify([SECRET], headers, body)
        sent = json.loads(body)
        self.assertEqual((sent["action"], sent["key"]), ("reply", "key-1"))
        self.assertEqual(headers["webhook-id"], "key-1")
        self.assertEqual(sent["parent"], {"id": "c7", "family": "comment"})
        self.assertEqual(base64.b64decode(sent["media"][0]["content"]), b"hi")
        self.assertEqual((receipt.external_id, receipt.permalink), ("c8", "https://s/c8"))

    def test_an_answer_that_names_nothing_is_known_by_our_key(self):
        for body in (b"", b"OK", {}, b"[]"):
            network = FakeNetwork().answer("POST", "/answers", body)
            self.assertEqual(self.send(network).external_id, "sent-key-1")

    def test_a_busy_other_side_is_asked_again_later(self):
        network = FakeNetwork().answer(
            "POST", "/answers", {}, status=429, headers={"Retry-After": "60"}
        )
        with self.assertRaises(RateLimited) as caught:
            self.send(network)
        self.assertTrue(caught.exception.until)

    def test_reactions_may_be_given_twice_and_taken_back(self):
        network = FakeNetwork().answer("POST", "/answers", {})
        self.set_secrets(callback_url="https://shop.example/answers")
        with network.patched():
            for remove in (False, True, False):
                self.connector._react(self.channel, Target("c7"), "😀", remove=remove)
        asked = network.asked("POST", "/answers")
        self.assertEqual(
            [json.loads(call["data"])["action"] for call in asked], ["react", "unreact", "react"]
        )
        self.assertEqual(len({call["headers"]["webhook-id"] for call in asked}), 3)
