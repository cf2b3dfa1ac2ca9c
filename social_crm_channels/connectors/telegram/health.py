# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Each step of the set-up, looked at from Telegram's side."""
from datetime import timedelta

from odoo.addons.social_crm_base.exceptions import PermanentError

from ...tools import payload as read
from ...tools.contract import Health
from .api import utcnow
from .out import chat_number
from .parse import moment

RECENT = timedelta(hours=1)


def health_of(connector, channel):
    """Whether the token works, news get here, and posts may be published.

    :rtype: Health
    """
    _t, api = connector.env._, connector._api(channel)
    bot = read.expect_object(api.ask("getMe"), "the bot")
    if channel.external_id and read.required(bot, "id") != channel.external_id:
        return Health(
            "red",
            _t("The token belongs to @%(bot)s.", bot=read.text(bot, "username")),
            _t("Connect this channel again with its own bot's token."),
        )
    return (
        _news(connector, channel, api)
        or _posts(connector, channel, api, bot)
        or _groups(connector, bot)
    )


def _news(connector, channel, api):
    """Whether Telegram calls us, or nobody else where we ask."""
    _t = connector.env._
    info = read.expect_object(api.ask("getWebhookInfo"), "the webhook")
    address = read.text(info, "url")
    if connector._polls(channel):
        if address:
            return Health(
                "yellow",
                _t("Another program has Telegram call it for this bot."),
                _t("Stop it there, or use a bot of your own here. The next reading takes over."),
            )
        return None
    if address != connector._address(channel):
        return Health(
            "red",
            _t("Telegram does not call us for this bot."),
            _t("Press Connect Anew: that tells Telegram our address."),
        )
    failed_at = moment(info, "last_error_date")
    if failed_at and failed_at > utcnow() - RECENT and read.count(info, "pending_update_count"):
        return Health(
            "yellow",
            _t(
                "Telegram cannot reach us: %(reason)s",
                reason=read.text(info, "last_error_message"),
            ),
            _t(
                "The address must be reachable from outside on port 443, 80, 88 or 8443, with a "
                "valid certificate. Or let us ask for news instead."
            ),
        )
    return None


def _posts(connector, channel, api, bot):
    """Whether the bot may post where it is to."""
    chat = connector._secret(channel, "post_chat")
    if not chat:
        return None
    try:
        member = api.ask(
            "getChatMember", chat_id=chat_number(chat), user_id=read.required(bot, "id")
        )
    except PermanentError:
        member = {}
    if read.flag(read.expect_object(member, "the member"), "can_post_messages"):
        return None
    _t = connector.env._
    return Health(
        "yellow",
        _t("The bot may not post in %(chat)s.", chat=chat),
        _t("In Telegram, make it an administrator of the channel who may post messages."),
    )


def _groups(connector, bot):
    if read.flag(bot, "can_read_all_group_messages"):
        return Health("green")
    return Health(
        "green",
        connector.env._(
            "In groups the bot sees only what is said to it, unless it is administrator there or "
            "its privacy mode is turned off at @BotFather (/setprivacy)."
        ),
    )
