# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A network that goes wrong: a peer to speak with, and a proxy before it that does what proxies,
lines and overloaded servers do. Nothing here knows Odoo."""

import contextlib
import json
import re
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
DATE = re.compile(rb"^date:.*?\r\n", re.IGNORECASE | re.MULTILINE)
SECONDS = 30
DRIP_SECONDS = 0.02
HUGE = 10 * 1024 * 1024 + 1


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request.

    :param bool acts: whether the request reaches the server
    :param play: what the client gets to see: called with its socket and the server's answer
        (b"" where the server was not asked)
    :param hint: how long the client is asked to wait, in seconds
    """

    name: str
    acts: bool
    play: Callable = field(repr=False, compare=False)
    hint: int | None = None

    def __str__(self):
        return self.name

    @property
    def lasts(self):
        """Whether it is over only when the client gives up."""
        return self.play in (hang, drip, drip_body)


class Listener:
    """Serves each connection in a thread of its own. Use as a context."""

    def __init__(self, listen="127.0.0.1"):
        self._listener = socket.create_server((listen, 0))
        self.port = self._listener.getsockname()[1]
        self.address = f"http://{listen}:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        # Closing alone does not wake a thread in accept()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(SECONDS)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._guard, args=(client,), daemon=True).start()

    def _guard(self, client):
        client.settimeout(SECONDS)
        with client, contextlib.suppress(OSError):
            request = read_request(client)
            if request:
                self.serve(client, request)

    def serve(self, client, request):
        raise NotImplementedError


class Peer(Listener):
    """A server that answers as it is told, one request a connection.

    ``requests`` keeps what came, as bytes.

    :param answer: called with method, path with query, headers (names in lower case) and body;
        returns the status, and a body: bytes, or anything JSON-able; and, if need be, headers
    """

    def __init__(self, answer):
        super().__init__()
        self._answer = answer
        self.requests = []

    def serve(self, client, request):
        self.requests.append(request)
        head, _separator, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _colon, value in (x.partition(":") for x in lines)
        }
        method, path, _version = first.split(" ", 2)
        status, content, *more = self._answer(method, path, headers, body)
        client.sendall(response(status, content, *more))


class FaultyProxy(Listener):
    """Forwards one request a connection to a server, and does to some what it was told to.

    ``requests`` keeps the first line of each request and the fault it met, or None.

    :param str host: the server behind.
    :param int port: its port.
    :param str listen: loopback address to listen on; the port is chosen.
    """

    def __init__(self, host, port=80, *, listen="127.0.0.1"):
        super().__init__(listen)
        self.server = (host, port)
        self.requests = []
        self._faults = []
        self._lock = threading.Lock()

    def fault(self, method, path, fault, *, times=1, after=0):
        """Let this happen to the next requests of this method whose path begins so.

        :param str method: "" for any, as for the path
        :param int times: to how many requests
        :param int after: so many requests that fit go through first
        """
        with self._lock:
            self._faults += [(method, path, None)] * after + [(method, path, fault)] * times

    def heal(self):
        """Forget the faults that did not happen."""
        with self._lock:
            self._faults.clear()

    def met(self, fault):
        """:return: whether this has happened."""
        return any(met is fault for _line, met in list(self.requests))

    def count(self, method, path, fault=None):
        """:return: how many such requests came, all or those that met this fault."""
        wanted = f"{method} {path}"
        return sum(
            line.startswith(wanted) and fault in (None, met) for line, met in list(self.requests)
        )

    def serve(self, client, request):
        line = request.partition(b"\r\n")[0].decode("latin-1")
        fault = self._take(line)
        self.requests.append((line, fault))
        answer = self._forward(request) if fault is None or fault.acts else b""
        if fault:
            fault.play(client, answer)
        else:
            client.sendall(answer)

    def _take(self, line):
        method, path, _version = line.split(" ", 2)
        with self._lock:
            for fault in self._faults:
                if fault[0] in ("", method) and path.startswith(fault[1]):
                    self._faults.remove(fault)
                    return fault[2]
        return None

    def _forward(self, request):
        head, separator, body = request.partition(b"\r\n\r\n")
        # One request a connection: the answer then ends where the server closes
        lines = [
            line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")
        ]
        head = b"\r\n".join([*lines, b"Connection: close"])
        with socket.create_connection(self.server, SECONDS) as server:
            server.sendall(head + separator + body)
            answer = b""
            while select.select([server], [], [], SECONDS)[0]:
                part = server.recv(65536)
                if not part:
                    break
                answer += part
        return answer


# === WHAT GOES OVER THE WIRE === #


