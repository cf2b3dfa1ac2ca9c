# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The calls of Mastodon's API that take more than one step. No ORM."""
import threading
import time
from collections import OrderedDict
from datetime import timedelta
from urllib.parse import urlsplit

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    PermanentError,
    TransientError,
)

from ...tools import payload as read
from ...tools.markup import html_to_text
from . import const, poll
from .parse import thread_of
from .text import comparable

GONE = (404, 410)
KEPT = 1000
PROCESSING = timedelta(seconds=20)
LIMITS_SECONDS = 6 * 3600
LIMITS_RETRY_SECONDS = 300


class Remembered:
    """Values of this process, the oldest dropped first: losing one costs a call, nothing else."""

    def __init__(self):
        self._values = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key):
        with self._lock:
            until, value = self._values.get(key, (0, None))
        return value if until > time.monotonic() else None

    def put(self, key, value, seconds):
        with self._lock:
            self._values[key] = (time.monotonic() + seconds, value)
            self._values.move_to_end(key)
            while len(self._values) > KEPT:
                self._values.popitem(last=False)


uploads = Remembered()
limits = Remembered()


def own_account(client):
    """The account our token is for.

    :rtype: dict
    :raise CredentialsError: also for servers that answer 403 or 422 to a token they do not know
    """
    try:
        account = client.get("/api/v1/accounts/verify_credentials").json()
    except PermanentError as error:
        if error.status in (403, 422):
            raise CredentialsError(str(error), status=error.status) from error
        raise
    return read.expect_object(account, "the account")


def instance(client):
    """What the server says of itself, from the newer address or the older one.

    :rtype: dict
    """
    try:
        return read.expect_object(client.get("/api/v2/instance").json(), "the server's description")
    except PermanentError as error:
        if error.status not in GONE:
            raise
    return read.expect_object(client.get("/api/v1/instance").json(), "the server's description")


def domain_of(client):
    """The name after the @ of the server's accounts; not always the host we speak with.

    :rtype: str
    """
    described = instance(client)
    named = read.text(described, "domain") or read.text(described, "uri")
    return urlsplit(named).netloc or named or urlsplit(client.base_url).netloc


def text_limits(client):
    """How long a text may be, and what an address in it counts.

    Asked rarely; while the server does not tell, Mastodon's own figures hold.

    :rtype: tuple[int, int]
    """
    known = limits.get(client.base_url)
    if known:
        return known
    try:
        configuration = read.nested(instance(client), "configuration")
        statuses = read.nested(configuration, "statuses")
        known = (
            read.count(statuses, "max_characters") or const.MAX_CHARACTERS,
            read.count(statuses, "characters_reserved_per_url") or const.CHARACTERS_PER_URL,
        )
        seconds = LIMITS_SECONDS
    except ConnectorError:  # somebody is writing: better a usual limit than no measure at all
        known, seconds = (const.MAX_CHARACTERS, const.CHARACTERS_PER_URL), LIMITS_RETRY_SECONDS
    limits.put(client.base_url, known, seconds)
    return known


def call_status(client, method, target, path="", **options):
    """Call something on a status that we know by its uri.

    The id seen last is tried first; servers that changed it, or forgot it, are asked for it anew.

    :param Target target:
    :param str path: what comes after the id
    :rtype: Response
    :raise PermanentError: with status 404 when it is gone
    """
    if target.ref:
        try:
            return client.request(method, f"/api/v1/statuses/{target.ref}{path}", **options)
        except PermanentError as error:
            if error.status not in GONE:
                raise
    status_id = find_id(client, target)
    return client.request(method, f"/api/v1/statuses/{status_id}{path}", **options)


def find_id(client, target):
    """The id by which this server knows a status.

    :rtype: str
    :raise PermanentError: with status 404 when it knows none
    """
    params = {"q": target.external_id, "type": "statuses", "resolve": "true", "limit": 5}
    found = read.expect_object(client.get("/api/v2/search", params=params).json(), "the answer")
    for status in read.objects(found, "statuses"):
        if read.text(status, "uri") == target.external_id:
            return read.required(status, "id")
    raise PermanentError("the server no longer knows this post", status=404)


