# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Each step of the set-up, looked at from Telegram's side."""
import functools
from datetime import timedelta

from odoo.addons.social_crm_base.exceptions import PermanentError

from ...tools import payload as read
from ...tools.contract import Health, Step
from .api import utcnow
from .out import chat_number
from .parse import moment

RECENT = timedelta(hours=1)


BOTFATHER = "https://t.me/BotFather"


def steps_of(connector, channel):
    """What an administrator does in Telegram.

    :rtype: list[Step]
    """
    env = connector.env
    ask = functools.cache(lambda: _bot(connector, channel))  # one call for all steps

    def posts():
        if not connector._secret(channel, "post_chat"):
            return env._("No channel for posts is named.")
        return _posts(connector, channel, connector._api(channel), ask())

    return [
        Step(
            "token",
            env._("Have a bot"),
            env._(
                "In Telegram, write /newbot to @BotFather. It asks for a name and answers with "
                "the token. Press Connect here and paste it."
            ),
            lambda: _other_bot(connector, channel, ask()),
            BOTFATHER,
        ),
        Step(
            "news",
            env._("Let news come here"),
            env._(
                "Where this Odoo has an https address, connecting tells it to Telegram: nothing "
                "to do. Where Telegram cannot reach it, tick Ask Telegram for News above."
            ),
            lambda: _news(connector, channel, connector._api(channel)),
        ),
        Step(
            "groups",
            env._("Hear what is said in groups"),
            env._(
                "Write /setprivacy to @BotFather, choose Disable, then add the bot to the group "
                "anew; or make it administrator there. To delete and ban it must be administrator "
                "with these rights, to hear of reactions administrator."
            ),
            lambda: _groups(connector, ask()).message,
            BOTFATHER,
            optional=True,
        ),
        Step(
            "posts",
            env._("Publish in a channel"),
            env._(
                "In Telegram, make the bot an administrator of your channel who may post "
                "messages. Press Connect Anew here and name the channel."
            ),
            posts,
            optional=not connector._secret(channel, "post_chat") if channel else True,
        ),
        Step(
            "comments",
            env._("Read the comments below posts"),
            env._("Add the bot to the discussion group that is linked to your channel as well."),
            optional=True,
        ),
    ]


def _bot(connector, channel):
    return read.expect_object(connector._api(channel).ask("getMe"), "the bot")


def health_of(connector, channel):
    """Whether the token works, news get here, and posts may be published.

    :rtype: Health
    """
    api = connector._api(channel)
    bot = _bot(connector, channel)
    return (
        _other_bot(connector, channel, bot)
        or _news(connector, channel, api)
        or _posts(connector, channel, api, bot)
        or _groups(connector, bot)
    )


def _other_bot(connector, channel, bot):
    """Whether the token is this channel's."""
    env = connector.env
    if not channel.external_id or read.required(bot, "id") == channel.external_id:
        return None
    return Health(
        "red",
        env._("The token belongs to @%(bot)s.", bot=read.text(bot, "username")),
        env._("Connect this channel again with its own bot's token."),
    )


def _news(connector, channel, api):
    """Whether Telegram calls us, or nobody else where we ask."""
    env = connector.env
    info = read.expect_object(api.ask("getWebhookInfo"), "the webhook")
    address = read.text(info, "url")
    if connector._polls(channel):
        if address:
            return Health(
                "yellow",
                env._("Another program has Telegram call it for this bot."),
                env._("Stop it there, or use a bot of your own here. The next reading takes over."),
            )
        return None
    if address != connector._address(channel):
        return Health(
            "red",
            env._("Telegram does not call us for this bot."),
            env._("Press Connect Anew: that tells Telegram our address."),
        )
    failed_at = moment(info, "last_error_date")
    if failed_at and failed_at > utcnow() - RECENT and read.count(info, "pending_update_count"):
        return Health(
            "yellow",
            env._(
                "Telegram cannot reach us: %(reason)s",
                reason=read.text(info, "last_error_message"),
            ),
            env._(
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
    env = connector.env
    return Health(
        "yellow",
        env._("The bot may not post in %(chat)s.", chat=chat),
        env._("In Telegram, make it an administrator of the channel who may post messages."),
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
