# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Webhooks accepted and stored, against an empty public route of the same server."""

from statistics import median

from tools import odoo
from tools.bench import Result, ratio
from tools.paths import ROOT

from .common import connect, crowd, odoo_server, post_all, signed, talk

REQUESTS, ROUNDS = 500, 15
EMPTY = "/bench/empty"
OPTIONS = (
    f"--addons-path={odoo.addons_path(ROOT / 'tests/bench/addons')}",
    "--load=base,rpc,web,bench_routes",
)


def run():
    with odoo_server("webhook") as server:
        path = connect(server)
        server.start_web(*OPTIONS)
        server.schedule("_cron_process()")  # asked for, but nobody runs them
        rates = {path: [], EMPTY: []}

        def rate(of):
            requests = [signed(item) for item in talk(crowd(500), REQUESTS)]
            rates[of].append(REQUESTS / post_all(server.port, of, requests))
            return rates[of][-1]

        rate(path), rate(EMPTY)  # warm
        before = server.count("social_crm_event")
        value = ratio(lambda: rate(path), lambda: rate(EMPTY), rounds=ROUNDS)
        stored = server.count("social_crm_event") - before
        assert stored == REQUESTS * (len(rates[path]) - 1), stored
        assert server.count("ir_cron_trigger"), "nobody asked for the workers"
        ours, theirs = (median(found[1:]) for found in rates.values())
        yield Result(
            "webhook accepted and stored, against an empty public route", value, 0.75,
            note=f"{ours:.0f}/s against {theirs:.0f}/s, 4 clients, cron off",
        )
