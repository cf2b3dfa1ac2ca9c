# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Calls of the AT Protocol (XRPC), and who lives where. No ORM."""
import base64
import binascii
import json
from datetime import timedelta

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    NotSupported,
    PermanentError,
    TransientError,
)
from odoo.addons.social_crm_base.tools.http import HttpClient, redact

from ...tools import payload as read
from . import const
from .record import author, split, utcnow

# What apps put around a name when it is copied, and nobody sees.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))


class DeadTokenError(CredentialsError):
    """The access token is over: a new one may be had without a person."""


class Api:
    """One account's server.

    :param HttpClient client: with the account's token
    :param renew: gives a client with a newer token when the server no longer takes this one's, or
        raises; None where none can be had
    """

    def __init__(self, client, renew=None):
        self._client, self._renew = client, renew

    def ask(self, method, **params):
        """A query.

        :return: the answer
        :rtype: dict
        """
        return self._call("GET", method, params=params)

    def do(self, method, body=None, **options):
        """A procedure.

        :param dict body: JSON-able; what is None in it is left out
        :rtype: dict
        """
        if body is not None:
            body = {name: value for name, value in body.items() if value is not None}
        return self._call("POST", method, json=body, **options)

    def posts(self, uris):
        """Posts as readers see them; what is gone, or blocked, is missing.

        :param list uris: any number
        :return: by address
        :rtype: dict[str, dict]
        """
        found, uris = {}, list(dict.fromkeys(filter(_is_post, uris)))
        for at in range(0, len(uris), const.POSTS):
            answer = self.ask("app.bsky.feed.getPosts", uris=uris[at : at + const.POSTS])
            for post in read.objects(answer, "posts"):
                found[read.required(post, "uri")] = post
        return found

    def post(self, uri):
        """One post.

        :rtype: dict
        :raise PermanentError: with status 404 when it is gone
        """
        found = self.posts([uri]).get(uri)
        if not found:
            raise PermanentError("Bluesky: this post is gone, or its author blocks us", status=404)
        return found

    def record(self, uri):
        """A record as its writer made it, or None.

        :return: ``uri``, ``cid`` and ``value``
        :rtype: dict | None
        """
        did, collection, rkey = split(uri)
        try:
            return self.ask(
                "com.atproto.repo.getRecord", repo=did, collection=collection, rkey=rkey
            )
        except PermanentError as error:
            if error.status != 404:
                raise
            return None

    def delete(self, uri):
        """Delete a record; what is gone counts as done."""
        did, collection, rkey = split(uri)
        body = {"repo": did, "collection": collection, "rkey": rkey}
        self.do("com.atproto.repo.deleteRecord", body)

    def _call(self, way, method, **options):
        try:
            return self._once(way, method, **options)
        except DeadTokenError:
            if not self._renew:
                raise
        self._client, self._renew = self._renew(), None
        return self._once(way, method, **options)

    def _once(self, way, method, **options):
        try:
            response = self._client.request(way, f"/xrpc/{method}", **options)
        except ConnectorError as error:
            raise explained(error, self._client.secrets) from None
        if not response.content.strip():
            return {}  # procedures with no output
        return read.expect_object(response.json(), "the answer")


def explained(error, secrets):
    """What went wrong, by the name the network gives it in the answer's body.

    :rtype: ConnectorError
    """
    try:
        answer = read.expect_object(json.loads(error.answer or b""))
        name, words = read.text(answer, "error"), read.text(answer, "message")
    except (ValueError, RecursionError, MalformedPayload):
        return error
    words = redact(f"Bluesky: {words or name}", secrets)[:500]
    if isinstance(error, TransientError):
        return error
    if const.NARROW_TOKEN in words:
        return NotSupported(words, status=error.status)
    if name in const.DEAD_TOKEN:
        return DeadTokenError(words, status=error.status)
    if name in const.DEAD_ACCOUNT or isinstance(error, CredentialsError):
        return CredentialsError(words, status=error.status)
    if name in const.GONE:
        return PermanentError(words, status=404)
    return PermanentError(words, status=error.status) if words else error


def _is_post(uri):
    found = const.AT_URI.fullmatch(uri)
    return bool(found) and found["collection"] == const.POST


# === SESSIONS === #


def token_facts(token):
    """What an access token says of itself; {} if it is none that can be read.

    It is not checked, and need not be: it came from the server it is for.

    :rtype: dict
    """
    try:
        part = token.split(".")[1]
        facts = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return read.expect_object(facts)
    except (IndexError, ValueError, binascii.Error, RecursionError, MalformedPayload):
        return {}


def token_ends(token):
    """Until when an access token holds, by our own clock whatever the server's says; None if it
    does not tell.

    :rtype: datetime | None
    """
    facts = token_facts(token)
    since, until = facts.get("iat"), facts.get("exp")
    if not (isinstance(since, int) and isinstance(until, int) and since < until < 2**40):
        return None
    return utcnow() + timedelta(seconds=min(until - since, 86400))


def check_active(session):
    """:raise CredentialsError: when the account was closed or put out"""
    if session.get("active") is False:
        status = read.text(session, "status") or "inactive"
        raise CredentialsError(f"Bluesky: the account is {status}")


# === WHO LIVES WHERE === #


def clean_identifier(typed):
    """A handle, DID or mail address as people paste it.

    :rtype: str
    """
    typed = typed.translate(INVISIBLE).strip().removeprefix(f"{const.WEBSITE}/profile/")
    typed = typed.strip("/").removeprefix("@")
    if typed.startswith("did:") or "@" in typed:
        return typed
    typed = typed.lower()
    return typed if "." in typed else f"{typed}{const.HANDLE_ENDING}"


def server_of(identifier):
    """Where an account lives, by its name.

    :param str identifier: as :func:`clean_identifier` gives it
    :return: the server's address and the account's DID; Bluesky's own entrance and "" where the
        name is a mail address
    :rtype: tuple[str, str]
    :raise PermanentError: when nobody knows the name
    """
    if "@" in identifier:
        return const.ENTRYWAY, ""
    did = identifier if identifier.startswith("did:") else resolve(identifier)
    return server_in(did_document(did)) or const.ENTRYWAY, did


def resolve(handle, api=None):
    """The DID behind a handle.

    :rtype: str
    :raise PermanentError: when there is none
    """
    api = api or Api(HttpClient(const.APPVIEW))
    answer = api.ask("com.atproto.identity.resolveHandle", handle=handle)
    return read.required(answer, "did")


def did_document(did):
    """What a DID says of itself: by the directory, or by its own host.

    :rtype: dict
    """
    if not const.DID.fullmatch(did):
        raise PermanentError("this is no DID")
    _did, method, name = did.split(":", 2)
    if method == "plc":
        server, path = const.DIRECTORY, f"/{did}"
    elif method == "web" and ":" not in name and "%" not in name:
        server, path = f"https://{name}", "/.well-known/did.json"
    else:
        raise PermanentError("this kind of DID is not known here")
    return read.expect_object(HttpClient(server).get(path).json(), "the DID's document")


def server_in(document):
    """The address of the account's server (PDS) in a DID document, "" if there is none.

    :rtype: str
    """
    for service in read.objects(document, "service"):
        if read.text(service, "id").endswith("#atproto_pds"):
            return read.url(service, "serviceEndpoint").rstrip("/")
    return ""


def own(uri, did):
    """Whether a record is in our own repository.

    :rtype: bool
    """
    return bool(did) and author(uri) == did
