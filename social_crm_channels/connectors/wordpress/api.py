# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Calls of WordPress' REST API. No ORM."""
import base64
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urljoin, urlsplit

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    PermanentError,
    RateLimited,
    TransientError,
)
from odoo.addons.social_crm_base.tools.http import HttpClient, redact

from ...tools import payload as read
from . import const

GONE = (404, 410)


class RefusedError(PermanentError):
    """A refusal with WordPress' own ``code`` for it."""

    def __init__(self, message, *, status, code):
        super().__init__(message, status=status)
        self.code = code


def utcnow():
    """:return: naive UTC, to the second
    :rtype: datetime
    """
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def basic(username, password):
    """The value of the ``Authorization`` header.

    :rtype: str
    """
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def discover(address):
    """Where a site has its REST API, as it says itself: nothing secret is sent.

    :param str address: of the site, or of any page of it
    :return: the API's root, and what the site says of itself there
    :rtype: tuple[str, dict]
    :raise PermanentError: there is no such API
    """
    client = HttpClient(address)
    roots = []
    try:
        page = client.get("/")
        link = page.links.get(const.RELATION)
        roots = [urljoin(page.url, link)] if link else []
        site = page.url if page.url.endswith("/") else f"{page.url}/"
    except PermanentError:  # a front page that is kept from strangers
        site = f"{address}/"
    roots += [urljoin(site, const.PRETTY_ROOT), urljoin(site, const.PLAIN_ROOT)]
    for root in dict.fromkeys(roots):
        try:
            index = HttpClient(root).get(root).json()
        except (PermanentError, CredentialsError, MalformedPayload):
            continue
        except TransientError as error:
            if error.status != 200:
                raise
            continue  # a web page: addresses that do not exist lead to one
        if isinstance(index, dict) and "wp/v2" in (index.get("namespaces") or ()):
            return root, index
    raise PermanentError(f"{urlsplit(address).hostname} has no REST API of WordPress")


class Api:
    """The REST API of one site.

    :param str root: its address, with or without pretty links
    :param str username:
    :param str password: an application password
    """

    def __init__(self, root, username, password):
        self._root = root.rstrip("/")
        secret = basic(username, password)
        parts = urlsplit(root)
        self.client = HttpClient(
            f"{parts.scheme}://{parts.netloc}",
            secrets=(password, password.replace(" ", ""), secret, secret.partition(" ")[2]),
            headers={"Authorization": secret},
        )

    def get(self, path, **params):
        """:rtype: Response"""
        return self.call("GET", path, params=params)

    def one(self, path, **params):
        """:rtype: dict"""
        return read.expect_object(self.get(path, **params).json(), path)

    def rows(self, path, **params):
        """:rtype: list[dict]"""
        return rows_of(self.get(path, **params))

    def do(self, path, **values):
        """:return: the item as it stands now
        :rtype: dict
        """
        return read.expect_object(self.call("POST", path, json=values).json(), path)

    def call(self, method, path, **options):
        """:rtype: Response"""
        try:
            return self.client.request(method, f"{self._root}/wp/v2/{path}", **options)
        except ConnectorError as error:
            raise self._error(error) from None

    def _error(self, error):
        """What went wrong in the site's own words, which stand in the answer's body."""
        try:
            answer = read.expect_object(json.loads(error.answer or b""))
            code = read.text(answer, "code")
            words = unescape(redact(read.text(answer, "message"), self.client.secrets))
        except (ValueError, RecursionError, MalformedPayload):
            return error
        if code == "comment_flood":  # comes as 400, and as 429 from the form below a post
            return RateLimited(words, error_until(error), status=error.status)
        if code in const.LOCKED_OUT and error.status in (401, 403):
            return CredentialsError(f"WordPress: {words}", status=error.status)
        if code and isinstance(error, PermanentError):
            return RefusedError(f"WordPress: {words}", status=error.status, code=code)
        return error


def error_until(error):
    """When a flood of comments is over.

    :rtype: datetime
    """
    return getattr(error, "retry_after", None) or utcnow() + const.FLOOD


def mapping(data, key):
    """An object, which PHP writes as an empty list when it is empty.

    :rtype: dict
    """
    return {} if data.get(key) == [] else read.nested(data, key)


def rows_of(response):
    """The list an API call answered with.

    :rtype: list[dict]
    """
    rows = response.json()
    if not isinstance(rows, list):
        raise MalformedPayload("the site did not answer with a list")
    return [read.expect_object(row, "an entry") for row in rows]


def total(response):
    """How many there are in all, or None where the header was lost on the way.

    :rtype: int | None
    """
    said = response.headers.get("X-WP-Total", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None


def said_at(response):
    """When the site answered, by its own clock.

    :rtype: datetime
    """
    try:
        moment = parsedate_to_datetime(response.headers.get("Date", ""))
        return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except (TypeError, ValueError, OverflowError):
        return utcnow()
