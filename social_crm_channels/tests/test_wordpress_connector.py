# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import logging
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    NotSupported,
    PermanentError,
    RateLimited,
    TransientError,
)
from odoo.addons.social_crm_base.tools import http
from odoo.addons.social_crm_base.tools.activity import Target

from ..connectors.wordpress.api import discover, utcnow
from ..tools.contract import OutMessage
from .rest_stub import DONE, NOTHING_DONE, drips, huge, leads_away, says
from .wordpress_common import WordpressCase
from .wordpress_stub import PASSWORD, USER

POSTED = Target("11", family="post", ref="posts")
COMMENTS = "/wp-json/wp/v2/comments"


def answer(text="Da 😀", parent=POSTED, **more):
    return OutMessage(text, conversation_kind="thread", parent=parent, **more)


@tagged("post_install", "-at_install")
class TestWordpressConnector(WordpressCase):
    # === SET-UP === #

    def test_an_address_and_a_password_make_a_channel(self):
        self.channel.unlink()
        manager = new_test_user(self.env, "wp_boss", groups="social_crm_base.group_manager")
        wizard = (
            self.env["social.crm.connect"]
            .with_user(manager)
            .create({"platform_id": self.platform.id, "base_url": f"{self.stub.address}/"})
        )
        self.assertEqual((wizard.connector, wizard.needs_server), ("wordpress", True))
        wizard.action_continue()
        username, password = wizard.secret_ids
        self.assertIn(f"{self.stub.address}/wp-admin/authorize-application.php?", password.help)
        username.value, password.value = f" {USER}", f"{PASSWORD}\n"
        action = wizard.action_credentials()
        channel = self.env["social.crm.channel"].browse(action["res_id"])
        self.assertEqual((channel.name, channel.handle), ("Example Shop", "shop"))
        self.assertEqual(channel.external_id, f"{self.stub.address}/?author=1")
        self.assertEqual(channel.health_level, "green")

    def test_the_api_is_found_where_the_site_has_no_pretty_links(self):
        self.stub.link = False
        self.assertEqual(self.root(), f"{self.stub.address}/wp-json/")
        self.stub.fault("GET", "/wp-json/", says(404, b"<html>", content_type="text/html"))
        self.assertEqual(self.root(), f"{self.stub.address}/?rest_route=/")

    def root(self):
        root, _index = discover(self.stub.address)
        return root

    def grant(self):
        return self.connector._grant(
            self.app, {"username": USER, "application_password": PASSWORD}
        )

    def test_what_is_missing_is_said_before_anything_is_stored(self):
        self.stub.able = {}
        with self.assertRaisesRegex(CredentialsError, "role Editor"):
            self.grant()
        self.stub.offers = False
        with self.assertRaisesRegex(CredentialsError, "application passwords"):
            self.grant()
        with self.assertRaisesRegex(CredentialsError, "not currently logged in"):
            self.stub.offers = True
            self.connector._grant(self.app, {"username": USER, "application_password": "x"})
        self.app.base_url = f"{self.stub.address}/nothing"
        with self.assertRaisesRegex(PermanentError, "no REST API"):
            self.grant()

    def steps(self):
        """How each step stands, as the channel's form shows it."""
        self.channel._check_setup_now()
        self.env.invalidate_all()
        return [row["state"] for row in self.channel._setup_rows()]

    def test_each_step_of_the_set_up_says_how_it_stands(self):
        self.assertEqual(self.steps(), ["done"] * 5)
        self.stub.comment_status, self.stub.able = "closed", {"moderate_comments": True}
        self.assertEqual(self.steps(), ["done", "done", "done", "optional", "optional"])
        self.stub.able = {}
        self.stub.fault("GET", "/wp-json/wp/v2/settings", says(403, {"code": "rest_forbidden"}))
        self.assertEqual(self.steps(), ["done", "missing", "done", "unknown", "optional"])
        self.assertEqual(self.connector._setup_steps(self.env["social.crm.channel"])[0].link, "")

    def test_health_names_what_is_missing(self):
        def health():
            return self.connector._check_health(self.channel)

        self.assertEqual(health().level, "green")
        self.stub.fault("GET", COMMENTS, says(403, {"code": "rest_forbidden", "message": "No"}))
        self.assertIn("security plugin", health().todo)
        self.stub.able = {}
        self.assertEqual(health().level, "red")
        self.stub.me_id = 9
        self.assertIn("belongs to", health().message)

    # === OUT === #

    def test_an_answer_stands_below_what_it_answers_and_its_echo_is_no_second_one(self):
        asked = self.stub.say("Da li je tu?")
        self.take(self.fetch_all())
        row = self.said(asked).conversation_id._queue_reply(
            "Da & odmah <b>", parent=self.said(asked)
        )
        receipt = self.connector._send(self.channel, row._out_message())
        row._mark_done(receipt)
        stored = self.stub.shelf["comments"][receipt.external_id]
        self.assertEqual((stored["post"], stored["parent"]), (11, int(asked)))
        self.assertEqual(stored["content"]["raw"], "Da &amp; odmah &lt;b&gt;")
        self.take(self.fetch_all())
        ours = self.said(receipt.external_id)
        self.assertEqual((len(ours), ours.direction, ours.body), (1, "out", "Da & odmah <b>"))
        self.assertEqual(ours.parent_id, self.said(asked))

    def test_where_the_post_is_not_known_the_comment_tells_it(self):
        asked = self.stub.say("?")
        receipt = self.connector._send(
            self.channel, answer(parent=Target(asked, family="comment"))
        )
        self.assertEqual(self.stub.shelf["comments"][receipt.external_id]["post"], 11)
        with self.assertRaises(PermanentError):
            self.connector._send(self.channel, answer(parent=None))
        with self.assertRaises(PermanentError):
            self.connector._send(self.channel, answer(parent=Target("1/../9", family="post")))

    def test_words_that_stand_there_already_are_taken_as_sent(self):
        first = self.connector._send(self.channel, answer(tried_at=utcnow()))
        again = self.connector._send(self.channel, answer(tried_at=utcnow()))
        self.assertEqual(again, first)
        said = self.stub.shelf["comments"][first.external_id]
        said["date_gmt"] = (utcnow() - timedelta(days=3)).isoformat()
        with self.assertRaisesRegex(PermanentError, "very same words"):
            self.connector._send(self.channel, answer())

    def test_a_flood_of_comments_is_sent_later(self):
        flood = {"code": "comment_flood", "message": "You are posting comments too quickly."}
        for status, headers in ((400, None), (429, None), (429, {"Retry-After": "40"})):
            self.stub.fault("POST", COMMENTS, says(status, flood, headers))
            with self.assertRaises(RateLimited) as raised:
                self.connector._send(self.channel, answer())
            wait = (raised.exception.until - utcnow()).total_seconds()
            self.assertGreater(wait, 30 if headers else 5)
            self.assertLess(wait, 60)

    def test_a_post_has_a_title(self):
        receipt = self.connector._publish(
            self.channel, OutMessage("Nova zbirka\n\nJesen & zima", title="Jesen")
        )
        post = self.stub.shelf["posts"][receipt.external_id]
        self.assertEqual((post["title"]["raw"], post["status"]), ("Jesen", "publish"))
        self.take(self.fetch_all())
        (stored,) = self.said(receipt.external_id, "post")
        self.assertEqual((stored.mode, stored.direction), ("one_to_many", "out"))
        untitled = self.connector._publish(self.channel, OutMessage("Prvi red\nDrugi"))
        self.assertEqual(
            self.stub.shelf["posts"][untitled.external_id]["title"]["raw"], "Prvi red"
        )

    def test_our_words_are_changed_and_taken_back_and_gone_is_done(self):
        receipt = self.connector._send(self.channel, answer())
        ours = Target(receipt.external_id, family="comment", ref=receipt.ref)
        changed = self.connector._update_remote(self.channel, answer("Ne", target=ours))
        self.assertEqual(changed.external_id, receipt.external_id)
        self.assertEqual(
            self.stub.shelf["comments"][receipt.external_id]["content"]["raw"], "Ne"
        )
        for _time in range(2):
            self.connector._delete_remote(self.channel, ours)
        self.assertEqual(self.stub.shelf["comments"][receipt.external_id]["status"], "trash")
        self.connector._delete_remote(self.channel, Target("999", family="comment"))
        self.stub.fault("DELETE", f"{COMMENTS}/.*", says(501, {"code": "rest_trash_not_supported"}))
        self.connector._delete_remote(self.channel, ours)
        self.assertNotIn(receipt.external_id, self.stub.shelf["comments"])

    def test_moderation_asks_for_the_status_of_each_operation(self):
        asked = self.stub.say("Buy")
        target = Target(asked, family="comment")
        for operation, status in (
            ("hide", "hold"), ("approve", "approved"), ("spam", "spam"), ("unhide", "approved"),
            ("remove", "trash"),
        ):
            for _time in range(2):
                self.connector._moderate(self.channel, operation, target, reason="spam")
            self.assertEqual(self.stub.shelf["comments"][asked]["status"], status)
        with self.assertRaises(NotSupported):
            self.connector._moderate(self.channel, "report", target)

    def test_length_is_counted_in_the_bytes_that_are_stored(self):
        measured = self.connector._measure(self.channel, "š<")
        self.assertEqual((measured.used, measured.limit), (6, 65525))

    def test_figures_are_told_per_post_and_in_all(self):
        self.stub.say("a")
        self.stub.say("b", status="hold")
        figures = {
            (metric.target and metric.target.external_id, metric.key): metric.value
            for metric in self.connector._fetch_metrics(self.channel)
        }
        self.assertEqual(
            figures,
            {(None, "posts"): 1, (None, "replies"): 1, (None, "held"): 1, ("11", "replies"): 1},
        )

    # === BAD NETWORKS === #

    def test_whatever_breaks_while_sending_nothing_is_lost_or_said_twice(self):
        for number, (name, fault) in enumerate({**NOTHING_DONE, **DONE}.items()):
            with self.subTest(name):
                self.stub.fault("POST", COMMENTS, fault)
                message = answer(f"answer {number}", tried_at=utcnow())
                with self.assertRaises(TransientError) as raised:
                    self.connector._send(self.channel, message)
                found = self.connector._find_sent(self.channel, message)
                if name in DONE or name == "truncated":
                    self.assertTrue(raised.exception.maybe_done)
                    self.assertTrue(found)
                else:
                    self.assertFalse(found)
                    self.connector._send(self.channel, message)
        said = [row["content"]["raw"] for row in self.stub.shelf["comments"].values()]
        self.assertEqual(len(said), len(set(said)))
        self.assertEqual(len(said), len(NOTHING_DONE) + len(DONE))

    def test_a_site_whose_clock_goes_wrong_is_understood(self):
        for hours in (-1, 1):
            self.stub.skew = hours * 3600
            message = answer(f"answer {hours}", tried_at=utcnow())
            self.stub.fault("POST", COMMENTS, *DONE.values())
            with self.assertRaises(TransientError):
                self.connector._send(self.channel, message)
            self.assertTrue(self.connector._find_sent(self.channel, message))
            self.take(self.fetch_all())
        self.stub.skew = 0
        self.stub.clock = self.stub.now()
        late = self.stub.say("Tu?")
        self.take(self.fetch_all())
        self.assertTrue(self.said(late))

    def test_whatever_breaks_while_reading_the_next_reading_has_it(self):
        asked = self.stub.say("Tu?")
        for fault in (*NOTHING_DONE.values(), huge, leads_away, says(200, {"rows": []})):
            self.stub.fault("GET", COMMENTS, fault)
            with self.assertRaises(ConnectorError):
                self.fetch_all()
        with patch.object(http, "TOTAL_SECONDS", 0.2):
            self.stub.fault("GET", COMMENTS, drips)
            with self.assertRaisesRegex(TransientError, "in time"):
                self.fetch_all()
        self.stub.fault("GET", COMMENTS, says(429, headers={"Retry-After": "90"}))
        with self.assertRaises(RateLimited):
            self.fetch_all()
        self.assertIn(f"comment:{asked}", " ".join(key for key, _payload in self.fetch_all()))

    def test_a_post_that_got_through_unheard_is_found(self):
        self.stub.fault("POST", "/wp-json/wp/v2/posts", *DONE.values())
        message = OutMessage("Prvi & drugi\n\ntreći", title="T", tried_at=utcnow())
        with self.assertRaises(TransientError):
            self.connector._publish(self.channel, message)
        receipt = self.connector._find_sent(self.channel, message)
        self.assertEqual(self.stub.shelf["posts"][receipt.external_id]["title"]["raw"], "T")
        other = OutMessage("nešto drugo", tried_at=utcnow())
        self.assertIsNone(self.connector._find_sent(self.channel, other))

    def test_no_log_line_and_no_message_holds_the_password(self):
        said, handler = [], logging.Handler(logging.DEBUG)
        handler.emit = lambda record: said.append(record.getMessage())
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        whole = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        try:
            self.fetch_all()
            echo = {"code": "x", "message": f"{PASSWORD} {whole}"}
            for status in (400, 401, 404, 500):
                self.stub.fault("POST", COMMENTS, says(status, echo))
                with self.assertRaises(ConnectorError) as raised:
                    self.connector._send(self.channel, answer())
                said.append(str(raised.exception))
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        for line in said:
            self.assertNotIn(PASSWORD, line)
            self.assertNotIn(whole, line)
