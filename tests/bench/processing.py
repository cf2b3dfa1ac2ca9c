# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Pending events to committed interactions, against inserting the same rows by hand."""

import json
import sys
import time
from statistics import median

from psycopg2.extras import Json, execute_values

from tools.bench import Result, ratio

from .common import connect, crowd, odoo_server, talk

EVENTS = 5000
PEOPLE = 500
PAGE = 1000
MARK = "MEASURED "


def run():
    with odoo_server("processing") as server:
        connect(server)
        said = server.shell("""
            from tests.bench import processing
            processing.measure(env)
        """)
        found = json.loads(said.partition(MARK)[2].splitlines()[0])
    for crowd_words, figures in found.items():
        yield Result(
            f"events to interactions, {crowd_words}, against raw inserts of the same rows",
            figures["ratio"], 0.15,
            note=f"{figures['ours']:.0f}/s against {figures['raw']:.0f}/s; second stage "
            f"{figures['second']:.0f}/s",
        )


def measure(env):
    """Inside Odoo: prints what :func:`run` reads."""
    bench = Bench(env)
    regulars = crowd(PEOPLE)
    results = {}
    bench.ours(regulars)  # warm
    for words, people in (
        ("people never seen before", lambda: crowd(PEOPLE)), ("known people", lambda: regulars)
    ):
        rates = {"ours": [], "raw": [], "second": []}
        bench.rates = rates
        value = ratio(lambda people=people: bench.ours(people()), bench.raw)
        results[words] = {"ratio": value, **{key: median(rate) for key, rate in rates.items()}}
    sys.stdout.write(f"{MARK}{json.dumps(results)}\n")


class Bench:
    def __init__(self, env):
        self.env = env
        self.channel = env["social.crm.channel"].search([("connector", "=", "webhook")])
        self.rates = {"ours": [], "raw": [], "second": []}
        env.cr.execute("""
            SELECT attname, atttypid = 'jsonb'::regtype FROM pg_attribute
             WHERE attrelid = 'social_crm_interaction'::regclass AND attnum > 0
               AND NOT attisdropped AND attname != 'id' ORDER BY attnum""")
        self.columns = dict(env.cr.fetchall())
        self.copies = 0

    def ours(self, people):
        """Read, parsed, gated, stored with cases and turns, marked, committed."""
        events = self.env["social.crm.event"]
        items = [("default", item["id"], item) for item in talk(people, EVENTS)]
        events._store(self.channel.app_id, items, "push", {"default": self.channel.id})
        self.env.cr.commit()
        self.env.invalidate_all()
        before = self.count()
        start = time.perf_counter()
        events._cron_process(batch_size=EVENTS)
        rate = EVENTS / (time.perf_counter() - start)
        assert self.count() == before + EVENTS, self.count()
        self.rates["ours"].append(rate)
        start = time.perf_counter()
        events._cron_second_stage(batch_size=EVENTS)
        self.rates["second"].append(EVENTS / (time.perf_counter() - start))
        return rate

    def raw(self):
        """The last rows again, under other keys, in the same table with its indexes."""
        listed = ", ".join(self.columns)
        self.env.cr.execute(
            f"SELECT {listed} FROM social_crm_interaction ORDER BY id DESC LIMIT %s", [EVENTS])
        self.copies += 1
        key = list(self.columns).index("dedup_key")
        rows = []
        for found in self.env.cr.fetchall():
            row = [
                Json(value) if is_json and value is not None else value
                for value, is_json in zip(found, self.columns.values(), strict=True)
            ]
            row[key] = f"{self.copies}-{row[key]}"
            rows.append(row)
        self.env.cr.commit()
        start = time.perf_counter()
        execute_values(
            self.env.cr._obj, f"INSERT INTO social_crm_interaction ({listed}) VALUES %s", rows,
            page_size=PAGE)
        self.env.cr.commit()
        self.rates["raw"].append(EVENTS / (time.perf_counter() - start))
        # or they would count as words of their cases
        self.env.cr.execute(
            "DELETE FROM social_crm_interaction WHERE starts_with(dedup_key, %s)",
            [f"{self.copies}-"])
        self.env.cr.commit()
        return self.rates["raw"][-1]

    def count(self):
        self.env.cr.execute("SELECT count(*) FROM social_crm_interaction")
        return self.env.cr.fetchone()[0]
