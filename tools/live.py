# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev run --live: two local servers, connected to the Odoo that runs."""
import os
from contextlib import contextmanager

from .console import Fail

# The connectors speak HTTPS to public addresses only; these servers are neither.
ENVIRONMENT = {"SOCIAL_CRM_ALLOW_PRIVATE_HOSTS": "1"}


def check():
    """:raise Fail: no right to listen on port 80."""
    if os.geteuid():
        raise Fail("--live needs root: its two servers listen on port 80 of 127.0.0.21 and "
                   "127.0.0.22; run 'sudo ./dev run --live', or leave --live out")


@contextmanager
def peers(address, database):
    """Start the servers, connect them, and end them with the block.

    :param str address: where Odoo answers.
    :param str database: its database.
    :return: what to tell the user, by ``with peers(...) as message``.
    """
    from tests.live.peers import demo
    with demo.connected(address, database) as message:
        yield message
