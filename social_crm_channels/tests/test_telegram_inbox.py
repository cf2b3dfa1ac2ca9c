# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import time
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.social_crm_base.exceptions import NotSupported, PermanentError
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.telegram import const
from ..const import WEBHOOK_PATH
from ..models.social_crm_outbox import target_of
from .telegram_common import TelegramCase
from .telegram_entities import (
    AT,
    GROUP,
    PRIVATE,
    SUPERGROUP,
    TOKEN,
    membership,
    message,
    photo,
    post,
    post_in_group,
    reaction,
    update,
)
from .telegram_stub import Refused

ANA = Actor(external_id="555", handle="ana_z")


@tagged("post_install", "-at_install")
class TestTelegramInbox(TelegramCase):
    def said(self, *numbers, container="555"):
        return self.env["social.crm.interaction"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "in", [str(number) for number in numbers]),
                ("container", "=", container),
            ],
            order="date, id",
        )

    def test_a_talk_comes_in_once_however_often_it_is_told(self):
        told = [
            update("message", message(1, text="Zdravo")),
            update("edited_message", message(1, text="Zdravo!", edit_date=AT + 9)),
            update("message_reaction", reaction(number=1)),
        ]
        for order in (told, told[::-1]):
            self.ingest(*order)
        word = self.said(1)
        self.assertEqual((len(word), word.body, word.state), (1, "Zdravo!", "edited"))
        self.assertEqual(word.conversation_id.kind, "direct")
        self.assertTrue(word.case_id)
        likes = word.search([("conversation_id", "=", word.conversation_id.id)]) - word
        self.assertEqual(likes.mapped("reaction"), ["👍"])

    def test_comments_gather_below_the_post_whoever_comes_first(self):
        told = [
            update("message", message(8, SUPERGROUP, text="!", reply_to_message=post_in_group())),
            update("message", post_in_group()),
            update("channel_post", post()),
        ]
        for one in told:
            self.ingest(one)
        (above,), comment = self.said(40, container="-1003003"), self.said(8, container="-1001002")
        self.assertEqual((above.mode, above.state), ("one_to_many", "normal"))
        self.assertEqual(above.remote_ref, "-1001002:7")
        self.assertEqual((comment.parent_id, comment.conversation_id.kind), (above, "thread"))
        self.assertEqual(comment.conversation_id.root_id, above)

    def test_who_turns_out_to_have_stopped_the_bot_cannot_be_answered_until_they_write_again(self):
        self.ingest(update("message", message(1, text="Zdravo")))
        place = self.said(1).conversation_id
        self.assertTrue(place._reply_options().can_reply)
        self.stub.refusals["sendMessage"] = Refused(403, "Forbidden: bot was blocked by the user")
        row = place._queue_reply("Da?").sudo()
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_send").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(row.state, "failed")
        options = place._reply_options()
        self.assertFalse(options.can_reply or options.modes)
        self.assertIn("stopped the bot", options.reason)
        with self.assertRaisesRegex(UserError, "stopped the bot"):
            place._queue_reply("Are you there?")
        later = int(time.time()) + 60
        self.ingest(update("message", message(2, at=later, text="Opet ja")))
        self.assertTrue(place._reply_options().can_reply)

    def test_pictures_sent_together_are_one_word_in_whatever_order_they_come(self):
        told = [
            update("message", photo(number, f"F{number}", media_group_id="77", **more))
            for number, more in ((21, {"caption": "Pokvareno"}), (22, {}), (23, {}))
        ]
        for order in ((told[1],), (told[2], told[0]), told, (told[0],)):
            self.ingest(*order)
        album = self.album("77")
        self.assertEqual(len(album), 1)
        self.assertEqual([medium["ref"] for medium in album.media], ["F21", "F22", "F23"])
        self.assertEqual((album.body, album.state), ("Pokvareno", "normal"))
        self.assertEqual(album.remote_ref, "album:21,22,23")
        self.assertFalse(self.said(21, 22, 23), "no picture stands by itself as well")
        self.assertEqual(len(album.case_id), 1)

    def test_what_is_said_of_one_picture_is_said_of_the_album(self):
        self.ingest(update("message", photo(21, "F21", media_group_id="77", caption="Pre")))
        self.ingest(update("message", photo(22, "F22", media_group_id="77")))
        album = self.album("77")
        self.ingest(
            update("message_reaction", reaction(number=22)),
            update("message", message(24, text="Vidite?", reply_to_message=message(22, text="x"))),
            update(
                "edited_message",
                photo(21, "F21", media_group_id="77", caption="Posle", edit_date=AT + 9),
            ),
        )
        self.assertEqual(self.said(24).parent_id, album)
        likes = album.search([("reaction", "=", "👍"), ("channel_id", "=", self.channel.id)])
        self.assertEqual(likes.parent_id, album)
        self.assertEqual((album.body, album.state, len(album.media)), ("Posle", "edited", 2))

    def test_an_album_is_answered_and_deleted_by_its_messages(self):
        self.ingest(
            update("message", photo(21, "F21", media_group_id="77", chat=GROUP)),
            update("message", photo(22, "F22", media_group_id="77", chat=GROUP)),
        )
        album = self.album("77")
        album.conversation_id._queue_reply("Stiže", parent=album)
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_send").method_direct_trigger()
        (sent,) = self.stub.asked("sendMessage")
        self.assertEqual(sent["reply_parameters"]["message_id"], 21)
        self.connector._delete_remote(self.channel, target_of(album))
        deleted = [asked["message_id"] for asked in self.stub.asked("deleteMessage")]
        self.assertEqual(deleted, [21, 22])

    def album(self, name):
        return self.env["social.crm.interaction"].search(
            [("channel_id", "=", self.channel.id), ("external_id", "=", name)]
        )

    def test_a_group_stays_one_conversation_when_its_number_changes(self):
        self.ingest(update("message", message(5, GROUP, text="Pre")))
        place = self.said(5, container="-1001").conversation_id
        self.assertEqual((place.kind, place.title), ("group", "Kupci"))
        self.ingest(update("message", message(1, SUPERGROUP, at=AT + 20, text="Posle")))
        moved = update("message", message(6, GROUP, at=AT + 10, migrate_to_chat_id=-1001002))
        for _time in range(2):
            self.ingest(moved)
        self.ingest(update("message", message(2, SUPERGROUP, at=AT + 30, text="Još")))
        after = self.said(1, 2, container="-1001002")
        self.assertEqual(after.conversation_id, place)
        self.assertEqual(place.external_id, "-1001002")
        self.assertEqual(place.last_in_date, after[-1].date)

    def test_who_comes_by_a_campaigns_link_counts_for_it(self):
        campaign = self.env["utm.campaign"].create({"title": "Summer 2026"})
        self.ingest(update("message", message(1, text="/start summer-2026")))
        case = self.said(1).case_id
        self.assertEqual(case.campaign_id, campaign)
        self.assertEqual(case.source_id, self.env.ref("social_crm_base.utm_source_telegram"))

    def test_strangers_make_no_campaigns(self):
        before = self.env["utm.campaign"].search_count([])
        self.ingest(update("message", message(1, text="/start buy-pills")))
        self.assertFalse(self.said(1).case_id.campaign_id)
        self.assertEqual(self.env["utm.campaign"].search_count([]), before)

    def test_who_stopped_the_bot_cannot_be_written_to_until_they_start_it_again(self):
        self.ingest(update("message", message(1, text="Zdravo")))
        place = self.said(1).conversation_id
        self.assertTrue(place._reply_options().can_reply)
        self.ingest(update("my_chat_member", membership("kicked")))
        options = place._reply_options()
        self.assertFalse(options.can_reply)
        self.assertIn("stopped the bot", options.reason)
        self.ingest(update("my_chat_member", membership("member", at=AT + 200)))
        self.assertTrue(place._reply_options().can_reply)

    def test_a_notice_of_leaving_opens_no_case(self):
        self.ingest(update("my_chat_member", membership("kicked")))
        found = self.env["social.crm.interaction"].search([("channel_id", "=", self.channel.id)])
        self.assertFalse(found.case_id)
        self.assertEqual(found.conversation_id.kind, "direct")

    def test_a_bot_cannot_write_first(self):
        place = self.env["social.crm.conversation"].new(
            {"kind": "direct", "channel_id": self.channel.id}
        )
        self.assertIn("cannot write first", place._reply_options().reason)

    def test_an_answer_is_sent_and_its_echo_is_no_second_one(self):
        self.ingest(update("message", message(1, text="Zdravo")))
        place = self.said(1).conversation_id
        row = place._queue_reply("Da, imamo")
        receipt = self.connector._send(self.channel, row._out_message())
        row._mark_done(receipt)
        self.ingest(update("message", self.stub.messages[555, int(receipt.external_id)]))
        found = self.said(receipt.external_id)
        self.assertEqual((len(found), found.body), (1, "Da, imamo"))
        self.assertEqual(found.conversation_id, place)

    def test_a_pasted_token_makes_a_channel_that_telegram_calls(self):
        self.channel.unlink()
        self.set_base_url("https://shop.example")
        manager = new_test_user(self.env, "tg_boss", groups="social_crm_base.group_manager")
        with patch.object(const, "SERVER", self.stub.address):
            wizard = (
                self.env["social.crm.connect"]
                .with_user(manager)
                .create({"platform_id": self.platform.id})
            )
            self.assertEqual(wizard.connector, "telegram")
            wizard.action_continue()
            wizard.secret_ids.filtered(lambda line: line.kind == "bot_token").value = f" {TOKEN}\n"
            action = wizard.action_credentials()
        channel = self.env["social.crm.channel"].browse(action["res_id"])
        self.assertEqual((channel.name, channel.handle), ("Shop", "shop_bot"))
        self.assertEqual(channel.health_level, "green")
        self.assertEqual(self.stub.webhook, channel.sudo().app_id.webhook_url)

    # === MODERATION === #

    def test_what_was_said_in_a_group_is_removed_and_twice_does_no_harm(self):
        self.stub.messages[-1001002, 9] = {"text": "Buy"}
        target = Target("9", container="-1001002")
        for _time in range(2):
            self.connector._moderate(self.channel, "remove", target, reason="spam")
        self.assertFalse(self.stub.messages)
        self.stub.refusals["deleteMessage"] = Refused(
            400, "Bad Request: message can't be deleted for everyone"
        )
        with self.assertRaisesRegex(PermanentError, "48 hours"):
            self.connector._moderate(self.channel, "remove", target)

    def test_a_ban_holds_in_every_group_where_they_spoke(self):
        with self.assertRaisesRegex(PermanentError, "no group"):
            self.connector._moderate(self.channel, "ban", ANA)
        other = {**SUPERGROUP, "id": -1009}
        self.ingest(
            update("message", message(1, text="private")),
            update("message", message(8, SUPERGROUP, text="Buy")),
            update("message", message(9, other, text="Buy")),
        )
        self.connector._moderate(self.channel, "ban", ANA)
        asked = self.stub.asked("banChatMember")
        self.assertEqual({one["chat_id"] for one in asked}, {-1001002, -1009})
        self.connector._moderate(self.channel, "unban", ANA)
        self.assertTrue(all(one["only_if_banned"] for one in self.stub.asked("unbanChatMember")))
        self.stub.refusals["banChatMember"] = Refused(
            400, "Bad Request: not enough rights to restrict/unrestrict chat member"
        )
        with self.assertRaisesRegex(PermanentError, "not enough rights"):
            self.connector._moderate(self.channel, "ban", ANA)
        with self.assertRaises(NotSupported):
            self.connector._moderate(self.channel, "report", ANA)