def read_request(client):
    """:return: one whole HTTP request, b"" when the client left."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(65536)
        if not part:
            return b""
        data += part
    head, _separator, body = data.partition(b"\r\n\r\n")
    found = LENGTH.search(head)
    missing = (int(found[1]) if found else 0) - len(body)
    while missing > 0:
        part = client.recv(65536)
        if not part:
            return b""
        data += part
        missing -= len(part)
    return data


def response(status, content=b"", headers=None):
    """:return: a whole HTTP answer
    :rtype: bytes
    """
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        "Date": http_date(),
        "Connection": "close",
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def http_date(seconds=0):
    """The moment so many seconds from now, as HTTP writes it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def reset(client, _answer=b""):
    """Close as a lost network does: the other side gets an error, not an end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.close()


def hang(client, _answer=b""):
    """Say nothing until the other side gives up."""
    client.recv(1)


def cut_short(client, answer):
    """Half of the words, and the end, although more was announced."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    client.sendall(head + separator + body[: len(body) // 2])


def drip(client, answer):
    """Byte by byte, so that no single one is late."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in answer:
        client.sendall(bytes([byte]))
        if select.select([client], [], [], DRIP_SECONDS)[0]:
            return  # the client has had enough


def drip_body(client, answer):
    head, separator, body = answer.partition(b"\r\n\r\n")
    client.sendall(head + separator)
    drip(client, body)


def saying(status, content=b"", headers=None):
    """Answer so, whatever the server said.

    :param headers: or a function that makes them, for what depends on the time
    """

    def play(client, _answer):
        made = headers() if callable(headers) else headers
        client.sendall(response(status, content() if callable(content) else content, made))

    return play


def with_clock(seconds):
    """The server's own answer, by a clock that is so many seconds off."""

    def play(client, answer):
        line = f"Date: {http_date(seconds)}\r\n".encode()
        client.sendall(DATE.sub(line, answer, count=1))

    return play


# === THE FAULTS === #

PAGE = b"<html><h1>We are working on it</h1></html>"
HTML = {"Content-Type": "text/html"}
WAIT = 90
CLOCK = 3 * 3600  # so far off is a clock that nobody set


def _epoch(seconds):
    return int(datetime.now(UTC).timestamp()) + seconds


def _iso(seconds):
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _limited(name, headers=None, content=b"{}", hint=WAIT):
    return Fault(f"429 {name}", False, saying(429, content, headers), hint)


RESET_BEFORE = Fault("reset before the server was asked", False, reset)
RESET_AFTER = Fault("reset after the server acted", True, reset)
LIMITED = (
    _limited("without a hint", hint=None),
    _limited("Retry-After in seconds", {"Retry-After": str(WAIT)}),
    _limited("Retry-After as a date", lambda: {"Retry-After": http_date(WAIT)}),
    _limited(
        "Retry-After as a date by a wrong clock",
        lambda: {"Retry-After": http_date(CLOCK + WAIT), "Date": http_date(CLOCK)},
    ),
    _limited("X-RateLimit-Reset since 1970", lambda: {"X-RateLimit-Reset": str(_epoch(WAIT))}),
    _limited("X-RateLimit-Reset as ISO date", lambda: {"X-RateLimit-Reset": _iso(WAIT)}),
    _limited(
        "X-RateLimit-Reset by a wrong clock",
        lambda: {"X-RateLimit-Reset": str(_epoch(WAIT - CLOCK)), "Date": http_date(-CLOCK)},
    ),
    _limited("retry_after in the body", content={"retry_after": WAIT + 0.5}),
    _limited("retry_after_ms in the body", content={"retry_after_ms": WAIT * 1000}),
    _limited("wait_seconds in the body", content={"extras": {"wait_seconds": WAIT}}),
    _limited(
        "parameters.retry_after in the body",
        content={"ok": False, "error_code": 429, "parameters": {"retry_after": WAIT}},
    ),
)
OUT = (
    Fault("500 before the server acted", False, saying(500, b'{"error": "oops"}')),
    Fault("500 after the server acted", True, saying(500, b'{"error": "oops"}')),
    Fault("502 of a proxy before the server acted", False, saying(502, PAGE, HTML)),
    Fault("502 of a proxy after the server acted", True, saying(502, PAGE, HTML)),
    Fault("time-out before the server was asked", False, hang),
    Fault("time-out after the server acted", True, hang),
    RESET_BEFORE,
    RESET_AFTER,
    Fault("truncated", True, cut_short),
    Fault("drips its head", True, drip),
    Fault("drips its body", True, drip_body),
)
OUTAGES = (*LIMITED, *OUT)  # what surely passes by itself
BROKEN = (
    *OUT,
    Fault("a web page instead of data", False, saying(200, PAGE, HTML)),
    Fault("a web page after the server acted", True, saying(200, PAGE, HTML)),
    Fault("bytes that are nothing", True, saying(200, b"\x00\xff{", {})),
    Fault("10 MB", True, saying(200, lambda: b" " * HUGE)),
)
CLOCKS = (
    Fault("clock three hours ahead", True, with_clock(CLOCK)),
    Fault("clock three hours behind", True, with_clock(-CLOCK)),
)


def redirects(address):
    """Redirects to another host.

    :param str address: of that host
    """

    def leads(status, acts=False):
        headers = {"Location": f"{address}/elsewhere"}
        return Fault(f"{status} to another host", acts, saying(status, b"", headers))

    return leads(302), leads(303, acts=True), leads(307), leads(308)
