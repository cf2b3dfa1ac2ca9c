# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Every request our connector makes of a forum, judged by Discourse's own OpenAPI."""

import json

import pytest
import requests

from .peers import PeerUnavailable
from .peers.prism import prism

pytestmark = pytest.mark.peers

# What each call of the contract asks of the forum; the test fails where one asks for nothing.
SCRIPT = """
import json
from odoo.addons.social_crm_base.tools.activity import Actor, Target
from odoo.addons.social_crm_channels.tests import discourse_stub as forum
from odoo.addons.social_crm_channels.tools.contract import OutMessage

stub = forum.DiscourseStub(judge={judge!r})
app = env['social.crm.app'].create({{
    'name': 'Forum', 'platform_id': env.ref('social_crm_base.platform_discourse').id,
    'connector': 'discourse', 'base_url': stub.address}})
typed = {{'username': forum.USER, 'api_key': forum.KEY}}
env['social.crm.credential']._set_secrets(app, typed)
channel = env['social.crm.channel'].create({{
    'name': 'Forum', 'platform_id': app.platform_id.id, 'app_id': app.id,
    'connector': 'discourse', 'external_id': stub.address, 'handle': forum.USER}})
connector = channel._connector()

public = stub.say(forum.ANA, 'Da li je plava šolja tu? 😀')
for number in range(70):
    stub.say(forum.BUDI, f'n{{number}}', topic=public['topic_id'])
private = stub.say(forum.ANA, 'Gde je paket?', people=[forum.ANA])
asked = {{}}

def target(post):
    return Target(str(post['post_number']), container=str(post['topic_id']), ref=str(post['id']))

def read_all():
    cursor = {{}}
    for _page in range(9):
        items, cursor = connector._fetch(channel, cursor)
        if not items and cursor.get('again'):
            return
        for seen in cursor['watched'].values():
            seen[5] = 0
        cursor['again'] = not items

def message(text='Jeste & <odmah> *tu*', **more):
    return OutMessage(text, **{{'conversation_kind': 'thread', **more}})

def answer():
    receipt = connector._send(channel, message(parent=target(stub.posts[103])))
    assert connector._find_sent(channel, message(parent=target(stub.posts[103])))
    return Target(receipt.external_id, container=receipt.container, ref=receipt.ref)

ana = Actor(external_id='7', handle='ana_m')
for name, call in {{
    'connect': lambda: connector._grant(app, typed),
    'check': lambda: connector._check_health(channel),
    'read': read_all,
    'complete a private message': lambda: connector._hydrate(
        channel, {{'type': 'post', 'post': {{'topic_id': private['topic_id']}}}}),
    'answer': answer,
    'edit': lambda: connector._update_remote(
        channel, message('Ipak ne', target=target(stub.posts[max(stub.posts)]))),
    'answer in private': lambda: connector._send(channel, message(
        'Stiže', conversation_kind='direct', thread=str(private['topic_id']))),
    'write in private first': lambda: connector._send(channel, message(
        'Pišemo Vam nasamo o paketu', conversation_kind='direct', recipient=ana)),
    'look for it': lambda: connector._find_sent(channel, message(
        'Pišemo Vam nasamo o paketu', conversation_kind='direct', recipient=ana)),
    'publish': lambda: connector._publish(
        channel, OutMessage('Stigle su.', title='Nove šolje su stigle')),
    'like': lambda: connector._react(channel, target(public), 'like'),
    'flag': lambda: connector._moderate(channel, 'report', target(public), 'off_topic'),
    'mark as spam': lambda: connector._moderate(channel, 'spam', target(public)),
    'figures': lambda: connector._fetch_metrics(channel),
    'remove': lambda: connector._moderate(
        channel, 'remove', Target('2', container=str(public['topic_id']))),
    'remove a topic': lambda: connector._delete_remote(channel, target(public)),
}}.items():
    before = len(stub.calls)
    call()
    asked[name] = len(stub.calls) - before
stub.close()
print(json.dumps({{'asked': asked, 'refused': stub.refused, 'judged': sorted(stub.judged)}}))
"""
DONE = [
    ['DELETE', '/posts/*.json'], ['DELETE', '/t/*.json'], ['GET', '/latest.json'],
    ['GET', '/notifications.json'], ['GET', '/posts.json'], ['GET', '/posts/*.json'],
    ['GET', '/t/*.json'], ['GET', '/topics/private-messages-sent/*.json'],
    ['GET', '/topics/private-messages/*.json'], ['GET', '/u/*.json'],
    ['POST', '/post_actions.json'], ['POST', '/posts.json'], ['PUT', '/posts/*.json']]


def as_of_august_2026(document):
    """The registry's copy is older than this parameter, which docs.discourse.org has."""
    content = document['paths']['/posts.json']['post']['requestBody']['content']
    properties = content['application/json']['schema']['properties']
    properties.setdefault('reply_to_post_number', {'type': 'integer'})


@pytest.fixture(scope='module')
def judge(tmp_path_factory):
    try:
        home = tmp_path_factory.mktemp('prism')
        running = prism('discourse', home, '/site.json', as_of_august_2026)
        address = running.__enter__()
    except PeerUnavailable as error:
        pytest.skip(str(error))
    yield address
    running.__exit__(None, None, None)


def test_the_judge_refuses_what_the_forum_would_not_take(judge):
    for method, path, body in (
            ('POST', '/posts.json', {'topic_id': 1}), ('POST', '/posts.json', {'raw': 5}),
            ('POST', '/post_actions.json', {'id': 'x'}), ('GET', '/nowhere.json', None),
            ('PUT', '/posts/1.json', {'post': 'words'})):
        answer = requests.request(method, f'{judge}{path}', json=body, timeout=30)
        assert answer.status_code in (404, 422), (path, answer.status_code)
    assert requests.get(f'{judge}/latest.json', timeout=30).status_code == 422, 'without a key'


def test_every_request_of_ours_keeps_to_what_discourse_publishes(odoo_server, judge):
    server = odoo_server()
    said = server.shell(SCRIPT.format(judge=judge))
    told = json.loads(said.strip().splitlines()[-1])
    assert told['refused'] == []
    assert told['judged'] == DONE
    assert all(told['asked'].values()), told['asked']
