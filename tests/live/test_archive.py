# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""An archive import whose worker dies: each word is there once, wherever it died."""
import base64
import io
import json
import zipfile

import pytest

from .killer import Killer

pytestmark = pytest.mark.workers

WORK = 'social.crm.archive'
POSTS = 1100  # three batches


def x_archive():
    posts = [{'tweet': {'id_str': str(number), 'full_text': f'Šljive {number} 😀',
                        'created_at': 'Fri Mar 01 10:11:12 +0000 2019'}}
             for number in range(1, POSTS + 1)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('data/tweets.js', 'window.YTD.tweets.part0 = ' + json.dumps(posts))
    return base64.b64encode(file.getvalue()).decode()


def begin(server):
    """An import that was looked at and started."""
    admin = server.user()
    channel = admin('social.crm.channel', 'create', {
        'name': 'Old account', 'platform_id': server.ref('social_crm_base.platform_x')})
    attachment = admin('ir.attachment', 'create', {'name': 'x.zip', 'datas': x_archive()})
    archive = admin(WORK, 'create', {
        'format': 'x', 'channel_id': channel, 'attachment_ids': [(6, 0, [attachment])],
        'ground': 'contract', 'keep_months': 12})
    for step in ('action_read', 'action_import'):
        admin(WORK, step, [archive])
    return archive


def test_a_worker_killed_at_any_moment_doubles_and_loses_nothing(odoo_server):
    server = odoo_server()
    archive = begin(server)
    killer = Killer(server)
    [[position]] = server.sql(f'SELECT position FROM social_crm_archive WHERE id = {archive}')
    deaths, far = 0, set()
    # Every seventh statement: the batches have some hundred, and each is begun anew.
    while killer.run('_cron_work()', at=9 + 7 * deaths) is None:
        deaths += 1
        [[position]] = server.sql(f'SELECT position FROM social_crm_archive WHERE id = {archive}')
        assert server.count('social_crm_interaction', f'archive_id = {archive}') == position
        far.add(position)
    assert deaths > 5 and len(far) > 1, 'it died within batches and between them'
    assert server.sql(f'SELECT state, created_count, refused_count FROM social_crm_archive '
                      f'WHERE id = {archive}') == [('done', POSTS, 0)]
    assert server.sql(f'SELECT count(*), count(DISTINCT body) FROM social_crm_interaction '
                      f'WHERE archive_id = {archive}') == [(POSTS, POSTS)]
