# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fixtures of the live tests: real servers, real processes, no Odoo import."""

import contextlib

import pytest

from .browser import Browser
from .odoo_server import OdooServer
from .peers import PeerUnavailable
from .peers.federation import start_test_federation


@pytest.fixture(scope='session')
def federation(tmp_path_factory):
    """Two fresh federating servers: a shop on the first, two customers on the second."""
    try:
        servers = start_test_federation(tmp_path_factory.mktemp('federation'))
    except PeerUnavailable as error:
        pytest.skip(str(error))  # Debian's unstable suite moves: that is no fault of ours
    yield servers
    servers.stop()


@pytest.fixture(scope='module')
def odoo_server(request, tmp_path_factory):
    """Make Odoo servers, each on its own database; see :class:`OdooServer` for the options.

    At the end no error may stand in a log that no test expected.
    """
    name = request.module.__name__.rpartition('.')[2].removeprefix('test_')
    servers = []
    with contextlib.ExitStack() as stack:
        def make(**options):
            server = stack.enter_context(OdooServer(tmp_path_factory.mktemp(name), name, **options))
            servers.append(server)
            server.start_web()
            return server
        yield make
    errors = [line for server in servers for line in server.errors()]
    assert not errors, '\n'.join(errors)


@pytest.fixture
def browser(tmp_path):
    """A browser on an empty page; what it reported as an error fails the test."""
    with Browser(tmp_path) as page:
        yield page
        assert page.problems == []
