# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fixtures of the live tests: real servers, real processes, no Odoo import."""

import os

import pytest

from .peers import PeerUnavailable
from .peers.federation import start_test_federation


@pytest.fixture(scope='session')
def federation(tmp_path_factory):
    """Two fresh federating servers: a shop on the first, two customers on the second."""
    try:
        servers = start_test_federation(tmp_path_factory.mktemp('federation'))
    except PeerUnavailable as error:
        if os.environ.get('CI'):
            raise
        pytest.skip(str(error))
    yield servers
    servers.stop()
