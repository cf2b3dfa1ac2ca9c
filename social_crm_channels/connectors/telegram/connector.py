# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import hmac
import time

from odoo import fields, models

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    NotSupported,
    PermanentError,
    SignatureError,
)
from odoo.addons.social_crm_base.tools import keyring
from odoo.addons.social_crm_base.tools.http import HttpClient
from odoo.addons.social_crm_base.tools.privacy import not_personal

from ...tools import payload as read
from ...tools.contract import Account, Grant, Measure, MediaLimits, Metric, ReplyOptions
from . import const
from .api import Api, utcnow
from .health import health_of, steps_of
from .out import Sender, chat_number
from .parse import Facts, parse
from .text import length


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("telegram", "Telegram Bot API")], ondelete={"telegram": "set default"}
    )
    telegram_polls = fields.Boolean(
        string="Ask Telegram for News",
        help="Instead of being called: for servers that Telegram cannot reach. Without https we "
        "always ask. Takes effect at the next reading or check.",
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("telegram_polls")}


class SocialCrmConnectorTelegram(models.AbstractModel):
    """A bot of Telegram, by the Bot API: private chats, groups, and channels with their comments.

    What the network has and this connector leaves out, with the reason:

    - Deletions by others, read receipts, history and views: bots are not told of them, and there
      is no method to ask. So what may have been sent is never looked for: a person has to.
    - Albums of our channel's posts are not joined: comments below them hang on single messages.
      Albums that people send us are, and ours go out as one.
    - An answer to a comment below a channel's post stands in its group's conversation, below the
      comment: a message tells what it answers, but not what that one answered.
    - Buttons, inline queries, payments, games, polls of ours, web apps, stories, boosts and join
      requests: another sort of bot. Polls, places, contacts and stickers are read as words.
    - Business accounts (``business_message``): a person's own account is lent to the bot; no
      company's channel. Guest messages likewise.
    - Muting, promoting, pinning and invite links: the group's own matters, done in Telegram.
      Deleting and banning are in ``moderation.py``.
    - Reporting, hiding, reading marks: there is no such method.
    - Answers in the body of a webhook's response: their outcome would stay unknown.
    """

    _name = "social.crm.connector.telegram"
    _inherit = ["social.crm.connector"]
    _description = "Telegram Connector"

    _counts_characters = False  # an emoji is two

    def _capabilities(self, channel):
        able = {
            "receive_push",
            "receive_poll",
            "send_direct",
            "send_public",
            "edit",
            "delete",
            "react",
            "metrics",
            "media",
        }
        if channel and self._secret(channel, "post_chat"):
            able.add("publish")
        return frozenset(able)

    # === SET-UP === #

    def _credential_fields(self, app):
        return [
            (
                "bot_token",
                self.env._("Bot token"),
                self.env._(
                    "In Telegram, write /newbot to @BotFather (or /token for a bot you have): it "
                    "answers with the token, for example 123456789:AAH…"
                ),
                True,
            ),
            (
                "post_chat",
                self.env._("Channel for posts"),
                self.env._(
                    "Where posts are published, for example @ourshop. The bot must be an "
                    "administrator there who may post. Empty: this bot only talks."
                ),
                False,
            ),
        ]

    def _grant(self, app, secrets):
        token = secrets.get("bot_token", "").strip()
        if not const.TOKEN.fullmatch(token):
            raise CredentialsError(
                self.env._("This is no bot token: a number, a colon and 35 signs are expected.")
            )
        api = Api(self._http(app, token), token)
        bot = read.expect_object(api.ask("getMe"), "the bot")
        if secrets.get("post_chat"):
            api.ask("getChat", chat_id=chat_number(secrets["post_chat"].strip()))
        handle = read.text(bot, "username")
        ours = Account(
            external_id=read.required(bot, "id"),
            handle=handle,
            name=read.text(bot, "first_name") or handle,
            profile_url=f"https://t.me/{handle}" if handle else "",
        )
        return Grant(secrets={}, accounts=(ours,))

    def _check_health(self, channel):
        return health_of(self, channel)

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    def _subscribe(self, channel):
        """Have Telegram call us, or not, where we ask."""
        api = self._api(channel)
        if self._polls(channel):
            api.do("deleteWebhook", drop_pending_updates=False)
            return
        api.do(
            "setWebhook",
            url=self._address(channel),
            secret_token=self._webhook_secret(channel.app_id),
            allowed_updates=list(const.UPDATES),
            drop_pending_updates=False,
        )

    def _unsubscribe(self, channel):
        """The token itself can be revoked at @BotFather only."""
        self._api(channel).do("deleteWebhook", drop_pending_updates=False)

    def _polls(self, channel):
        """Whether we ask for news: a webhook has to be an https address."""
        return channel.telegram_polls or not self._address(channel).startswith("https://")

    def _address(self, channel):
        # sudo: the address is told to Telegram, not to whoever looks after the channel
        return channel.app_id.sudo().webhook_url or ""

    def _webhook_secret(self, app):
        """Made of our own key: nothing needs to be typed or kept.

        :rtype: str
        """
        key = keyring.current().derive("telegram")
        return hmac.new(key, str(app.id).encode(), hashlib.sha256).hexdigest()

    # === IN === #

    def _webhook_verify(self, app, headers, body):
        given = headers.get(const.SECRET_HEADER, "")
        if not hmac.compare_digest(
            given.encode("utf-8", "replace"), self._webhook_secret(app).encode()
        ):
            raise SignatureError("the secret header is missing or wrong")

    def _webhook_split(self, app, headers, body):
        update = read.expect_object(self._load_json(body))
        return [(self._token(app).partition(":")[0], *_item(update))]

    def _fetch(self, channel, cursor):
        """What waits at Telegram; asking for what comes after it confirms it.

        Where Telegram calls us there is nothing to ask for, but now and then that it still does:
        it forgets addresses that answered badly for a day.
        """
        api, cursor, now = self._api(channel), dict(cursor), int(time.time())
        if not self._polls(channel):
            if cursor.get("checked", 0) + const.CHECK_WEBHOOK_SECONDS <= now:
                info = read.expect_object(api.ask("getWebhookInfo"), "the webhook")
                if not read.text(info, "url"):
                    self._subscribe(channel)
                cursor["checked"] = now
            return [], cursor
        parameters = {"limit": const.PAGE, "timeout": 0, "allowed_updates": list(const.UPDATES)}
        if cursor.get("offset") and cursor.get("at", 0) + const.FORGET_OFFSET_SECONDS > now:
            parameters["offset"] = cursor["offset"]
        try:
            updates = api.ask("getUpdates", **parameters)
        except PermanentError as error:
            if error.status != 409:  # a webhook is set: another one reads at the same time
                raise
            self._subscribe(channel)
            updates = api.ask("getUpdates", **parameters)
        if not isinstance(updates, list):
            raise MalformedPayload("the updates are no list")
        items = [_item(read.expect_object(update, "an update")) for update in updates]
        if updates:
            last = updates[-1]["update_id"]
            cursor.update(offset=last + 1, at=now)
        return items, cursor

    def _parse(self, channel, payload):
        return parse(payload, Facts(channel.external_id or "", (channel.handle or "").lstrip("@")))

    def _fetch_media(self, channel, media_id):
        return self._api(channel).download(media_id)

    # === OUT === #

    def _send(self, channel, message):
        return self._sender(channel).send(message, self._render(channel, message))

    def _publish(self, channel, message):
        chat = self._secret(channel, "post_chat")
        if not chat:
            raise NotSupported(
                self.env._("No channel for posts is set. Connect anew to name one.")
            )
        return self._sender(channel).publish(chat_number(chat), message)

    def _update_remote(self, channel, message):
        return self._sender(channel).edit(message, self._render(channel, message))

    def _delete_remote(self, channel, target):
        self._sender(channel).delete(target)

    def _react(self, channel, target, reaction, remove=False):
        self._sender(channel).react(target, const.REACTIONS.get(reaction, reaction), remove)

    def _find_sent(self, channel, message):
        raise NotSupported(self.env._("Telegram does not let bots look at what was said."))

    def _sender(self, channel):
        return Sender(self.env, self._api(channel))

    # === ALLOWED NOW, TEXT, FIGURES === #

    def _reply_options(self, channel, conversation):
        options = super()._reply_options(channel, conversation)
        if not options.can_reply or conversation.kind not in ("direct", "group"):
            return options
        if reason := self._closed(channel, conversation):
            return ReplyOptions(False, modes=frozenset(), reason=reason)
        return options

    def _closed(self, channel, conversation):
        """Why nobody can be written to there, in words; "" if one can."""
        last = self.env["social.crm.interaction"].search(
            [
                ("conversation_id", "in", conversation.ids),
                ("family", "=", const.MEMBERSHIP),
            ],
            order="date desc, id desc",
            limit=1,
        )
        direct = conversation.kind == "direct"
        if last.remote_ref in const.GONE:
            if direct:
                return self.env._(
                    "They have stopped the bot: Telegram takes no message for them until they "
                    "start it again. Use another way."
                )
            return self.env._("The bot was removed from this group. Have it added again.")
        if direct and not conversation.last_in_date:
            return self.env._(
                "A bot cannot write first: send them a link to it, and answer once they wrote."
            )
        return ""

    def _media_limits(self, channel):
        return MediaLimits(count=const.MAX_ALBUM, size=const.MAX_UPLOAD)

    def _measure(self, channel, text):
        return Measure(length(text), const.MAX_TEXT, self.env._("characters (emoji count twice)"))

    def _fetch_metrics(self, channel):
        """How many read our channels; reactions come by themselves, views are not told."""
        rows = self.env["social.crm.interaction"]._read_group(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "out"),
                ("kind", "=", "post"),
                ("container", "=like", "-%"),
            ],
            ["container"],
        )
        chats = {container for (container,) in rows} or {self._secret(channel, "post_chat")} - {""}
        if not chats:
            return []
        api, readers = self._api(channel), 0
        for chat in sorted(chats):
            try:
                count = api.ask("getChatMemberCount", chat_id=chat_number(chat))
            except PermanentError:
                continue  # a channel that the bot has left
            readers += count if isinstance(count, int) else 0
        return [Metric(None, "followers", readers, utcnow())] if readers else []

    # === HELPERS === #

    def _api(self, channel):
        token = self._token(channel)
        if not token:
            raise CredentialsError(self.env._("This channel is not connected."))
        return Api(self._http(channel, token), token)

    def _token(self, owner):
        return self._secret(owner, "bot_token").strip()  # as it was pasted

    def _http(self, owner, token):
        """Telegram's server, or the own one whose address the app has."""
        app = owner.app_id if owner._name == "social.crm.channel" else owner
        return HttpClient(app.base_url or const.SERVER, secrets=(token,))


def _item(update):
    update_id = update.get("update_id")
    if isinstance(update_id, bool) or not isinstance(update_id, int):
        raise MalformedPayload("an update has no number")
    return f"update:{update_id}", update