def visibility_of(message):
    """The API's word for who may read it. What is said in a private place stays there, whatever
    else the message says; what we have no word for goes to few.

    :rtype: str
    """
    if message.conversation_kind in ("direct", "group"):
        return "direct"
    return const.VISIBILITY_TO.get(message.visibility, "private")


def read_thread(client, status):
    """What a reply answers and what it hangs on; empty when the server does not know.

    :rtype: dict
    """
    try:
        path = f"/api/v1/statuses/{read.required(status, 'id')}/context"
        context = read.expect_object(client.get(path).json(), "the context")
        thread = thread_of(status, read.objects(context, "ancestors"))
        if not thread:
            path = f"/api/v1/statuses/{read.required(status, 'in_reply_to_id')}"
            parent = read.expect_object(client.get(path).json(), "the status")
            thread = thread_of(status, [parent])
    except PermanentError as error:
        if error.status not in (*GONE, 403):
            raise
        return {}
    return thread


def upload(client, media, key):
    """Bring a file to the server and wait for nothing: it may need time to look at it.

    :param OutMedia media:
    :param tuple key: names this upload, so that the next attempt finds it
    :return: its id
    :rtype: str
    :raise TransientError: the server is still at it
    """
    media_id = uploads.get(key)
    if media_id:
        response = client.get(f"/api/v1/media/{media_id}")
    else:
        response = client.post(
            "/api/v2/media",
            files={"file": (media.name, media.content, media.mimetype)},
            data={"description": media.alt} if media.alt else None,
        )
        media_id = read.required(read.expect_object(response.json(), "the file"), "id")
        uploads.put(key, media_id, 3600)
    if response.status in (202, 206):
        raise TransientError("the server is still preparing a file", poll.utcnow() + PROCESSING)
    return media_id


def sent_like(client, account, message, text):
    """A status of ours that is this very message, or None.

    Looked for where servers show what we said: below what it answers (also direct ones), in our
    own list, and, for direct ones on servers that leave them out there, in our home timeline.

    :param dict account: our own
    :param str text: as it was sent
    :rtype: dict | None
    """
    # their clock is not ours, and may be quite wrong
    since = (message.tried_at or poll.utcnow()) - timedelta(minutes=2) + client.clock_skew
    own_id, wanted = read.required(account, "id"), comparable(text)
    visibility = visibility_of(message)
    for status in _said(client, own_id, message):
        status = read.nested(status, "reblog") or status
        author = read.nested(status, "account")
        fits = (
            read.text(author, "id") == own_id
            and read.required_time(status, "created_at") >= since
            and read.text(status, "visibility") == visibility
            and bool(read.text(status, "in_reply_to_id")) == bool(message.parent)
        )
        if fits and comparable(_plain(status)) == wanted:
            return status
    return None


def _said(client, own_id, message):
    if message.parent:
        try:
            context = call_status(client, "GET", message.parent, "/context").json()
            yield from read.objects(read.expect_object(context, "the context"), "descendants")
        except PermanentError as error:
            if error.status not in GONE:
                raise
    params = {"limit": const.PAGE}
    yield from poll.rows_of(client.get(f"/api/v1/accounts/{own_id}/statuses", params=params))
    yield from poll.rows_of(client.get("/api/v1/timelines/home", params=params))


def _plain(status):
    return html_to_text(read.text(status, "content"))


def metadata(client):
    """What the server says of its OAuth (RFC 8414); empty before Mastodon 4.3.

    :rtype: dict
    """
    try:
        found = client.get("/.well-known/oauth-authorization-server").json()
        return read.expect_object(found, "the OAuth metadata")
    except (PermanentError, MalformedPayload):
        return {}
    except TransientError as error:
        if error.status == 200:  # a web page: some servers answer everything with their front page
            return {}
        raise
