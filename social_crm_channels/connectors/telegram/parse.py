# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an Update means. Pure functions; objects as in core.telegram.org/bots/api.

A message's id is its own chat's: the chat is the container of its name.
"""
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target

from ...tools import payload as read
from . import const
from .content import content, has_content

LAST_SECOND = 253402300799


@dataclass(frozen=True, slots=True)
class Facts:
    """Our bot, as the channel knows it."""

    own_id: str
    own_handle: str = ""


def parse(update, facts):
    """What one Update means.

    :param Facts facts:
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    update = read.expect_object(update)
    for kind in const.MESSAGES:
        if update.get(kind):
            return _message(read.nested(update, kind), facts)
    if update.get("message_reaction"):
        return _reaction(read.nested(update, "message_reaction"), facts)
    if update.get("message_reaction_count"):
        return _counts(read.nested(update, "message_reaction_count"))
    if update.get("my_chat_member"):
        return _membership(read.nested(update, "my_chat_member"))
    return []


def moment(data, key):
    """Seconds since 1970 as naive UTC; None if missing or 0, which stands for inaccessible."""
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedPayload(f"{key} is not a time")
    if not 0 <= value <= LAST_SECOND:
        raise MalformedPayload(f"{key} is not a plausible time")
    return datetime.fromtimestamp(value, UTC).replace(tzinfo=None) if value else None


def required_moment(data, key):
    found = moment(data, key)
    if found is None:
        raise MalformedPayload(f"{key} is missing")
    return found


def user(data):
    """A User.

    :rtype: Actor
    """
    handle = read.text(data, "username")
    names = (read.text(data, "first_name"), read.text(data, "last_name"))
    return Actor(
        external_id=read.required(data, "id"),
        handle=handle,
        name=" ".join(filter(None, names)),
        profile_url=_address(handle),
        language=read.text(data, "language_code"),
        is_bot=read.flag(data, "is_bot"),
    )


def chat_actor(chat):
    """A chat that speaks as itself: an anonymous administrator, or another channel.

    :rtype: Actor
    """
    handle = read.text(chat, "username")
    return Actor(
        external_id=read.required(chat, "id"),
        handle=handle,
        name=read.text(chat, "title"),
        profile_url=_address(handle),
    )


def _address(handle, *path):
    safe = handle.isascii() and handle.replace("_", "").isalnum()
    return "/".join(["https://t.me", handle, *path]) if safe else ""


def permalink(chat, message_id):
    """An address that opens in Telegram: for everybody where the chat is public, else for its
    members; "" in private chats, which have none.

    :rtype: str
    """
    if handle := read.text(chat, "username"):
        in_private = read.text(chat, "type") == "private"
        return "" if in_private else _address(handle, message_id)
    chat_id = read.text(chat, "id")
    inner = chat_id.removeprefix("-100")
    if inner != chat_id and inner.isdigit() and message_id.isdigit():
        return f"https://t.me/c/{inner}/{message_id}"
    return ""


def _author(message):
    if message.get("sender_chat"):
        return chat_actor(read.nested(message, "sender_chat"))
    return user(read.nested(message, "from"))


def _message(message, facts):
    if moved := _migration(message):
        return moved
    chat = read.nested(message, "chat")
    kind = read.text(chat, "type")
    if read.flag(message, "is_automatic_forward"):
        return _post_in_its_group(message, chat)
    if not has_content(message):
        return []  # somebody came, left or pinned something: nothing that was said
    if kind == "channel":
        return [_item(message, chat, facts, kind="post", direction="out", actor=None)]
    author = _author(message)
    own = author.external_id == facts.own_id
    who = {"actor": author, "direction": "out" if own else "in"}
    if kind == "private":
        them = user({**chat, "is_bot": False}) if own else author
        place = {
            "visibility": "direct",
            "thread": read.required(chat, "id"),
            "counterpart": them,
        }
        return [_item(message, chat, facts, kind="message", **who, **place)]
    if kind not in ("group", "supergroup"):
        raise MalformedPayload(f"unknown sort of chat {kind[:40]!r}")
    if _post_of(read.nested(message, "reply_to_message")):
        return [_item(message, chat, facts, kind="comment", **who)]
    place = {
        "visibility": "group",
        "thread": thread_of(message, chat),
        "thread_title": read.text(chat, "title"),
    }
    return [_item(message, chat, facts, kind="message", **who, **place)]


def thread_of(message, chat):
    """A group, or one topic of it.

    :rtype: str
    """
    thread = read.required(chat, "id")
    topic = read.text(message, "message_thread_id")
    return f"{thread}:{topic}" if topic and read.flag(message, "is_topic_message") else thread


def _item(message, chat, facts, *, actor, **place):
    found = content(message)
    at, edited_at = required_moment(message, "date"), moment(message, "edit_date")
    message_id = read.required(message, "message_id")
    return Activity(
        "create",
        at,
        **_name_of(message, message_id, place["kind"]),
        container=read.required(chat, "id"),
        actor=actor,
        parent=_parent(message, chat),
        text=found.text,
        html=found.html,
        media=found.media,
        mentions=_mentions(found, facts),
        permalink=permalink(chat, message_id),
        edited_at=max(edited_at, at + timedelta(seconds=1)) if edited_at else None,
        **place,
    )


