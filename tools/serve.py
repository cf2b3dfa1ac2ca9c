# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev run: Odoo with the addons, reachable on this machine only."""
import socket
import time
from urllib.error import URLError
from urllib.request import urlopen

from . import database, odoo
from .console import Fail, progress, say

WELCOME = """
Social CRM is running:  {address}
Log in as               admin, password admin
Try first               Social › People › Interactions, open one, make it a lead
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


def server_arguments(port, workers=0):
    """Options of an Odoo server; the long-polling port is the next one."""
    return ["server", "--http-port", str(port), "--gevent-port", str(port + 1),
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
    check_port(options.port)
    if options.workers:
        check_port(options.port + 1)
    database.ensure(options.db, demo=not options.no_demo, fresh=options.fresh)
    address = f"http://127.0.0.1:{options.port}"
    command = odoo.command(options.db, *server_arguments(options.port, options.workers))
    with odoo.child(command, env=odoo.environment(options.db)) as process:
        with progress("start Odoo"):
            wait_until_up(address, process)
        say(WELCOME.format(address=address))
        try:
            return process.wait()
        except KeyboardInterrupt:
            say("Stopping …")
    return 0
