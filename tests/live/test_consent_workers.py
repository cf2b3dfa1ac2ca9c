# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A person withdraws while a worker is about to send: processes and transactions of their own."""

import contextlib
import urllib.request

import pytest

from tools import database

pytestmark = pytest.mark.workers

MAKE = """
from odoo.addons.social_crm_base.tools.activity import Activity, Actor
from datetime import datetime
platform = env.ref('social_crm_base.platform_sandbox')
app = env['social.crm.app'].create(
    {'name': 'Sandbox', 'platform_id': platform.id, 'connector': 'sandbox'})
channel = env['social.crm.channel'].create({
    'name': 'Shop', 'platform_id': platform.id, 'app_id': app.id, 'connector': 'sandbox',
    'external_id': 'shop'})
eva = Actor(external_id='eva', handle='eva', name='Eva')
env['social.crm.interaction']._ingest(channel, [Activity(
    'create', datetime(2026, 3, 1), kind='message', external_id='m1', actor=eva,
    visibility='direct', text='Dobar dan')])
said = env['social.crm.interaction'].search([('external_id', '=', 'm1')])
env['social.crm.consent']._note(
    'given', 'feedback', identity=said.identity_id, way='hand', note='In the shop')
row = said.conversation_id._queue_reply('Zadovoljni?', purpose='feedback', hold_seconds=3600)
print('MADE', row.id, said.identity_id._preferences_url('en').partition('/privacy')[2])
"""
# The worker's own code; its look for new credentials takes as long as a person needs to withdraw.
SEND = """
import urllib.request
channels = type(env['social.crm.channel'])
def slowly(channel, rejected=''):
    env.cr.execute("SELECT state FROM social_crm_outbox")
    print('STATE', env.cr.fetchone()[0])
    urllib.request.urlopen(urllib.request.Request({url!r}, data=b'a=b')).read()
channels._refresh_credentials = slowly
env['social.crm.outbox']._cron_send()
"""


@pytest.fixture(scope='module')
def server(odoo_server):
    return odoo_server()


@pytest.fixture
def talk(server):
    """:return: the id of a message that waits, and the address that ends what it needs"""
    for table in ('outbox', 'interaction', 'sandbox_delivery', 'event'):
        server.sql(f'DELETE FROM social_crm_{table}')
    server.sql("UPDATE social_crm_channel SET external_id = id::text, active = false")
    row, path = server.shell(MAKE).partition('MADE ')[2].split()[:2]
    return int(row), f"{server.url}/privacy{path.partition('?')[0]}/stop"


def press(url):
    """The mail program's button: no cookie, no session, nothing but the address."""
    with urllib.request.urlopen(
            urllib.request.Request(url, data=b'List-Unsubscribe=One-Click')) as answer:
        assert answer.status == 200
        assert 'Set-Cookie' not in answer.headers


def let_go(server, row):
    server.sql("UPDATE social_crm_outbox SET not_before = now() AT TIME ZONE 'UTC'"
               " - interval '1 s' WHERE id = %s AND state <> 'failed'", row)
    server.run_job('_cron_send()')


def assert_stopped(server, row):
    [(state, error, note)] = server.sql("""
        SELECT o.state, o.error, i.delivery_note FROM social_crm_outbox o
          JOIN social_crm_interaction i ON i.id = o.interaction_id WHERE o.id = %s""", row)
    assert state == 'failed'
    assert 'withdrew their consent' in error
    assert note == error
    assert server.count('social_crm_sandbox_delivery') == 0


def test_a_withdrawal_before_the_worker_comes_stops_it(server, talk):
    row, url = talk
    press(url)
    let_go(server, row)
    assert_stopped(server, row)


def test_a_withdrawal_does_not_wait_for_the_worker_and_the_worker_heeds_it(server, talk):
    row, url = talk
    with contextlib.closing(database.connect(server.database)) as worker:
        worker.autocommit = False
        with worker.cursor() as cursor:  # as a worker that has just claimed the row
            cursor.execute('SELECT 1 FROM social_crm_outbox WHERE id = %s FOR UPDATE', [row])
            press(url)
            assert server.sql('SELECT state FROM social_crm_outbox WHERE id = %s', row) == [
                ('held',)]
            cursor.execute("UPDATE social_crm_outbox SET state = 'sending' WHERE id = %s", [row])
        worker.commit()
    let_go(server, row)
    assert_stopped(server, row)


def test_a_withdrawal_while_the_worker_speaks_to_the_network_is_heeded(server, talk):
    row, url = talk
    server.sql("UPDATE social_crm_outbox SET not_before = now() AT TIME ZONE 'UTC'"
               " - interval '1 s'")
    assert 'STATE sending' in server.shell(SEND.format(url=url))
    assert_stopped(server, row)
