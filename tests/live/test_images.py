# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A walk through the example shop's inbox, which also takes the pictures of the documents.

``SOCIAL_CRM_IMAGES=docs/images ./dev test tests/live/test_images.py`` takes them anew; without it
the walk only looks whether the screens show what the pictures promise.
"""

import json
import os
from pathlib import Path

import pytest

from tools.paths import ROOT

pytestmark = pytest.mark.browser

ROW = '.o_social_inbox_queue [role=option]'


@pytest.fixture
def picture(browser):
    """Take a picture under a name, where pictures are asked for."""
    folder = os.environ.get('SOCIAL_CRM_IMAGES')

    def take(name):
        browser.run("document.activeElement?.blur()")
        if folder:
            browser.screenshot(name, ROOT / Path(folder))
    return take


def element(selector, text=''):
    return (f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find((one) => one.textContent.includes({json.dumps(text)}))")


def click(browser, selector, text=''):
    browser.wait_for(element(selector, text))
    browser.run(f'{element(selector, text)}.click()')


def write(browser, text):
    browser.wait_for("document.querySelector('.o_social_text')")
    browser.run(f"""
        const area = document.querySelector('.o_social_text');
        area.focus();
        area.value = {json.dumps(text)};
        area.dispatchEvent(new InputEvent('input', {{bubbles: true}}));
    """)


def open_case(browser, words, view):
    click(browser, '.o_social_queue_tools button', view)
    click(browser, ROW, words)
    browser.wait_for("document.querySelector('.o_social_inbox_talk [role=article]')")


def test_the_example_shop_shows_what_the_documents_promise(odoo_server, browser, picture):
    server = odoo_server(demo=True)
    browser.resize(1440, 900)
    browser.login(server.url, 'admin', 'admin')
    browser.open(f'{server.url}/odoo/social-inbox')

    open_case(browser, 'Is the petrol jacket back?', 'Mine')
    browser.wait_for("document.querySelector('.o_social_person')")
    browser.wait_for(element('.o_social_inbox_person', 'It is not proven'))
    picture('inbox')

    click(browser, '.o_social_queue_tools button', 'All')
    post = f"[...document.querySelectorAll('{ROW}')].find((one) => one.dataset.key[0] === 'p')"
    browser.wait_for(f"{post} || document.querySelector('.o_social_queue_more')")
    if not browser.evaluate(f'!!{post}'):
        click(browser, '.o_social_queue_more')
    browser.wait_for(post)
    browser.run(f'{post}.scrollIntoView(); {post}.click()')
    browser.wait_for(f"document.querySelectorAll('{ROW}[data-level=\"2\"]').length > 1")
    click(browser, f'{ROW}[data-level="2"]')
    browser.wait_for("document.querySelector('.o_social_inbox_talk [role=article]')")
    write(browser, 'Call us, or write to ana.markovic@example.com')
    browser.wait_for(element('.o_social_composer', 'ana.markovic@example.com'))
    browser.wait_for("document.querySelector('.o_social_sensitive')")
    picture('inbox_public_answer')

    browser.run("document.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true}))")
    browser.wait_for("document.querySelector('.o_social_help')")
    picture('inbox_keys')
    browser.open(f'{server.url}/odoo/social-inbox')

    browser.resize(390, 844, is_phone=True)
    browser.open(f'{server.url}/odoo/social-inbox')
    browser.wait_for(element(ROW))
    picture('inbox_phone_queue')
    click(browser, ROW, 'Is the petrol jacket back?')
    browser.wait_for("document.querySelector('.o_social_inbox[data-pane=talk] [role=article]')")
    picture('inbox_phone_talk')
