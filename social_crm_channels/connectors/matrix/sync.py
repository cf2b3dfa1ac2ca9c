# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Reading ``/sync`` without waiting and without gaps. The state is a plain dict."""
import json
import time

from odoo.addons.social_crm_base.exceptions import MalformedPayload, PermanentError

from ...tools import payload as read
from . import const, items

EVENTS = {"types": list(const.TIMELINE)}
FILTER = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "timeline": {**EVENTS, "limit": const.SYNC_PAGE},
        "state": {"types": [], "lazy_load_members": True},
        "ephemeral": {"types": [const.RECEIPT]},
        "account_data": {"types": []},
    },
}
EMPTY_PAGES = 10  # pages of a gap without anything for us, before somebody else has a turn


def next_page(api, own_id, cursor):
    """What is new, as (event key, payload), and the new cursor.

    A gap is what a homeserver left out because too much was said: it is read backwards, a page a
    call, down to where we had read before.

    :param dict cursor: ``since`` and ``gaps``
    """
    found = []
    for _page in range(EMPTY_PAGES):
        if not cursor.get("gaps"):
            break
        found, cursor = _fill(api, own_id, cursor)
        if found:
            return found, cursor
    if cursor.get("gaps"):
        return found, cursor
    since = cursor.get("since", "")
    params = {"timeout": 0, "filter": json.dumps(FILTER), "set_presence": "offline"}
    if since:
        params["since"] = since
    answer = api.get("sync", max_bytes=const.MAX_SYNC, **params)
    found, gaps = _read(answer, own_id, since)
    return found, {"since": read.required(answer, "next_batch"), "gaps": gaps}


def _read(answer, own_id, since):
    rooms, found, gaps = read.nested(answer, "rooms"), [], []
    for room, state in read.nested(rooms, "invite").items():
        told = _events(state, "invite_state")
        found.append(items.of_invite(room, told, own_id))
    for kind in ("join", "leave"):
        for room, state in read.nested(rooms, kind).items():
            found += [items.of_event(e, room, own_id) for e in _events(state, "timeline")]
            for event in _events(state, "ephemeral"):
                if isinstance(event, dict) and event.get("type") == const.RECEIPT:
                    found += items.of_receipts(room, event.get("content"), own_id)
            gap = _gap(room, state, since)
            gaps += [gap] if gap else []
    found = [item for item in found if item]
    if not since:
        found = [item for item in found if is_recent(item[1])]
    return found, gaps


def _events(state, name):
    part = state.get(name) if isinstance(state, dict) else None
    events = part.get("events") if isinstance(part, dict) else None
    return events if isinstance(events, list) else []


def _gap(room, state, since):
    """Between what we had read and what came, if the homeserver says that there is more."""
    timeline = state.get("timeline") if isinstance(state, dict) else None
    if not since or not isinstance(timeline, dict) or timeline.get("limited") is not True:
        return None
    before = timeline.get("prev_batch")
    return {"room": room, "from": before, "to": since} if isinstance(before, str) else None


def _fill(api, own_id, cursor):
    gap, *others = cursor["gaps"]
    params = {
        "dir": "b",
        "from": gap["from"],
        "to": gap["to"],
        "limit": const.PAGE,
        "filter": json.dumps(EVENTS),
    }
    try:
        answer = api.get("rooms", gap["room"], "messages", **params)
    except PermanentError:
        return [], {**cursor, "gaps": others}  # not ours to read any more
    chunk = answer.get("chunk")
    if not isinstance(chunk, list):
        raise MalformedPayload("the messages are no list")
    found = [items.of_event(event, gap["room"], own_id) for event in reversed(chunk)]
    further = read.text(answer, "end")
    if further and further not in (gap["from"], gap["to"]):
        others = [{**gap, "from": further}, *others]
    found = [item for item in found if item]
    return [item for item in found if is_recent(item[1])], {**cursor, "gaps": others}


def is_recent(payload):
    """Whether it is worth a question: what was said weeks ago asks none."""
    part = payload.get("event")
    at = part.get("origin_server_ts") if part else None
    if isinstance(at, bool) or not isinstance(at, int):
        return True
    return at / 1000 > time.time() - const.FIRST_DAYS * 86400
