# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Calls of the Bot API. No ORM."""
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


class MigratedError(PermanentError):
    """The group became a supergroup, and is called ``chat_id`` now."""

    def __init__(self, message, chat_id):
        super().__init__(message, status=400)
        self.chat_id = chat_id


class NoTokens(logging.Filter):
    """Telegram wants the token in the address, which urllib3 writes into its debugging lines."""

    def filter(self, record):
        line = record.getMessage()
        clean = const.TOKEN_IN_PATH.sub("/bot***", line)
        if clean != line:
            record.msg, record.args = clean, ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(NoTokens())


def utcnow():
    """:return: naive UTC, to the second
    :rtype: datetime
    """
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class Api:
    """One bot's methods.

    :param HttpClient client: with the token among its secrets
    :param str token:
    """

    def __init__(self, client, token):
        self._client, self._token = client, quote(token, safe=":")

    def ask(self, method, **parameters):
        """A method that changes nothing.

        :return: the answer's ``result``
        """
        params = {name: _plain(value) for name, value in parameters.items()}
        return self._call("GET", method, params=params)

    def do(self, method, files=None, **parameters):
        """A method that does something; what is None is left out.

        :param dict files: field to (name, content, type)
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        if not files:
            return self._call("POST", method, json=given)
        data = {name: _plain(value) for name, value in given.items()}
        return self._call("POST", method, data=data, files=files)

    def download(self, file_id):
        """The bytes of a file; its address holds the token, so nobody but us ever sees it.

        :rtype: bytes
        """
        found = read.expect_object(self.ask("getFile", file_id=file_id), "the file")
        path = quote(read.required(found, "file_path").lstrip("/"))
        address = f"/file/bot{self._token}/{path}"
        return self._client.get(address, max_bytes=const.MAX_DOWNLOAD).content

    def _call(self, way, method, **options):
        try:
            response = self._client.request(way, f"/bot{self._token}/{method}", **options)
        except ConnectorError as error:
            raise self._error(error) from None
        answer = read.expect_object(response.json(), "the answer")
        if answer.get("ok") is not True or "result" not in answer:
            raise MalformedPayload("the answer has no result")
        return answer["result"]

    def _error(self, error):
        """What went wrong, in the network's own words, which stand in the answer's body."""
        try:
            answer = read.expect_object(json.loads(error.answer or b""))
            words = redact(read.text(answer, "description"), self._client.secrets)
            facts = read.nested(answer, "parameters")
            wait = read.count(facts, "retry_after")
            moved = read.text(facts, "migrate_to_chat_id")
        except (ValueError, RecursionError, MalformedPayload):
            return error
        if error.status == 429:
            until = utcnow() + min(timedelta(seconds=wait), MAX_WAIT) if wait else error.retry_after
            return RateLimited(words or str(error), until, status=429)
        if moved:
            return MigratedError(words, moved)
        # A token of the wrong shape is answered with "Not Found", as an unknown method is.
        if error.status == 401 or (error.status == 404 and words == "Not Found"):
            return CredentialsError(f"Telegram: {words}", status=error.status)
        if words and isinstance(error, PermanentError):
            return type(error)(f"Telegram: {words}", status=error.status)
        return error


def _plain(value):
    return value if isinstance(value, str | int) else json.dumps(value)
