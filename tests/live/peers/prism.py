# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Prism: a server that knows a network's published OpenAPI, and refuses requests that break it."""

import contextlib
import json
import subprocess

from tools.odoo import child

from ..odoo_server import free_ports
from . import PeerUnavailable
from .program import prism_program
from .start import answers, comes_up

START_SECONDS = 60


@contextlib.contextmanager
def prism(document, home, probe, amend=None):
    """Run Prism on a document; it ends with the block.

    :param str document: name of the OpenAPI document in the fetched folder, without ``.json``.
    :param Path home: folder for the log.
    :param str probe: a path that is in the document and asks for nothing.
    :param amend: called with the document, to add what a newer version of it has.
    :return: its address.
    :raise PeerUnavailable: see its text.
    """
    program, [port] = prism_program(), free_ports(1)
    published = json.loads((program / f'{document}.json').read_text())
    if amend:
        amend(published)
    judged_by = home / f'{document}.json'
    judged_by.write_text(json.dumps(published))
    address = f'http://127.0.0.1:{port}'
    command = ['node', program / 'node_modules/@stoplight/prism-cli/dist/index.js', 'mock',
               '-h', '127.0.0.1', '-p', str(port), judged_by]
    with (home / 'prism.log').open('wb') as log, child(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL) as process:
        if not comes_up(process, lambda: answers(f'{address}{probe}', 10), START_SECONDS):
            raise PeerUnavailable(f'Prism did not come up, see {home / "prism.log"}')
        yield address
