# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an administrator of the forum does, looked at step by step from its side."""
import functools

from ...tools import payload as read
from ...tools.contract import Health, Step
from . import const


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    site = (channel.app_id.base_url or "").rstrip("/") if channel else ""
    user = functools.cache(lambda: connector._api(channel).user())  # one look for all steps

    def page(path):
        return f"{site}/{path}" if site.startswith("https://") else ""

    def webhook():
        if len(connector._secret(channel, "webhook_secret").strip()) < const.MIN_SECRET:
            return connector.env._(
                "No secret is stored: the forum is only asked, and likes are not told."
            )
        # sudo: whether anything came is a fact of the connection
        events = connector.env["social.crm.event"].sudo()
        if not events.search_count(
            [("app_id", "=", channel.app_id.id), ("source", "=", "push")], limit=1
        ):
            return connector.env._("Nothing has come by it yet.")
        return ""

    def moderator():
        if read.flag(user(), "admin") or read.flag(user(), "moderator"):
            return ""
        return connector.env._(
            "%(name)s may not delete posts of others.", name=read.text(user(), "username")
        )

    return [
        Step(
            "key",
            connector.env._("Make an API key"),
            connector.env._(
                "In the forum's administration, API, New API Key: User Level Single User, the "
                "account in whose name you answer, Scope Global. It is shown once. Press Connect "
                "here and paste it."
            ),
            lambda: _other_user(connector, channel, user()),
            page("admin/api/keys"),
        ),
        Step(
            "webhook",
            connector.env._("Let the forum call us"),
            connector.env._(
                "In the administration, API, Webhooks, New Webhook: as Payload URL the webhook "
                "address of this channel's app, Content Type application/json, the secret you "
                "made up when you connected, and the events of topics, posts and likes. Then press "
                "Ping, and wait for the first post."
            ),
            webhook,
            page("admin/api/web_hooks"),
            optional=True,
        ),
        Step(
            "moderator",
            connector.env._("Moderate from here"),
            connector.env._(
                "Users, that account, Grant Moderation: it may then delete posts of others."
            ),
            moderator,
            page("admin/users/list/staff"),
            optional=True,
        ),
        Step(
            "messages",
            connector.env._("Private messages"),
            connector.env._(
                "People write to the account by Message on its page. Who may is the site setting "
                "personal message enabled groups."
            ),
            optional=True,
        ),
    ]


def health_of(connector, channel):
    """Whether the key works, and is for the right account.

    :rtype: Health
    """
    user = connector._api(channel).user()
    return _other_user(connector, channel, user) or Health("green")


def _other_user(connector, channel, user):
    username = read.text(user, "username")
    if not channel.handle or connector._facts(channel).is_own(username):
        return None
    return Health(
        "red",
        connector.env._("The key belongs to %(name)s.", name=username),
        connector.env._("Connect this channel again with its own account's key."),
    )
