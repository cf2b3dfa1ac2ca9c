# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an item of the generic webhook means; see ``README.md`` beside this file. Pure functions."""
from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import (
    RECEIPTS,
    Activity,
    Actor,
    Media,
    Target,
)

from ...tools import payload as read
from ...tools.markup import html_to_text, safe_html
from . import const


def items_of(body):
    """The items of a request: one object, a list of them, or ``{"items": [...]}``.

    :param body: the request's JSON
    :return: the items, each an object with its ``account`` filled in
    :rtype: list[dict]
    :raise MalformedPayload: naming the item and what is the matter with it
    """
    shared = const.DEFAULT_ACCOUNT
    if isinstance(body, dict) and "items" in body:
        _only(body, frozenset({"account", "items"}), "the request")
        shared = read.text(body, "account") or shared
        body = read.objects(body, "items")
    found = body if isinstance(body, list) else [body]
    if not 0 < len(found) <= const.MAX_ITEMS:
        raise MalformedPayload(f"a request holds 1 to {const.MAX_ITEMS} items")
    items = []
    for number, item in enumerate(found):
        try:
            item = read.expect_object(item, "the item")
            item = {**item, "account": read.text(item, "account") or shared}
            parse(item)
        except MalformedPayload as error:
            raise MalformedPayload(f"items[{number}]: {error}") from error
        items.append(item)
    return items


def parse(item):
    """What one item means.

    :rtype: list[Activity]
    :raise MalformedPayload: in words for whoever programs the sender
    """
    _only(read.expect_object(item, "the item"), const.ITEM_FIELDS, "the item")
    verb = _one_of(item, "verb", const.VERBS, "create")
    return [_said(item, verb) if verb in const.ITEM_VERBS else _remark(item, verb)]


def _said(item, verb):
    direction = _one_of(item, "direction", const.DIRECTIONS, "in")
    actor = _person(item, "author")
    if direction == "in" and not actor:
        raise MalformedPayload("author is missing")
    parent = _target(item, "parent")
    private = bool(read.text(item, "thread")) or bool(item.get("counterpart"))
    usual = "message" if private else "comment" if parent else "post"
    kind = _one_of(item, "kind", const.KINDS, usual)
    participants = _people(item, "participants")
    usual = "direct" if kind in ("message", "story_mention") else "public"
    usual = "group" if participants else usual
    html = _long_text(item, "html")
    created = read.required_time(item, "time")
    return Activity(
        verb if actor else "create",
        created,
        kind=kind,
        external_id=read.required(item, "id"),
        family=_family(item),
        remote_key=read.url(item, "shared_url"),
        direction=direction,
        actor=actor,
        counterpart=_person(item, "counterpart"),
        visibility=_one_of(item, "visibility", const.VISIBILITIES, usual),
        thread=read.text(item, "thread"),
        parent=parent,
        root=_target(item, "root"),
        title=_long_text(item, "title"),
        text=_long_text(item, "text") or html_to_text(html),
        html=safe_html(html),
        language=read.text(item, "language"),
        permalink=read.url(item, "url"),
        media=_media(item),
        mentions=_people(item, "mentions"),
        participants=participants,
        rating=_rating(item),
        counters=_counters(item),
        edited_at=_edited_at(item, verb, created),
        expires_at=read.time(item, "expires_at"),
        automatic=read.flag(item, "automatic"),
        client_key=read.text(item, "client_key"),
    )


