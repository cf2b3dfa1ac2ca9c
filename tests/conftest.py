# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fixtures for tests that bring up Odoo as a process and talk to it from outside."""
import re
import socket
import xmlrpc.client
from contextlib import ExitStack

import pytest

from tools import database as databases
from tools import odoo, serve
from tools.paths import own


def free_ports(count):
    """Ports of 127.0.0.1 that nobody uses, by asking the system for them."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


class Server:
    """A real Odoo process on a database, spoken to from outside.

    :param str database: name of its database.
    :param int workers: worker processes; none means threads.
    :param tuple arguments: further options of Odoo's command line.
    :param dict environment: further variables.
    """

    def __init__(self, database, *, workers=0, arguments=(), environment=None):
        self.database = database
        self.port, self.gevent_port = free_ports(2)
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None
        self._command = odoo.command(
            database, *serve.server_arguments(self.port, workers, self.gevent_port),
            "--log-level=warn", *arguments)
        self._environment = {**odoo.environment(database), **(environment or {})}
        self._running = ExitStack()
        self._sessions = {}

    def start(self):
        self.process = self._running.enter_context(
            odoo.child(self._command, env=self._environment))
        serve.wait_until_up(self.address, self.process)
        return self

    def stop(self):
        self._running.close()

    def kill(self):
        """End the process as a power cut would."""
        self.process.kill()
        self.process.wait()
        self._running.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def call(self, model, method, *args, login="admin", password=None, **kwargs):
        """Call a public method by XML-RPC as a user (password: the login).

        :return: what the method returns.
        :raise xmlrpc.client.Fault: what the server refuses.
        """
        key = login, password or login
        if key not in self._sessions:
            common = xmlrpc.client.ServerProxy(f"{self.address}/xmlrpc/2/common")
            uid = common.authenticate(self.database, *key, {})
            assert uid, f"no login as {login}"
            self._sessions[key] = uid
        proxy = xmlrpc.client.ServerProxy(f"{self.address}/xmlrpc/2/object", allow_none=True)
        return proxy.execute_kw(self.database, self._sessions[key], key[1], model, method,
                                list(args), kwargs)


@pytest.fixture(scope="session")
def template():
    """Name of a database with all addons and demo data, to be copied."""
    return databases.template(demo=True)


@pytest.fixture(scope="module")
def database(template, request):
    """Name of a database of this module's own; it is dropped afterwards."""
    word = re.sub(r"\W+", "_", request.module.__name__.rpartition(".")[2])
    name = own(f"live_{word}")
    databases.copy(template, name)
    yield name
    databases.drop(name)


@pytest.fixture(scope="module")
def server(database):
    """A running Odoo on the module's database."""
    with Server(database) as running:
        yield running


@pytest.fixture(scope="module")
def make_server(database):
    """Make further servers on the module's database: ``with make_server(workers=2) as odoo``."""
    def make(**options):
        return Server(database, **options)
    return make


@pytest.fixture
def cursor(database):
    """An autocommit cursor on the module's database."""
    connection = databases.connect(database)
    try:
        with connection.cursor() as result:
            yield result
    finally:
        connection.close()
