# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The peers themselves: when these fail, the network is broken and not the product."""

import pytest
import requests
from mastodon import MastodonNotFoundError

from .peers.mastodon_oauth import authorize
from .peers.reader import client
from .waiting import wait_until

pytestmark = pytest.mark.peers


@pytest.fixture(scope='module')
def shop(federation):
    return client(federation.shop)


@pytest.fixture(scope='module')
def customer(federation):
    return client(federation.customer)


def mention_of(reader, uri):
    """The reader's notification about the post of that uri, or None."""
    return next((note for note in reader.notifications(types=['mention'])
                 if note.status and note.status.uri == uri), None)


@pytest.fixture(scope='module')
def mention(federation, shop, customer):
    """A customer's public question that has reached the shop."""
    post = customer.status_post(f'{federation.shop.address} Zdravo 👋 is the blue one in stock?')
    wait_until(lambda: mention_of(shop, post.uri), what='the mention on the first server')
    return post


def test_an_answer_crosses_and_a_like_of_it_comes_back(federation, shop, customer, mention):
    received = mention_of(shop, mention.uri).status
    assert 'Zdravo 👋' in received.content
    assert received.account.url == f'http://{federation.customer.host}/{federation.customer.login}'

    answer = shop.status_post(f'{federation.customer.address} Yes', in_reply_to_id=received.id)
    seen = wait_until(lambda: customer.status_context(mention.id).descendants,
                      what='the answer on the second server')
    assert [post.uri for post in seen] == [answer.uri]

    customer.status_favourite(seen[0].id)
    wait_until(lambda: [note for note in shop.notifications(types=['favourite'])
                        if note.status.uri == answer.uri], what='the like on the first server')


def test_an_edit_crosses(shop, customer, mention):
    customer.status_update(mention.id, 'edited')
    wait_until(lambda: 'edited' in mention_of(shop, mention.uri).status.content,
               what='the edit on the first server')


def test_a_direct_message_is_seen_by_its_two_people_only(federation, shop, customer):
    post = customer.status_post(f'{federation.shop.address} order 1234', visibility='direct')
    received = wait_until(lambda: mention_of(shop, post.uri), what='the direct message').status
    assert received.visibility == 'direct'
    assert not mention_of(client(federation.second_customer), post.uri)
    assert requests.get(post.uri, headers={'Accept': 'application/activity+json'},
                        timeout=30).status_code == 404


def test_a_deletion_crosses(federation, shop, customer):
    post = customer.status_post(f'{federation.shop.address} never mind')
    received = wait_until(lambda: mention_of(shop, post.uri), what='the mention').status
    customer.status_delete(post.id)

    def gone():
        try:
            shop.status(received.id)
        except MastodonNotFoundError:
            return True
        return False
    wait_until(gone, what='the deletion on the first server')


def test_a_wrong_password_gives_no_token(federation):
    with pytest.raises(PermissionError):
        authorize(federation.shop.base_url, federation.shop.login, 'wrong')


def test_stopped_servers_free_their_ports_and_come_back_with_their_data(federation):
    before = federation.credentials()
    federation.stop()
    assert not federation.running()
    with pytest.raises(requests.ConnectionError):
        requests.get(federation.shop.base_url, timeout=5)

    federation.start()

    assert federation.running()
    after = federation.credentials()
    assert {**after, 'pids': None} == {**before, 'pids': None}
    assert client(federation.shop).me().username == 'shop'
