# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A person is erased and stays erased: replayed feed, old file, restored backup. Then complains."""

import http.server
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from .backup import Backup
from .session import Refused
from .traces import places
from .waiting import wait_until
from .webhook import Sender

pytestmark = pytest.mark.workers

BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
ANA = {'id': 'u-ana-7781', 'handle': 'ana.anic.7781', 'name': 'Ana Anićević'}
BO = {'id': 'u-bo-5512', 'handle': 'bo.5512', 'name': 'Bo'}
EMAIL = 'ana.7781@mail.example'
NAMES = ('u-ana-7781', 'ana.anic.7781', 'ana.7781@mail', 'Anićević', 'anicevic')
SECRET_WORDS = 'order number 424242'
COLUMNS = ['channel_id/.id', 'date', 'kind', 'author_handle', 'author_external_id', 'author_name',
           'author_email', 'text']
OLD_FILE = [
    ['2024-05-06 10:00:00', 'message', ANA['handle'], ANA['id'], ANA['name'], EMAIL, 'Old words'],
    ['2024-05-06 11:00:00', 'message', ANA['handle'], '', ANA['name'], EMAIL, 'More old words'],
]


def at(minute):
    return (BEGIN + timedelta(minutes=minute)).isoformat()


FEED = [
    {'id': 'm1', 'kind': 'message', 'visibility': 'direct', 'time': at(1), 'thread': 't1',
     'author': {**ANA, 'verified_email': EMAIL}, 'text': f'Где је {SECRET_WORDS}?'},
    {'id': 'c1', 'kind': 'comment', 'parent': 'p1', 'root': 'p1', 'time': at(2), 'author': ANA,
     'text': f'I asked about {SECRET_WORDS} 😡'},
    {'id': 'c2', 'kind': 'comment', 'parent': 'c1', 'root': 'p1', 'time': at(3), 'author': BO,
     'text': '@ana.anic.7781 the same here'},
    {'verb': 'react', 'target': 'c2', 'reaction': '👍', 'time': at(4), 'author': ANA},
]


class Network(http.server.ThreadingHTTPServer):
    """Where answers are sent to: keeps what it got."""

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Taker)
        self.got = []
        self.address = f'http://127.0.0.1:{self.server_port}/answers'


