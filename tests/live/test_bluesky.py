# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A shop in Odoo and its customers on a real AT Protocol network, in conversation.

The customers' side is called directly, with nothing of our connector.
"""

import base64
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from .peers import PeerUnavailable
from .peers.bluesky import Network, connect
from .proxy import RESET_AFTER, RESET_BEFORE, FaultyProxy
from .shop import Shop
from .waiting import wait_until

pytestmark = pytest.mark.peers

FAMILY = '👩‍👩‍👧'  # one character to a reader, 18 bytes
COMBINED = 'e\u0301'  # é in two code points
# What was changed behind the web server's back has to be told to it.
HEAR = 'env.registry.clear_cache(); env.registry.signal_changes()'


@pytest.fixture(scope='module')
def network(tmp_path_factory):
    try:
        with Network(tmp_path_factory.mktemp('bluesky')) as network:
            yield network
    except PeerUnavailable as error:
        pytest.fail(str(error))


@pytest.fixture(scope='module')
def proxy(network):
    with FaultyProxy('127.0.0.1', network.pds) as proxy:
        yield proxy


@pytest.fixture(scope='module')
def shop(odoo_server, network, proxy):
    return Shop(odoo_server(), network.shop, base_url=proxy.address, connect=connect)


@pytest.fixture
def ask(network, shop):
    """Write to the shop, as Ana if not told otherwise, and wait until it is in Odoo."""
    def write(text, *, author=None, **options):
        text = f'@{network.shop.handle} {text}'
        post = (author or network.ana).post(text, mentions=[network.shop], **options)
        return post, shop.wait_for(post['uri'])
    return write


def answers_seen(reader, post):
    return wait_until(lambda: reader.answers(post), what='the answer on the network')


def moderate(shop, interaction, operation):
    """Do it as a manager, and let the workers tell the network."""
    done = shop.server.user()('social.crm.interaction', 'action_moderate', [interaction['id']],
                              operation)
    assert done['done'] == 1, done
    shop.server.run_job('_cron_send()')
    [[state, error]] = shop.server.sql(
        'SELECT state, error FROM social_crm_outbox WHERE operation = %s AND interaction_id = %s '
        'ORDER BY id DESC LIMIT 1', operation, interaction['id'])
    assert state == 'done', error


def words_of(record, facet):
    raw = record['text'].encode()
    return raw[facet['index']['byteStart']:facet['index']['byteEnd']].decode()


def picture(size=(400, 300)):
    content = io.BytesIO()
    Image.new('RGB', size, 'teal').save(content, 'PNG')
    return content.getvalue()


def test_the_wizard_found_the_account_and_all_steps_are_done(network, shop):
    boss = shop.server.user()
    [channel] = boss.read('social.crm.channel', [('id', '=', shop.channel_id)], 'name', 'handle',
                          'external_id', 'health_level', 'setup_missing')
    assert channel['name'] == 'Example Shop'
    assert channel['external_id'] == network.shop.did
    assert channel['handle'] == network.shop.handle
    assert channel['health_level'] == 'green'
    boss('social.crm.channel', 'action_check_health', [shop.channel_id])
    [channel] = boss.read('social.crm.channel', [('id', '=', shop.channel_id)], 'setup_missing')
    assert not channel['setup_missing']


def test_a_mention_behind_emoji_and_combining_characters_arrives_whole(network, shop):
    text = f'{FAMILY} caf{COMBINED} @{network.shop.handle} i @{network.budi.handle}: šolja?'
    post = network.ana.post(text, mentions=[network.shop, network.budi])

    mention = shop.wait_for(post['uri'])

    assert (mention['direction'], mention['kind'], mention['visibility']) == (
        'in', 'mention', 'public')
    assert mention['body'] == text
    [ana] = shop.agent.read('social.crm.identity', [('id', '=', mention['identity_id'][0])],
                            'name', 'handle', 'external_id')
    assert (ana['name'], ana['external_id']) == ('Ana Marković', network.ana.did)
    assert ana['handle'].lstrip('@') == network.ana.handle
    [case] = shop.agent.read('social.crm.case', [('id', '=', mention['case_id'][0])], 'state')
    assert case['state'] == 'open'


def test_an_answer_with_a_mention_behind_emoji_reaches_both_and_can_be_taken_back(
        network, shop, ask):
    post, mention = ask('Imate li plavu šolju?')
    text = (f'{FAMILY} Da{COMBINED}! Pitajte @{network.budi.handle} '
            'ili https://shop.example/a?b=1, #šolje')

    answer_id = shop.answer(mention, text)

    [seen] = answers_seen(network.ana, post)
    assert seen['record']['text'] == text
    assert seen['record']['reply']['parent']['uri'] == post['uri']
    assert seen['record']['reply']['root']['uri'] == post['uri']
    facets = {facet['features'][0]['$type'].rpartition('#')[2]: facet
              for facet in seen['record']['facets']}
    assert words_of(seen['record'], facets['mention']) == f'@{network.budi.handle}'
    assert facets['mention']['features'][0]['did'] == network.budi.did
    assert words_of(seen['record'], facets['link']) == 'https://shop.example/a?b=1'
    assert words_of(seen['record'], facets['tag']) == '#šolje'
    wait_until(lambda: seen['uri'] in [note['uri'] for note in network.budi.notices('mention')],
               what='the notification of who was named')
    shop.work()
    assert [row['id'] for row in shop.said('Pitajte')] == [answer_id], 'our own echo'

    shop.agent('social.crm.interaction', 'talk_delete', [answer_id])
    shop.server.run_job('_cron_send()')

    wait_until(lambda: not network.ana.answers(post), what='our answer gone')


def test_likes_reposts_quotes_and_follows_of_others_arrive(network, shop, ask):
    post, mention = ask('Do you ship to Bali?')
    answer_id = shop.answer(mention, 'We do, in five days')
    [ours] = answers_seen(network.ana, post)

    network.ana.like(ours)
    network.budi.repost(ours)
    network.budi.follow(network.shop)
    further = network.budi.post('To Nuuk too?', parent={
        **ours, 'root': ours['record']['reply']['root']})

    reply = shop.wait_for(further['uri'])
    assert (reply['kind'], reply['parent_id'][0]) == ('reply', answer_id)

    def gestures():
        shop.work()
        found = shop.agent.read('social.crm.interaction', [
            ('channel_id', '=', shop.channel_id),
            ('kind', 'in', ('reaction', 'share', 'follow'))], 'kind', 'parent_id', 'case_id')
        return found if len(found) == 3 else None
    found = {row['kind']: row for row in wait_until(gestures, what='the gestures in Odoo')}
    assert found['reaction']['parent_id'][0] == answer_id
    assert found['share']['parent_id'][0] == answer_id
    assert not any(row['case_id'] for row in found.values()), 'nothing of it asks for an answer'


def test_our_like_is_seen_and_taken_back(network, shop, ask):
    post, mention = ask('Your mugs are lovely')

    def likes():
        [seen] = network.ana.ask('app.bsky.feed.getPosts', uris=[post['uri']])['posts']
        return seen['likeCount']

    shop.agent('social.crm.interaction', 'talk_react', [mention['id']], 'like')
    shop.server.run_job('_cron_send()')
    wait_until(lambda: likes() == 1, what='our like')
    shop.agent('social.crm.interaction', 'talk_react', [mention['id']], 'like', remove=True)
    shop.server.run_job('_cron_send()')
    wait_until(lambda: likes() == 0, what='our like taken back')


def test_a_post_its_author_deleted_is_emptied_here(network, shop, ask):
    post, mention = ask('I should not have said that')
    network.ana.delete(post['uri'])

    def look():
        # as if a minute had passed since it was looked at
        shop.server.sql("""
            UPDATE social_crm_channel_sync SET cursor = regexp_replace(
                cursor::text, '"checked": \\d+', '"checked": 1', 'g')::jsonb""")
        shop.work()
        [row] = shop.agent.read(
            'social.crm.interaction', [('id', '=', mention['id'])], 'state', 'body')
        return row if row['state'] == 'deleted' else None
    assert not wait_until(look, seconds=60, every=1, what='the deletion')['body']


def test_pictures_go_both_ways_with_their_description(network, shop, ask):
    post, mention = ask('This came broken', image=(picture(), 'A mug in two pieces'))
    [row] = shop.agent.read('social.crm.interaction', [('id', '=', mention['id'])], 'media')
    assert [media['alt'] for media in row['media']] == ['A mug in two pieces']
    file_id = shop.agent('ir.attachment', 'create', {
        'name': 'new.png', 'datas': base64.b64encode(picture((3000, 1500))).decode(),
        'description': 'A whole mug', 'res_model': 'social.crm.reply', 'res_id': 0})
    action = shop.agent('social.crm.interaction', 'action_reply', [mention['id']])
    reply = shop.agent(action['res_model'], 'create', {
        'body': 'A new one is on its way', 'attachment_ids': [(6, 0, [file_id])]},
        context=action['context'])
    shop.agent(action['res_model'], 'action_send', [reply])
    shop.server.run_job('_cron_send()')

    [seen] = answers_seen(network.ana, post)

    [image] = seen['record']['embed']['images']
    assert image['alt'] == 'A whole mug'
    assert image['aspectRatio']['width'] == 2 * image['aspectRatio']['height']


@pytest.mark.parametrize('when', [RESET_BEFORE, RESET_AFTER], ids=str)
def test_a_connection_lost_while_an_answer_is_sent_neither_loses_nor_doubles(
        network, shop, proxy, ask, when):
    post, mention = ask(f'Are you open on Sunday? ({when.name})')
    create = ('POST', '/xrpc/com.atproto.repo.createRecord')
    before = proxy.count(*create)
    proxy.fault(*create, when)

    answer_id = shop.answer(mention, f'Until noon ({when.name})')

    [[state]] = shop.server.sql(
        'SELECT state FROM social_crm_outbox WHERE interaction_id = %s', answer_id)
    assert state == 'unknown', 'nobody can know yet'
    shop.server.sql("""
        UPDATE social_crm_outbox SET not_before = now() AT TIME ZONE 'UTC' - interval '1 minute'
         WHERE state = 'unknown'""")
    shop.server.run_job('_cron_send()')
    assert proxy.count(*create) == before + (1 if when is RESET_AFTER else 2)
    [seen] = answers_seen(network.ana, post)
    shop.work()
    assert shop.named(seen['uri'])['id'] == answer_id


def test_an_answer_below_our_post_can_be_hidden_and_shown_again(network, shop):
    own = network.shop.post('We are open again')
    wait_until(lambda: network.budi.ask('app.bsky.feed.getPosts', uris=[own['uri']])['posts'],
               what='our post on the network')
    below = network.budi.post('Buy pills', parent=own)
    spam = shop.wait_for(below['uri'])

    def hidden():
        gate = own['uri'].replace('feed.post', 'feed.threadgate').split('/')
        records = network.ana.ask('com.atproto.repo.listRecords', repo=gate[2],
                                  collection=gate[3])['records']
        return [uri for record in records for uri in record['value']['hiddenReplies']]

    for operation, expected in (('hide', [below['uri']]), ('unhide', [])):
        moderate(shop, spam, operation)
        assert hidden() == expected


def test_people_are_blocked_and_posts_reported(network, shop, proxy, ask):
    _post, mention = ask('Buy pills', author=network.budi)

    def blocked():
        profile = network.budi.ask('app.bsky.actor.getProfile', actor=network.shop.did)
        return profile['viewer']['blockedBy']

    moderate(shop, mention, 'report')
    assert proxy.count('POST', '/xrpc/com.atproto.moderation.createReport') == 1
    moderate(shop, mention, 'ban')
    wait_until(blocked, what='the block')
    moderate(shop, mention, 'unban')
    wait_until(lambda: not blocked(), what='the block lifted')


def test_figures_of_the_account_and_its_posts_are_read(network, shop):
    shop.server.run_job('_cron_read_figures()')

    def figures(*domain):
        rows = shop.server.user().read('social.crm.metric', [
            ('channel_id', '=', shop.channel_id), *domain], 'key', 'value')
        return {row['key']: row['value'] for row in rows}
    assert figures(('interaction_id', '=', False))['followers'] == 1
    assert set(figures(('interaction_id', '!=', False))) >= {'likes', 'replies', 'shares', 'quotes'}


def test_sessions_are_renewed_once_however_many_workers_need_it(network, shop, proxy):
    refresh = ('POST', '/xrpc/com.atproto.server.refreshSession')
    before = proxy.count(*refresh)
    shop.server.sql("""
        UPDATE social_crm_credential SET expires_at = now() AT TIME ZONE 'UTC'
         WHERE channel_id = %s""", shop.channel_id)
    shop.server.shell(HEAR)

    # four at once write how the channel stands: Odoo lets the slower ones try again
    shop.server.tolerated.append('bad query: .*UPDATE "social_crm_channel_sync"')

    def check(_number):
        session = shop.server.user()
        return session('social.crm.channel', 'action_check_health', [shop.channel_id])
    with ThreadPoolExecutor(4) as workers:
        outcomes = list(workers.map(check, range(4)))

    assert {outcome['params']['type'] for outcome in outcomes} == {'success'}
    assert proxy.count(*refresh) == before + 1


def test_a_dead_session_is_renewed_and_a_revoked_password_is_told(network, shop, proxy):
    def spoil(**secrets):
        shop.server.shell(f"""
            channel = env['social.crm.channel'].browse({shop.channel_id})
            env['social.crm.credential']._set_secrets(channel, {secrets!r})
            env.cr.commit()
            {HEAR}
            """)

    def light():
        boss = shop.server.user()
        boss('social.crm.channel', 'action_check_health', [shop.channel_id])
        [channel] = boss.read('social.crm.channel', [('id', '=', shop.channel_id)],
                              'health_level', 'health_message')
        return channel
    spoil(access_token='eyJhbGciOiJFUzI1NksifQ.e30.c2ln')
    assert light()['health_level'] == 'green', 'from the refresh token'
    login = ('POST', '/xrpc/com.atproto.server.createSession')
    before = proxy.count(*login)
    spoil(access_token='eyJhbGciOiJFUzI1NksifQ.e30.c2ln', refresh_token='gone')
    assert light()['health_level'] == 'green', 'from the app password'
    assert proxy.count(*login) == before + 1

    network.shop.do('com.atproto.server.revokeAppPassword', {'name': 'Social CRM'})
    spoil(access_token='eyJhbGciOiJFUzI1NksifQ.e30.c2ln')

    found = light()
    assert found['health_level'] == 'red'
    assert 'does not accept this handle' in found['health_message']


def test_reading_everything_again_changes_nothing_and_no_log_holds_a_secret(network, shop):
    made = network.shop.do('com.atproto.server.createAppPassword', {'name': 'again'})
    network.shop.app_password = made['password']
    connect(shop.server.user(), network.shop, base_url=f'http://localhost:{network.pds}')
    seen = []
    for _twice in range(2):
        # as after a restored backup: nothing is remembered of what was read
        shop.server.sql('UPDATE social_crm_channel_sync SET cursor = NULL')
        shop.work()
        seen.append(shop.rows())
    assert seen[0] == seen[1]
    log = shop.server.log()
    assert network.shop.app_password not in log
    assert 'eyJ' not in log, 'a token'
