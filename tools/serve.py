# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev run: Odoo with the addons, reachable on this machine only."""
import socket
import time
from contextlib import ExitStack
from urllib.error import URLError
from urllib.request import urlopen

from . import database, live, odoo
from .console import Fail, progress, say

WELCOME = """
Social CRM is running:  {address}
Log in as               admin, password admin
Try first               Social: choose a case in the inbox; r answers, ? shows all keys
Stop                    Ctrl-C (everything is kept; the same command starts again)
"""


def check_port(port):
    """:raise Fail: something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Fail(f"port {port} is taken: stop what listens there, or choose another with "
                       "--port") from error


def server_arguments(port, workers=0, gevent_port=None):
    """Options of an Odoo server; the port of the open screens is the next one by default."""
    return ["server", "--http-port", str(port), "--gevent-port", str(gevent_port or port + 1),
            "--workers", str(workers)]


def wait_until_up(address, process, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Fail("Odoo ended while starting: see the messages above")
        try:
            with urlopen(f"{address}/web/login", timeout=10) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise Fail(f"Odoo does not answer at {address} after {seconds} s: see the messages above")


def run(options):
    if options.live:
        live.check()
    check_port(options.port)
    if options.workers:
        check_port(options.port + 1)
    database.ensure(options.db, demo=not options.no_demo, fresh=options.fresh)
    address = f"http://127.0.0.1:{options.port}"
    command = odoo.command(options.db, *server_arguments(options.port, options.workers),
                           "--log-level=warn")  # or each minute's jobs bury what we say
    environment = odoo.environment(options.db) | (live.ENVIRONMENT if options.live else {})
    with ExitStack() as running:
        process = running.enter_context(odoo.child(command, env=environment))
        with progress("start Odoo"):
            wait_until_up(address, process)
        say(WELCOME.format(address=address))
        if options.live:
            say(running.enter_context(live.peers(address, options.db)))
        try:
            return process.wait()
        except KeyboardInterrupt:
            say("Stopping …")
    return 0
