# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Erasing a person with 10,000 interactions among 1,000,000, against among 10,000."""

import contextlib
import json
import sys
import tempfile
import time

from tools.bench import Result, ratio

from .common import connect, make_history, odoo_server
from .million import SIZES

WORDS = 10_000
ROUNDS = 3
MARK = "MEASURED "
#: More words of one person: as those they have, with ids, keys and times of their own.
TALK = """
    INSERT INTO social_crm_interaction (company_id, channel_id, platform_id, conversation_id,
           case_id, identity_id, direction, kind, mode, visibility, state, family, external_id,
           dedup_key, body, rating, reach, is_by_hand, hooks_pending, date, date_received,
           create_date, write_date)
    SELECT i.company_id, i.channel_id, i.platform_id, i.conversation_id, i.case_id, i.identity_id,
           i.direction, i.kind, i.mode, i.visibility, i.state, i.family,
           'more-' || i.id || '-' || n, md5(i.id || '-' || n),
           'And what about number ' || n || '?', 0, 0, false, false,
           i.date + n * interval '1 second', i.date, i.date, i.date
      FROM generate_series(1, %(words)s) n,
           (SELECT * FROM social_crm_interaction WHERE identity_id = ANY(%(people)s)
             ORDER BY id) i
     WHERE i.id IN (SELECT min(id) FROM social_crm_interaction
                     WHERE identity_id = ANY(%(people)s) GROUP BY identity_id)
"""


def run():
    scans = {}
    with contextlib.ExitStack() as stack:
        many, few = (stack.enter_context(people(size, scans)) for size in SIZES)
        yield Result(
            f"erasing {WORDS:,} interactions among {SIZES[0]:,} against among {SIZES[1]:,}",
            ratio(many, few, rounds=ROUNDS), 1.5, True,
            ", ".join(f"{size:,}: {times['erase']:.1f} s, then the proving search through "
                      f"everything {times['scan']:.1f} s" for size, times in scans.items()))


@contextlib.contextmanager
def people(interactions, scans):
    """:return: a call that erases the next person and gives the seconds it took."""
    with (
        tempfile.TemporaryDirectory(prefix="erasures") as log,
        odoo_server("erasure", env={"SOCIAL_CRM_ERASURE_LOG": log}) as server,
    ):
        connect(server)
        before = make_history(server, interactions)
        ids = [before["identity"] + number for number in range(1, ROUNDS + 1)]
        with server.db.cursor() as cursor:
            cursor.execute(TALK, {"words": WORDS, "people": ids})
            cursor.execute("VACUUM ANALYZE social_crm_interaction")
        waiting = iter(ids)

        def erase():
            said = server.shell(f"""
                from tests.bench import erasure
                erasure.measure(env, {next(waiting)})
            """)
            scans[interactions] = json.loads(said.partition(MARK)[2].splitlines()[0])
            return scans[interactions]["erase"]

        yield erase


def measure(env, identity_id):
    """Inside Odoo: prints how long erasing and proving took."""
    erasure = env["social.crm.erasure"].create({"identity_ids": [(4, identity_id)]})
    erasure.write({"state": "proposed", "user_id": env.ref("base.user_admin").id})
    seconds = {}
    start = time.perf_counter()
    erasure._begin()
    env.cr.commit()
    for _done in erasure._erase():
        env.cr.commit()
    seconds["erase"] = time.perf_counter() - start
    start = time.perf_counter()
    for _done in erasure._work():
        env.cr.commit()
    seconds["scan"] = time.perf_counter() - start
    assert erasure.state in ("done", "withheld"), erasure.state
    sys.stdout.write(f"{MARK}{json.dumps(seconds)}\n")
