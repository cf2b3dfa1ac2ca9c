# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Screens over 1,000,000 interactions of a year, against the same over 10,000."""

import contextlib
import time
from statistics import median

from lxml import etree

from tools.bench import Result, ratio

from .common import connect, make_history, odoo_server

SIZES = (1_000_000, 10_000)
CALLS = 20
LINES = 20  # what is open among 10,000, so that both pages are full
OPEN = [("state", "!=", "closed")]


def run():
    with contextlib.ExitStack() as stack:
        many, few = (stack.enter_context(screens(size)) for size in SIZES)
        for what, call in many.items():
            value = ratio(lambda call=call: seconds(call), lambda what=what: seconds(few[what]))
            yield Result(
                f"{what}, {SIZES[0]:,} interactions against {SIZES[1]:,}", value, 1.5, True,
                f"{seconds(call) * 1000:.0f} ms against {seconds(few[what]) * 1000:.0f} ms")


def seconds(call):
    """:return: the median of warm calls."""
    call()
    taken = []
    for _number in range(CALLS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)


@contextlib.contextmanager
def screens(interactions):
    """What an agent's browser asks for, by the name of the screen."""
    with odoo_server("million") as server:
        connect(server)
        before = make_history(server, interactions)
        server.start_web()
        agent = server.new_user("agent", "social_crm_base.group_agent")
        queue = fields_of(agent, "social.crm.case", "list")
        form = fields_of(agent, "social.crm.case", "form")
        person, case = before["partner"] + 7, before["case"] + 6

        def page(**options):
            found = agent("social.crm.case", "web_search_read", OPEN, queue, limit=LINES,
                          count_limit=10_001, **options)
            assert found["length"] == interactions // 500, found["length"]

        def journey():
            found = agent("social.crm.journey", "get_page", "res.partner", person)
            assert found["entries"]

        def opened():
            assert agent("social.crm.case", "web_read", [case], form)
            assert agent("social.crm.journey", "get_page", "social.crm.case", case)["entries"]

        yield {
            "the queue's first page": page,
            "the queue, longest waiting first": lambda: page(order="waiting_since"),
            "a case opened": opened,
            "a contact's journey": journey,
        }


def fields_of(user, model, kind):
    """What the web client reads for a view.

    :rtype: dict
    """
    view = user(model, "get_views", [[False, kind]])
    known = view["models"][model]["fields"]
    arch = etree.fromstring(view["views"][kind]["arch"])
    names = {node.get("name") for node in arch.iter("field") if node.get("name") in known
             and not any(parent.tag == "field" for parent in node.iterancestors())}
    return {name: {"fields": {"display_name": {}}} if known[name]["type"] == "many2one" else {}
            for name in names}
