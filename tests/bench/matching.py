# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Finding the contacts of new identities among 200,000 partners."""

import json
import sys
import time
from statistics import median
from unittest.mock import patch

from psycopg2.extras import execute_values

from tools.bench import Result

from .common import odoo_server

PARTNERS = 200_000
IDENTITIES = 500
ROUNDS = 5
MARK = "MEASURED "
FIRST = ("Ana", "Marko", "Јелена", "Budi", "Siti", "Klaus", "Heike", "Mary", "John", "Uwe")
SYLLABLES = ("ba", "de", "jo", "ko", "li", "mar", "ne", "pe", "ro", "sta", "to", "vu")


def run():
    with odoo_server("matching") as server:
        said = server.shell("""
            from tests.bench import matching
            matching.measure(env)
        """)
    found = json.loads(said.partition(MARK)[2].splitlines()[0])
    what = f"{IDENTITIES} identities among {PARTNERS:,} partners: "
    note = f"{found['seconds'] * 1000:.0f} ms a batch, {found['links']} links found"
    yield Result(f"{what}queries that search contacts", found["queries"], 1, True, note)
    yield Result(f"{what}contacts read without an index", found["scans"], 0, True)


def measure(env):
    """Inside Odoo: prints what :func:`run` reads."""
    make_partners(env)
    seconds, queries, links = [], [], 0
    for number in range(ROUNDS):
        identities = make_identities(env, number)
        env.flush_all()
        start = time.perf_counter()
        with patched_cursor() as statements:
            links += len(identities._match_people())
            env.flush_all()
        seconds.append(time.perf_counter() - start)
        queries.append(sum("FROM res_partner" in statement for statement in statements))
    found = {
        "queries": max(queries), "scans": scans(make_identities(env, ROUNDS)),
        "seconds": median(seconds), "links": links,
    }
    sys.stdout.write(f"{MARK}{json.dumps(found)}\n")


def patched_cursor():
    """Keeps every statement; as a context it gives the list."""
    from odoo.sql_db import Cursor

    class Statements(list):
        def __enter__(self):
            execute = Cursor.execute

            def keep(cursor, query, *arguments, **options):
                self.append(str(getattr(query, "code", query)))
                return execute(cursor, query, *arguments, **options)

            self.patch = patch.object(Cursor, "execute", keep)
            self.patch.start()
            return self

        def __exit__(self, *exception):
            self.patch.stop()

    return Statements()


def scans(identities):
    """:return: how often the plan reads the table of contacts from end to end."""
    from odoo.tools import SQL

    rows = [identity._sought_values() for identity in identities]
    with identities._search_settings():
        [[[plan]]] = identities.env.execute_query(
            SQL("EXPLAIN (FORMAT JSON) %s", identities._candidates_sql(rows)))

    def walk(node):
        yield node
        for child in node.get("Plans", ()):
            yield from walk(child)

    return sum(
        node["Node Type"] == "Seq Scan" and node["Relation Name"] == "res_partner"
        for node in walk(plan["Plan"])
    )


def person(number):
    """A name that a few others have too; an address and a telephone number of its own."""
    count = len(SYLLABLES)
    last = "".join(
        SYLLABLES[number * 7919 // count**place % count] for place in range(4)).title()
    name = f"{FIRST[number % len(FIRST)]} {last}vić"
    return name, f"kupac{number}@mail{number % 5000}.example", f"+38160{number:07}"


def make_partners(env):
    from odoo.addons.social_crm_base.tools import names

    rows = []
    for number in range(PARTNERS):
        name, email, phone = person(number)
        rows.append((name, name, email, email, phone, phone, names.fold(name)))
    execute_values(
        env.cr._obj,
        """
        INSERT INTO res_partner (name, complete_name, email, email_normalized, phone,
               phone_sanitized, social_name_key, active, type)
        VALUES %s
        """,
        rows, template="(%s, %s, %s, %s, %s, %s, %s, true, 'contact')", page_size=5000)
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.cr.commit()


def make_identities(env, wave):
    """People of whom the network tells more or less: address, number, or a name only."""
    vals_list = []
    for index in range(IDENTITIES):
        number = (wave * IDENTITIES + index) * 37 % PARTNERS
        name, email, phone = person(number)
        vals_list.append({
            "platform_id": env.ref("social_crm_base.platform_other").id,
            "external_id": f"{wave}-{index}", "handle": f"kupac.{wave}.{index}", "name": name,
            "verified_email": email if index % 3 == 0 else False,
            "verified_phone": phone if index % 3 == 1 else False,
            "consent_basis": "wrote_to_us",
        })
    return env["social.crm.identity"].create(vals_list)
