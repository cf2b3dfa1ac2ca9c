# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A shop in Odoo and customers on a real homeserver, by both ways that news come.

The customers' side is read from Synapse itself, by calls of our own that know nothing of Odoo.
"""

import pytest
import requests

from .peers import PeerUnavailable
from .peers.synapse import Synapse
from .proxy import RESET_AFTER, RESET_BEFORE, FaultyProxy
from .session import Refused
from .shop import Shop
from .test_mastodon_faults import outbox_of, retry_now
from .waiting import wait_until

pytestmark = pytest.mark.peers

PICTURE = (b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx'
           b'\x9cc\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB\x60\x82')


class MatrixShop(Shop):
    """An account of the shop, connected as an administrator would do it."""

    def __init__(self, server, agent, user_id, channel_id):
        self.server, self.agent = server, agent
        self.user_id, self.channel_id = user_id, channel_id

    def speak_through(self, address):
        """Have the channel call the homeserver by another address."""
        self.server.sql("""
            UPDATE social_crm_app a SET base_url = %s FROM social_crm_channel c
             WHERE c.app_id = a.id AND c.id = %s""", address, self.channel_id)


@pytest.fixture(scope='module')
def synapse(tmp_path_factory):
    try:
        server = Synapse(tmp_path_factory.mktemp('synapse'))
    except PeerUnavailable as error:
        pytest.skip(str(error))  # the package registry is out of reach: no fault of ours
    with server:
        yield server


@pytest.fixture(scope='module')
def people(synapse):
    return {login: synapse.add_person(login, name) for login, name in (
        ('shop', 'Example Shop'), ('ana', 'Ana Marković'), ('budi', 'Budi Santoso'))}


@pytest.fixture(scope='module')
def ana(people):
    return people['ana']


@pytest.fixture(scope='module')
def budi(people):
    return people['budi']


@pytest.fixture(scope='module')
def odoo(odoo_server):
    return odoo_server()


@pytest.fixture(scope='module')
def agent(odoo):
    return odoo.new_user('agent', 'social_crm_base.group_agent', 'sales_team.group_sale_salesman')


def connect(odoo, synapse, **options):
    """Walk through the wizard.

    :return: the dialogue, by its model's methods, and the action it ends with.
    """
    manager = odoo.user()
    [platform] = manager('social.crm.platform', 'search', [('code', '=', 'matrix')])
    wizard = manager('social.crm.connect', 'create', {
        'platform_id': platform, 'connector': 'matrix', 'base_url': synapse.url, **options})
    return manager, wizard, manager('social.crm.connect', 'action_continue', [wizard])


@pytest.fixture(scope='module')
def shop(odoo, agent, synapse, people):
    """Connected by a login: we read."""
    manager, wizard, _step = connect(odoo, synapse)
    typed = {'login': 'shop', 'password': people['shop'].password}
    for line in manager.read('social.crm.connect.secret', [('connect_id', '=', wizard)], 'kind'):
        if line['kind'] in typed:
            manager('social.crm.connect.secret', 'write', [line['id']],
                    {'value': typed[line['kind']]})
    channel = manager('social.crm.connect', 'action_credentials', [wizard])['res_id']
    return MatrixShop(odoo, agent, people['shop'].user_id, channel)


@pytest.fixture(scope='module')
def desk(odoo, agent, synapse, people):
    """Connected as an application service: the homeserver calls us."""
    user = '@desk:peers.test'
    manager, _wizard, done = connect(odoo, synapse, matrix_way='service', matrix_user=user)
    channel = done['res_id']
    health = manager.read('social.crm.channel', [('id', '=', channel)], 'health_level',
                          'health_todo')[0]
    assert health['health_level'] == 'red'
    assert 'Registration File' in health['health_todo']
    dialog = manager('social.crm.channel', 'action_matrix_registration', [channel])
    synapse.add_service(dialog['context']['default_registration'])
    manager('social.crm.channel', 'action_check_health', [channel])
    health = manager.read('social.crm.channel', [('id', '=', channel)], 'health_level',
                          'health_message')[0]
    assert health['health_level'] == 'green', health
    return MatrixShop(odoo, agent, user, channel)


@pytest.fixture(scope='module', params=['shop', 'desk'])
def ours(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope='module')
def talk(ours, ana):
    """A private room of the customer with the shop, in which we are once the invitation is read."""
    room = ana.make_room(ours.user_id, direct=True)
    hello = ana.send(room, 'Zdravo 👋')
    ours.wait_for(hello)
    return room


def test_nothing_of_the_password_and_the_tokens_is_left(odoo, shop, desk, people):
    assert people['shop'].password not in odoo.log()
    kinds = {row[0] for row in odoo.sql(
        'SELECT c.kind FROM social_crm_credential c WHERE c.channel_id = %s OR c.app_id = '
        '(SELECT app_id FROM social_crm_channel WHERE id = %s)', shop.channel_id, shop.channel_id)}
    assert kinds == {'access_token'}
    assert odoo.count('social_crm_matrix_registration') == 0


def test_whoever_invites_us_is_heard(ours, ana, talk):
    assert ours.user_id in ana.members(talk)
    [hello] = ours.agent.read('social.crm.interaction', [
        ('channel_id', '=', ours.channel_id), ('body', '=', 'Zdravo 👋')],
        'kind', 'mode', 'visibility', 'identity_id', 'conversation_id', 'case_id', 'container')
    assert (hello['kind'], hello['mode'], hello['visibility']) == (
        'message', 'one_to_one', 'direct')
    assert hello['container'] == talk
    assert hello['case_id']
    [person] = ours.agent.read('social.crm.identity', [('id', '=', hello['identity_id'][0])],
                               'name', 'handle', 'external_id')
    assert (person['name'], person['external_id']) == ('Ana Marković', '@ana:peers.test')


def test_an_answer_is_read_once_and_known_as_ours(ours, ana, talk):
    question = ours.wait_for(ana.send(talk, 'Is the blue one in stock?'))

    answer_id = ours.answer(question, 'Yes, three. Žurno!')

    seen = [event for event in ana.timeline(talk)
            if event['content'].get('body') == 'Yes, three. Žurno!']
    assert [event['sender'] for event in seen] == [ours.user_id]
    ours.work()
    [said] = ours.said('Yes, three')
    assert (said['id'], said['external_id'], said['state'], said['delivery_state']) == (
        answer_id, seen[0]['event_id'], 'normal', 'sent'), 'our own echo'

    ana.call('POST', 'rooms', talk, 'receipt', 'm.read', seen[0]['event_id'], body={})
    ours.wait_for_change(said, lambda row: row['delivery_state'] == 'read')


def test_likes_come_and_go_on_both_sides(ours, ana, talk):
    event_id = ana.send(talk, 'You are quick')
    word = ours.wait_for(event_id)
    like = {'m.relates_to': {'rel_type': 'm.annotation', 'event_id': event_id, 'key': '🎉'}}
    theirs = ana.send(talk, like, 'm.reaction')

    def likes():
        ours.work()
        return ours.agent.read('social.crm.interaction', [
            ('kind', '=', 'reaction'), ('parent_id', '=', word['id']),
            ('state', '!=', 'deleted')], 'reaction', 'direction', 'case_id')

    [seen] = wait_until(likes, every=1, what='the like in Odoo')
    assert (seen['reaction'], seen['direction'], seen['case_id']) == ('🎉', 'in', False)
    ana.redact(talk, theirs)
    wait_until(lambda: not likes(), every=1, what='the like taken back')

    def liked_by_us():
        return [event for event in ana.related(talk, event_id) if event['sender'] == ours.user_id]

    ours.agent('social.crm.interaction', 'talk_react', [word['id']], 'like')
    ours.work()
    [reaction] = liked_by_us()
    assert reaction['content']['m.relates_to']['key'] == '👍️'
    ours.work()
    assert len(likes()) == 1, 'our own like, told by the homeserver too'
    ours.agent('social.crm.interaction', 'talk_react', [word['id']], 'like', True)
    ours.work()
    assert not liked_by_us()
    assert not likes()


def test_other_wordings_and_taking_back(ours, ana, talk):
    event_id = ana.send(talk, 'My parcel is late')
    word = ours.wait_for(event_id)
    edit = {'msgtype': 'm.text', 'body': '* It came', 'm.new_content': {
        'msgtype': 'm.text', 'body': 'It came'},
        'm.relates_to': {'rel_type': 'm.replace', 'event_id': event_id}}
    ana.send(talk, edit)
    edited = ours.wait_for_change(word, lambda row: row['state'] == 'edited')
    assert edited['body'] == 'It came'
    assert [version['body'] for version in edited['versions']] == ['My parcel is late']

    ana.redact(talk, event_id)
    gone = ours.wait_for_change(word, lambda row: row['state'] == 'deleted')
    assert not gone['body'] and not gone['versions']
    assert not ours.said('It came') and not ours.said('parcel is late')


def test_our_words_are_changed_and_taken_back_with_all_their_wordings(ours, ana, talk):
    question = ours.wait_for(ana.send(talk, 'And the red one?'))
    ours.answer(question, 'Sold out')
    [said] = ours.said('Sold out')
    ours.agent('social.crm.interaction', 'talk_edit', [said['id']], 'Back on Monday')
    ours.work()
    shown = ana.event(talk, said['external_id'])
    newer = shown['unsigned']['m.relations']['m.replace']
    assert newer['content']['m.new_content']['body'] == 'Back on Monday'
    ours.work()
    [edited] = ours.said('Back on Monday')
    assert edited['id'] == said['id']
    assert [version['body'] for version in edited['versions']] == ['Sold out']

    ours.agent('social.crm.interaction', 'talk_delete', [said['id']])
    ours.work()
    assert ana.event(talk, said['external_id'])['content'] == {}
    assert ana.event(talk, newer['event_id'])['content'] == {}, 'the newer wording went too'


def test_files_go_through_in_both_directions(ours, ana, talk):
    mxc = ana.upload(PICTURE, 'solja.png', 'image/png')
    picture = ours.wait_for(ana.send(talk, {
        'msgtype': 'm.image', 'body': 'Look', 'filename': 'solja.png', 'url': mxc,
        'info': {'mimetype': 'image/png', 'size': len(PICTURE)}}))
    assert picture['body'] == 'Look'
    shown = ours.agent.get(f'{ours.server.url}/social/media/{picture["id"]}/0')
    assert shown.content == PICTURE
    assert shown.headers['Content-Type'] == 'image/png'


def test_threads_answers_and_names_in_a_room_of_many(ours, ana, budi):
    room = ana.make_room(ours.user_id, budi.user_id, name='Klub')
    budi.call('POST', 'join', room, body={})
    root = ana.send(room, 'Who ships to Bali?')
    question = ours.wait_for(root)
    assert question['mode'] == 'group'
    inside = ours.wait_for(budi.send(room, {
        'msgtype': 'm.text', 'body': 'Me too', 'm.relates_to': {
            'rel_type': 'm.thread', 'event_id': root, 'is_falling_back': True,
            'm.in_reply_to': {'event_id': root}}}))
    assert inside['parent_id'][0] == question['id']
    assert inside['conversation_id'] == question['conversation_id']

    ours.answer(question, 'We do')
    ours.answer(inside, 'You too')
    plain, threaded = (
        next(event for event in ana.timeline(room) if event['content'].get('body') == text)
        for text in ('We do', 'You too'))
    assert plain['content']['m.relates_to'] == {'m.in_reply_to': {'event_id': root}}
    assert threaded['content']['m.relates_to']['rel_type'] == 'm.thread'
    assert threaded['content']['m.relates_to']['event_id'] == root

    ana.call('POST', 'rooms', room, 'kick', body={'user_id': ours.user_id})

    wait_until(lambda: ours.work() or ours.said('was put out'), every=1, what='being put out')
    with pytest.raises(Refused, match='no longer in this room'):
        ours.queue_answer(question, 'Hello?')


def test_encrypted_rooms_are_shown_as_such_and_not_written_to(ours, budi):
    room = budi.make_room(ours.user_id, direct=True, encrypted=True)
    event_id = budi.send(room, {
        'algorithm': 'm.megolm.v1.aes-sha2', 'ciphertext': 'AwgAEnACgAkLmt6q', 'device_id': 'X',
        'sender_key': 'k', 'session_id': 's'}, 'm.room.encrypted')
    word = ours.wait_for(event_id)
    assert (word['state'], word['body']) == ('encrypted', False)
    with pytest.raises(Refused, match='encrypted'):
        ours.queue_answer(word, 'In the clear')


@pytest.mark.parametrize('when', [RESET_BEFORE, RESET_AFTER], ids=str)
def test_a_connection_lost_in_the_middle_of_an_answer_neither_loses_nor_doubles(
        ours, ana, talk, synapse, when):
    text = f'Until noon ({when.name})'
    question = ours.wait_for(ana.send(talk, f'Open on Sunday? {when.name}'))
    with FaultyProxy('127.0.0.1', synapse.port) as proxy:
        ours.speak_through(proxy.address)
        proxy.fault('PUT', '/_matrix/client/v3/rooms/', when)
        answer_id = ours.answer(question, text)
        assert outbox_of(ours, answer_id)[0] == 'unknown', 'nobody can know yet'
        retry_now(ours)
        assert outbox_of(ours, answer_id)[0] == 'done'
        assert proxy.count('PUT', '/_matrix/client/v3/rooms/') == (1 if when is RESET_AFTER else 2)
    ours.speak_through(synapse.url)
    ours.work()
    [seen] = [event for event in ana.timeline(talk) if event['content'].get('body') == text]
    [said] = ours.said(text)
    assert (said['id'], said['external_id']) == (answer_id, seen['event_id'])


def test_what_was_said_while_nobody_read_is_read_without_gaps(shop, ana, people):
    room = ana.make_room(shop.user_id, direct=True)
    shop.wait_for(ana.send(room, 'first'))
    for number in range(56):  # more than one sync brings
        ana.send(room, f'line {number}')
    shop.work()
    shop.work()
    bodies = [row['body'] for row in shop.said('line ')]
    assert sorted(bodies) == sorted(f'line {number}' for number in range(56))


def test_reading_everything_again_changes_nothing(shop, desk, odoo):
    for one in (shop, desk):
        one.work()
    before = shop.rows()
    odoo.sql('UPDATE social_crm_channel_sync SET cursor = NULL')
    odoo.sql("""
        UPDATE social_crm_event SET state = 'pending', not_before = now() AT TIME ZONE 'UTC'
         WHERE payload IS NOT NULL""")
    shop.work()
    after = shop.rows()
    for table in after:
        if table != 'social_crm_event':  # what was older than the first reading is read again
            assert after[table] == before[table], table


def test_a_transaction_that_is_repeated_or_forged(desk, odoo, synapse):
    [(token,)] = odoo.sql("""
        SELECT a.webhook_token FROM social_crm_app a JOIN social_crm_channel c ON c.app_id = a.id
         WHERE c.id = %s""", desk.channel_id)
    address = f'{odoo.url}/social/webhook/{token}/_matrix/app/v1/transactions/1'
    before = odoo.count('social_crm_event')
    body = {'events': []}
    assert requests.put(address, json=body, timeout=30).status_code == 401
    forged = requests.put(address, json=body, timeout=30, headers={'Authorization': 'Bearer x'})
    assert (forged.status_code, forged.json()['errcode']) == (403, 'M_FORBIDDEN')
    assert odoo.count('social_crm_event') == before
    odoo.tolerated.append('Webhook of app')
