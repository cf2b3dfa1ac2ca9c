# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A network without a wire: answers by method and path, judged as the HTTP client judges them."""
import json
from unittest.mock import patch
from urllib.parse import urlsplit

from requests.structures import CaseInsensitiveDict

from odoo.addons.social_crm_base.tools.http import HttpClient, Response, error_from


class FakeNetwork:
    """Stands in for ``HttpClient.request`` and remembers what was asked.

    Answers are given in the order they were added; the last one for a call stays.
    """

    def __init__(self):
        self.calls = []
        self._answers = {}

    def answer(self, method, path, body=None, status=200, headers=None):
        """:param body: JSON-able, bytes, or an exception to raise"""
        self._answers.setdefault((method, path), []).append((body, status, headers or {}))
        return self

    def asked(self, method, path):
        """The options of each such call.

        :rtype: list[dict]
        """
        return [options for way, where, options in self.calls if (way, where) == (method, path)]

    def patched(self):
        """:return: a context manager in which the HTTP client speaks with this network"""
        network = self

        def request(client, method, path, **options):
            path = urlsplit(path).path if "://" in path else path
            network.calls.append((method, path, options))
            return network._respond(client, method, path)

        return patch.object(HttpClient, "request", request)

    def _respond(self, client, method, path):
        waiting = self._answers.get((method, path))
        body, status, headers = waiting[0] if waiting else ({"error": "Record not found"}, 404, {})
        if waiting and len(waiting) > 1:
            waiting.pop(0)
        if isinstance(body, Exception):
            raise body
        headers = CaseInsensitiveDict(headers)
        error = error_from(status, headers, f"{method} {path}: {status}", safe=method == "GET")
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if error:
            error.answer = content
            raise error
        return Response(status, headers, content, client.base_url + path, method)
