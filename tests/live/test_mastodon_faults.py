# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""An answer is said once: whatever breaks between us and the customer's network."""

import pytest

from .killer import Killer
from .peers.reader import client
from .proxy import RESET_AFTER, RESET_BEFORE, FaultyProxy
from .shop import Shop
from .waiting import wait_until

pytestmark = pytest.mark.peers

POST = ('POST', '/api/v1/statuses')


@pytest.fixture(scope='module')
def proxy(federation):
    with FaultyProxy(federation.shop.host) as proxy:
        yield proxy


@pytest.fixture(scope='module')
def shop(odoo_server, federation, proxy):
    return Shop(odoo_server(), federation.shop, base_url=proxy.address)


@pytest.fixture(scope='module')
def customer(federation):
    return client(federation.customer)


@pytest.fixture(scope='module')
def question(federation, shop, customer):
    """A post of the customer's and what Odoo has of it."""
    post = customer.status_post(f'{federation.shop.address} Are you open on Sunday?')
    return post, shop.wait_for(post.uri)


def outbox_of(shop, interaction_id):
    [row] = shop.server.sql('SELECT state, attempts FROM social_crm_outbox '
                            'WHERE interaction_id = %s', interaction_id)
    return row


def let_time_pass(shop):
    """Make due what waits before it is looked at again, the lease of a dead worker included."""
    shop.server.sql("""
        UPDATE social_crm_outbox SET not_before = now() AT TIME ZONE 'UTC' - interval '1 minute'
         WHERE state IN ('unknown', 'queued', 'sending') AND not_before IS NOT NULL""")


def retry_now(shop):
    let_time_pass(shop)
    shop.server.run_job('_cron_send()')


def seen_below(customer, post, text):
    return [status for status in customer.status_context(post.id).descendants
            if text in status.content]


@pytest.mark.parametrize('when', [RESET_BEFORE, RESET_AFTER], ids=str)
def test_a_connection_lost_in_the_middle_of_a_send_neither_loses_nor_doubles(
        shop, proxy, customer, question, when):
    post, mention = question
    text = f'Yes, until noon ({when.name})'
    before = proxy.count(*POST)
    proxy.fault(*POST, when)

    answer_id = shop.answer(mention, text)

    assert proxy.count(*POST) == before + 1
    assert outbox_of(shop, answer_id)[0] == 'unknown', 'nobody can know yet'
    retry_now(shop)
    assert outbox_of(shop, answer_id)[0] == 'done'
    repeated = 0 if when is RESET_AFTER else 1
    assert proxy.count(*POST) == before + 1 + repeated

    [seen] = wait_until(lambda: seen_below(customer, post, text), what='the answer')
    shop.work()
    retry_now(shop)
    assert [row['id'] for row in shop.said(text)] == [answer_id]
    assert shop.named(seen.uri)['id'] == answer_id
    assert len(seen_below(customer, post, text)) == 1


def test_a_network_that_is_down_gets_the_answer_later(federation, shop, customer, question):
    post, mention = question
    federation.servers[0].stop()
    try:
        answer_id = shop.answer(mention, 'Said while you were away')
        assert outbox_of(shop, answer_id)[0] in ('queued', 'unknown')
    finally:
        federation.start()
    retry_now(shop)
    assert outbox_of(shop, answer_id)[0] == 'done'
    [_seen] = wait_until(lambda: seen_below(customer, post, 'while you were away'),
                         what='the answer')


def test_a_sender_killed_at_any_statement_says_everything_once(
        federation, shop, customer, question):
    post, mention = question
    killer = Killer(shop.server)
    shop.queue_answer(mention, 'answer number 0.')
    queued = 1
    for at in killer.at_every_statement('_cron_send()'):
        let_time_pass(shop)
        if not shop.server.count('social_crm_outbox', "state <> 'done'"):
            shop.queue_answer(mention, f'answer number {at}.')
            queued += 1
    retry_now(shop)

    assert shop.server.count('social_crm_outbox', "state <> 'done'") == 0
    assert queued > 1, 'some were sent and others begun'
    expected = sorted(row['external_id'] for row in shop.said('answer number'))
    assert len(expected) == queued

    # On the shop's own server: whether other servers take every delivery in time under load is
    # theirs, that each answer was said once is ours.
    own = client(federation.shop)
    said = [status.uri for status in own.account_statuses(own.me().id, limit=80)
            if 'answer number' in status.content]
    assert sorted(said) == expected
    wait_until(lambda: seen_below(customer, post, 'answer number'), seconds=120,
               what='an answer on the customer\'s server')
