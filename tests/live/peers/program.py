# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fetch a peer's program from Debian into the project's cache, with every library it needs."""

from tools.console import Fail
from tools.debian import SUITE, apt, unpack
from tools.paths import HOME
from tools.steps import lock, make_folder

from . import PeerUnavailable

CACHE = HOME / 'peers'
# What snac2 depends on; its other dependency only makes the system user of the installed service.
SNAC_LIBRARIES = ('libcurl4t64', 'libssl3t64', 'libc6')


def snac_program():
    """Unpack snac once.

    :return: the folder it was unpacked into.
    :rtype: Path
    :raise PeerUnavailable: when the packages cannot be had.
    """
    target = CACHE / 'snac'
    try:
        with lock('peers', wait=True):
            make_folder('fetch snac', target, 'snac2', _unpack_snac)
    except Fail as error:
        raise PeerUnavailable(f'snac cannot be fetched: {error}') from error
    return target


def _unpack_snac(prefix):
    """Take all libraries from the same suite: the program then runs on any release of Debian."""
    apt('update')
    # With no status file nothing counts as installed, so the whole closure is listed.
    plan = apt('install', '--simulate', '--no-install-recommends', '-oDir::State::status=/dev/null',
               *(f'{name}/{SUITE}' for name in SNAC_LIBRARIES))
    libraries = [line.split()[1] for line in plan.splitlines() if line.startswith('Inst ')]
    unpack(prefix, [f'{name}/{SUITE}' for name in ('snac2', *libraries)])