class Taker(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.got.append(json.loads(self.rfile.read(int(self.headers['Content-Length']))))
        answer = json.dumps({'id': f'sent-{len(self.server.got)}'}).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


class World:
    """The server with its colleagues, and what is counted."""

    def __init__(self, server, network):
        self.server = server
        self.network = network
        self.sender = Sender(server, callback=network.address)
        self.agent = server.new_user('agent', 'social_crm_base.group_agent')
        self.clerk = server.new_user('clerk', 'social_crm_base.group_privacy_clerk')
        self.second = server.new_user('second', 'social_crm_base.group_privacy_clerk')
        self.manager = server.new_user('manager', 'social_crm_base.group_manager',
                                       'base.group_partner_manager')

    def job(self, external_id):
        self.server.user()('ir.cron', 'method_direct_trigger', [self.server.ref(external_id)])

    def read(self):
        """Take in what was sent, with the second stage."""
        self.server.run_job('_cron_process()')
        self.server.run_job('_cron_second_stage()')

    def work(self):
        self.job('social_crm_gdpr.ir_cron_erasure')

    def load_file(self):
        """Import the file as from Odoo's import screen."""
        rows = [[str(self.sender.channel_id), *line] for line in OLD_FILE]
        return self.manager('social.crm.import.line', 'load', COLUMNS, rows,
                            context={'import_file': True})

    def figures(self):
        return {
            'interactions': self.server.count('social_crm_interaction'),
            'cases': self.server.count('social_crm_case'),
            'responses': self.server.sql(
                'SELECT count(*), sum(seconds) FROM social_crm_case_response')[0],
            'cycles': self.server.sql(
                'SELECT count(*), sum(first_response_seconds) FROM social_crm_case_cycle')[0],
        }

    def places(self):
        """Where any of her names stands, read by SQL of the test's own.

        :return: table and column, or file
        """
        return places(self.server, (*NAMES, SECRET_WORDS))

    def answer(self, external_id, text):
        """Write an answer in the composer; the workers have yet to send it."""
        [said] = self.agent('social.crm.interaction', 'search', [
            ('external_id', '=', external_id), ('state', '!=', 'deleted')])
        action = self.agent('social.crm.interaction', 'action_reply', [said])
        reply = self.agent(action['res_model'], 'create', {'body': text}, context=action['context'])
        self.agent(action['res_model'], 'action_send', [reply])

    def log_in(self):
        """Sessions anew, after the database was put back."""
        self.agent = self.server.user('agent', 'agentagent')
        self.clerk = self.server.user('clerk', 'clerkclerk')
        self.second = self.server.user('second', 'secondsecond')
        self.manager = self.server.user('manager', 'managermanager')

    def is_behind(self):
        """Whether screens tell that erasures wait to be replayed."""
        return 'social_crm_behind' in self.clerk._rpc('/web/session/get_session_info')

    def put_back(self, backup):
        """Yesterday's backup takes the place of what is there."""
        self.server.stop(self.server.web)
        backup.restore()
        self.server.start_web()
        self.log_in()
        assert self.is_behind()
        assert ('social_crm_interaction', 'body') in self.places()

    def replay_by_command(self):
        """What the administrator runs, to its end."""
        process = self.server.start('replay', ['social_crm_replay', '--no-http'])
        assert process.wait(300) == 0, process.log_path.read_text()
        assert '1 erasures replayed, 0 to be looked at' in process.log_path.read_text()


@pytest.fixture
def world(odoo_server, tmp_path_factory):
    log = tmp_path_factory.mktemp('erasures')
    with Network() as network:
        threading.Thread(target=network.serve_forever, daemon=True).start()
        yield World(odoo_server(env={'SOCIAL_CRM_ERASURE_LOG': str(log)}), network)
        network.shutdown()


def test_erased_and_it_stays_so_and_the_person_is_heard_anew(world, tmp_path):
    server, sender = world.server, world.sender
    sender.send(FEED)
    world.read()
    partner = server.user()('res.partner', 'create', {'name': 'Ana Anićević', 'email': EMAIL})
    world.read()
    [ana] = server.user().read('social.crm.identity', [('external_id', '=', ANA['id'])], 'id')
    server.user()('social.crm.identity', 'action_match', [ana['id']])
    world.answer('c1', f'We look for {SECRET_WORDS}')
    before = world.figures()
    assert ('social_crm_event', 'payload') in world.places()
    backup = Backup(server, tmp_path)

    # erase: one clerk proposes, another approves, the job works
    erasure = world.clerk('social.crm.erasure', 'create', {
        'identity_ids': [(4, ana['id'])], 'partner_ids': [(4, partner)]})
    world.clerk('social.crm.erasure', 'action_propose', [erasure])
    with pytest.raises(Refused, match='another privacy clerk'):
        world.clerk('social.crm.erasure', 'action_approve', [erasure])
    world.second('social.crm.erasure', 'action_approve', [erasure])
    world.work()
    state(world, 'done')
    assert world.places() == set()
    assert world.figures() == before

    # the whole feed again, twice
    for _time in range(2):
        sender.send(FEED)
        world.read()
    assert world.places() == set()
    assert world.figures() == before

    # the old file: what has the id is refused, what has a name only waits for a person
    world.load_file()
    lines = world.manager.read('social.crm.import.line', [], 'result', order='id')
    assert [line['result'] for line in lines] == ['refused', 'refused']
    [hit] = world.clerk.read('social.crm.suppression.hit', [('state', '=', 'open')], 'author')
    world.clerk('social.crm.suppression.hit', 'action_same_person', [hit['id']])
    assert world.places() == set()
    assert world.figures() == before

    # yesterday's backup is put back, and the administrator replays by the command
    world.put_back(backup)
    world.replay_by_command()
    assert not world.is_behind()
    state(world, 'done')
    assert world.places() == set()
    assert world.figures() == before

    # put back once more: workers write nobody, and what comes in is kept unread
    world.put_back(backup)
    new = {'id': 'm9', 'kind': 'message', 'visibility': 'direct', 'thread': 't1', 'author': ANA,
           'time': datetime.now(UTC).isoformat(), 'text': 'Now I complain anew'}
    sender.send([new])
    worker = server.start_worker()
    server.schedule('_cron_process()', '_cron_second_stage()', '_cron_send()')
    wait_until(lambda: server.count('ir_cron', "lastcall IS NOT NULL AND active") >= 3,
               what='the worker having been at all three')
    server.sql('UPDATE ir_cron SET active = false')
    server.stop(worker)
    assert server.count('social_crm_event', "state = 'pending'"), 'kept, and not read'
    assert server.count('social_crm_outbox', "state = 'queued'") == 1
    assert not world.network.got, 'written before the backup, and not sent'
    assert not server.count('social_crm_interaction', "body = 'Now I complain anew'")
    assert 'restored from a backup' in str(world.load_file()['messages'])

    # replay by the button: gone again, counts right, what was to be sent to her is not
    world.clerk('social.crm.erasure', 'action_replay')
    world.work()
    state(world, 'done')
    assert not server.count('social_crm_interaction', 'body ILIKE %s', f'%{SECRET_WORDS}%')
    assert not server.count('social_crm_outbox', "state NOT IN ('cancelled', 'done')")
    assert world.figures() == before
    sender.send(FEED)
    world.read()
    assert world.figures() == {**before, 'interactions': before['interactions'] + 1,
                               'cases': before['cases'] + 1,
                               'cycles': (before['cycles'][0] + 1, before['cycles'][1]),
                               'responses': world.figures()['responses']}

    # and what she says now is heard: a new account without past, a case, an answer
    [said] = server.user().read('social.crm.interaction', [('body', '=', new['text'])],
                                'identity_id', 'case_id', 'conversation_id')
    assert server.count('social_crm_interaction', 'identity_id = %s', said['identity_id'][0]) == 1
    [case] = server.user().read('social.crm.case', [('id', '=', said['case_id'][0])],
                                'state', 'waiting_since')
    assert case['state'] == 'open' and case['waiting_since']
    world.answer('m9', 'We look into it at once')
    server.run_job('_cron_send()')
    [got] = world.network.got
    assert (got['recipient']['id'], got['thread']) == (ANA['id'], 't1')
    assert 'We look into it at once' in got['text']
    assert server.count('social_crm_case_response', 'case_id = %s AND answered_at IS NOT NULL',
                        said['case_id'][0]) == 1
    assert server.count('social_crm_interaction', 'conversation_id = %s',
                        said['conversation_id'][0]) == 2


def state(world, wanted):
    """The last erasure stands there; what was found is told where not."""
    [erasure] = world.clerk.read('social.crm.erasure', [], 'state', order='id desc', limit=1)
    hits = world.clerk.read('social.crm.erasure.hit', [], 'table', 'column', 'row', 'kinds')
    assert erasure['state'] == wanted, (erasure, hits)
