# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an administrator does in Bluesky, looked at step by step from the account's own server."""
import functools

from odoo.addons.social_crm_base.exceptions import ConnectorError

from ...tools import payload as read
from ...tools.contract import Health, Step
from . import const
from .api import check_active, did_document, server_in


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    account = functools.cache(lambda: _account(connector, channel))

    def profile():
        found = connector._api(channel).ask("app.bsky.actor.getProfile", actor=channel.external_id)
        missing = [
            words
            for key, words in (
                ("displayName", connector.env._("name")),
                ("description", connector.env._("description")),
                ("avatar", connector.env._("picture")),
            )
            if not read.text(found, key).strip()
        ]
        if not missing:
            return ""
        return connector.env._(
            "Not there yet: %(parts)s.", parts=", ".join(missing)
        )

    def domain():
        handle = read.text(account(), "handle")
        if not handle.endswith(const.HANDLE_ENDING):
            return ""
        return connector.env._(
            "%(handle)s is a name of Bluesky's, which anybody can have.", handle=handle
        )

    return [
        Step(
            "password",
            connector.env._("Make an app password"),
            connector.env._(
                "In Bluesky: Settings, Privacy and Security, App Passwords, Add App Password. Name "
                "it, for example Odoo; it is shown once. Direct messages are not read here, so it "
                "needs no access to them. Press Connect here and type it with the handle."
            ),
            lambda: _other_account(connector, channel, account()),
            f"{const.WEBSITE}/settings/app-passwords",
        ),
        Step(
            "handle",
            connector.env._("A handle that leads to the account"),
            connector.env._(
                "Others name you by it. Of your own domain it holds as long as its DNS record, or "
                "the page /.well-known/atproto-did, says so."
            ),
            lambda: _broken_handle(connector, account()),
            f"{const.WEBSITE}/settings/account",
        ),
        Step(
            "server",
            connector.env._("The server it lives on"),
            connector.env._(
                "Found by itself. Only after the account moved to another one it has to be "
                "connected anew, with an app password made there."
            ),
            lambda: _moved(connector, channel),
        ),
        Step(
            "profile",
            connector.env._("Say who you are"),
            connector.env._(
                "In Bluesky, Edit Profile: name, picture, your site, and who answers when. People "
                "do not trust an empty account."
            ),
            profile,
            optional=True,
        ),
        Step(
            "domain",
            connector.env._("Your domain as handle"),
            connector.env._(
                "Settings, Account, Handle, I have my own domain: it proves that you are you. Odoo "
                "knows the account by its lasting identifier, so nothing else changes."
            ),
            domain,
            f"{const.WEBSITE}/settings/account",
            optional=True,
        ),
    ]


def health_of(connector, channel):
    """Whether the session works, is for the right account, and the account is whole.

    :rtype: Health
    """
    account = _account(connector, channel)
    return (
        _other_account(connector, channel, account)
        or _broken_handle(connector, account)
        or _moved(connector, channel)
        or Health("green")
    )


def _account(connector, channel):
    account = connector._api(channel).ask("com.atproto.server.getSession")
    check_active(account)
    return account


def _other_account(connector, channel, account):
    if not channel.external_id or read.required(account, "did") == channel.external_id:
        return None
    return Health(
        "red",
        connector.env._("The access belongs to %(account)s.", account=read.text(account, "handle")),
        connector.env._("Connect this channel again with its own account's app password."),
    )


def _broken_handle(connector, account):
    if read.text(account, "handle") != const.BROKEN_HANDLE:
        return None
    return Health(
        "yellow",
        connector.env._("The handle no longer leads to this account, so others cannot name it."),
        connector.env._(
            "In Bluesky see Settings, Account, Handle; for a domain of yours its DNS record."
        ),
    )


def _moved(connector, channel):
    """Whether the account's public document names another server than the one we speak with."""
    if connector._secret(channel.app_id, "server_url"):
        return None  # the administrator named it; the public directory may not know it
    try:
        lives_at = server_in(did_document(channel.external_id or ""))
    except ConnectorError:
        return None  # the directory is not what this is about
    if lives_at in ("", connector._server(channel)):
        return None
    return Health(
        "yellow",
        connector.env._("This account lives on another server now."),
        connector.env._("Press Connect Anew, with an app password made there."),
    )
