# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the benchmarks share: a server with a connected channel, and clients that call it."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import itertools
import json
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.live.odoo_server import OdooServer

CLIENTS = 4
KEY = b"a key for measuring, 32 bytes .."
SECRET = "whsec_" + base64.b64encode(KEY).decode()
POSTS = 20
NUMBERS = itertools.count(1)

CONNECT = f"""
platform = env.ref("social_crm_base.platform_other")
app = env["social.crm.app"].create(
    {{"name": "Bench", "platform_id": platform.id, "connector": "webhook"}})
channel = env["social.crm.channel"].create({{
    "name": "Bench", "platform_id": platform.id, "connector": "webhook", "app_id": app.id,
    "external_id": "default"}})
env["social.crm.credential"]._set_secrets(app, {{"webhook_secret": {SECRET!r}}})
print("WEBHOOK", app.webhook_token)
"""


@contextlib.contextmanager
def odoo_server(name, *, kind=OdooServer, **options):
    """An Odoo on a database of its own, without demo data.

    :param type kind: :class:`OdooServer`, whose options these are, or a class made from it.
    """
    with (tempfile.TemporaryDirectory(prefix="bench") as home,
          kind(Path(home), f"bench_{name}", **options) as server):
        yield server


def connect(server):
    """Connect a channel that takes signed webhooks.

    :return: the path to post to.
    """
    said = server.shell(CONNECT).split()
    return "/social/webhook/" + said[said.index("WEBHOOK") + 1]


# What customers say


def said(person, number):
    """One item of the signed webhook: messages, comments under our posts, answers to them.

    :param str person: who says it.
    :param int number: how many that person said before.
    """
    key = f"{next(NUMBERS)}-{person}-{number}"
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1) + timedelta(seconds=number)
    item = {
        "id": key,
        "time": at.isoformat(),
        "author": {"id": person, "handle": person, "name": f"Kupac {person} 🙂"},
        "text": f"Где је моја поруџбина {key}? I ordered it three weeks ago and nobody answers.",
        "url": f"https://forum.example/items/{key}",
    }
    post = f"post-{hash_of(person) % POSTS}"
    if number % 2:
        return {**item, "kind": "comment", "parent": post, "root": post}
    return {**item, "kind": "message", "thread": person}