def _remark(item, verb):
    """Something about an item or a person, not an item itself."""
    at = read.required_time(item, "time")
    actor = _person(item, "author")
    if verb == "profile":
        if not actor:
            raise MalformedPayload("author is missing")
        return Activity(verb, at, actor=actor)
    thread, read_up_to = read.text(item, "thread"), read.time(item, "read_up_to")
    whole_thread = verb == "receipt" and thread and read_up_to
    target = _target(item, "target")
    if not target and not whole_thread:
        raise MalformedPayload("target is missing")
    more = {}
    if verb in ("react", "unreact"):
        if not actor:
            raise MalformedPayload("author is missing")
        more = {"kind": "reaction", "reaction": read.required(item, "reaction")}
    elif verb == "receipt":
        receipt = _one_of(item, "receipt", RECEIPTS, "read" if whole_thread else "")
        more = {"receipt": receipt, "thread": thread, "read_up_to": read_up_to}
        more["counterpart"] = _person(item, "counterpart")
    elif verb == "counters":
        more = {"counters": _counters(item)}
    return Activity(verb, at, actor=actor, target=target, **more)


def _only(data, known, where):
    """A misspelt field is told, not passed over: its writer would wait for it in vain."""
    unknown = sorted(str(name) for name in data if name not in known)
    if unknown:
        raise MalformedPayload(f"{where} has an unknown field {read.clean(unknown[0])[:40]!r}")


def _one_of(item, key, allowed, usual):
    value = read.text(item, key) or usual
    if value not in allowed:
        raise MalformedPayload(f"{key} must be one of {', '.join(allowed)}")
    return value


def _long_text(item, key):
    value = read.text(item, key)
    if len(value) > const.MAX_TEXT:
        raise MalformedPayload(f"{key} is longer than {const.MAX_TEXT} characters")
    return value


def _family(item):
    return read.text(item, "family") or "post"


def _target(item, key):
    """An item named by its id, or by an object with id and family."""
    value = item.get(key)
    if isinstance(value, dict):
        _only(value, frozenset({"id", "family"}), key)
        return Target(read.required(value, "id"), _family(value))
    value = read.text(item, key)
    return Target(value) if value else None


def _person(item, key):
    return _actor(read.nested(item, key), key) if item.get(key) is not None else None


def _people(item, key):
    return tuple(_actor(person, key) for person in read.objects(item, key))


def _actor(person, where):
    _only(person, const.PERSON_FIELDS, where)
    external_id, handle = read.text(person, "id").strip(), read.text(person, "handle").strip()
    if not (external_id or handle):
        raise MalformedPayload(f"{where} needs an id or a handle")
    former = person.get("former_ids") or []
    if not isinstance(former, list) or not all(isinstance(value, str) for value in former):
        raise MalformedPayload(f"{where}: former_ids is not a list of texts")
    return Actor(
        external_id=external_id,
        handle=handle,
        name=read.text(person, "name").strip(),
        profile_url=read.url(person, "url"),
        avatar_url=read.url(person, "avatar"),
        email=read.text(person, "verified_email").strip(),
        phone=read.text(person, "verified_phone").strip(),
        language=read.text(person, "language"),
        followers=read.count(person, "followers"),
        is_bot=read.flag(person, "bot"),
        state=_one_of(person, "state", const.PERSON_STATES, "active"),
        former_ids=tuple(read.clean(value) for value in former),
    )


def _media(item):
    found = []
    for media in read.objects(item, "media"):
        _only(media, const.MEDIA_FIELDS, "media")
        address = read.url(media, "url")
        if not address:
            raise MalformedPayload("media: url is not an http or https address")
        words = {name: read.text(media, name) for name in ("mimetype", "name", "alt")}
        found.append(Media(url=address, **words))
    return tuple(found)


def _rating(item):
    value = item.get("rating")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 5:
        raise MalformedPayload("rating is not a number from 0 to 5")
    return float(value)


def _counters(item):
    given = read.nested(item, "counters")
    found = {read.clean(name): read.count(given, name) for name in given}
    return {name: value for name, value in found.items() if name and value is not None}


def _edited_at(item, verb, created):
    edited_at = read.edit_time(item, "edited_at", created)
    if verb == "edit" and not edited_at:
        raise MalformedPayload("edited_at is missing: an edit tells when it was made")
    return edited_at
