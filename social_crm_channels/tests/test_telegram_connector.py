# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import logging
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    NotSupported,
    PermanentError,
    RateLimited,
    SignatureError,
    TransientError,
)
from odoo.addons.social_crm_base.tools.activity import Target

from ..connectors.telegram.api import utcnow
from ..tools.contract import OutMedia, OutMessage
from .stub_server import breaks_off, breaks_off_after
from .telegram_common import TelegramCase
from .telegram_entities import TOKEN, message, post_in_group, update
from .telegram_stub import Refused, says

MINE = Target("101", container="555")


def words(text="Da 😀", **more):
    return OutMessage(text, **{"conversation_kind": "direct", "thread": "555", **more})


def picture(name="a.png", mimetype="image/png"):
    return OutMedia(name, mimetype, b"\x89PNG")


@tagged("post_install", "-at_install")
class TestTelegramConnector(TelegramCase):
    # === SET-UP === #

    def test_a_token_opens_its_bot(self):
        grant = self.connector._grant(self.app, {"bot_token": f" {TOKEN} "})
        (account,) = grant.accounts
        self.assertEqual((account.external_id, account.handle), ("870000001", "shop_bot"))
        self.assertFalse(grant.secrets)

    def test_what_is_no_token_is_not_even_sent(self):
        for typed in ("", "123", "abc:def", f"{TOKEN}/../x"):
            with self.assertRaises(CredentialsError):
                self.connector._grant(self.app, {"bot_token": typed})
        self.assertFalse(self.stub.calls)
        with self.assertRaises(CredentialsError):
            self.connector._grant(self.app, {"bot_token": "1:" + "x" * 35})

    def test_with_https_telegram_is_told_to_call_us(self):
        self.set_base_url("https://shop.example")
        self.connector._subscribe(self.channel)
        (asked,) = self.stub.asked("setWebhook")
        self.assertEqual(asked["url"], self.app.webhook_url)
        self.assertIn("message_reaction", asked["allowed_updates"])
        self.connector._webhook_verify(
            self.app, {"x-telegram-bot-api-secret-token": asked["secret_token"]}, b"{}"
        )
        self.assertEqual(self.connector._check_health(self.channel).level, "yellow")
        self.stub.members["-1003003"] = {"status": "administrator", "can_post_messages": True}
        self.assertEqual(self.connector._check_health(self.channel).level, "green")

    def test_a_wrong_or_missing_secret_is_refused(self):
        for headers in ({}, {"x-telegram-bot-api-secret-token": "š"}):
            with self.assertRaises(SignatureError):
                self.connector._webhook_verify(self.app, headers, b"{}")

    def test_health_says_what_is_missing(self):
        self.set_base_url("https://shop.example")
        health = self.connector._check_health(self.channel)
        self.assertEqual(health.level, "red")
        self.assertTrue(health.todo)
        self.connector._subscribe(self.channel)
        self.stub.info = {
            "last_error_date": int(utcnow().timestamp()),
            "last_error_message": "Connection refused",
            "pending_update_count": 3,
        }
        self.assertIn("Connection refused", self.connector._check_health(self.channel).message)
        self.channel.external_id = "1"
        self.assertEqual(self.connector._check_health(self.channel).level, "red")

    # === IN === #

    def test_webhook_and_polling_name_an_update_alike(self):
        one = update("message", message(text="a"))
        self.stub.updates = [one]
        (item,), _cursor = self.fetch()
        ((account, key, payload),) = self.connector._webhook_split(
            self.app, {}, json.dumps(one).encode()
        )
        self.assertEqual((key, payload), item)
        self.assertEqual(account, self.channel.external_id)
        with self.assertRaises(MalformedPayload):
            self.connector._webhook_split(self.app, {}, b'{"update_id": "x"}')

    def test_updates_are_confirmed_by_asking_for_what_comes_next(self):
        self.stub.updates = [update("message", message(n, text="a")) for n in range(150)]
        items, cursor = self.fetch()
        self.assertEqual(len(items), 100)
        self.assertEqual(len(self.stub.updates), 150, "a crash now loses nothing")
        more, cursor = self.fetch(cursor)
        self.assertEqual((len(more), len(self.stub.updates)), (50, 50))
        self.assertEqual(len({key for key, _payload in items + more}), 150)
        self.assertEqual(self.fetch(cursor)[0], [])
        self.assertFalse(self.stub.updates)
        self.assertEqual({int(asked["timeout"]) for asked in self.stub.asked("getUpdates")}, {0})

    def test_after_a_quiet_week_numbers_may_begin_anywhere(self):
        self.stub.updates = [update("message", message(text="a"))]
        items, _cursor = self.fetch({"offset": 10**9, "at": 1})
        self.assertEqual(len(items), 1)

    def test_anothers_webhook_is_taken_over_where_we_ask(self):
        self.stub.webhook = "https://other.example/hook"
        self.stub.updates = [update("message", message(text="a"))]
        self.assertEqual(self.connector._check_health(self.channel).level, "yellow")
        items, _cursor = self.fetch()
        self.assertEqual(len(items), 1)

    def test_a_forgotten_webhook_is_set_again(self):
        self.set_base_url("https://shop.example")
        items, cursor = self.fetch()
        self.assertEqual((items, self.stub.webhook), ([], self.app.webhook_url))
        self.assertFalse(self.stub.asked("getUpdates"))
        self.stub.calls.clear()
        self.fetch(cursor)
        self.assertFalse(self.stub.calls, "not asked at each turn")

    def test_a_file_is_fetched_when_somebody_wants_it(self):
        content = self.connector._fetch_media(self.channel, "AgACphoto")
        self.assertEqual(content, b"\xff\xd8photo")
        with self.assertRaises(PermanentError):
            self.connector._fetch_media(self.channel, "gone")

    # === OUT === #

    def test_an_answer_goes_to_its_chat_and_its_receipt_names_it(self):
        receipt = self.connector._send(self.channel, words())
        self.assertEqual((receipt.external_id, receipt.container), ("101", "555"))
        self.assertEqual(self.stub.asked("sendMessage"), [{"chat_id": 555, "text": "Da 😀"}])
        (echo,) = self.parse(update("message", self.stub.messages[555, 101]))
        self.assertEqual(echo.itself, Target(receipt.external_id, container=receipt.container))
        self.assertEqual(echo.direction, "out")

    def test_in_groups_it_answers_the_message_and_in_topics_the_topic(self):
        parent = Target("9", container="-1001002")
        group = {"conversation_kind": "group", "parent": parent}
        self.connector._send(self.channel, words(**{**group, "thread": "-1001002:3"}))
        (asked,) = self.stub.asked("sendMessage")
        self.assertEqual((asked["chat_id"], asked["message_thread_id"]), (-1001002, 3))
        self.assertEqual(asked["reply_parameters"]["message_id"], 9)

    def test_a_comment_of_ours_stands_below_the_posts_copy(self):
        (copy,) = self.parse(update("message", post_in_group()))
        self.connector._send(
            self.channel, words(conversation_kind="thread", thread="", parent=copy.itself)
        )
        (asked,) = self.stub.asked("sendMessage")
        self.assertEqual(asked["chat_id"], -1001002)
        self.assertEqual(asked["reply_parameters"]["message_id"], 7)

    def test_a_group_that_moved_is_written_to_where_it_is_now(self):
        moved = "Bad Request: group chat was upgraded to a supergroup chat"
        self.stub.fault("sendMessage", says(400, moved, migrate_to_chat_id=-1001002))
        message_out = words(conversation_kind="group", thread="-1001")
        receipt = self.connector._send(self.channel, message_out)
        self.assertEqual(receipt.container, "-1001002")

    def test_files_go_by_their_kind_and_several_as_one_album(self):
        one = self.connector._send(self.channel, words("Evo", media=(picture(),)))
        self.assertEqual(self.stub.asked("sendPhoto")[0]["caption"], "Evo")
        self.assertFalse(one.ref)
        pdf = picture("a.pdf", "application/pdf")
        for media, kinds in (((picture(),) * 2, {"photo"}), ((picture(), pdf), {"document"})):
            album = self.connector._send(self.channel, words("Evo", media=media))
            asked = self.stub.asked("sendMediaGroup")[-1]
            self.assertEqual({one["type"] for one in asked["media"]}, kinds)
        target = Target(album.external_id, container="555", ref=album.ref)
        self.connector._delete_remote(self.channel, target)
        self.assertEqual(len(self.stub.asked("deleteMessage")), 2, "the whole album")

    def test_lengths_are_the_networks(self):
        measure = self.connector._measure(self.channel, "😀" * 2048)
        self.assertEqual((measure.used, measure.fits), (4096, True))
        self.connector._send(self.channel, words("😀" * 2048))
        with self.assertRaises(PermanentError):
            self.connector._send(self.channel, words("😀" * 2049))
        with self.assertRaisesRegex(PermanentError, "1024"):
            self.connector._send(self.channel, words("a" * 1025, media=(picture(),)))

    def test_editing_twice_and_deleting_twice_do_no_harm(self):
        self.connector._send(self.channel, words("a"))
        for _time in range(2):
            receipt = self.connector._update_remote(self.channel, words("b", target=MINE))
            self.assertEqual(receipt.external_id, "101")
        self.assertEqual(self.stub.messages[555, 101]["text"], "b")
        for _time in range(2):
            self.connector._delete_remote(self.channel, MINE)
        self.assertFalse(self.stub.messages)

    def test_the_words_of_a_picture_are_its_caption(self):
        self.connector._send(self.channel, words("a", media=(picture(),)))
        self.connector._update_remote(self.channel, words("b", target=MINE))
        self.assertEqual(self.stub.messages[555, 101]["caption"], "b")

    def test_posts_go_to_the_channel(self):
        receipt = self.connector._publish(self.channel, OutMessage("New", title="Bags"))
        self.assertEqual(receipt.container, "-1003003")
        self.assertEqual(self.stub.asked("sendMessage")[0]["text"], "Bags\n\nNew")

    def test_reacting_sets_and_takes_away(self):
        self.connector._react(self.channel, MINE, "like")
        self.connector._react(self.channel, MINE, "like", remove=True)
        given = [asked["reaction"] for asked in self.stub.asked("setMessageReaction")]
        self.assertEqual(given, [[{"type": "emoji", "emoji": "👍"}], []])

    def test_nobody_can_look_whether_it_was_sent(self):
        with self.assertRaises(NotSupported):
            self.connector._find_sent(self.channel, words())

    # === TROUBLE === #

    def test_a_person_who_stopped_the_bot_is_told_in_words(self):
        self.stub.refusals["sendMessage"] = Refused(403, "Forbidden: bot was blocked by the user")
        with self.assertRaisesRegex(PermanentError, "stopped the bot"):
            self.connector._send(self.channel, words())

    def test_whoever_says_when_to_come_again_is_believed(self):
        said = "Too Many Requests: retry after 35"
        self.stub.fault("sendMessage", says(429, said, retry_after=35))
        with self.assertRaises(RateLimited) as caught:
            self.connector._send(self.channel, words())
        wait = caught.exception.until - utcnow()
        self.assertTrue(timedelta(seconds=30) < wait <= timedelta(seconds=35))
        self.stub.fault(
            "sendMessage",
            says(429, body="slow down", headers={"Retry-After": "9"}),
            says(429, body="slow down"),
        )
        for known in (True, False):
            with self.assertRaises(RateLimited) as caught:
                self.connector._send(self.channel, words())
            self.assertEqual(bool(caught.exception.until), known)

    def test_what_may_have_been_sent_is_not_taken_for_unsent(self):
        for fault in (breaks_off_after, breaks_off, says(500, "Internal Server Error")):
            self.stub.fault("sendMessage", fault)
            with self.assertRaises(TransientError) as caught:
                self.connector._send(self.channel, words())
            self.assertTrue(caught.exception.maybe_done)
        self.assertEqual(len(self.stub.messages), 1)

    def test_a_revoked_token_asks_for_a_new_one(self):
        for fault in (says(401, "Unauthorized"), says(404, "Not Found")):
            self.stub.fault("getUpdates", fault)
            with self.assertRaises(CredentialsError):
                self.fetch()

    def test_what_is_no_answer_moves_no_cursor(self):
        self.stub.updates = [update("message", message(text="a"))]
        away = {"Location": "https://elsewhere.example/"}
        for fault in (
            says(200, body='{"ok": true, "resu'),
            says(200, body="<html>", headers={"Content-Type": "text/html"}),
            says(200, body='{"ok": true, "result": {}}'),
            says(200, body="x" * (11 * 1024 * 1024)),
            says(302, body="", headers=away),
            says(502, body="<html>Bad Gateway"),
            breaks_off,
        ):
            self.stub.fault("getUpdates", fault)
            with self.assertRaises(ConnectorError):
                self.fetch({"offset": 1, "at": 1})
        self.assertEqual(len(self.fetch()[0]), 1)

    def test_the_token_stands_in_no_line(self):
        said = []
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: said.append(record.getMessage())
        root, wire = logging.getLogger(), logging.getLogger("urllib3.connectionpool")
        levels = root.level, wire.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        wire.setLevel(logging.DEBUG)
        try:
            echo = says(400, f"Bad Request: /bot{TOKEN}/x")
            self.stub.fault("sendMessage", echo, breaks_off, says(500, body=TOKEN), says(200))
            for _time in range(5):
                try:
                    self.connector._send(self.channel, words())
                except ConnectorError as error:
                    said += [str(error), repr(error)]
            self.connector._fetch_media(self.channel, "AgACphoto")
        finally:
            root.removeHandler(handler)
            root.setLevel(levels[0])
            wire.setLevel(levels[1])
        self.assertTrue(any("/bot***" in line for line in said), "the wire was listened to")
        for line in said:
            self.assertNotIn(TOKEN, line)
            self.assertNotIn(TOKEN.partition(":")[2], line)

    # === FIGURES === #

    def test_members_of_our_channel_are_counted(self):
        self.ingest(update("message", post_in_group()))
        (figure,) = self.connector._fetch_metrics(self.channel)
        self.assertEqual((figure.target, figure.key, figure.value), (None, "followers", 321))
