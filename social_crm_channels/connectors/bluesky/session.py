# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Logging in with an app password, and what a session is. No ORM; ``env`` is for words only."""
from dataclasses import dataclass, field
from datetime import datetime

from odoo.addons.social_crm_base.exceptions import CredentialsError, PermanentError
from odoo.addons.social_crm_base.tools.http import HttpClient

from ...tools import payload as read
from . import const
from .api import Api, check_active, clean_identifier, server_in, server_of, token_ends, token_facts

NEEDS_FACTOR = "AuthFactorTokenRequired"


@dataclass(frozen=True, slots=True)
class Session:
    """What a login or a renewal gave.

    :param str server: the account's own server (PDS)
    :param datetime ends: until when the access token holds, None if it does not tell
    """

    did: str
    handle: str
    server: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends: datetime | None = None

    def secrets(self):
        """What is kept, by kind.

        :rtype: dict
        """
        return {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "server_url": self.server,
        }


def opened(answer, server, typed=""):
    """A session from the answer of createSession or refreshSession.

    :param str server: who answered
    :param str typed: the server the administrator named, which then counts
    :rtype: Session
    """
    access = read.required(answer, "accessJwt")
    lives_at = typed.strip().rstrip("/") or server_in(read.nested(answer, "didDoc"))
    return Session(
        did=read.required(answer, "did"),
        handle=read.text(answer, "handle"),
        server=lives_at or server,
        access=access,
        refresh=read.required(answer, "refreshJwt"),
        ends=token_ends(access),
    )


def login(env, identifier, password, typed=""):
    """Open a session with an app password.

    :param str identifier: handle, DID or mail address
    :param str typed: the account's server; "" to find it by the identifier
    :rtype: Session
    :raise CredentialsError: in words for whoever connects the account
    """
    identifier, password = clean_identifier(identifier), password.strip()
    server, did = typed.strip().rstrip("/"), ""
    if not server:
        try:
            server, did = server_of(identifier)
        except PermanentError as error:
            words = env._(
                "There is no account %(handle)s. Please check the handle: it looks like "
                "shop.bsky.social or like your own domain.",
                handle=identifier,
            )
            raise CredentialsError(words, status=error.status) from error
    api = Api(HttpClient(server, secrets=(password,)))
    body = {"identifier": did or identifier, "password": password}
    try:
        answer = api.do("com.atproto.server.createSession", body)
    except CredentialsError as error:
        raise _refusal(env, error) from error
    check_active(answer)
    found = opened(answer, server, typed)
    if did and found.did != did:
        raise CredentialsError(env._("The server let us into another account."))
    if token_facts(found.access).get("scope") == const.FULL_SCOPE:
        raise CredentialsError(
            env._(
                "This is the password you log in with. Please make an app password in Bluesky: "
                "Settings, Privacy and Security, App Passwords. It can be revoked by itself."
            )
        )
    return found


def _refusal(env, error):
    if NEEDS_FACTOR in str(error) or "sign in code" in str(error).lower():
        words = env._(
            "This password asks for a code sent by mail: it is the one you log in with. Please "
            "use an app password."
        )
    elif error.status == 401:
        words = env._("The server does not accept this handle with this app password.")
    else:
        return error
    return CredentialsError(words, status=error.status)
