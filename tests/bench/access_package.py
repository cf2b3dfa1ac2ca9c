# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Memory while the package of one person is built: 100,000 interactions against 10,000."""

import json
import resource
import sys
import time

from tools.bench import Result

from .common import odoo_server

SMALL, LARGE = 10_000, 100_000
MARK = "MEASURED "


def run():
    found = {}
    for count in (SMALL, LARGE):  # a process each: what one took, the next would not take anew
        with odoo_server(f"access_{count}") as server:
            server.shell(f"""
                from tests.bench import access_package
                access_package.make(env, {count})
                env.cr.commit()
            """)
            said = server.shell("""
                from tests.bench import access_package
                access_package.measure(env)
            """)
        found[count] = json.loads(said.partition(MARK)[2].splitlines()[0])
    small, large = found[SMALL], found[LARGE]
    yield Result(
        f"memory taken by a package of {LARGE:,} interactions, against {SMALL:,}",
        large["peak"] / small["peak"], 1.15, True,
        f"{small['peak'] >> 10} and {large['peak'] >> 10} MiB at most, "
        f"{LARGE / large['seconds']:,.0f} rows a second, {large['size'] >> 20} MiB",
    )
    yield Result(
        "time a row, likewise",
        large["seconds"] / LARGE / (small["seconds"] / SMALL), 1.5, True,
        f"{small['seconds']:.1f} and {large['seconds']:.1f} s",
    )


def make(env, count):
    """A person who wrote so often, and an access request of theirs that waits to be built."""
    platform = env.ref("social_crm_base.platform_mastodon")
    channel = env["social.crm.channel"].create({"name": "Bench", "platform_id": platform.id})
    identity = env["social.crm.identity"].create(
        {"platform_id": platform.id, "handle": "ada@example.social", "external_id": "ada"}
    )
    place = env["social.crm.conversation"].create(
        {
            "company_id": env.company.id, "channel_id": channel.id, "platform_id": platform.id,
            "kind": "direct", "dedup_key": "bench", "identity_id": identity.id,
        }
    )  # fmt: skip
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO social_crm_interaction (
            company_id, channel_id, platform_id, conversation_id, identity_id, direction, kind,
            mode, visibility, state, body, family, external_id, dedup_key, date, date_received)
        SELECT %s, %s, %s, %s, %s, CASE WHEN n %% 5 = 0 THEN 'out' ELSE 'in' END, 'message',
            'one_to_one', 'direct', 'normal',
            'Где је моја поруџбина ' || n || '? I ordered it three weeks ago, nobody answers.',
            'post', n::text, 'bench-' || n, now() - n * interval '1 minute', now()
        FROM generate_series(1, %s) AS n
        """,
        [env.company.id, channel.id, platform.id, place.id, identity.id, count],
    )
    env.cr.execute("ANALYZE social_crm_interaction")
    request = env["social.crm.privacy.request"].create(
        {"kind": "access", "subject_identity_ids": [(6, 0, identity.ids)], "answer_way": "hand"}
    )
    request._identified("document")
    request.action_execute()


def measure(env):
    """Inside Odoo, in a process that did nothing else: prints what :func:`run` reads."""
    request = env["social.crm.privacy.request"].search([("package_state", "=", "waiting")])
    start = time.perf_counter()
    while request._build_step():
        env.cr.commit()
    found = {
        "seconds": time.perf_counter() - start,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,  # KiB
        "size": request.package_size,
    }
    sys.stdout.write(f"{MARK}{json.dumps(found)}\n")
