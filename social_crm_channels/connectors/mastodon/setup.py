# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an administrator does on a server with Mastodon's API, looked at step by step."""
import functools

from odoo.addons.social_crm_base.exceptions import NotSupported, PermanentError

from ...tools import payload as read
from ...tools.contract import Health, Step
from . import api, const
from .parse import actor_of


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    env = connector.env
    account = functools.cache(lambda: api.own_account(connector._open(channel)))
    server = (channel.app_id.base_url or "").rstrip("/") if channel else ""

    def answers():
        api.instance(connector._client(channel))
        return ""

    def scopes():
        missing = _missing_scopes(connector._open(channel))
        return missing and env._(
            "This access does not allow: %(scopes)s. Press Connect Anew and allow all that is "
            "asked for.",
            scopes=missing,
        )

    def unlimited():
        found = account()
        if found.get("moved"):
            return env._("This account has moved to another server: connect the new one instead.")
        if read.flag(found, "suspended") or read.flag(found, "limited"):
            return env._("The server has limited this account: ask its administrators why.")
        return ""

    return [
        Step(
            "server",
            env._("Know the server"),
            env._("The part after the last @ of the account's name, for example mastodon.social."),
            answers,
            server,
        ),
        Step(
            "access",
            env._("Let us in"),
            env._(
                "Press Connect: the server asks whether you allow it. Be logged in there as the "
                "account itself, not as your own."
            ),
            lambda: _health(connector, channel, account()),
            server and f"{server}/oauth/authorized_applications",
        ),
        Step(
            "scopes",
            env._("Allow all that is asked for"),
            env._(
                "Reading posts, notifications and the search; writing posts, files, favourites, "
                "read marks, blocks and reports. Nothing of it is the account's password or mail."
            ),
            scopes,
        ),
        Step(
            "unlimited",
            env._("An account in good standing"),
            env._("Neither moved to another server nor limited by its administrators."),
            unlimited,
        ),
        Step(
            "profile",
            env._("Say who you are"),
            env._(
                "On the server, under Edit Profile: name, picture, a link to your site with "
                "rel=\"me\" so that it shows as verified, and who answers when."
            ),
            link=server and f"{server}/settings/profile",
            optional=True,
        ),
    ]


def health_of(connector, channel):
    """Whether the access works, is for the right account, and the account is in good standing.

    :rtype: Health
    """
    return _health(connector, channel, api.own_account(connector._open(channel)))


def _health(connector, channel, account):
    env = connector.env
    actor = actor_of(account, connector._facts(channel))
    if channel.external_id and actor.external_id != channel.external_id:
        return Health(
            "red",
            env._("The access belongs to %(account)s.", account=actor.handle),
            env._("Connect this channel again, logged in as its own account."),
        )
    if account.get("moved"):
        return Health(
            "yellow",
            env._("This account has moved to another server."),
            env._("Connect the new account as a channel of its own."),
        )
    if read.flag(account, "suspended") or read.flag(account, "limited"):
        return Health(
            "yellow",
            env._("The server has limited this account."),
            env._("Ask the server's administrators why."),
        )
    return Health("green")


def _missing_scopes(client):
    """Which of our scopes the token's app does not have.

    A wider scope holds the narrower ones: ``write`` is ``write:statuses`` too
    (docs.joinmastodon.org/api/oauth-scopes).

    :return: their names, in one text
    :raise NotSupported: servers before Mastodon 4.3 do not tell
    """
    try:
        app = read.expect_object(
            client.get("/api/v1/apps/verify_credentials").json(), "the app"
        )
    except PermanentError as error:
        raise NotSupported(str(error)) from error
    given = app.get("scopes")
    if not isinstance(given, list):
        raise NotSupported("the server does not tell")
    wanted = const.SCOPES.split()
    return ", ".join(
        scope for scope in wanted if scope not in given and scope.partition(":")[0] not in given
    )
