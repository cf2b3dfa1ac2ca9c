# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A TCP proxy that loses connections at the moments that matter to a sender."""

import contextlib
import enum
import re
import select
import socket
import threading

LENGTH = re.compile(rb'^content-length:\s*(\d+)', re.IGNORECASE | re.MULTILINE)
SECONDS = 30


class Cut(enum.Enum):
    """When a connection is lost."""

    BEFORE = 'before the request reached the server'
    AFTER = 'after the server answered, before the answer reached the client'


class FaultyProxy:
    """Forwards one request a connection to a server, and cuts those it was told to.

    Use as a context. ``requests`` keeps the first line of each request and what became of it.

    :param str host: the server behind.
    :param int port: its port.
    :param str listen: loopback address to listen on; the port is chosen.
    """

    def __init__(self, host, port=80, *, listen='127.0.0.1'):
        self.server = (host, port)
        self.requests = []
        self._cuts = []
        self._lock = threading.Lock()
        self._listener = socket.create_server((listen, 0))
        self.address = f'http://{listen}:{self._listener.getsockname()[1]}'
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

    def cut(self, method, path, when, *, times=1):
        """Lose the next requests of this method whose path begins so.

        :param Cut when: the moment.
        :param int times: how many requests.
        """
        with self._lock:
            self._cuts += [(f'{method} {path}'.encode(), when)] * times

    def count(self, method, path, outcome=None):
        """:return: how many such requests came, all or those with this outcome (a Cut)."""
        wanted = f'{method} {path}'
        return sum(line.startswith(wanted) and outcome in (None, happened)
                   for line, happened in list(self.requests))

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        client.settimeout(SECONDS)
        with client, contextlib.suppress(OSError):
            request = read_request(client)
            if not request:
                return
            when = self._take_cut(request)
            self.requests.append((request.partition(b'\r\n')[0].decode(), when))
            if when is Cut.BEFORE:
                reset(client)
                return
            answer = self._forward(request)
            if when is Cut.AFTER:
                reset(client)
                return
            client.sendall(answer)

    def _take_cut(self, request):
        with self._lock:
            for cut in self._cuts:
                if request.startswith(cut[0]):
                    self._cuts.remove(cut)
                    return cut[1]
        return None

    def _forward(self, request):
        head, separator, body = request.partition(b'\r\n\r\n')
        # One request a connection: the answer then ends where the server closes
        lines = [line for line in head.split(b'\r\n')
                 if not line.lower().startswith(b'connection:')]
        head = b'\r\n'.join([*lines, b'Connection: close'])
        with socket.create_connection(self.server, SECONDS) as server:
            server.sendall(head + separator + body)
            answer = b''
            while select.select([server], [], [], SECONDS)[0]:
                part = server.recv(65536)
                if not part:
                    break
                answer += part
        return answer


def read_request(client):
    """:return: one whole HTTP request, b'' when the client left."""
    data = b''
    while b'\r\n\r\n' not in data:
        part = client.recv(65536)
        if not part:
            return b''
        data += part
    head, _separator, body = data.partition(b'\r\n\r\n')
    found = LENGTH.search(head)
    missing = (int(found[1]) if found else 0) - len(body)
    while missing > 0:
        part = client.recv(65536)
        if not part:
            return b''
        data += part
        missing -= len(part)
    return data


def reset(client):
    """Close as a lost network does: the other side gets an error, not an end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\x01\0\0\0\0\0\0\0')
    client.close()
