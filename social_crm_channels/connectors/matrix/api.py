# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Calls of the client-server API. No ORM."""
import json
import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    PermanentError,
    RateLimited,
)
from odoo.addons.social_crm_base.tools.http import MAX_WAIT, redact

from ...tools import payload as read
from . import const

_logger = logging.getLogger(__name__)

MISSING = ("M_NOT_FOUND", "M_UNRECOGNIZED")
UNKNOWN_TOKEN = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")


class RefusedError(PermanentError):
    """The homeserver said no; ``code`` is its own word for why, such as ``M_FORBIDDEN``."""

    def __init__(self, message, code, status):
        super().__init__(message, status=status)
        self.code = code


def utcnow():
    """:return: naive UTC, to the second
    :rtype: datetime
    """
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class Api:
    """What an account may call.

    :param HttpClient client: with the access token among its secrets
    """

    def __init__(self, client):
        self.client = client

    # === CALLS === #

    def get(self, *path, version="v3", max_bytes=None, **params):
        """:param path: parts of the address, to be quoted
        :rtype: dict
        """
        address = address_of(version, path)
        return self._call("GET", address, params=params, max_bytes=max_bytes)

    def put(self, *path, body):
        return self._call("PUT", address_of("v3", path), json=body)

    def post(self, *path, body=None, version="v3"):
        return self._call("POST", address_of(version, path), json=body or {})

    def look(self, *path, **options):
        """As ``get``, but {} where there is none, or we may not see it (any more)."""
        try:
            return self.get(*path, **options)
        except PermanentError as error:
            if error.status not in (403, 404):
                raise
            return {}

    def _call(self, method, address, **options):
        try:
            response = self.client.request(method, address, **options)
        except ConnectorError as error:
            raise self._error(error) from None
        return read.expect_object(response.json(), "the answer")

    def _error(self, error):
        """What went wrong, in the homeserver's own words, which stand in the answer's body."""
        try:
            answer = read.expect_object(json.loads(error.answer or b""))
            code = read.text(answer, "errcode")
            words = redact(read.text(answer, "error"), self.client.secrets) or code
            wait = read.count(answer, "retry_after_ms")
        except (ValueError, RecursionError, MalformedPayload):
            return error
        if not code:
            return error
        message = f"Matrix: {words}"
        if error.status == 429 or code == "M_LIMIT_EXCEEDED":
            until = getattr(error, "retry_after", None)
            if not until and wait:
                # rounded up: whoever comes a moment too early waits twice as long
                until = utcnow() + min(timedelta(seconds=wait // 1000 + 1), MAX_WAIT)
            return RateLimited(message, until, status=429)
        if error.status == 401 or code in UNKNOWN_TOKEN:
            return CredentialsError(message, status=error.status)
        if isinstance(error, PermanentError):
            return RefusedError(message, code, error.status)
        return error

    # === ROOMS AND EVENTS === #

    def event(self, room, event_id):
        """An event as it is now: {} if we may not see it, or there is none."""
        return self.look("rooms", room, "event", event_id)

    def state(self, room, kind, key=""):
        """The content of a state event, {} if there is none."""
        return self.look("rooms", room, "state", kind, key)

    def send(self, room, kind, txn, content):
        """:return: the event's id
        :rtype: str
        """
        answer = self.put("rooms", room, "send", kind, txn, body=content)
        return read.required(answer, "event_id")

    def redact(self, room, event_id, txn, reason=""):
        body = {"reason": reason} if reason else {}
        return self.put("rooms", room, "redact", event_id, txn, body=body)

    def related(self, room, event_id, relation, kind):
        """Events that relate to one, of every page.

        :rtype: list[dict]
        """
        found, params = [], {"limit": const.PAGE}
        while len(found) < 20 * const.PAGE:
            page = self.look(
                "rooms", room, "relations", event_id, relation, kind, version="v1", **params
            )
            found += read.objects(page, "chunk")
            params["from"] = read.text(page, "next_batch")
            if not params["from"]:
                break
        return found

    # === FILES === #

    def upload(self, media):
        """:param OutMedia media:
        :return: the file's ``mxc://`` address
        :rtype: str
        """
        address = f"{const.MEDIA}/upload?filename={quote(media.name or 'file')}"
        kind = media.mimetype or "application/octet-stream"
        answer = self._call(
            "POST", address, data=media.content, headers={"Content-Type": kind}
        )
        return read.required(answer, "content_uri")

    def download(self, mxc):
        """:rtype: bytes"""
        found = const.MXC.fullmatch(mxc)
        if not found:
            raise PermanentError("the file has no address", status=404)
        address = address_of("v1", ("media", "download", *found.groups()))
        try:
            return self.client.get(address, max_bytes=const.MAX_DOWNLOAD).content
        except ConnectorError as error:
            raise self._error(error) from None


def address_of(version, path):
    """:rtype: str"""
    return "/".join((const.CLIENT, version, *(quote(str(part), safe="") for part in path)))