def talk(people, count):
    """What a crowd says: ``count`` items, in turns.

    :param people: their ids.
    """
    people = list(people)
    return [said(people[number % len(people)], number // len(people)) for number in range(count)]


def crowd(count):
    """New people, never seen before."""
    wave = next(NUMBERS)
    return [f"person-{wave}-{number}" for number in range(count)]


def hash_of(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


# Clients


def signed(item):
    """Body and headers of one request, signed as Standard Webhooks say.

    :rtype: tuple[bytes, dict]
    """
    body = json.dumps(item, ensure_ascii=False).encode()
    stamp = str(int(time.time()))
    digest = hmac.new(KEY, f"{item['id']}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return body, {
        "Content-Type": "application/json",
        "webhook-id": item["id"],
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def post_all(port, path, requests):
    """Send requests with several clients at once, each keeping its connection if it may.

    :param list requests: (body, headers).
    :return: seconds it took.
    :raise AssertionError: an answer is not 200.
    """
    waiting = iter(requests)
    lock = threading.Lock()
    failures = []

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not failures:
            with lock:
                request = next(waiting, None)
            if not request:
                break
            connection.request("POST", path, *request)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                failures.append((answer.status, content))
        connection.close()

    threads = [threading.Thread(target=client) for _number in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    assert not failures, failures[0]
    return seconds


# A year of talk

HISTORY = (
    """
    INSERT INTO res_partner (id, name, complete_name, active, type, email, email_normalized,
                             commercial_partner_id)
    SELECT %(partner)s + n, 'Kupac ' || n, 'Kupac ' || n, true, 'contact', mail, mail,
           %(partner)s + n
      FROM generate_series(1, %(people)s) n, concat('kupac', n, '@mail.example') mail
    """,
    """
    INSERT INTO social_crm_identity (id, company_id, platform_id, scope, external_id, handle,
           handle_key, name, state, consent_basis, partner_id, first_seen, last_seen, matched_at,
           is_own, is_shared)
    SELECT %(identity)s + n, ch.company_id, ch.platform_id, '', 'history-' || n, 'kupac.' || n,
           'kupac.' || n, 'Kupac ' || n, 'active', 'wrote_to_us', %(partner)s + n, now(), now(),
           now(), false, false
      FROM generate_series(1, %(people)s) n, social_crm_channel ch WHERE ch.id = %(channel)s
    """,
    """
    INSERT INTO social_crm_identity_link (identity_id, company_id, platform_id, partner_id, state,
           strength, evidence_code, pair_key, decided_at, date_from, score)
    SELECT i.id, i.company_id, i.platform_id, i.partner_id, 'confirmed', 'evidenced', 'hand',
           i.id || '-' || i.partner_id, now(), now() - interval '1 year', 1
      FROM social_crm_identity i WHERE i.id > %(identity)s
    """,
    """
    INSERT INTO social_crm_conversation (id, company_id, channel_id, platform_id, identity_id,
           kind, dedup_key)
    SELECT %(conversation)s + n, ch.company_id, ch.id, ch.platform_id, %(identity)s + n, 'direct',
           'd:' || %(identity)s + n
      FROM generate_series(1, %(people)s) n, social_crm_channel ch WHERE ch.id = %(channel)s
    """,
    # cases open evenly through the year, so the last ones are those that are still open
    """
    INSERT INTO social_crm_case (id, company_id, identity_id, partner_id, channel_id, name, state,
           priority, risk_score, customer_key, takes_new, breach_state, opened_at, closed_at,
           waiting_since, last_date, last_in_date, create_date, write_date)
    SELECT %(case)s + n, ch.company_id, %(identity)s + person, %(partner)s + person, ch.id,
           'Where is order ' || n || '?', CASE WHEN is_open THEN 'open' ELSE 'closed' END,
           CASE WHEN n %% 50 = 0 THEN '2' WHEN n %% 10 = 0 THEN '1' ELSE '0' END, n * 37 %% 100,
           'p' || %(partner)s + person, is_open, 'ok', opened,
           CASE WHEN NOT is_open THEN opened + interval '3 hours' END,
           CASE WHEN is_open THEN opened + interval '2 hours' END,
           opened + interval '2 hours 15 minutes', opened + interval '2 hours', opened, opened
      FROM generate_series(1, %(cases)s) n, social_crm_channel ch,
           LATERAL (SELECT n %% %(people)s + 1 AS person, n > %(cases)s * 0.98 AS is_open,
                    date_trunc('second', now() AT TIME ZONE 'UTC' - interval '365 days'
                               + interval '364 days' * n / %(cases)s) AS opened) told
     WHERE ch.id = %(channel)s
    """,
    """
    INSERT INTO social_crm_interaction (id, company_id, channel_id, platform_id, conversation_id,
           case_id, identity_id, author_id, answer_type_id, direction, kind, mode, visibility,
           state, family, external_id, dedup_key, delivery_state, body, language, mood, mood_score,
           mood_source, rating, reach, is_by_hand, hooks_pending, date, date_received, create_date,
           write_date)
    SELECT %(interaction)s + n, c.company_id, c.channel_id, ch.platform_id,
           %(conversation)s + c.identity_id - %(identity)s, c.id,
           CASE WHEN NOT answer THEN c.identity_id END, CASE WHEN answer THEN %(author)s END,
           CASE WHEN answer THEN t.id END, CASE WHEN answer THEN 'out' ELSE 'in' END, 'message',
           'one_to_one', 'direct', 'normal', 'message', 'history-' || n, md5('history-' || n),
           CASE WHEN answer THEN 'sent' END,
           'Где је моја поруџбина ' || n || '? I ordered it three weeks ago and nobody answers.',
           'en', CASE WHEN NOT answer THEN (ARRAY['negative', 'neutral', 'positive'])[n %% 3 + 1]
                 END, CASE WHEN NOT answer THEN (n %% 3 - 1) * 0.8 END, 'bench', 0, 0, false, false,
           moment, moment, moment, moment
      FROM generate_series(1, %(interactions)s) n
      JOIN social_crm_case c ON c.id = %(case)s + (n - 1) / %(words)s + 1
      JOIN social_crm_channel ch ON ch.id = c.channel_id
      JOIN social_crm_answer_type t ON t.code = 'human',
           LATERAL (SELECT (n - 1) %% 2 = 1 AS answer, c.opened_at + interval '15 minutes'
                    * ((n - 1) %% %(words)s) AS moment) told
    """,
    """
    INSERT INTO social_crm_case_cycle (case_id, company_id, sequence, opened_at, closed_at,
           first_response_at, first_response_seconds, resolution_seconds)
    SELECT id, company_id, 1, opened_at, closed_at, opened_at + interval '15 minutes', 900,
           extract(epoch FROM closed_at - opened_at)
      FROM social_crm_case WHERE id > %(case)s
    """,
    """
    INSERT INTO social_crm_case_response (case_id, cycle_id, company_id, question_id, answer_id,
           user_id, waiting_since, answered_at, seconds)
    SELECT y.case_id, y.id, y.company_id, first, first + 1, %(author)s, y.opened_at,
           y.first_response_at, 900
      FROM social_crm_case_cycle y,
           LATERAL (SELECT %(interaction)s + (y.case_id - %(case)s - 1) * %(words)s + 1 AS first) i
     WHERE y.case_id > %(case)s
    """,
    """
    UPDATE social_crm_conversation v
       SET first_date = said.first, last_date = said.last, last_in_date = said.last_in,
           last_out_date = said.last
      FROM (SELECT conversation_id, min(date) AS first, max(date) AS last,
                   max(date) FILTER (WHERE direction = 'in') AS last_in
              FROM social_crm_interaction WHERE id > %(interaction)s GROUP BY 1) said
     WHERE v.id = said.conversation_id
    """,
)
WORDS_IN_A_CASE = 10
CASES_OF_A_PERSON = 2


def make_history(server, interactions=1_000_000):
    """A year of talk on the newest channel, by SQL: the same for each person, more or less people.

    Each person has a contact, one direct conversation and two matters half a year apart, of ten
    words each, every other one an answer. The newest 2 % of the cases are open.

    :param OdooServer server: with a channel (see :func:`connect`).
    :param int interactions: how many; a tenth as many cases, a twentieth as many people.
    :return: the id before the first row by "partner", "identity", "conversation", "case",
        "interaction"; rows are numbered from there.
    :rtype: dict
    """
    tables = {"partner": "res_partner", **{
        name: f"social_crm_{name}" for name in ("identity", "conversation", "case", "interaction")}}
    before = {name: server.sql(f"SELECT COALESCE(max(id), 0) FROM {table}")[0][0]
              for name, table in tables.items()}
    cases = interactions // WORDS_IN_A_CASE
    values = {
        **before, "interactions": interactions, "words": WORDS_IN_A_CASE, "cases": cases,
        "people": cases // CASES_OF_A_PERSON,
        "channel": server.sql("SELECT max(id) FROM social_crm_channel")[0][0],
        "author": server.ref("base.user_admin"),
    }
    with server.db.cursor() as cursor:
        for statement in HISTORY:
            cursor.execute(statement, values)
        for table in tables.values():
            cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
        cursor.execute("VACUUM ANALYZE")
    return before
