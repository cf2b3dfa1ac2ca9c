# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A shop in Odoo and a customer on a server nobody here wrote, in real conversation.

The customer's side is read by Mastodon.py, which knows nothing of our connector.
"""

import pytest
import requests

from .peers.reader import client
from .shop import Shop
from .waiting import wait_until

pytestmark = pytest.mark.peers


@pytest.fixture(scope='module')
def shop(odoo_server, federation):
    return Shop(odoo_server(), federation.shop)


@pytest.fixture(scope='module')
def customer(federation):
    return client(federation.customer)


@pytest.fixture(scope='module')
def second(federation):
    return client(federation.second_customer)


@pytest.fixture
def ask(federation, shop, customer):
    """Write to the shop, as the customer if not told otherwise, and wait until it is in Odoo."""
    def write(text, *, author=customer, **options):
        post = author.status_post(f'{federation.shop.address} {text}', **options)
        return post, shop.wait_for(post.uri)
    return write


def answers_seen(reader, post):
    """What stands below a post on the reader's own server."""
    return wait_until(lambda: reader.status_context(post.id).descendants,
                      what='the answer on the second server')


def test_a_mention_arrives_as_identity_conversation_interaction_and_case(
        federation, shop, customer, ask):
    post, mention = ask('Zdravo 👋 imate li plavu šolju?')

    assert (mention['direction'], mention['kind'], mention['visibility']) == (
        'in', 'mention', 'public')
    assert mention['mode'] == 'one_to_one_to_many'
    assert 'Zdravo 👋 imate li plavu šolju?' in mention['body']
    [person] = shop.agent.read('social.crm.identity', [('id', '=', mention['identity_id'][0])],
                               'name', 'handle', 'profile_url', 'is_own')
    assert person['name'] == federation.customer.name
    assert person['handle'].lstrip('@') == federation.customer.address.lstrip('@')
    assert person['profile_url'] == customer.me().url
    assert not person['is_own']
    [talk] = shop.agent.read('social.crm.conversation',
                             [('id', '=', mention['conversation_id'][0])], 'kind', 'identity_id')
    assert talk['kind'] in ('mention', 'thread')
    assert talk['identity_id'][0] == person['id']
    [case] = shop.agent.read('social.crm.case', [('id', '=', mention['case_id'][0])], 'state')
    assert case['state'] == 'open'


def test_an_answer_from_odoo_is_read_on_the_customers_server(federation, shop, customer, ask):
    post, mention = ask('Is the blue one in stock?')

    answer_id = shop.answer(mention, 'Yes, three are left. Žurno!')

    [seen] = answers_seen(customer, post)
    assert 'Yes, three are left. Žurno!' in seen.content
    assert seen.account.url == f'{federation.shop.base_url}/{federation.shop.login}'
    assert seen.in_reply_to_id == post.id
    assert seen.visibility == 'public'
    assert [note.status.uri for note in customer.notifications(types=['mention'])
            if note.status].count(seen.uri) == 1

    ours = shop.named(seen.uri)
    assert ours['id'] == answer_id
    assert (ours['direction'], ours['delivery_state']) == ('out', 'sent')
    assert ours['parent_id'][0] == mention['id']
    shop.work()
    assert [row['id'] for row in shop.said('Yes, three are left')] == [answer_id], 'our own echo'


def test_a_lead_is_made_of_a_mention_and_keeps_the_way_back(federation, shop, second, ask):
    _post, mention = ask('We need 200 mugs for our office', author=second)

    lead_id = shop.make_lead(mention)
    places = shop.agent('crm.lead', 'social_reply_places', [lead_id])

    assert mention['conversation_id'][0] in [place['id'] for place in places if place['can_reply']]
    [lead] = shop.agent.read('crm.lead', [('id', '=', lead_id)], 'description', 'source_id',
                             'medium_id', 'contact_name', 'social_interaction_ids')
    assert mention['id'] in lead['social_interaction_ids']
    assert 'We need 200 mugs' in lead['description']
    assert lead['contact_name'] == federation.second_customer.name
    assert mention['external_id'] in lead['description'], 'the way to the post itself'
    assert lead['medium_id'] or lead['source_id']


def test_an_edit_arrives_and_the_first_wording_is_kept(federation, shop, customer, ask):
    post, mention = ask('My parcel is a week late')
    customer.status_update(post.id, f'{federation.shop.address} My parcel came today, thanks')

    edited = shop.wait_for_change(mention, lambda row: row['state'] == 'edited')

    assert 'came today' in edited['body']
    assert any('a week late' in version['body'] for version in edited['versions'])


def test_a_like_of_our_answer_arrives(shop, customer, ask):
    post, mention = ask('Do you ship to Bali?')
    answer_id = shop.answer(mention, 'We do, in five days')
    [seen] = answers_seen(customer, post)

    customer.status_favourite(seen.id)

    def liked():
        shop.work()
        return shop.agent.read('social.crm.interaction', [
            ('kind', '=', 'reaction'), ('parent_id', '=', answer_id)], 'identity_id', 'case_id')
    [like] = wait_until(liked, seconds=120, every=1, what='the like in Odoo')
    assert like['identity_id'] == mention['identity_id']
    assert not like['case_id'], 'a like is nothing to answer'


def test_a_deletion_empties_what_we_hold(shop, customer, ask):
    post, mention = ask('I should not have said that')
    customer.status_delete(post.id)

    gone = shop.wait_for_change(mention, lambda row: row['state'] == 'deleted')

    assert not gone['body']
    assert not gone['versions']
    left = shop.server.count(
        'social_crm_interaction', "body LIKE %s OR body_html LIKE %s OR versions::text LIKE %s",
        *['%should not have said%'] * 3)
    assert left == 0


def test_a_direct_message_stays_between_two(shop, customer, second, ask):
    post, message = ask('My order 4711 came broken', visibility='direct')
    assert (message['kind'], message['mode'], message['visibility']) == (
        'message', 'one_to_one', 'direct')
    [talk] = shop.agent.read('social.crm.conversation',
                             [('id', '=', message['conversation_id'][0])], 'kind', 'identity_id')
    assert talk['kind'] == 'direct'

    shop.answer(message, 'A new one is on its way')

    [seen] = answers_seen(customer, post)
    assert 'A new one is on its way' in seen.content
    assert seen.visibility == 'direct'
    answer = shop.named(seen.uri)
    assert (answer['mode'], answer['visibility']) == ('one_to_one', 'direct')
    assert not [note for note in second.notifications(types=['mention'])
                if 'new one is on its way' in note.status.content]
    anonymous = requests.get(seen.uri, headers={'Accept': 'application/activity+json'}, timeout=30)
    assert anonymous.status_code == 404


def test_two_people_have_two_conversations(second, ask):
    _post, of_first = ask('Which size do I need?')
    _post, of_second = ask('Which size do I need?', author=second)
    for name in ('identity_id', 'conversation_id', 'case_id'):
        assert of_first[name] != of_second[name], name


def test_reading_everything_again_changes_nothing(shop, ask):
    ask('Once is enough')
    shop.work()
    before = shop.rows()
    for _twice in range(2):
        # as after a restored backup: nothing is remembered of what was read
        shop.server.sql('UPDATE social_crm_channel_sync SET cursor = NULL')
        shop.work()
        assert shop.rows() == before
    shop.server.sql("""
        UPDATE social_crm_event SET state = 'pending', not_before = now() AT TIME ZONE 'UTC'
         WHERE payload IS NOT NULL""")
    shop.work()
    assert shop.rows() == before
