# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the README promises of ./dev run --live, typed as it stands there."""

import secrets
import subprocess

import pytest

from tools import database, odoo
from tools.paths import ROOT

from .odoo_server import free_ports
from .peers.federation import LIVE_HOSTS
from .peers.snac import check_address
from .session import Session
from .waiting import wait_until

pytestmark = pytest.mark.peers


def dev(*arguments):
    """:return: what the command printed."""
    done = subprocess.run([ROOT / 'dev', *arguments], capture_output=True, text=True, timeout=300,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def free_hosts(federation):
    """Skip where somebody is trying out ``./dev run --live`` right now."""
    try:
        for host in LIVE_HOSTS:
            check_address(host)
    except OSError as error:
        pytest.skip(f'./dev run --live is in use on this machine: {error}')


@pytest.fixture
def running(free_hosts, tmp_path):
    """``./dev run --live`` on a database and port of its own, once it says what to do next."""
    name, [port] = f'live_run_{secrets.token_hex(3)}', free_ports(1)
    log = tmp_path / 'log'
    try:
        with log.open('wb') as output, odoo.child(
                [ROOT / 'dev', 'run', '--live', '--no-demo', '--db', name, '--port', port],
                stdout=output, stderr=output, grace=60) as process:
            def welcomed():
                assert process.poll() is None, log.read_text()
                return './dev live post' in log.read_text()
            wait_until(welcomed, seconds=300, what='the welcome')
            yield Session(f'http://127.0.0.1:{port}', name)
    finally:
        database.drop(name)


def test_a_customer_types_a_question_and_odoo_has_it(running):
    question = f'Is number {secrets.randbelow(10**9)} in stock?'
    post_id, uri = dev('live', 'post', question).split()

    def arrived():
        channels = running.read('social.crm.channel', [('connector', '=', 'mastodon')], 'id')
        running('social.crm.channel', 'action_fetch_now', [channels[0]['id']])
        return running.read('social.crm.interaction', [('external_id', '=', uri)], 'body')
    [said] = wait_until(arrived, seconds=150, every=3, what='the question in Odoo')
    assert question in said['body']

    assert question in dev('live', 'read', '--as', 'shop')
    dev('live', 'delete', post_id)
    assert './dev live' not in dev('live', 'who')
    assert '@ana@' in dev('live', 'who')


def test_without_the_servers_it_says_how_to_start_them(free_hosts):
    done = subprocess.run([ROOT / 'dev', 'live', 'post', 'hello'], capture_output=True, text=True,
                          timeout=300, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().startswith('dev: the two local servers are not running')
    assert './dev run --live' in done.stderr
