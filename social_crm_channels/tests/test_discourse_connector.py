# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    NotSupported,
    PermanentError,
    RateLimited,
    SignatureError,
    TransientError,
)
from odoo.addons.social_crm_base.tools import http
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.discourse.api import utcnow
from ..connectors.discourse.text import raw
from ..tools.contract import OutMessage
from .discourse_common import DiscourseCase
from .discourse_stub import ANA, KEY, SECRET, USER
from .rest_stub import DONE, NOTHING_DONE, drips, huge, leads_away, says


def named(post):
    return Target(str(post["post_number"]), container=str(post["topic_id"]), ref=str(post["id"]))


def answer(text="Da 😀", parent=None, **more):
    return OutMessage(text, **{"conversation_kind": "thread", "parent": parent, **more})


@tagged("post_install", "-at_install")
class TestDiscourseConnector(DiscourseCase):
    # === SET-UP === #

    def test_an_address_and_a_key_make_a_channel(self):
        self.channel.unlink()
        manager = new_test_user(self.env, "dc_boss", groups="social_crm_base.group_manager")
        wizard = (
            self.env["social.crm.connect"]
            .with_user(manager)
            .create({"platform_id": self.platform.id, "base_url": f"{self.stub.address}/"})
        )
        wizard.action_continue()
        typed = {"username": f"@{USER} ", "api_key": f"{KEY}\n", "webhook_secret": SECRET}
        for line in wizard.secret_ids:
            line.value = typed[line.kind]
        webhook = wizard.secret_ids.filtered(lambda line: line.kind == "webhook_secret")
        self.assertIn(wizard.sudo().app_id.webhook_url, webhook.help)
        action = wizard.action_credentials()
        channel = self.env["social.crm.channel"].browse(action["res_id"])
        self.assertEqual((channel.external_id, channel.handle), (self.stub.address, USER))
        self.assertEqual(channel.health_level, "green")

    def test_what_is_wrong_is_said_before_anything_is_stored(self):
        for typed in (
            {"username": USER, "api_key": "x"},
            {"username": "nobody", "api_key": KEY},
            {"username": USER, "api_key": KEY, "webhook_secret": "short"},
        ):
            with self.assertRaises(CredentialsError):
                self.connector._grant(self.app, typed)

    def test_each_step_of_the_set_up_says_how_it_stands(self):
        def states():
            self.channel._check_setup_now()
            self.env.invalidate_all()
            return [row["state"] for row in self.channel._setup_rows()]

        self.assertEqual(states(), ["done", "optional", "done", "unknown"])
        self.stub.me["moderator"] = False
        self.assertEqual(states(), ["done", "optional", "optional", "unknown"])
        self.stub.me["username"] = "other"
        self.assertEqual(states()[0], "missing")
        self.assertIn("belongs to other", self.connector._check_health(self.channel).message)

    # === OUT === #

    def test_an_answer_names_topic_and_number_and_its_echo_is_no_second_one(self):
        topic = self.stub.say(ANA, "Da li je tu?")
        asked = self.stub.say(ANA, "I bela?", topic=topic["topic_id"])
        self.take(self.fetch_all())
        row = self.said(asked).conversation_id._queue_reply("Jeste", parent=self.said(asked))
        receipt = self.connector._send(self.channel, row._out_message())
        row._mark_done(receipt)
        (sent,) = self.stub.asked("POST", "/posts.json")
        self.assertEqual(
            sent, {"raw": "Jeste", "topic_id": topic["topic_id"], "reply_to_post_number": 2}
        )
        ours = self.stub.posts[int(receipt.ref)]
        self.take([*self.fetch_all(), *self.call("post_created", self.stub.told(ours))])
        self.assertEqual(len(self.said(ours)), 1)
        self.assertEqual(self.said(ours).direction, "out")

    def test_a_private_answer_stays_in_its_topic_and_a_first_one_makes_its_own(self):
        asked = self.stub.say(ANA, "Gde je paket?", people=[ANA])
        message = answer(
            "Stiže", named(asked), conversation_kind="direct", thread=str(asked["topic_id"])
        )
        self.connector._send(self.channel, message)
        public = self.stub.say(ANA, "Kasni!")
        ana = Actor(external_id="7", handle="ana_m")
        first = answer(
            "Pišemo Vam nasamo o paketu", named(public), conversation_kind="direct",
            thread="", recipient=ana,
        )
        in_place, alone = (
            self.connector._place(message),
            self.connector._place(answer(
                "Pišemo Vam nasamo o paketu", None, conversation_kind="direct", recipient=ana
            )),
        )
        self.assertEqual(in_place, {"topic_id": asked["topic_id"]})
        self.assertEqual(
            (alone["target_recipients"], alone["archetype"]), ("ana_m", "private_message")
        )
        self.assertEqual(self.connector._place(first), {"topic_id": public["topic_id"]})
        with self.assertRaises(PermanentError):
            self.connector._send(self.channel, answer())

    def test_words_stay_words_and_addresses_and_names_stay_alive(self):
        for typed, made in (
            ("2 * 3 * 4 <b>", "2 \\* 3 \\* 4 \\<b\\>"),
            ("# no title\n1. no list\n- none", "\\# no title\n1\\. no list\n\\- none"),
            ("_emph_ snake_case", "\\_emph\\_ snake_case"),
            ("see https://x.example/_a_*b @ana_m_", "see https://x.example/_a_*b @ana_m_"),
            ("    code", "code"),
        ):
            self.assertEqual(raw(typed), made)

    def test_a_topic_of_ours_has_a_title(self):
        receipt = self.connector._publish(
            self.channel, OutMessage("Stigle su plave.", title="Nove šolje su stigle")
        )
        self.take(self.fetch_all())
        post = self.said(self.stub.posts[int(receipt.ref)])
        self.assertEqual((post.mode, post.title), ("one_to_many", "Nove šolje su stigle"))
        untitled = self.connector._publish(self.channel, OutMessage("Prvi red\nDrugi"))
        self.assertEqual(self.stub.posts[int(untitled.ref)]["topic_title"], "Prvi red")

    def test_our_words_are_changed_and_taken_back_and_gone_is_done(self):
        topic = self.stub.say(ANA, "?")
        receipt = self.connector._send(self.channel, answer(parent=named(topic)))
        ours = Target(receipt.external_id, container=receipt.container, ref=receipt.ref)
        self.connector._update_remote(self.channel, answer("Ne", target=ours))
        self.assertEqual(self.stub.posts[int(receipt.ref)]["raw"], "Ne")
        for _time in range(2):
            self.connector._delete_remote(self.channel, ours)
        self.assertNotIn(int(receipt.ref), self.stub.posts)
        self.connector._delete_remote(self.channel, Target("1", container="12345"))
        self.connector._delete_remote(self.channel, named(topic))
        self.assertFalse(self.stub.posts)

    def test_likes_and_flags_are_set_once(self):
        post = self.stub.say(ANA, "Hvala!")
        for _time in range(2):
            self.connector._react(self.channel, named(post), "like")
            self.connector._moderate(self.channel, "spam", named(post))
            self.connector._moderate(self.channel, "report", named(post), reason="off_topic")
        self.assertEqual(self.stub.acted[post["id"]], [2, 8, 3])
        with self.assertRaises(NotSupported):
            self.connector._react(self.channel, named(post), "like", remove=True)
        nameless = Target("1", container=str(post["topic_id"]))
        self.connector._moderate(self.channel, "remove", nameless)
        with self.assertRaises(NotSupported):
            self.connector._moderate(self.channel, "approve", nameless)

    def test_figures_of_topics_are_told(self):
        post = self.stub.say(ANA, "?")
        figures = {
            (metric.target.container, metric.key): metric.value
            for metric in self.connector._fetch_metrics(self.channel)
        }
        topic = str(post["topic_id"])
        self.assertEqual(
            figures, {(topic, "views"): 5, (topic, "likes"): 1, (topic, "replies"): 2}
        )

    # === BAD NETWORKS === #

    def test_every_form_of_asking_for_patience_is_understood(self):
        topic = self.stub.say(ANA, "?")
        body = {"errors": ["Slow down"], "error_type": "rate_limit"}
        for headers, extras, low, high in (
            ({"Retry-After": "30"}, {}, 25, 40),
            (None, {"wait_seconds": 45}, 40, 50),
            (None, {"wait_seconds": 10**9}, 80000, 90000),
        ):
            self.stub.fault(
                "POST", "/posts.json", says(429, {**body, "extras": extras}, headers)
            )
            with self.assertRaisesRegex(RateLimited, "Slow down") as raised:
                self.connector._send(self.channel, answer(parent=named(topic)))
            wait = (raised.exception.until - utcnow()).total_seconds()
            self.assertTrue(low <= wait <= high, wait)

    def test_a_refusal_is_told_in_the_forums_words(self):
        topic = self.stub.say(ANA, "?")
        self.stub.fault("POST", "/posts.json", says(422, {"errors": ["Body is too short"]}))
        with self.assertRaisesRegex(PermanentError, "Body is too short"):
            self.connector._send(self.channel, answer(parent=named(topic)))
        self.stub.fault("GET", "/posts.json", says(403, {"error_type": "not_logged_in"}))
        with self.assertRaises(CredentialsError):
            self.fetch_all()

    def test_whatever_breaks_while_sending_nothing_is_lost_or_said_twice(self):
        topic = self.stub.say(ANA, "?")
        for number, (name, fault) in enumerate({**NOTHING_DONE, **DONE}.items()):
            with self.subTest(name):
                self.stub.fault("POST", "/posts.json", fault)
                message = answer(f"answer {number}", named(topic), tried_at=utcnow())
                with self.assertRaises(TransientError):
                    self.connector._send(self.channel, message)
                found = self.connector._find_sent(self.channel, message)
                if name in DONE or name == "truncated":
                    self.assertEqual(found.container, str(topic["topic_id"]))
                    self.assertEqual(self.connector._send(self.channel, message), found)
                else:
                    self.assertFalse(found)
                    self.connector._send(self.channel, message)
        said = [post["raw"] for post in self.stub.posts.values() if post["username"] == USER]
        self.assertEqual(len(said), len(set(said)))
        self.assertEqual(len(said), len(NOTHING_DONE) + len(DONE))

    def test_topics_that_got_through_unheard_are_found(self):
        ana = Actor(external_id="7", handle="ana_m")
        private = answer(
            "Pišemo Vam nasamo", conversation_kind="direct", recipient=ana, tried_at=utcnow()
        )
        public = OutMessage("Stigle su", title="Nove šolje su stigle", tried_at=utcnow())
        for message, send in (
            (private, self.connector._send), (public, self.connector._publish)
        ):
            self.assertIsNone(self.connector._find_sent(self.channel, message))
            self.stub.fault("POST", "/posts.json", *DONE.values())
            with self.assertRaises(TransientError):
                send(self.channel, message)
            self.assertTrue(self.connector._find_sent(self.channel, message))

    def test_whatever_breaks_while_reading_the_next_reading_has_it(self):
        asked = self.stub.say(ANA, "Tu?")
        for fault in (*NOTHING_DONE.values(), huge, leads_away, says(200, ["rows"])):
            self.stub.fault("GET", "/posts.json", fault)
            with self.assertRaises(ConnectorError):
                self.fetch_all()
        with patch.object(http, "TOTAL_SECONDS", 0.2):
            self.stub.fault("GET", "/posts.json", drips)
            with self.assertRaisesRegex(TransientError, "in time"):
                self.fetch_all()
        self.take(self.fetch_all())
        self.assertTrue(self.said(asked))

    def test_no_log_line_and_no_message_holds_a_secret(self):
        said, handler = [], logging.Handler(logging.DEBUG)
        handler.emit = lambda record: said.append(record.getMessage())
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            self.fetch_all()
            for status in (400, 401, 403, 422, 500):
                self.stub.fault("GET", "/posts.json", says(status, {"errors": [f"key {KEY}"]}))
                with self.assertRaises(ConnectorError) as raised:
                    self.fetch_all()
                said.append(str(raised.exception))
            with self.assertRaises(SignatureError) as raised:
                self.connector._webhook_verify(self.app, {}, SECRET.encode())
            said.append(str(raised.exception))
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        for line in said:
            self.assertNotIn(KEY, line)
            self.assertNotIn(SECRET, line)