def _name_of(message, message_id, kind):
    """A message by its number; of pictures sent together, by their album (see ``albums``)."""
    album = read.text(message, "media_group_id")
    if not album or kind == "post" or not message_id.isdecimal():
        return {"external_id": message_id}
    return {"external_id": album, "family": const.ALBUM, "ref": f"album:{message_id}"}


def _parent(message, chat):
    replied = read.nested(message, "reply_to_message")
    if not replied or replied.get("forum_topic_created"):
        return None  # in a forum everything "answers" the message that opened the topic
    if post := _post_of(replied):
        return post
    return Target(read.required(replied, "message_id"), container=read.required(chat, "id"))


def _post_of(message):
    """The channel's post that stands in the discussion group for comments below it, or None."""
    if not read.flag(message, "is_automatic_forward"):
        return None
    origin = read.nested(message, "forward_origin")
    if read.text(origin, "type") != "channel":
        return None
    chat = read.nested(origin, "chat")
    copied_to = f"{_id(read.nested(message, 'chat'))}:{read.required(message, 'message_id')}"
    post = read.required(origin, "message_id")
    return Target(post, container=read.required(chat, "id"), ref=copied_to)


def _id(chat):
    return read.required(chat, "id")


def _post_in_its_group(message, chat):
    """The same post once more, where comments stand: it tells where to put ours."""
    post = _post_of({**message, "chat": chat})
    if not post or not has_content(message):
        return []
    origin = read.nested(message, "forward_origin")
    found = content(message)
    return [
        Activity(
            "create",
            required_moment(origin, "date"),
            kind="post",
            direction="out",
            external_id=post.external_id,
            container=post.container,
            ref=post.ref,
            text=found.text,
            html=found.html,
            media=found.media,
            permalink=permalink(read.nested(origin, "chat"), post.external_id),
        )
    ]


def _mentions(found, facts):
    named = {}
    for words, entity in found.mentions:
        kind = read.text(entity, "type")
        if kind == "mention" and len(words) > 1:
            if words[1:].lower() != facts.own_handle.lower():
                named[words.lower()] = Actor(
                    handle=words[1:], profile_url=_address(words[1:])
                )
        elif kind == "text_mention":
            actor = user(read.nested(entity, "user"))
            if actor.external_id != facts.own_id:
                named[actor.external_id] = actor
    return tuple(named.values())


def _migration(message):
    """A group became a supergroup: everything in it is named anew."""
    new = read.text(message, "migrate_to_chat_id")
    if not new:
        return []
    chat = read.nested(message, "chat")
    return [
        Activity(
            "create",
            required_moment(message, "date"),
            kind="system",
            family=const.MIGRATION,
            external_id=new,
            container=_id(chat),
            ref=new,
            visibility="group",
            thread=_id(chat),
            thread_title=read.text(chat, "title"),
            text="This group became a supergroup.",
        )
    ]


def _membership(change):
    """Somebody stopped or started our bot; or a group or channel took it in or put it out."""
    chat, at = read.nested(change, "chat"), required_moment(change, "date")
    status = read.text(read.nested(change, "new_chat_member"), "status")
    kind = read.text(chat, "type")
    if status not in const.GONE | const.HERE or kind == "channel":
        return []
    gone, private = status in const.GONE, kind == "private"
    who = user(read.nested(change, "from"))
    if private:
        words = "Stopped the bot." if gone else "Started the bot."
    else:
        words = "The bot was removed." if gone else "The bot is a member."
    return [
        Activity(
            "create",
            at,
            kind="system",
            family=const.MEMBERSHIP,
            external_id=f"{int(at.replace(tzinfo=UTC).timestamp())}:{status}",
            container=_id(chat),
            ref=status,
            actor=who if private else None,
            counterpart=who if private else None,
            visibility="direct" if private else "group",
            thread=_id(chat),
            thread_title="" if private else read.text(chat, "title"),
            text=words,
        )
    ]


def _visibility(chat):
    return {"private": "direct", "channel": "public"}.get(read.text(chat, "type"), "group")


def _target(change):
    return Target(read.required(change, "message_id"), container=_id(read.nested(change, "chat")))


def _reaction(change, facts):
    chat, at = read.nested(change, "chat"), required_moment(change, "date")
    if change.get("user"):
        actor = user(read.nested(change, "user"))
    else:
        actor = chat_actor(read.nested(change, "actor_chat"))
    before = {_sort(item) for item in read.objects(change, "old_reaction")}
    now = {_sort(item) for item in read.objects(change, "new_reaction")}
    own = actor.external_id == facts.own_id
    return [
        Activity(
            verb,
            at,
            kind="reaction",
            actor=actor,
            target=_target(change),
            reaction=reaction,
            direction="out" if own else "in",
            visibility=_visibility(chat),
        )
        for verb, reactions in (("unreact", before - now), ("react", now - before))
        for reaction in sorted(reactions)
    ]


def _sort(reaction):
    kind = read.text(reaction, "type")
    if kind == "emoji":
        return read.required(reaction, "emoji")
    if kind == "custom_emoji":
        return f"custom:{read.required(reaction, 'custom_emoji_id')}"
    return "⭐"


def _counts(change):
    """Anonymous reactions, in channels: figures only."""
    counts = [read.count(item, "total_count") or 0 for item in read.objects(change, "reactions")]
    return [
        Activity(
            "counters",
            required_moment(change, "date"),
            target=_target(change),
            counters={"likes": min(sum(counts), read.MAX_COUNT)},
        )
    ]
