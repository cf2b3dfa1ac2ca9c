# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A second opinion: what our stub says and what we say to it, read by python-telegram-bot."""
import asyncio

from telegram import Bot, Update
from telegram.constants import MediaGroupLimit, MessageLimit
from telegram.error import Forbidden, RetryAfter

from odoo.tests import tagged

from odoo.addons.social_crm_base.tools.activity import Actor

from ..connectors.telegram import const
from ..connectors.telegram.parse import Facts, parse
from ..connectors.telegram.text import entities_of, spans
from ..tools.contract import OutMessage
from .telegram_common import TelegramCase
from .telegram_entities import SAMPLES, TOKEN, message, update
from .telegram_stub import Refused, says

FACTS = Facts("870000001", "shop_bot")


@tagged("post_install", "-at_install")
class TestTelegramSecondOpinion(TelegramCase):
    def ask(self, act):
        """Do something with python-telegram-bot's own client, against our stub."""

        async def run():
            async with Bot(
                TOKEN,
                base_url=f"{self.stub.address}/bot",
                base_file_url=f"{self.stub.address}/file/bot",
            ) as bot:
                return await act(bot)

        return asyncio.run(run())

    def test_limits_are_the_ones_it_knows(self):
        self.assertEqual(const.MAX_TEXT, MessageLimit.MAX_TEXT_LENGTH)
        self.assertEqual(const.MAX_CAPTION, MessageLimit.CAPTION_LENGTH)
        self.assertEqual(const.MAX_ALBUM, MediaGroupLimit.MAX_MEDIA_LENGTH)
        for kind in const.UPDATES:
            self.assertIn(kind, Update.ALL_TYPES)

    def test_what_we_read_it_reads_alike(self):
        for sample in SAMPLES:
            theirs = Update.de_json(sample, None)
            self.assertEqual(theirs.update_id, sample["update_id"])
            (kind,) = set(sample) - {"update_id"}
            self.assertTrue(getattr(theirs, kind), sample)
            if not theirs.effective_message or theirs.effective_message.migrate_to_chat_id:
                continue
            (ours,) = parse(sample, FACTS)
            said = theirs.effective_message
            if not said.is_automatic_forward:
                name = str(said.media_group_id or said.message_id)
                self.assertEqual(ours.external_id, name)
                self.assertEqual(ours.container, str(said.chat.id))
                self.assertEqual(ours.occurred_at, said.date.replace(tzinfo=None))
                self.assertEqual(bool(ours.edited_at), bool(said.edit_date))

    def test_entities_lie_where_it_finds_them(self):
        words = "😀👩‍👩‍👧 Žućo, vidi ovo: 𝔞𝔟 i kraj"
        for first in range(len(words)):
            offset = len(words[:first].encode("utf-16-le")) // 2
            size = len(words[first : first + 3].encode("utf-16-le")) // 2
            entity = {"type": "bold", "offset": offset, "length": size}
            said = Update.de_json(update("message", message(text=words, entities=[entity])), None)
            theirs = said.message.parse_entity(said.message.entities[0])
            ((begin, end, _entity),) = spans(words, [entity])
            self.assertEqual(words[begin:end], theirs)

    def test_our_mention_is_where_it_says(self):
        mentions = (Actor(external_id="7", name="Ana Žikić"),)
        words = "👋🏽 @Ana Žikić, da"
        entities = entities_of(words, mentions)
        said = Update.de_json(update("message", message(text=words, entities=entities)), None)
        self.assertEqual(said.message.parse_entity(said.message.entities[0]), "@Ana Žikić")

    def test_it_understands_our_stub(self):
        self.stub.updates = list(SAMPLES)
        bot = self.ask(lambda bot: bot.get_me())
        self.assertEqual(str(bot.id), self.channel.external_id)
        updates = self.ask(lambda bot: bot.get_updates(timeout=0))
        self.assertEqual(len(updates), len(SAMPLES))
        info = self.ask(lambda bot: bot.get_webhook_info())
        self.assertEqual(info.url, "")
        file = self.ask(lambda bot: bot.get_file("AgACphoto"))
        self.assertEqual(file.file_size, 7)

    def test_it_reads_the_answers_to_what_we_send(self):
        text = OutMessage("Da 😀", conversation_kind="direct", thread="555")
        receipt = self.connector._send(self.channel, text)
        sent = self.stub.messages[555, int(receipt.external_id)]
        theirs = Update.de_json(update("message", sent), None).message
        self.assertEqual((theirs.text, theirs.from_user.is_bot), ("Da 😀", True))

    def test_what_it_sends_our_stub_takes_as_it_takes_ours(self):
        sent = self.ask(lambda bot: bot.send_message(555, "Da", disable_notification=True))
        self.connector._send(self.channel, OutMessage("Da", "direct", thread="555"))
        theirs, ours = self.stub.asked("sendMessage")
        self.assertEqual(sent.text, "Da")
        for name in ("chat_id", "text"):
            self.assertEqual(str(theirs[name]), str(ours[name]))

    def test_it_knows_our_stubs_refusals(self):
        blocked = Refused(403, "Forbidden: bot was blocked by the user")
        self.stub.refusals["sendMessage"] = blocked
        with self.assertRaises(Forbidden):
            self.ask(lambda bot: bot.send_message(555, "Da"))
        del self.stub.refusals["sendMessage"]
        words = "Too Many Requests: retry after 7"
        self.stub.fault("sendMessage", says(429, words, retry_after=7))
        with self.assertRaises(RetryAfter):
            self.ask(lambda bot: bot.send_message(555, "Da"))
