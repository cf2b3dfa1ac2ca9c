# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The one way from here to a network's server.

Every call opens its own connection: servers that close idle ones silently would otherwise make a
sent message look lost. Only HTTPS to public addresses is spoken, checked on the address really
connected to, so that no answer of a name server can lead inside; ``social_crm_allow_private_hosts``
in Odoo's configuration, or ``SOCIAL_CRM_ALLOW_PRIVATE_HOSTS=1`` in the environment, lifts that for
servers of one's own network and for tests. Outcomes are told by the errors of ``exceptions.py``.
"""
import ipaddress
import json
import logging
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, quote_plus, urljoin, urlsplit

import requests
from requests.utils import parse_header_links
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)
from urllib3.util.timeout import Timeout

from odoo.tools import config, str2bool

from ..exceptions import (
    CredentialsError,
    MalformedPayload,
    PermanentError,
    RateLimited,
    TransientError,
)
from .http_connection import Adapter, Deadline, NotPublicError, is_public

_logger = logging.getLogger(__name__)

ENV_ALLOW_PRIVATE = "SOCIAL_CRM_ALLOW_PRIVATE_HOSTS"
CONFIG_ALLOW_PRIVATE = "social_crm_allow_private_hosts"
CONNECT_SECONDS = 10
READ_SECONDS = 20
TOTAL_SECONDS = 60  # a server that drips byte by byte never runs into the read time-out
MAX_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
MAX_WAIT = timedelta(days=1)  # a network that asks for more is asked again tomorrow
EXCERPT = 200
SAFE_METHODS = frozenset({"GET", "HEAD"})
# 500, 502 and 504 may come after the work was done; the others say that it was not.
TRANSIENT_STATUS = {408: True, 425: False, 500: True, 502: True, 503: False, 504: True}
EPOCH_FROM = 1_000_000_000  # a number below is seconds to wait, above it is a moment
# Where networks say in the answer's body how long to wait, and what a second is there: Matrix
# (retry_after_ms), Discord (retry_after), Telegram (parameters), Discourse (extras).
BODY_HINTS = (("retry_after_ms", 1000), ("retry_after", 1), ("wait_seconds", 1))
BODY_PLACES = ("parameters", "extras", "error")
CLOCK_NOISE = timedelta(seconds=60)  # HTTP's dates have whole seconds, and answers take time


def private_hosts_allowed():
    """Whether the administrator lets us speak with servers of the own network, and without TLS."""
    value = os.environ.get(ENV_ALLOW_PRIVATE) or config.get(CONFIG_ALLOW_PRIVATE)
    return str2bool(str(value), False) if value else False


def redact(text, secrets):
    """The text without the secrets, as such or as they look in an address.

    :rtype: str
    """
    for secret in filter(None, secrets):
        for shape in {secret, quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(shape, "***")
    return text


def retry_at(headers, now=None, body=b""):
    """When the server wants to be asked again.

    Reads ``Retry-After`` (seconds or an HTTP date, RFC 9110 10.2.3) and, where that is missing,
    ``X-RateLimit-Reset`` / ``RateLimit-Reset``, which networks fill with an ISO 8601 date
    (Mastodon), with seconds since 1970 (X, GitHub, Discourse) or with seconds to wait; then what
    stands in the body (``BODY_HINTS``). Dates are by the server's clock, which its ``Date`` tells.

    :param Mapping headers: case-insensitive
    :param datetime now: naive UTC
    :param bytes body: the answer's
    :return: naive UTC, never in the past, at most a day ahead; None if the server did not say
    :rtype: datetime | None
    """
    now = now or _utcnow()
    for name in ("Retry-After", "X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset"):
        moment = _moment(headers.get(name, "").strip(), now, clock_skew(headers, now))
        if moment:
            return min(max(moment, now), now + MAX_WAIT)
    return _moment_in(body, now)


def clock_skew(headers, now=None):
    """How far the server's clock is ahead of ours, as its ``Date`` tells; little is nothing.

    :rtype: timedelta
    """
    now = now or _utcnow()
    theirs = _date(headers.get("Date", ""))
    skew = theirs - now if theirs else timedelta()
    return skew if abs(skew) > CLOCK_NOISE else timedelta()


def _utcnow():
    return datetime.now(UTC).replace(tzinfo=None)


def _moment(value, now, skew):
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        moment = _date(value)
        return moment - skew if moment else None
    if number != number or number < 0:
        return None
    if number < EPOCH_FROM:
        return now + timedelta(seconds=min(number, MAX_WAIT.total_seconds()))
    try:
        return datetime.fromtimestamp(number, UTC).replace(tzinfo=None) - skew
    except (ValueError, OverflowError, OSError):
        return None


def _date(value):
    """An HTTP or ISO 8601 date as naive UTC, or None."""
    for read in (parsedate_to_datetime, _iso_date):
        try:
            moment = read(value)
            if moment.tzinfo:
                moment = moment.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, TypeError, OverflowError):
            continue
        return moment
    return None


def _iso_date(value):
    return datetime.fromisoformat(value.replace("Z", "+00:00"))  # Python 3.10 knows no Z


def _moment_in(body, now):
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    for place in (answer, *(answer.get(name) for name in BODY_PLACES)):
        for name, second in BODY_HINTS if isinstance(place, dict) else ():
            wait = place.get(name)
            if isinstance(wait, int | float) and not isinstance(wait, bool) and wait > 0:
                return now + min(timedelta(seconds=min(wait / second, 1e6)), MAX_WAIT)
    return None


def error_from(status, headers, message, *, safe=True, now=None, body=b""):
    """The one decision what a status means for the next try.

    :param bool safe: the method changes nothing, so it cannot have been carried out
    :return: the error to raise, None for a success
    :rtype: ConnectorError | None
    """
    if 200 <= status < 300 or status == 304:  # the latter answers a conditional request only
        return None
    if status == 429 or (status == 403 and headers.get("X-RateLimit-Remaining", "").strip() == "0"):
        return RateLimited(message, retry_at(headers, now, body), status=status)
    if status == 401:
        return CredentialsError(message, status=status)
    if status in TRANSIENT_STATUS or status >= 520:
        maybe_done = not safe and TRANSIENT_STATUS.get(status, True)
        return TransientError(
            message, retry_at(headers, now, body), maybe_done=maybe_done, status=status
        )
    if status == 303 and not safe:  # "See Other": it is done, and shown elsewhere
        return TransientError(message, maybe_done=True, status=status)
    return PermanentError(message, status=status)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, read whole.

    :param str moved: where permanent redirects (301, 308) led to, up to the first temporary one;
        "" where there were none
    """

    status: int
    headers: "requests.structures.CaseInsensitiveDict"
    content: bytes
    url: str
    method: str = "GET"
    moved: str = ""

    @property
    def text(self):
        return self.content.decode("utf-8", errors="replace")

    @property
    def links(self):
        """The ``Link`` header: relation to address (RFC 8288), as paged APIs use it."""
        header = self.headers.get("Link")
        if not header:
            return {}
        return {link.get("rel") or link["url"]: link["url"] for link in parse_header_links(header)}

    def json(self):
        """The body as JSON.

        :raise TransientError: a web page came instead: a proxy's or a maintenance page
        :raise MalformedPayload: anything else that is not JSON
        """
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            host = urlsplit(self.url).hostname
            if "html" in self.headers.get("Content-Type", ""):
                raise TransientError(
                    f"{host} answered with a web page instead of data",
                    maybe_done=self.method not in SAFE_METHODS,
                    status=self.status,
                ) from error
            raise MalformedPayload(
                f"{host} answered with something that is not JSON", status=self.status
            ) from error


