# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Connections of the HTTP client: only to public addresses, and not for ever."""
import contextlib
import ipaddress
import socket
import threading

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection


def is_public(address):
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast


class NotPublicError(Exception):
    """The name leads to an address inside. No OSError, which urllib3 would wrap."""


class Deadline:
    """The end of a call, whatever trickles in: a read time-out starts anew with each byte.

    Use as a context. ``passed`` tells afterwards whether the call was ended.

    :param float seconds: from now
    """

    _calls = threading.local()

    def __init__(self, seconds):
        self.passed = False
        self._sockets = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self):
        self._calls.current = self
        self._timer.start()
        return self

    def __exit__(self, *exception):
        self._calls.current = None
        self._timer.cancel()
        with self._lock:
            for twin in self._sockets:
                twin.close()
            self._sockets.clear()

    @classmethod
    def watch(cls, sock):
        """Have this thread's call, if it has a deadline, end with this connection."""
        current = getattr(cls._calls, "current", None)
        if current:
            with current._lock:
                # A twin: the socket itself is detached by TLS, and its number may be used anew
                current._sockets.append(sock.dup())
            if current.passed:
                current._end()

    def _end(self):
        self.passed = True
        with self._lock:
            for twin in self._sockets:
                with contextlib.suppress(OSError):
                    twin.shutdown(socket.SHUT_RDWR)


class _WatchedMixin:
    """Has a connection end with its call's deadline."""

    def _new_conn(self):
        sock = super()._new_conn()
        Deadline.watch(sock)
        return sock


class _GuardedMixin:
    """Connects only to a public address, and to the very one that was checked."""

    def _new_conn(self):
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, 0, socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, error) from error
        addresses = [ipaddress.ip_address(item[4][0].partition("%")[0]) for item in found]
        if not all(map(is_public, addresses)):
            raise NotPublicError(f"{self.host} is not a public address")
        failure = None
        for address in addresses:
            try:
                return create_connection(
                    (str(address), self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except TimeoutError as error:
                failure = ConnectTimeoutError(self, f"{self.host} does not answer")
                failure.__cause__ = error
            except OSError as error:
                failure = NewConnectionError(self, f"no connection to {self.host}")
                failure.__cause__ = error
        raise failure


class _HTTPConnection(_WatchedMixin, HTTPConnection):
    pass


class _HTTPSConnection(_WatchedMixin, HTTPSConnection):
    pass


class _GuardedHTTPConnection(_WatchedMixin, _GuardedMixin, HTTPConnection):
    pass


class _GuardedHTTPSConnection(_WatchedMixin, _GuardedMixin, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class _GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTPConnection


class _GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPSConnection


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
GUARDED_POOLS = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}


class Adapter(HTTPAdapter):
    """Holds the time-outs, and the guard against addresses inside.

    Behind a proxy that the administrator set in the environment, the proxy resolves names and the
    guard is the proxy's.
    """

    def __init__(self, timeout, *, guarded):
        self._timeout = timeout
        self._guarded = guarded
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = GUARDED_POOLS if self._guarded else POOLS

    def proxy_manager_for(self, *args, **kwargs):
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def send(self, request, **options):
        return super().send(request, **{**options, "timeout": self._timeout})
