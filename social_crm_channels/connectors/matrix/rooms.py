# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a room is: between two, or of many; how it and its people are called."""
import time

from odoo.addons.social_crm_base.exceptions import MalformedPayload, PermanentError

from ...tools import payload as read
from . import const

MAX_KNOWN = 2000
_known = {}


def facts_of(api, own_id, room, sender=""):
    """What an item of a room needs to know of it; JSON-able.

    :return: ``direct``, ``title``, ``them`` (the other side of a direct room) and ``name`` (of
        the sender)
    :rtype: dict
    """
    key = (api.client.base_url, own_id, room)
    until, found = _known.get(key, (0, None))
    if until < time.monotonic():
        found = _read(api, own_id, room)
        if len(_known) >= MAX_KNOWN:
            _known.clear()
        _known[key] = (time.monotonic() + const.ROOM_SECONDS, found)
    facts = {"direct": found["direct"], "title": found["title"], "them": found["them"]}
    names = found["names"]
    if sender and sender not in names:
        member = api.state(room, const.MEMBER, sender)
        names[sender] = read.text(member, "displayname")
    return {**facts, "name": names.get(sender, "")}


def forget(room=None):
    """What is remembered of a room that has changed, or of all."""
    for key in [key for key in _known if room in (None, key[2])]:
        _known.pop(key, None)


def joined(api, room):
    """Who is in a room: id to name; None where we are not (any more).

    :rtype: dict | None
    """
    try:
        answer = api.get("rooms", room, "joined_members", max_bytes=const.MAX_SYNC)
    except PermanentError as error:
        if error.status not in (403, 404):
            raise
        return None
    members = read.nested(answer, "joined")
    return {user: _text(member, "display_name") for user, member in members.items()}


def _read(api, own_id, room):
    present = joined(api, room)
    if present is not None and len(present) > 2:
        names = present if len(present) <= const.SMALL_ROOM else {}
        return _group(api, room, present, names)
    members = _members(api, room)
    others = [user for user, member in members.items() if user != own_id and member["here"]]
    others = others or [user for user in members if user != own_id]
    names = {user: member["name"] for user, member in members.items()}
    if len(others) != 1:
        return _group(api, room, names, names)
    them = others[0]
    is_direct = any(member["direct"] for member in members.values())
    if not is_direct and not _is_marked_direct(api, own_id, room):
        group = _group(api, room, names, names)
        if group["named"]:
            return group
    who = {"id": them, "name": names.get(them, "")}
    return {"direct": True, "title": "", "them": who, "names": names}


def _group(api, room, members, names):
    title = read.text(api.state(room, "m.room.name"), "name")
    title = title or read.text(api.state(room, "m.room.canonical_alias"), "alias")
    listed = ", ".join(name or user for user, name in sorted(members.items())[:4])
    return {
        "direct": False,
        "title": title or listed,
        "named": bool(title),
        "them": {},
        "names": dict(names),
    }


def _members(api, room):
    """Everybody who is or was in a small room; of one that we left, as it was then.

    :rtype: dict[str, dict]
    """
    found = {}
    answer = api.look("rooms", room, "members", max_bytes=const.MAX_SYNC)
    for event in read.objects(answer, "chunk"):
        content = read.nested(event, "content")
        before = read.nested(read.nested(event, "unsigned"), "prev_content")
        found[read.required(event, "state_key")] = {
            "name": _text(content, "displayname") or _text(before, "displayname"),
            "here": content.get("membership") in ("join", "invite", "knock"),
            "direct": True in (content.get("is_direct"), before.get("is_direct")),
        }
    return found


def _text(data, key):
    """A name; what is none does not keep the room from being read."""
    try:
        return read.text(data, key)
    except (MalformedPayload, AttributeError):
        return ""


def _is_marked_direct(api, own_id, room):
    marked = api.look("user", own_id, "account_data", "m.direct")
    return any(isinstance(rooms, list) and room in rooms for rooms in marked.values())


def mark_direct(api, own_id, person, room):
    """Remember that a room is between two, where all clients of the account look for it."""
    marked = api.look("user", own_id, "account_data", "m.direct")
    rooms = marked.get(person)
    rooms = rooms if isinstance(rooms, list) else []
    if room not in rooms:
        body = {**marked, person: [*rooms, room]}
        api.put("user", own_id, "account_data", "m.direct", body=body)
