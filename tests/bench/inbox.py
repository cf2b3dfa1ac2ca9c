# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The inbox over 1,000,000 interactions and 100,000 cases, against 10,000 and 1,000."""

import contextlib

from tools.bench import Result, ratio

from .common import connect, make_history, odoo_server
from .million import LINES, SIZES, seconds

CASE = "social.crm.case"


def run():
    with contextlib.ExitStack() as stack:
        many, few = (stack.enter_context(inbox(size)) for size in SIZES)
        for what, call in many.items():
            value = ratio(lambda call=call: seconds(call), lambda what=what: seconds(few[what]))
            yield Result(
                f"inbox: {what}, {SIZES[0]:,} interactions against {SIZES[1]:,}", value, 1.5, True,
                f"{seconds(call) * 1000:.0f} ms against {seconds(few[what]) * 1000:.0f} ms")


@contextlib.contextmanager
def inbox(interactions):
    """What an agent's browser asks for, by what it shows."""
    with odoo_server("inbox") as server:
        connect(server)
        before = make_history(server, interactions)
        server.start_web()
        agent = server.new_user("agent", "social_crm_base.group_agent")
        case = before["case"] + 6

        def page(sort="deadline", **query):
            found = agent(CASE, "inbox_queue", {"sort": sort, **query}, None, LINES)
            assert len(found["rows"]) == LINES, len(found["rows"])

        def counts():
            assert agent(CASE, "inbox_counts")["all"] == interactions // 500

        def opened():
            assert agent(CASE, "inbox_open", [case])["head"]["id"] == case

        yield {
            "the queue's first page, next deadline first": page,
            "the queue, highest risk first": lambda: page("risk"),
            "the queue, longest waiting first": lambda: page("oldest"),
            "the queue, latest word first": lambda: page("newest"),
            "closed cases": lambda: page("newest", view="closed"),
            "numbers of all views": counts,
            "a case opened": opened,
        }
