# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an event means. Pure functions; events as in the client-server API.

An event's id is unique, but nothing can be done with it without its room: the room is the container
of its name.
"""
from dataclasses import dataclass
from datetime import UTC, datetime

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Activity, Target

from ...tools import payload as read
from . import const
from .content import actor, content_of, mentions, permalink, relation

LAST_MILLISECOND = 253402300799000


@dataclass(frozen=True, slots=True)
class Facts:
    """Our account, as the channel knows it."""

    own_id: str


def parse(payload, facts):
    """What a stored item means.

    :param Facts facts:
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    payload = read.expect_object(payload)
    if payload.get("invite") is not None:
        return _invite(read.nested(payload, "invite"), payload)
    if payload.get("receipt") is not None:
        return _receipt(read.nested(payload, "receipt"), payload, facts)
    if payload.get("room") is None:
        raise MalformedPayload("nothing is known of the room")
    event = read.nested(payload, "event")
    meaning = MEANINGS.get(read.text(event, "type"))
    found = [
        activity
        for item in read.objects(payload, "before")
        if item.get("before") is None
        for activity in parse(item, facts)
    ]
    return [*found, *(meaning(event, payload, facts) if meaning else [])]


def moment(data, key):
    """Milliseconds since 1970 as naive UTC, to the second.

    :rtype: datetime
    """
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedPayload(f"{key} is not a time")
    if not 0 < value <= LAST_MILLISECOND:
        raise MalformedPayload(f"{key} is not a plausible time")
    return datetime.fromtimestamp(value // 1000, UTC).replace(tzinfo=None)


def _room(event):
    return read.required(event, "room_id")


def _place(event, payload, facts, who):
    """Where it was said: who speaks with whom.

    :param Actor who: the sender
    """
    room = read.nested(payload, "room")
    own = who.external_id == facts.own_id
    place = {"direction": "out" if own else "in", "actor": who, "thread": _room(event)}
    if not read.flag(room, "direct"):
        return {**place, "visibility": "group", "thread_title": read.text(room, "title")}
    them = who
    if own:
        other = read.nested(room, "them")
        them = actor(read.required(other, "id"), read.text(other, "name"))
    return {**place, "visibility": "direct", "counterpart": them}


def _sender(event, payload, *, is_bot=False):
    name = read.text(read.nested(payload, "room"), "name")
    return actor(read.required(event, "sender"), name, is_bot=is_bot)


def _message(event, payload, facts):
    kind, content = read.text(event, "type"), read.nested(event, "content")
    about = relation(content)
    if about.replaces:
        return _edit(event, payload, about.replaces, kind)
    encrypted = kind == const.ENCRYPTED
    found = None if encrypted else content_of(kind, content)
    if not found and not (encrypted and content):
        return []
    # notices are what programs say, see "m.notice"
    is_notice = read.text(content, "msgtype") == "m.notice"
    who = _sender(event, payload, is_bot=is_notice)
    room, event_id = _room(event), read.required(event, "event_id")
    words = {"text": found.text, "html": found.html, "media": found.media} if found else {}
    return [
        Activity(
            "create",
            moment(event, "origin_server_ts"),
            kind="message",
            external_id=event_id,
            container=room,
            ref=about.thread,
            parent=Target(about.parent, container=room) if about.parent else None,
            mentions=mentions(content, facts.own_id),
            permalink=permalink(room, event_id),
            encrypted=encrypted,
            automatic=is_notice,
            **words,
            **_place(event, payload, facts, who),
        )
    ]


def _edit(event, payload, replaced, kind):
    """Another wording: it counts only from whoever said the first one."""
    original = read.nested(payload, "original")
    if kind == const.ENCRYPTED or read.text(original, "sender") != read.required(event, "sender"):
        return []
    content = read.nested(event, "content")
    found = content_of(kind, read.nested(content, "m.new_content"))
    if not found:
        return []
    at = moment(event, "origin_server_ts")
    return [
        Activity(
            "edit",
            at,
            target=Target(replaced, container=_room(event)),
            text=found.text,
            html=found.html,
            media=found.media,
            permalink=permalink(_room(event), replaced),
            edited_at=at,
        )
    ]


def _reaction(event, payload, facts):
    """An annotation is an event of its own: taking it back redacts that event.

    Ours goes by its name on screen, which is how the outbox notes it down.
    """
    told = read.nested(read.nested(event, "content"), "m.relates_to")
    if read.text(told, "rel_type") != "m.annotation":
        return []
    who, at = _sender(event, payload), moment(event, "origin_server_ts")
    target = Target(read.required(told, "event_id"), container=_room(event))
    sign = read.required(told, "key")
    place = _place(event, payload, facts, who)
    visibility = place["visibility"]
    if place["direction"] == "out":
        name = const.NAMES.get(sign.rstrip("\ufe0f"), sign)
        return [
            Activity("react", at, kind="reaction", direction="out", target=target,
                     reaction=name, visibility=visibility)
        ]
    return [
        Activity(
            "create",
            at,
            kind="reaction",
            external_id=read.required(event, "event_id"),
            container=target.container,
            actor=who,
            parent=target,
            reaction=sign,
            visibility=visibility,
        )
    ]


def _redaction(event, payload, facts):
    """Something is taken back, by its author or by a moderator."""
    content = read.nested(event, "content")
    gone = read.text(event, "redacts") or read.text(content, "redacts")
    redacted = read.nested(payload, "redacted")
    kind = read.text(redacted, "type")
    if kind and kind not in (*const.SAID, const.REACTION):
        return []
    if kind == const.REACTION and read.text(redacted, "sender") == facts.own_id:
        return []  # our own like, which the outbox takes back itself
    if not gone.strip():
        raise MalformedPayload("redacts is missing")
    at = moment(event, "origin_server_ts")
    return [Activity("delete", at, target=Target(gone, container=_room(event)))]


def _membership(event, payload, facts):
    """We came or were put out; or whom we speak with left."""
    whose = read.required(event, "state_key")
    membership = read.text(read.nested(event, "content"), "membership")
    own = whose == facts.own_id
    is_direct = read.flag(read.nested(payload, "room"), "direct")
    if not (own or is_direct) or membership not in (*const.GONE, "join"):
        return []
    if own and is_direct and membership == "join":
        return []  # we come whenever somebody writes to us
    room = read.nested(payload, "room")
    place = {"visibility": "group", "thread_title": read.text(room, "title")}
    if is_direct:
        other = read.nested(room, "them")
        them = actor(read.required(other, "id"), read.text(other, "name"))
        place = {"visibility": "direct", "actor": them, "counterpart": them}
    return [
        Activity(
            "create",
            moment(event, "origin_server_ts"),
            kind="system",
            family=const.MEMBERSHIP,
            external_id=read.required(event, "event_id"),
            container=_room(event),
            ref=membership,
            thread=_room(event),
            text=_coming_or_going(membership, own, read.required(event, "sender") != whose),
            **place,
        )
    ]


def _coming_or_going(membership, own, by_others):
    """What happened, in words: it stands beside the other side's name."""
    words = {
        "join": "joined the room.",
        "leave": "was put out of the room." if by_others else "left the room.",
        "ban": "was banned from the room.",
    }[membership]
    return f"Our account {words}" if own else words.capitalize()


def _invite(invite, payload):
    """An invitation that a person has to decide about: answering it accepts it."""
    if read.flag(payload, "joined") or read.flag(payload, "declined"):
        return []
    who = actor(read.required(invite, "sender"))
    room, name = read.required(invite, "room_id"), read.text(invite, "name")
    direct = read.flag(invite, "direct")
    words = "Invites you to a private talk." if direct else "Invites you to a room."
    if name:
        words = f"{words} {name}"
    if why := read.text(payload, "why"):
        words = f"{words}\n{why}"
    event_id = read.text(invite, "event_id") or f"{room} {who.external_id}"
    place = {"visibility": "direct", "counterpart": who} if direct else {"visibility": "group"}
    return [
        Activity(
            "create",
            moment(invite, "at"),
            kind="message",
            family=const.INVITE,
            external_id=event_id,
            container=room,
            actor=who,
            thread=room,
            thread_title=name,
            text=words,
            **place,
        )
    ]


def _receipt(receipt, payload, facts):
    """Somebody has read up to an event.

    Between two that goes for all before it; in a group it tells of that very message of ours.
    """
    room = read.nested(payload, "room")
    of = read.nested(payload, "of")
    if not of:
        return []
    who, at = actor(read.required(receipt, "user_id")), moment(receipt, "at")
    if read.flag(room, "direct"):
        return [
            Activity("receipt", at, actor=who, receipt="read", visibility="direct",
                     thread=_room(receipt), read_up_to=moment(of, "at"))
        ]
    if read.text(of, "sender") != facts.own_id:
        return []
    target = Target(read.required(receipt, "event_id"), container=_room(receipt))
    return [Activity("receipt", at, receipt="read", visibility="group", target=target)]


MEANINGS = {
    **dict.fromkeys(const.SAID, _message),
    const.MEMBER: _membership,
    const.REACTION: _reaction,
    const.REDACTION: _redaction,
}
