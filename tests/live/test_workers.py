# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Several workers, and workers that die: what comes out is what one undisturbed worker makes."""

import concurrent.futures
import itertools
import random
import re

import pytest

from .killer import Killer
from .waiting import wait_until
from .webhook import STORY_ROWS, Sender, story

pytestmark = pytest.mark.workers

EVENTS, SECOND_STAGE = '_cron_process()', '_cron_second_stage()'
REGULAR = 'regular@example.test'


def snapshot(server):
    """What the database says, in words that do not depend on ids or on when it was worked on."""
    interactions = server.sql("""
        SELECT c.external_id, i.external_id, i.kind, i.state, i.body, i.versions::text, i.reaction,
               i.direction, i.mode, i.visibility, parent.external_id, who.external_id,
               talk.kind, talk.external_id, talker.external_id, i.case_id IS NOT NULL,
               i.hooks_pending, i.hook_errors::text
          FROM social_crm_interaction i
          JOIN social_crm_channel c ON c.id = i.channel_id
          JOIN social_crm_conversation talk ON talk.id = i.conversation_id
          LEFT JOIN social_crm_identity talker ON talker.id = talk.identity_id
          LEFT JOIN social_crm_interaction parent ON parent.id = i.parent_id
          LEFT JOIN social_crm_identity who ON who.id = i.identity_id""")
    people = server.sql("""
        SELECT p.external_id, p.scope, p.handle, p.name, partner.name, count(l.id)
          FROM social_crm_identity p
          LEFT JOIN res_partner partner ON partner.id = p.partner_id
          LEFT JOIN social_crm_identity_link l ON l.identity_id = p.id
         GROUP BY 1, 2, 3, 4, 5""")
    cases = server.sql("""
        SELECT channel.external_id, p.external_id, count(DISTINCT i.id), count(DISTINCT y.id),
               count(DISTINCT r.id)
          FROM social_crm_case k
          JOIN social_crm_interaction i ON i.case_id = k.id
          JOIN social_crm_channel channel ON channel.id = i.channel_id
          LEFT JOIN social_crm_identity p ON p.id = i.identity_id
          LEFT JOIN social_crm_case_cycle y ON y.case_id = k.id
          LEFT JOIN social_crm_case_response r ON r.case_id = k.id
         GROUP BY k.id, 1, 2""")
    told = server.sql("""
        SELECT m.message_type, m.subject, count(DISTINCT m.id), count(n.id)
          FROM mail_message m LEFT JOIN mail_notification n ON n.mail_message_id = m.id
         WHERE m.subject IS NOT NULL GROUP BY 1, 2
        UNION ALL
        SELECT 'activity', summary, count(*), 0 FROM mail_activity GROUP BY summary""")
    events = server.sql('SELECT state, count(*) FROM social_crm_event GROUP BY state')
    return {name: sorted(rows, key=repr) for name, rows in (
        ('interactions', interactions), ('people', people), ('cases', cases), ('told', told),
        ('events', events))}


def assert_same(found, expected):
    for name, rows in expected.items():
        assert found[name] == rows, name


def work_off(server):
    """Run the jobs one after the other until nothing is left."""
    def settled():
        # What waits is due at once, instead of when its pause is over
        server.sql("UPDATE social_crm_event SET not_before = now() AT TIME ZONE 'UTC' "
                   "WHERE state = 'waiting'")
        for job in (EVENTS, SECOND_STAGE):
            server.run_job(job)
        return not unsettled(server)
    wait_until(settled, seconds=120, what='an empty backlog')


def unsettled(server):
    return (server.count('social_crm_event', "state IN ('pending', 'waiting')")
            + server.count('social_crm_interaction', 'hooks_pending'))


def make_server(odoo_server, channels):
    """A server with a customer whose salesperson wants to know, and some channels."""
    server = odoo_server()
    seller = server.new_user('seller', 'social_crm_base.group_agent',
                             'sales_team.group_sale_salesman')
    server.user()('res.partner', 'create', {
        'name': 'A regular', 'email': REGULAR, 'user_id': seller.user_id})
    return server, [Sender(server, f'account-{number}') for number in range(channels)]


def test_two_workers_on_one_backlog_make_what_one_makes(odoo_server):
    stories = 150
    plain, plain_senders = make_server(odoo_server, channels=3)
    for sender, number in itertools.product(plain_senders, range(stories)):
        sender.send(story(number))
    work_off(plain)
    expected = snapshot(plain)
    assert len(expected['interactions']) == len(plain_senders) * stories * STORY_ROWS

    server, senders = make_server(odoo_server, channels=3)
    chance = random.Random(19)
    requests = []
    for sender, number in itertools.product(senders, range(stories)):
        items = story(number)
        chance.shuffle(items)
        webhook_id = f'{sender.account}-{number}'
        requests += [(sender, items[:3], f'{webhook_id}-a'), (sender, items[3:], f'{webhook_id}-b')]
    requests *= 2
    chance.shuffle(requests)
    workers = [server.start_worker() for _number in range(2)]
    server.schedule(EVENTS, SECOND_STAGE)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for sent in [pool.submit(sender.send, items, webhook_id=webhook_id)
                     for sender, items, webhook_id in requests]:
            sent.result()

    def settled():
        server.sql("UPDATE social_crm_event SET not_before = now() AT TIME ZONE 'UTC' "
                   "WHERE state = 'waiting' AND not_before > now() AT TIME ZONE 'UTC'")
        server.wake()
        return not unsettled(server)
    wait_until(settled, seconds=300, every=1, what='an empty backlog')

    assert_same(snapshot(server), expected)
    for worker in workers:
        done = re.findall(r"take in events.* done (\d+)", worker.log_path.read_text())
        assert sum(map(int, done)) > 0, 'both workers had their part'


@pytest.fixture(scope='module')
def undisturbed(odoo_server):
    """Make what one worker that nobody disturbs makes of so many stories."""
    def run(stories):
        server, [sender] = make_server(odoo_server, channels=1)
        for number in range(stories):
            sender.send(story(number, customer_email=REGULAR if number == 0 else None))
        work_off(server)
        return snapshot(server)
    return run


def test_a_worker_killed_at_any_statement_loses_and_doubles_nothing(odoo_server, undisturbed):
    server, [sender] = make_server(odoo_server, channels=1)
    killer = Killer(server)
    numbers = itertools.count()

    def tell():
        number = next(numbers)
        sender.send(story(number, customer_email=REGULAR if number == 0 else None))
    tell()
    for _at in killer.at_every_statement(EVENTS):
        tell()
    killer.run(EVENTS)
    stories = next(numbers)
    assert stories > 20, 'a batch has more statements than that'

    # The second stage has all of that to do: a death before its commit leaves everything.
    deaths = len(list(killer.at_every_statement(SECOND_STAGE)))
    assert deaths > 20, 'a batch has more statements than that'
    work_off(server)

    found = snapshot(server)
    assert len(found['interactions']) == stories * STORY_ROWS
    assert [person[:1] for person in found['people'] if 'A regular' in person] == [('u0',)]
    assert [row[2:] for row in found['told'] if row[1].startswith('A regular spoke')] == [(1, 1)]
    assert_same(found, undisturbed(stories))
