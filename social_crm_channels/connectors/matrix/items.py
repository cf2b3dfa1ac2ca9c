# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What is stored of what a homeserver gives, whichever way it came: the same thing, the same key.

Events of rooms, receipts and invitations. Nothing of them is understood here beyond what tells
whether they concern us at all; whoever writes nonsense gets a row that says so.
"""
import hashlib
import json

from . import const


def of_event(event, room, own_id):
    """An event of a room's timeline, as (event key, payload); None where it is not for us.

    :param str room: the room's id, where the event itself does not tell
    """
    if not isinstance(event, dict) or event.get("type") not in const.TIMELINE:
        return None
    event = {**event, "room_id": event.get("room_id") or room}
    if event["type"] == const.MEMBER:
        if not _matters(event, own_id):
            return None
        if _membership(event) == "invite":
            unsigned = event.get("unsigned")
            state = unsigned.get("invite_room_state") if isinstance(unsigned, dict) else None
            state = state if isinstance(state, list) else []
            return of_invite(event["room_id"], [*state, event], own_id)
    return key_of(event), {"event": event}


def _membership(event):
    content = event.get("content")
    return content.get("membership") if isinstance(content, dict) else None


def _matters(event, own_id):
    """Of comings and goings: our own, and who leaves; not who only changes a name."""
    own = event.get("state_key") == own_id
    membership = _membership(event)
    unsigned = event.get("unsigned")
    before = unsigned.get("prev_content") if isinstance(unsigned, dict) else None
    if isinstance(before, dict) and before.get("membership") == membership:
        return False
    return membership in const.GONE or (own and membership in ("join", "invite"))


def key_of(event):
    """:rtype: str"""
    event_id = event.get("event_id")
    if isinstance(event_id, str) and event_id:
        return event_id
    text = json.dumps(event, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def of_invite(room, state, own_id):
    """An invitation, from the little that one is told of the room.

    :param list state: stripped state events
    """
    state = [event for event in state if isinstance(event, dict)]
    ours = next(
        (e for e in state if e.get("type") == const.MEMBER and e.get("state_key") == own_id),
        None,
    )
    if ours is None:
        return None
    names = [e.get("content") for e in state if e.get("type") == "m.room.name"]
    name = names[0].get("name") if names and isinstance(names[0], dict) else ""
    content = ours.get("content")
    invite = {
        "room_id": room,
        "event_id": ours.get("event_id") or "",
        "sender": ours.get("sender"),
        "at": ours.get("origin_server_ts"),
        "direct": isinstance(content, dict) and content.get("is_direct") is True,
        "name": name if isinstance(name, str) else "",
    }
    return f"invite:{room}:{invite['event_id'] or invite['sender']}", {"invite": invite}


def of_receipts(room, content, own_id):
    """Reading marks of others, one each.

    :rtype: list[tuple[str, dict]]
    """
    found = []
    if not isinstance(content, dict):
        return found
    for event_id, kinds in content.items():
        readers = kinds.get("m.read") if isinstance(kinds, dict) else None
        for user, mark in (readers if isinstance(readers, dict) else {}).items():
            if user == own_id or not isinstance(mark, dict):
                continue
            receipt = {"room_id": room, "event_id": event_id, "user_id": user, "at": mark.get("ts")}
            found.append((f"read:{room}:{user}:{event_id}", {"receipt": receipt}))
    return found
