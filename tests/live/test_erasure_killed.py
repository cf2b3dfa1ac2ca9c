# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A server that dies while it erases somebody: at the end all is as if it had not died."""

import itertools
import json

import pytest

from .backup import Backup
from .killer import Killer
from .traces import places

pytestmark = pytest.mark.workers

ERASE, SEND = 'social_crm_gdpr.ir_cron_erasure', '_cron_send()'
NAMES = ('u-ana-7781', 'ana.anic.7781', 'ana.7781@mail', 'Anićević', 'anicevic', '651237781')
WORDS = 'order 424242'
WORLD = """
    import base64
    from datetime import datetime, timedelta
    from odoo.fields import Command
    from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target
    begin = datetime.now().replace(microsecond=0) - timedelta(days=2)
    env.company.social_crm_erasure_recipients = 'shop@partner.example, ads@partner.example'
    clerks = env['res.users'].create([
        {'name': name.title(), 'login': name,
         'group_ids': [Command.link(env.ref('social_crm_base.group_privacy_clerk').id)]}
        for name in ('clerk', 'second')])
    app = env['social.crm.app'].create({
        'name': 'Play', 'platform_id': env.ref('social_crm_base.platform_sandbox').id,
        'connector': 'sandbox'})
    channel = env['social.crm.channel'].create({
        'name': 'Play', 'external_id': 'play', 'handle': 'play', 'app_id': app.id,
        'platform_id': app.platform_id.id, 'connector': 'sandbox'})
    ana = Actor(external_id='u-ana-7781', handle='ana.anic.7781', name='Ana Anićević')
    bo = Actor(external_id='u-bo-5512', handle='bo.5512', name='Bo')

    def said(number, kind, who, minutes, text, **facts):
        return Activity('create', begin + timedelta(minutes=minutes), kind=kind,
                        external_id=f'{kind}-{number}', actor=who, text=text, **facts)
    on_post = {'parent': Target('post-1')}
    words = [said(1, 'post', None, 0, 'Our post', direction='out')]
    for number in range(COUNT):
        words += [
            said(number, 'message', ana, 2 + number, f'Где је order 424242, {number}?',
                 visibility='direct', counterpart=ana),
            said(number, 'comment', ana, 2 + number, f'I asked for order 424242, {number} 😡',
                 **on_post),
            said(f'b{number}', 'comment', bo, 2 + number, f'@ana.anic.7781 me too {number}',
                 mentions=(ana,), **on_post)]
    words.append(said(1, 'reply', None, 900, '@ana.anic.7781 we look into it', direction='out',
                      mentions=(ana,), parent=Target('comment-1')))
    env['social.crm.interaction']._ingest(channel, words)
    account = env['social.crm.identity'].search([('external_id', '=', 'u-ana-7781')])
    contact = env['res.partner'].create({
        'name': 'Ana Anićević', 'email': 'ana.7781@mail.example', 'phone': '+381651237781'})
    account.link_ids.create({'identity_id': account.id, 'partner_id': contact.id}).action_confirm()
    contact.message_post(body='Ana Anićević called', attachments=[('ana.txt', b'order 424242')])
    env['crm.lead'].create({'name': 'Ana Anićević', 'partner_id': contact.id})
    erasure = env['social.crm.erasure'].with_user(clerks[0]).create({
        'identity_ids': [Command.set(account.ids)]})
    erasure.action_propose()
    erasure.with_user(clerks[1]).action_approve()
    env.cr.commit()
"""
#: What says when, how often somebody tried, and under which address; or is drawn by lot.
CHANGING = {
    'social_crm_case_cycle': ['resolution_seconds', 'resolution_business_seconds'],
    'social_crm_conversation': ['dedup_key'],
    'social_crm_outbox': ['attempts', 'idempotency_key'],
    'social_crm_sandbox_delivery': ['body'],
    'ir_config_parameter': ['value', 'write_uid'],
}
FLEETING = {
    'ir_cron', 'ir_cron_progress', 'ir_cron_trigger', 'bus_bus', 'bus_presence', 'ir_logging',
    'res_users_log', 'res_device_log', 'social_crm_evidence',
}


