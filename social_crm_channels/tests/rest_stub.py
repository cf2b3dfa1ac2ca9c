# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A REST server of our own on 127.0.0.1, with the faults that networks have."""
import json
import re
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from werkzeug.wrappers import Request, Response

from .stub_server import Quiet, StubServer, breaks_off, breaks_off_after


class Refused(Exception):
    """An answer that is an error: its status and body."""

    def __init__(self, status, body, headers=None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


class Clock(Quiet):
    """Answers with the server's own time in the header ``Date``."""

    def date_time_string(self, timestamp=None):
        return format_datetime(self.server.app.now().replace(tzinfo=UTC), usegmt=True)


class RestStub(StubServer):
    """``calls`` holds (method, path, parameters, headers) of everything asked.

    A subclass lists its ``routes``: (method, expression for the path, name of the handler), which
    gets the expression's groups and the parameters. ``faults`` are taken one a call.
    """

    request_handler = Clock
    routes = ()
    skew = 0  # by how many seconds its clock is wrong

    def __init__(self):
        self.calls, self._faults = [], []
        super().__init__()

    def now(self):
        """Its time, naive UTC."""
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        return now + timedelta(seconds=self.skew)

    def asked(self, method, path):
        """The parameters of each such call.

        :param str path: a regular expression for all of it
        """
        return [
            given
            for called, at, given, _headers in self.calls
            if called == method and re.fullmatch(path, at)
        ]

    def fault(self, method, path, *faults):
        self._faults.append((method, re.compile(path), deque(faults)))

    def __call__(self, environ, start_response):
        request = Request(environ)
        given = {**request.args.to_dict(flat=True), **request.form.to_dict()}
        given |= {key: file.read() for key, file in request.files.items()}
        if request.mimetype == "application/json" and request.data:
            given.update(request.get_json())
        self.calls.append((request.method, request.path, given, dict(request.headers)))

        def act():
            return self._act(request, given)

        response = None
        for method, path, faults in self._faults:
            if faults and method == request.method and path.fullmatch(request.path):
                response = faults.popleft()(environ, act)
                break
        response = response or act()
        return response(environ, start_response)

    def _act(self, request, given):
        for method, path, name in self.routes:
            found = re.fullmatch(path, request.path)
            if found and method == request.method:
                try:
                    self.check(request, given)
                    answer = getattr(self, name)(*found.groups(), given)
                except Refused as error:
                    return Response(
                        json.dumps(error.body),
                        error.status,
                        error.headers,
                        content_type="application/json",
                    )
                if isinstance(answer, Response):
                    return answer
                return Response(json.dumps(answer), content_type="application/json")
        return self.unknown(request)

    def check(self, request, given):
        """Refuse whoever may not come in."""

    def unknown(self, request):
        return Response("{}", 404, content_type="application/json")


# === FAULTS === #


def says(status, body=b"{}", headers=None, content_type="application/json"):
    """Answers so, and does nothing."""

    def fault(_environ, _act):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Response(content, status, headers, content_type=content_type)

    return fault


def truncated(environ, act):
    """Half of the answer, though all of it was promised."""
    whole = act().get_data()
    headers = {"Content-Length": str(len(whole)), "Connection": "close"}
    return Response(iter([whole[: len(whole) // 2]]), headers=headers)


def drips(_environ, _act):
    """Byte after byte, for ever."""

    def bytes_of():
        while True:
            time.sleep(0.05)
            yield b" "

    return Response(bytes_of(), content_type="application/json")


def huge(_environ, _act):
    """More than anybody would read."""
    return Response(iter([b"[" * 65536] * 200), content_type="application/json")


def leads_away(_environ, _act):
    """To another host, which is to have our password."""
    return Response(b"", 302, {"Location": "http://localhost:9/wp-json/"})


NOTHING_DONE = {
    "reset": breaks_off,
    "truncated": truncated,
    "wrong type": says(200, b"<html>Maintenance</html>", content_type="text/html"),
    "500": says(500),
    "502": says(502, b"<html>Bad Gateway</html>", content_type="text/html"),
    "503": says(503, headers={"Retry-After": "120"}),
}
DONE = {"lost answer": breaks_off_after}
