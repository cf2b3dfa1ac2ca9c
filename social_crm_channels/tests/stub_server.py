# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A server of our own on 127.0.0.1."""
import logging
import socket
import threading

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response


class Quiet(WSGIRequestHandler):
    def log(self, *_arguments):
        pass


class StubServer:
    """Runs while it stands at ``address``, until ``close``. A subclass is a WSGI application."""

    request_handler = Quiet

    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server(
            "127.0.0.1", 0, self, threaded=True, request_handler=self.request_handler
        )
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        # how often it looks whether it is to end: half a second, if not told
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


# === FAULTS === #


def breaks_off(environ, _act):
    """The connection is cut before anything was done."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(b"")


def breaks_off_after(environ, act):
    """It is done, but nobody hears of it."""
    act()
    return breaks_off(environ, act)
