# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Calls of Discourse's API. No ORM."""
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    PermanentError,
    RateLimited,
)
from odoo.addons.social_crm_base.tools.http import MAX_WAIT, HttpClient, redact

from ...tools import payload as read

GONE = (404, 410)


def utcnow():
    """:return: naive UTC, to the second
    :rtype: datetime
    """
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class Api:
    """One forum, as one of its users.

    :param str site: its address
    :param str key: an API key
    :param str username: in whose name
    """

    def __init__(self, site, key, username):
        self.username = username
        headers = {"Api-Key": key, "Api-Username": username, "Accept": "application/json"}
        self.client = HttpClient(site, secrets=(key,), headers=headers)

    def get(self, path, **params):
        """:rtype: dict"""
        return self._json("GET", path, params=params)

    def post(self, path, **values):
        """:rtype: dict"""
        return self._json("POST", path, json=values)

    def put(self, path, **values):
        """:rtype: dict"""
        return self._json("PUT", path, json=values)

    def delete(self, path):
        self._call("DELETE", path)

    def one_post(self, number):
        """:rtype: dict"""
        return self.get(f"/posts/{number}.json")

    def topic(self, number):
        """A topic with its first twenty posts, and the numbers of all.

        :rtype: dict
        """
        return self.get(f"/t/{number}.json")

    def user(self):
        """The account we speak as.

        :rtype: dict
        :raise CredentialsError: also where the forum says 403 or 404 to a key it does not know
        """
        try:
            # asks for somebody logged in; the next call anybody might make
            self.get("/notifications.json")
            found = self.get(f"/u/{quote(self.username, safe='')}.json")
        except PermanentError as error:
            if error.status in (403, 404):
                raise CredentialsError(str(error), status=error.status) from error
            raise
        return read.nested(found, "user")

    def _json(self, method, path, **options):
        return read.expect_object(self._call(method, path, **options).json(), "the answer")

    def _call(self, method, path, **options):
        try:
            return self.client.request(method, path, **options)
        except ConnectorError as error:
            raise self._error(error) from None

    def _error(self, error):
        """What went wrong in the forum's own words, which stand in the answer's body."""
        try:
            answer = read.expect_object(json.loads(error.answer or b""))
            said = answer.get("errors")
            said = [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
            words = redact(" ".join(said), self.client.secrets)
            kind = read.text(answer, "error_type")
            wait = read.count(read.nested(answer, "extras"), "wait_seconds")
        except (ValueError, RecursionError, MalformedPayload):
            return error
        if error.status == 429 or kind == "rate_limit":
            until = getattr(error, "retry_after", None)
            if wait is not None and not until:
                until = utcnow() + min(timedelta(seconds=wait), MAX_WAIT)
            return RateLimited(words or str(error), until, status=error.status)
        if kind == "not_logged_in":
            return CredentialsError(f"Discourse: {words}", status=error.status)
        if words and isinstance(error, PermanentError | CredentialsError):
            return type(error)(f"Discourse: {words}", status=error.status)
        return error