class HttpClient:
    """Calls to one server.

    :param str base_url: scheme, host and possibly a path all others are relative to
    :param headers: sent with every call, an ``Authorization`` among them
    :param secrets: values that must never show in a log or message; with any, no redirect to
        another host is followed and no address of another host is called
    :param bool allow_private: None asks the administrator's switch
    :param bool allow_plain: unencrypted HTTP too, for reading what is public anyway; the addresses
        are guarded all the same
    """

    def __init__(
        self,
        base_url,
        *,
        headers=None,
        secrets=(),
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_bytes=MAX_BYTES,
        allow_private=None,
        allow_plain=False,
    ):
        self.base_url = base_url.rstrip("/")
        self.headers = dict(headers or {})
        self.secrets = tuple(filter(None, secrets))
        self.max_bytes = max_bytes
        self.allow_private = private_hosts_allowed() if allow_private is None else allow_private
        self.allow_plain = allow_plain and not self.secrets
        self.clock_skew = timedelta()  # how far the server's clock is ahead, by its last answer
        self._timeout = Timeout(connect=connect_timeout, read=read_timeout)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def request(
        self,
        method,
        path,
        *,
        params=None,
        json=None,
        data=None,
        files=None,
        headers=None,
        max_bytes=None,
    ):
        """Make one call and read its answer.

        :param str path: relative to the base address, or a full address (a next page's)
        :param int max_bytes: a larger answer is refused without reading it to the end
        :rtype: Response
        :raise TransientError, RateLimited, CredentialsError, PermanentError: see ``exceptions.py``
        """
        url, moved, for_good = self._url(path), "", True
        for _hop in range(MAX_REDIRECTS + 1):
            self._check_url(url)
            response = self._call(
                method,
                url,
                max_bytes or self.max_bytes,
                params=params,
                json=json,
                data=data,
                files=files,
                headers={**self.headers, **(headers or {})},
            )
            target = self._redirect(response, method)
            if not target:
                break
            for_good = for_good and response.status in (301, 308)
            moved = target if for_good else moved
            url, params = target, None
        else:
            raise PermanentError(self._say(method, url, "too many redirects"))
        self.clock_skew = clock_skew(response.headers)
        message = self._say(method, url, f"{response.status} {self._excerpt(response)}".strip())
        error = error_from(
            response.status,
            response.headers,
            message,
            safe=method in SAFE_METHODS,
            body=response.content,
        )
        if error:
            error.answer = response.content
            raise error
        return replace(response, moved=moved) if moved else response

    def _excerpt(self, response):
        """What the answer says, in a line."""
        location = response.headers.get("Location")
        if 300 <= response.status < 400 and location:
            host = urlsplit(urljoin(response.url, location)).hostname
            return f"leads to {host}; not followed"
        if "html" in response.headers.get("Content-Type", ""):
            return "with a web page"
        return " ".join(response.text[: EXCERPT * 4].split())[:EXCERPT]

    # === ADDRESSES === #

    def _url(self, path):
        if urlsplit(path).scheme:
            if self.secrets and _origin(path) != _origin(self.base_url):
                raise PermanentError(
                    f"{urlsplit(path).hostname} is not {urlsplit(self.base_url).hostname}: "
                    "credentials stay with the server they are for"
                )
            return path
        return f"{self.base_url}/{path.lstrip('/')}"

    def _check_url(self, url):
        parts = urlsplit(url)
        if not parts.hostname:
            raise PermanentError("no server address is set")
        if parts.username or parts.password:
            raise PermanentError(f"{parts.hostname}: an address must not hold a password")
        if parts.scheme not in ("https", "http"):
            raise PermanentError(f"{parts.hostname}: only http and https are spoken")
        if self.allow_private:
            return
        if parts.scheme != "https" and not self.allow_plain:
            raise PermanentError(f"{parts.hostname}: the connection must be encrypted (https)")
        try:
            literal = ipaddress.ip_address(parts.hostname)
        except ValueError:
            return
        if not is_public(literal):
            raise PermanentError(f"{parts.hostname} is not a public address")

    def _redirect(self, response, method):
        """Where a redirect leads, if it may be followed."""
        location = response.headers.get("Location")
        if not (300 <= response.status < 400 and location and method in SAFE_METHODS):
            return None
        target = urljoin(response.url, location)
        credentialed = self.secrets or "authorization" in map(str.lower, self.headers)
        if credentialed and _origin(target) != _origin(response.url):
            words = f"leads to {urlsplit(target).hostname}; not followed"
            raise PermanentError(self._say(method, response.url, words))
        return target

    # === THE CALL === #

    def _call(self, method, url, max_bytes, **options):
        with Deadline(TOTAL_SECONDS) as deadline, requests.Session() as session:
            session.auth = _no_auth
            adapter = Adapter(self._timeout, guarded=not self.allow_private)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            try:
                with session.request(
                    method, url, stream=True, allow_redirects=False, **options
                ) as answer:
                    content = self._read(answer, max_bytes, method, url)
                if deadline.passed:  # an end that we made ourselves
                    raise requests.ReadTimeout()
            except NotPublicError as error:
                raise PermanentError(self._say(method, url, str(error))) from None
            except (requests.RequestException, HTTPError, UnicodeError) as error:
                ended = requests.ReadTimeout() if deadline.passed else error
                raise self._failure(method, url, ended) from None
        _logger.debug("%s", self._say(method, url, str(answer.status_code)))
        return Response(answer.status_code, answer.headers, content, url, method)

    def _read(self, answer, max_bytes, method, url):
        chunks, size = [], 0
        for chunk in answer.iter_content(65536):
            size += len(chunk)
            if size > max_bytes:
                words = self._say(method, url, f"the answer is larger than {max_bytes} bytes")
                if method in SAFE_METHODS or answer.status_code >= 400:
                    raise PermanentError(words, status=answer.status_code)
                raise TransientError(words, maybe_done=True, status=answer.status_code)
            chunks.append(chunk)
        return b"".join(chunks)

    def _failure(self, method, url, error):
        """No whole answer came. Whether the server may have acted is what a sender must know."""
        if isinstance(error, (requests.exceptions.InvalidURL, ValueError)):
            return PermanentError(self._say(method, url, "this address cannot be called"))
        cause = error.args[0] if error.args else None
        reason = getattr(cause, "reason", cause)
        if isinstance(error, requests.exceptions.SSLError) or isinstance(reason, SSLError):
            return TransientError(self._say(method, url, "the certificate is not accepted"))
        never_left = isinstance(
            reason, (NewConnectionError, ConnectTimeoutError, NameResolutionError)
        ) or isinstance(error, requests.ConnectTimeout)
        if never_left:
            words = "no connection"
        elif isinstance(error, requests.Timeout):
            words = "no answer in time"
        else:
            words = "the connection broke off"
        return TransientError(
            self._say(method, url, words),
            maybe_done=not never_left and method not in SAFE_METHODS,
        )

    def _say(self, method, url, words):
        """A line for logs and people: without query, for that is where keys and names stand."""
        parts = urlsplit(url)
        return redact(f"{method} {parts.hostname}{parts.path}: {words}", self.secrets)


def _origin(url):
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _no_auth(request):
    """Keeps requests from taking a password out of a ``.netrc`` of the server's user."""
    return request
