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
