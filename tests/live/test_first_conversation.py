# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The README's first conversation, click by click, with everything real around it."""

import pytest

from .peers.reader import client
from .shop import JOBS, Shop
from .waiting import wait_until

pytestmark = [pytest.mark.peers, pytest.mark.browser]

CASES = '/odoo/action-social_crm_base.social_crm_case_action'
QUESTION = 'Is the green one in stock?'
ANSWER = 'Two are left. Želite li jednu?'


def with_text(selector, text):
    """An expression for the first such element that holds a text."""
    return (f"[...document.querySelectorAll('{selector}')]"
            f".find((element) => element.textContent.includes('{text}'))")


def test_a_question_shows_in_the_open_queue_and_its_answer_reaches_the_customer(
        odoo_server, federation, browser):
    server = odoo_server()
    shop = Shop(server, federation.shop)
    server.start_worker()
    server.schedule(*JOBS)
    browser.login(server.url, 'agent', 'agentagent')
    browser.open(f'{server.url}{CASES}')
    browser.wait_for("document.querySelector('.o_kanban_view')")
    browser.run('window.isSamePage = true')

    customer = client(federation.customer)
    post = customer.status_post(f'{federation.shop.address} {QUESTION}')
    wait_until(lambda: [note for note in client(federation.shop).notifications(types=['mention'])
                        if note.status.uri == post.uri], what='the mention on the shop’s server')
    shop.agent('social.crm.channel', 'action_fetch_now', [shop.channel_id])
    case = with_text('.o_kanban_record', QUESTION)
    browser.wait_for(case)
    assert browser.evaluate('window.isSamePage'), 'it came without a reload'

    browser.run(f'{case}.click()')
    browser.click("button[name='action_reply']")
    browser.wait_for("document.querySelector('.modal [name=body] textarea')")
    browser.run(f"""
        const body = document.querySelector('.modal [name=body] textarea');
        body.value = '{ANSWER}';
        body.dispatchEvent(new Event('input', {{bubbles: true}}));
        body.dispatchEvent(new Event('change', {{bubbles: true}}));
    """)
    browser.click(".modal button[name='action_send']")

    [seen] = wait_until(lambda: customer.status_context(post.id).descendants,
                        what='the answer on the customer’s server')
    assert ANSWER in seen.content
    assert seen.in_reply_to_id == post.id
