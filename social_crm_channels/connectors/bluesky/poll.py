# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Reading what is new without gaps, and looking again at what may have changed.

State is a plain dict that the engine keeps between calls; nothing here knows the ORM.
"""
import hashlib
import json
from contextlib import suppress
from datetime import datetime, timedelta

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from ...tools import payload as read
from . import const
from .parse import counters
from .record import author, utcnow


def seen_at(row, key="indexedAt"):
    """When the network lists an entry; now where it does not tell, so that it counts as new.

    :rtype: datetime
    """
    with suppress(MalformedPayload):
        return read.time(row, key) or utcnow()
    return utcnow()


def next_page(api, method, name, state, key_of, time_of, **params):
    """Entries of a list, the newest first on the network, that were not read before.

    Read from the top until what was read before is met; over several pages, one a call. What
    counts as read is known by its key, not by its time alone: lists are sorted by the writer's
    clock, so an entry of a late clock appears below newer ones.

    :param str name: of the list in the answer
    :param dict state: what the last call returned, ``{}`` at first
    :param key_of: an entry's own key
    :param time_of: when the network lists it
    :return: entries, the oldest first, and the new state; no entries means that all is read
    :rtype: tuple[list[dict], dict]
    """
    walk = state.get("walk") or {}
    if walk:
        params["cursor"] = walk["cursor"]
    answer = api.ask(method, limit=const.PAGE, **params)
    rows = read.objects(answer, name)
    first, known = utcnow() - timedelta(days=const.FIRST_DAYS), set(state.get("recent", []))
    fresh = [row for row in rows if _digest(key_of(row)) not in known and time_of(row) >= first]
    keys = [_digest(key_of(row)) for row in reversed(fresh)]
    recent = [*keys, *state["recent"]] if walk else [*state.get("recent", []), *keys]
    state = {**state, "recent": recent[-const.RECENT :]}
    newest = walk.get("newest") or (max(map(time_of, rows)).isoformat() if rows else "")
    cursor = read.text(answer, "cursor")
    if fresh and cursor and _goes_on(state, rows, time_of):
        state["walk"] = {"cursor": cursor, "newest": newest}
    else:
        state.pop("walk", None)
        state["mark"] = max(newest, state.get("mark", ""))
    return fresh[::-1], state


def _goes_on(state, rows, time_of):
    """Whether there may be more below: the page ends after what was read up to last time."""
    if not state.get("mark"):
        return True  # the first reading ends where entries are too old
    mark = datetime.fromisoformat(state["mark"]) - timedelta(seconds=const.OVERLAP_SECONDS)
    return min(map(time_of, rows)) > mark


def _digest(key):
    return hashlib.sha256(key.encode()).hexdigest()[:16]


# === ITEMS === #


def notification_item(row, posts, context):
    key = f"notification:{read.required(row, 'uri')}:{read.text(row, 'reason')}"
    payload = {"type": "notification", "notification": row}
    if post := posts.get(read.text(row, "uri")):
        payload["post"] = post
    return key, _with(payload, context)


def post_item(post, context=()):
    return f"post:{read.required(post, 'uri')}", _with({"type": "post", "post": post}, context)


def gone_item(uri):
    return f"gone:{uri}", {"type": "gone", "uri": uri, "at": utcnow().isoformat()}


def counters_item(post):
    payload = {"type": "counters", "post": post, "at": utcnow().isoformat()}
    digest = _digest(json.dumps(payload, sort_keys=True))
    return f"counters:{read.required(post, 'uri')}:{digest}", payload


def _with(payload, context):
    return {**payload, "context": context} if context else payload


# === WATCHING === #


def watch(watched, posts, own_did, now):
    """Remember posts that just came in or that we wrote.

    :param dict watched: address to when it was seen and looked at, and how it stood
    """
    for post in posts:
        with suppress(MalformedPayload):  # told where it is parsed
            uri = read.required(post, "uri")
            seen = watched.get(uri, {}).get("seen", now)
            watched[uri] = watched_as(post, own_did, now, seen)


def watched_as(post, own_did, now, seen):
    own = author(read.text(post, "uri")) == own_did
    counts = counters(post)
    return {
        "counts": [counts[name] for name in sorted(counts)] if own else [],
        "own": own,
        "seen": seen,
        "checked": now,
    }