@tagged("post_install", "-at_install")
class TestTelegramWeb(TelegramCase, HttpCase):
    """The addresses: the one that Telegram calls, and the one that files pass through."""

    def call(self, secret):
        return self.url_open(
            f"{WEBHOOK_PATH}/{self.app.webhook_token}",
            data=json.dumps(update("message", message(1, text="Zdravo"))).encode(),
            headers={
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": secret,
            },
            method="POST",
        )

    def test_telegram_is_let_in_and_others_are_not(self):
        events = self.env["social.crm.event"]
        self.assertEqual(self.call("guess").status_code, 403)
        self.assertFalse(events.search([("app_id", "=", self.app.id)]))
        secret = self.connector._webhook_secret(self.app)
        self.assertEqual(self.call(secret).status_code, 200)
        event = events.search([("app_id", "=", self.app.id)])
        self.assertEqual(event.channel_id, self.channel)

    def test_a_picture_passes_through_to_who_may_read_the_message(self):
        self.ingest(update("message", photo(chat=PRIVATE, caption="Broken")))
        (item,) = self.env["social.crm.interaction"].search(
            [("channel_id", "=", self.channel.id), ("external_id", "=", "13")]
        )
        self.assertEqual(item.media[0]["url"], "", "no address, so no token")
        address = item._talk_media_address(0, item.media[0])
        new_test_user(self.env, "tg_nobody", groups="base.group_user")
        new_test_user(self.env, "tg_manager", groups="social_crm_base.group_manager")
        self.env.flush_all()
        self.assertIn("/web/login", self.url_open(address).url)
        self.authenticate("tg_nobody", "tg_nobody")
        self.assertIn(self.url_open(address).status_code, (403, 404))
        self.authenticate("tg_manager", "tg_manager")
        shown = self.url_open(address)
        self.assertEqual((shown.status_code, shown.content), (200, b"\xff\xd8photo"))
        self.assertEqual(shown.headers["Content-Type"], "image/jpeg")
        self.assertIn("sandbox", shown.headers["Content-Security-Policy"])
        self.assertEqual(self.url_open(address[:-1] + "7").status_code, 404)
        self.stub.files.clear()
        self.assertEqual(self.url_open(address).status_code, 404)
