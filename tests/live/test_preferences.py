# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A person's own page in a real browser, at phone width: no login, no script of ours."""

import pytest

pytestmark = [pytest.mark.browser]

MAKE = """
company = env.company
platform = env.ref('social_crm_base.platform_mastodon')
ana = env['social.crm.identity'].create({
    'platform_id': platform.id, 'handle': 'ana@example.social', 'name': 'Ana'})
env['social.crm.consent']._note(
    'given', 'feedback', identity=ana, way='hand', note='On the phone')
print('PATH', ana._preferences_url('en').partition('/privacy')[2])
"""
STATES = """
ana = env['social.crm.identity'].search([('handle', '=', 'ana@example.social')])
known = env['social.crm.consent']._states(ana)[ana.id]
print('STATES', *sorted(f'{code}={state.status}' for code, state in known.items()))
"""


def states(server):
    """What holds now of each purpose decided on."""
    return server.shell(STATES).partition('STATES ')[2].split()


def test_a_person_changes_their_mind_and_stops_all(odoo_server, browser):
    server = odoo_server()
    path = server.shell(MAKE).partition('PATH ')[2].split()[0]
    browser.resize(390, 800, is_phone=True)
    browser.open(f'{server.url}/privacy{path}')
    assert browser.evaluate("document.querySelector('#p_feedback').checked")
    assert not browser.evaluate("document.querySelector('#p_marketing').checked")
    assert browser.evaluate('document.scripts.length') == 0
    assert browser.evaluate('document.documentElement.scrollWidth <= innerWidth')

    browser.click('#p_marketing')
    browser.click('#p_feedback')
    browser.click('button.save')
    browser.wait_for("document.querySelector('.said')")
    assert browser.evaluate("document.querySelector('#p_marketing').checked")
    assert not browser.evaluate("document.querySelector('#p_feedback').checked")
    assert {'feedback=withdrawn', 'marketing=agreed'} <= set(states(server))

    browser.click('button.stop')
    browser.wait_for("document.querySelector('.said')?.textContent.includes('Stopped')")
    assert not browser.evaluate("document.querySelector('#p_marketing').checked")
    assert {'feedback=withdrawn', 'marketing=withdrawn'} <= set(states(server))

    browser.click('a.receipt')
    browser.wait_for("document.querySelectorAll('article').length >= 4")
