# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Two watches over deadlines at once, and one that dies: everybody is told once."""

import pytest

from .killer import Killer

pytestmark = pytest.mark.workers

CASES = 40
WATCH = '_cron_watch_deadlines()'
SHOP = """
    from datetime import timedelta
    from odoo import fields
    from odoo.addons.social_crm_base.tools.activity import Activity, Actor
    leader = env['res.users'].create({
        'name': 'Leader', 'login': 'leader', 'email': 'leader@example.test',
        'notification_type': 'inbox',
        'group_ids': [(4, env.ref('social_crm_base.group_team_leader').id)]})
    channel = env['social.crm.channel'].create({
        'name': 'Shop', 'external_id': 'shop-id', 'handle': 'shop@example.social',
        'platform_id': env.ref('social_crm_base.platform_mastodon').id})
    env['social.crm.team'].create({
        'name': 'Service', 'user_id': leader.id, 'channel_ids': channel.ids})
    policy = env['social.crm.response.policy'].create({
        'name': 'Quick', 'first_minutes': 1, 'warning_minutes': 0, 'is_around_clock': True})
    begun = fields.Datetime.now() - timedelta(minutes=10)
    env['social.crm.interaction']._ingest(channel, [
        Activity('create', begun + timedelta(seconds=number), kind='comment',
                 external_id='w%d' % number, actor=Actor(external_id='p%d' % number),
                 text='Word %d' % number)
        for number in range(NUMBER)])
    env['social.crm.interaction']._run_second_stage(limit=1000)
    env.cr.execute("UPDATE social_crm_case SET create_date = %s", [begun])
    env.cr.execute("UPDATE social_crm_response_policy SET promised_from = %s", [begun])
"""
AGAIN = """
    env['social.crm.deadline.notice'].search([]).unlink()
    env['mail.activity'].search([('res_model', '=', 'social.crm.case')]).unlink()
    env['mail.message'].search([('model', '=', 'social.crm.case'),
                                ('message_type', '=', 'user_notification')]).unlink()
    env['social.crm.case'].search([])._set_deadlines()
"""
WORKERS = """
    import threading

    failures = []

    def work():
        try:
            with env.registry.cursor() as cr:
                other = env(cr=cr)
                while other['social.crm.case']._watch_due(3):
                    cr.commit()
                cr.commit()
        except Exception as error:
            failures.append(repr(error))

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
"""


@pytest.fixture(scope='module')
def server(odoo_server):
    server = odoo_server()
    server.tolerated.append('odoo.sql_db: bad query')
    server.shell(SHOP.replace('NUMBER', str(CASES)))
    return server


def assert_everybody_is_told_once(server):
    """One notice, one notification and one activity for each case."""
    assert server.count('social_crm_case', "breach_state = 'breached'") == CASES
    assert server.count('social_crm_deadline_notice', "stage = 'breach' AND error IS NULL") == CASES
    told = server.sql("""
        SELECT m.res_id, count(*) FROM mail_message m
         WHERE m.model = 'social.crm.case' AND m.message_type = 'user_notification'
         GROUP BY m.res_id""")
    assert len(told) == CASES and {count for _case, count in told} == {1}
    assert server.count('mail_activity', "res_model = 'social.crm.case'") == CASES


def test_three_watches_at_once_tell_everybody_once(server):
    server.shell(WORKERS)
    assert_everybody_is_told_once(server)


@pytest.mark.parametrize('moment', [25, 60, 140])
def test_a_watch_that_dies_leaves_nothing_half_done(server, moment):
    server.shell(AGAIN)
    killer = Killer(server)
    assert killer.run(WATCH, at=moment) is None
    killer.run(WATCH)
    assert_everybody_is_told_once(server)
