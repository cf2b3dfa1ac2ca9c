# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the live tests stand on: real processes that start, work, and are gone afterwards."""

import os

import pytest
import requests

from tools import database
from tools.console import Fail

from .killer import Killer
from .odoo_server import OdooServer
from .session import Refused
from .waiting import wait_until


@pytest.fixture(scope='module')
def server(odoo_server):
    return odoo_server()


def test_users_have_the_rights_of_their_groups(server):
    viewer = server.new_user('viewer', 'social_crm_base.group_viewer')
    assert viewer('social.crm.interaction', 'search_count', []) == 0
    with pytest.raises(Refused, match='not allowed'):
        viewer('social.crm.platform', 'create', {'name': 'Mine', 'code': 'mine'})
    with pytest.raises(Refused, match='Access Denied'):
        server.user('viewer', 'wrong')


def test_the_addons_live_without_the_apps_they_can_use(server):
    assert server.sql("""
        SELECT name FROM ir_module_module
         WHERE state = 'installed' AND (name = ANY(%s) OR name IN ('sale', 'account'))""",
        list(database.OPTIONAL_APPS)) == []


def test_code_inside_odoo_is_committed_and_its_failure_is_told(server):
    assert '42' in server.shell("""
        print(40 + 2)
        env['res.partner'].create({'name': 'From inside'})
    """)
    assert server.count('res_partner', 'name = %s', 'From inside') == 1
    with pytest.raises(AssertionError, match='ZeroDivisionError'):
        server.shell("env['res.partner'].create({'name': 'Lost'}); 1/0")
    assert server.count('res_partner', 'name = %s', 'Lost') == 0


def test_a_job_runs_in_the_web_server_or_in_a_worker(server):
    server.shell("""
        job = env['ir.cron'].create({
            'name': 'Probe', 'model_id': env.ref('base.model_res_partner').id, 'state': 'code',
            'interval_type': 'days',
            'code': "model.create({'name': 'made by a job'})"})
        job.active = False
    """)

    def made():
        return server.count('res_partner', 'name = %s', 'made by a job')
    server.run_job('made by a job')
    assert made() == 1

    worker = server.start_worker()
    server.schedule('made by a job')
    wait_until(lambda: made() == 2, what='the job in the worker')
    server.stop(worker)
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


def test_a_killed_job_leaves_what_it_committed_and_no_more(server):
    server.shell("""
        env['ir.cron'].create({
            'name': 'Two', 'model_id': env.ref('base.model_res_partner').id, 'state': 'code',
            'interval_type': 'days', 'active': False, 'code': '''
        model.create({'name': 'first half'})
        env['ir.cron']._commit_progress(1)
        model.create({'name': 'second half'})'''.replace('    ', '')})
    """)
    seen = set()
    for _at in Killer(server).at_every_statement('first half'):
        seen.add(tuple(server.count('res_partner', 'name = %s', f'{half} half')
                       for half in ('first', 'second')))
        server.sql("DELETE FROM res_partner WHERE name LIKE '% half'")
    assert seen == {(1, 1), (0, 0), (1, 0)}


def test_nothing_is_left_of_a_server(tmp_path):
    with OdooServer(tmp_path, 'gone') as server:
        server.start_web()
        process = server.start_worker()
        assert process.poll() is None
        server.shell("env['res.partner'].search_count([])")
        assert server.errors() == []
    assert process.poll() is not None
    with pytest.raises(requests.ConnectionError):
        server.user()
    with pytest.raises(Fail, match='does not exist'):
        database.connect(server.database)