class Deaths:
    """One job killed at many statements, and what was true at each death."""

    def __init__(self, server, log):
        self.server, self.killer = server, Killer(server)
        self.log = log
        self.count, self.between = 0, 0
        self.states = set()

    def die(self, job, strides):
        """Kill it again and again until it gets through.

        :param strides: how many statements further each death comes.
        """
        at = 0
        for stride in strides:
            at += stride
            # who died while sending leaves the row to nobody for some minutes
            self.server.sql("""
                UPDATE social_crm_outbox
                   SET not_before = now() AT TIME ZONE 'UTC' - interval '1 minute'
                 WHERE not_before IS NOT NULL""")
            if self.killer.run(job, at=at) is not None:
                return
            self.count += 1
            self._look()

    def _look(self):
        [[state, to_log, step]] = self.server.sql(
            'SELECT state, to_log, step FROM social_crm_erasure')
        self.states.add((state, step))
        told = self.log_lines()
        assert len(told) <= 1
        if to_log:
            assert places(self.server, [WORDS]), 'nothing goes before the log knows'
            self.between += len(told)
            info = self.server.user()._rpc('/web/session/get_session_info')
            assert 'social_crm_behind' not in info, 'the job heals it'
        else:
            assert len(told) == 1

    def log_lines(self):
        return [json.loads(line) for path in self.log.iterdir()
                for line in path.read_text().splitlines()]


def snapshot(server):
    """Every row of every table, without when it was made and which number it got."""
    columns = server.sql("""
        SELECT c.table_name, array_agg(c.column_name::text) FILTER (
                   WHERE c.data_type LIKE 'timestamp%%' OR c.column_name = 'id')
          FROM information_schema.columns c
          JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY 1""")
    rows = {}
    for table, fleeting in columns:
        if table not in FLEETING and not table.startswith('orm_signaling'):
            rows[table] = server.sql(
                f'SELECT (to_jsonb(t) - %s::text[])::text FROM "{table}" t ORDER BY 1',
                [*(fleeting or []), *CHANGING.get(table, [])])
    rows['evidence'] = server.sql(
        'SELECT sequence, kind, reference, payload::text FROM social_crm_evidence ORDER BY id')
    return rows


def mailed(server):
    """The mail server takes what recipients are told, once each, and Odoo deletes its copy."""
    assert server.sql('SELECT email_to FROM mail_mail ORDER BY 1') == [
        ('ads@partner.example',), ('shop@partner.example',)]
    server.sql('DELETE FROM mail_mail')


def test_a_server_killed_while_erasing_erases_the_same(odoo_server, tmp_path):
    log = tmp_path / 'erasures'
    log.mkdir()
    server = odoo_server(env={'SOCIAL_CRM_ERASURE_LOG': str(log)})
    server.shell(WORLD.replace('COUNT', '260'))  # more than one batch of her words
    assert ('social_crm_interaction', 'body') in places(server, [WORDS])
    backup = Backup(server, tmp_path)

    for job in (ERASE, SEND):
        server.run_job(job)
    mailed(server)
    server.run_job(ERASE)
    assert server.sql('SELECT state FROM social_crm_erasure') == [('done',)], server.sql(
        'SELECT "table", "column", kinds FROM social_crm_erasure_hit')
    undisturbed = snapshot(server)

    server.stop(server.web)
    backup.restore()
    for path in log.iterdir():
        path.unlink()
    server.start_web()
    deaths = Deaths(server, log)
    deaths.die(ERASE, itertools.chain([1] * 40, itertools.repeat(41)))
    deaths.die(SEND, itertools.repeat(3))
    mailed(server)
    deaths.die(ERASE, itertools.repeat(31))
    assert deaths.between, 'also between the disk and the commit'
    assert len(deaths.states) > 4, 'in all its steps'
    assert {state for state, _step in deaths.states} >= {'running', 'remote', 'scanning'}

    assert places(server, [*NAMES, WORDS]) == set()
    found = snapshot(server)
    differing = {table: set(found[table]) ^ set(rows) or 'how often'
                 for table, rows in undisturbed.items() if found[table] != rows}
    assert not differing
    [entry] = deaths.log_lines()
    assert server.sql('SELECT state, reference FROM social_crm_erasure') == [
        ('done', entry['reference'])]
