# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Two people at one case, each in a browser of their own."""

import json

import pytest

from .browser import Browser

pytestmark = [pytest.mark.browser]

SHOP = """
    from datetime import datetime
    from odoo.addons.social_crm_base.tools.activity import Activity, Actor
    group = env.ref('social_crm_base.group_agent')
    env['res.users'].create([
        {'name': name.title(), 'login': name, 'password': name * 2, 'group_ids': [(4, group.id)]}
        for name in ('mira', 'jovan')])
    app = env['social.crm.app'].create({
        'name': 'Play', 'platform_id': env.ref('social_crm_base.platform_sandbox').id,
        'connector': 'sandbox'})
    channel = env['social.crm.channel'].create({
        'name': 'Play', 'external_id': 'play', 'handle': 'play', 'app_id': app.id,
        'platform_id': app.platform_id.id, 'connector': 'sandbox'})
    ana = Actor(external_id='ana', handle='ana', name='Ana')
    env['social.crm.interaction']._ingest(channel, [Activity(
        'create', datetime.now().replace(microsecond=0), kind='message', external_id='m1',
        actor=ana, visibility='direct', text='Gde je moja torba?')])
    env.cr.commit()
"""


@pytest.fixture
def two_browsers(browser, tmp_path):
    """A second person's browser beside the first; their errors fail the test too."""
    home = tmp_path / 'second'
    home.mkdir()
    with Browser(home) as other:
        yield browser, other
        assert other.problems == []


def text_of(selector):
    return f'document.querySelector({json.dumps(selector)})?.textContent || ""'


def type_in(page, words):
    page.wait_for("document.querySelector('.o_social_text')")
    page.run(f"""
        const text = document.querySelector('.o_social_text');
        text.focus();
        text.value = {json.dumps(words)};
        text.dispatchEvent(new InputEvent('input', {{bubbles: true}}));
    """)


def test_two_people_see_each_other_and_who_is_slower_is_warned(odoo_server, two_browsers):
    server = odoo_server()
    server.shell(SHOP)
    [[case_id]] = server.sql('SELECT id FROM social_crm_case')
    people = dict(zip(('mira', 'jovan'), two_browsers, strict=True))
    for name, page in people.items():
        page.login(server.url, name, name * 2)
        page.open(f'{server.url}/odoo/social-inbox?case={case_id}')
        page.wait_for(f"({text_of('.o_social_talk')}).includes('torba')")
    mira, jovan = people['mira'], people['jovan']

    here = text_of('.o_social_together_here')
    mira.wait_for(f"({here}).includes('Jovan is here too')")
    jovan.wait_for(f"({here}).includes('Mira is here too')")

    type_in(mira, 'Your bag is on its way.')
    jovan.wait_for(f"({here}).includes('Mira is typing')")

    type_in(jovan, 'We look for')
    mira.wait_for(f"({here}).includes('Jovan is typing')")
    mira.click('.o_social_send')

    warned = text_of('.o_social_answered')
    jovan.wait_for(f"({warned}).includes('Mira answered meanwhile: Your bag is on its way.')")
    assert not mira.evaluate("!!document.querySelector('.o_social_answered')"), 'not of her own'

    jovan.open(f'{server.url}/odoo')
    mira.wait_for(f"!({here}).includes('Jovan')", seconds=20)
