# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""From the network's call to the open inbox, on a server with nothing else to do."""

import statistics
import time
from datetime import UTC, datetime

import pytest

from .webhook import Sender

pytestmark = pytest.mark.browser

MESSAGES = 7
SECONDS = 2.0
# One number a message, and a customer each, so that every one is a new row of the queue
WATCH = """
    window.isSamePage = true;
    window.shownAt = {};
    const look = () => {
        for (const [word] of document.body.innerText.matchAll(/ping-\\d+/g)) {
            window.shownAt[word] ??= Date.now();
        }
    };
    new MutationObserver(look).observe(
        document.body, {childList: true, subtree: true, characterData: true});
"""


def message(number):
    return {
        'id': f'now-{number}', 'kind': 'message', 'visibility': 'direct',
        'thread': f'now-{number}', 'time': datetime.now(UTC).isoformat(),
        'author': {'id': f'ana-{number}', 'handle': f'ana.{number}', 'name': f'Ana {number}'},
        'text': f'Стигло? ping-{number} 📦'}


def test_a_message_shows_in_the_open_inbox_within_two_seconds(odoo_server, browser):
    server = odoo_server()
    sender = Sender(server)
    server.new_user('agent', 'social_crm_base.group_agent')
    server.start_worker()
    server.start_worker()
    server.schedule('_cron_process()', '_cron_second_stage()')
    browser.login(server.url, 'agent', 'agentagent')
    browser.open(f'{server.url}/odoo/social-inbox')
    browser.wait_for("document.querySelector('.o_social_queue_list')")
    # what is not assigned to anybody; a person at work has such a view open
    browser.wait_for("[...document.querySelectorAll('.o_social_queue_tools button')]"
                     ".find((button) => button.textContent.includes('Unassigned'))")
    browser.run("""[...document.querySelectorAll('.o_social_queue_tools button')]
        .find((button) => button.textContent.includes('Unassigned')).click()""")
    browser.run(WATCH)

    sender.send([message(0)])  # the first one wakes everything up and is not measured
    browser.wait_for("window.shownAt['ping-0']")
    delays = []
    for number in range(1, MESSAGES + 1):
        time.sleep(3)  # idle: what came before is on the screen, and its refresh is over
        sent_at = time.time()
        sender.send([message(number)])
        browser.wait_for(f"window.shownAt['ping-{number}']")
        delays.append(browser.evaluate(f"window.shownAt['ping-{number}']") / 1000 - sent_at)

    assert browser.evaluate('window.isSamePage'), 'it came without a reload'
    assert statistics.median(delays) < SECONDS, delays
