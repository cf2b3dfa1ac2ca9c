# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""From the network's request to a visible message, against OCA's mail_gateway_telegram."""

import json
import time
from statistics import median

from tests.live.waiting import wait_until
from tools.bench import Result, ratio
from tools.console import Fail

from .common import NUMBERS, connect, crowd, odoo_server, post_all, signed, talk
from .peers import oca

WHAT = "signed request to visible message, against OCA mail_gateway_telegram"
TARGET = 20
MESSAGES, PEOPLE = 5000, 1000
THEIR_MESSAGES, THEIR_PEOPLE = 100, 20
ROUNDS = 5
QUIET = "--log-handler=werkzeug:WARNING"  # as ./dev run starts Odoo


def run():
    try:
        oca.fetch()
    except Fail as error:
        yield Result(WHAT, None, TARGET, note=str(error))
        return
    with odoo_server("gateway") as ours, odoo_server("oca", kind=oca.OcaServer) as theirs:
        path = connect(ours)
        ours.start_web(QUIET)
        ours.start_worker()
        ours.schedule("_cron_process()", "_cron_second_stage()")
        theirs.start_web(QUIET)
        rates = {"ours": [], "theirs": []}

        def our_rate():
            rates["ours"].append(take_in(ours, path))
            return rates["ours"][-1]

        def their_rate():
            rates["theirs"].append(their_take_in(theirs))
            return rates["theirs"][-1]

        our_rate(), their_rate()  # warm
        for server in (ours, theirs):
            server.sql("ANALYZE")  # as autovacuum does with any database in use
        value = ratio(our_rate, their_rate, rounds=ROUNDS)
        mine, other = (median(found[1:]) for found in rates.values())
        yield Result(
            WHAT, value, TARGET, note=f"{mine:.0f}/s against {other:.1f}/s, 4 clients each")


def take_in(server, path):
    """Messages per second until the last one is committed as an interaction."""
    before = server.count("social_crm_interaction")
    requests = [signed(item) for item in talk(crowd(PEOPLE), MESSAGES)]
    start = time.perf_counter()
    post_all(server.port, path, requests)
    wait_until(
        lambda: server.count("social_crm_interaction") >= before + MESSAGES, every=0.02,
        what="all interactions")
    return MESSAGES / (time.perf_counter() - start)


def their_take_in(server):
    """Messages per second; each is there when its request is answered."""
    before = server.messages()
    people = [next(NUMBERS) for _person in range(THEIR_PEOPLE)]
    requests = [
        (json.dumps(oca.update(people[number % THEIR_PEOPLE], next(NUMBERS))).encode(), oca.HEADERS)
        for number in range(THEIR_MESSAGES)
    ]
    start = time.perf_counter()
    post_all(server.port, oca.PATH, requests)
    seconds = time.perf_counter() - start
    assert server.messages() == before + THEIR_MESSAGES, server.messages()
    return THEIR_MESSAGES / seconds
