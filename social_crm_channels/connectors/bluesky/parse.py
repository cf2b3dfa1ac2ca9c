# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What Bluesky's views and records mean. Pure functions; names as in the lexicons ``app.bsky.*``.

A post's key is its ``at://`` address and a person's is the DID: handles change.
"""
from dataclasses import dataclass

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Media, Target

from ...tools import payload as read
from . import const
from .record import author, permalink
from .text import kind_of, markup, plain, spans


@dataclass(frozen=True, slots=True)
class Facts:
    """Our own account, as the channel knows it."""

    own_did: str

    def is_own(self, actor):
        return bool(self.own_did) and actor.external_id == self.own_did


def parse(data, facts):
    """What one stored item means.

    :param dict data: ``type`` is ``notification``, ``post``, ``gone`` or ``counters``
    :param Facts facts:
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    data = read.expect_object(data)
    kind = read.text(data, "type")
    if kind == "notification":
        return [*_context(data, facts), *_notification(data, facts)]
    if kind == "post":
        return [*_context(data, facts), _post(read.nested(data, "post"), facts)]
    if kind == "gone":
        at = read.required_time(data, "at")
        return [Activity("delete", at, target=Target(read.required(data, "uri")))]
    if kind == "counters":
        post = read.nested(data, "post")
        return [
            Activity(
                "counters",
                read.required_time(data, "at"),
                target=Target(read.required(post, "uri")),
                counters=counters(post),
            )
        ]
    raise MalformedPayload(f"unknown type {kind[:40]!r}")


def actor_of(profile):
    """A ``profileView``, of whatever size.

    :rtype: Actor
    """
    did = read.required(profile, "did")
    if not const.DID.fullmatch(did):
        raise MalformedPayload("a profile's did is no DID")
    handle = read.text(profile, "handle")
    return Actor(
        external_id=did,
        # shown where a handle no longer leads to its DID
        handle="" if handle == const.BROKEN_HANDLE else handle,
        name=read.text(profile, "displayName").strip(),
        profile_url=f"{const.WEBSITE}/profile/{did}",
        avatar_url=read.url(profile, "avatar"),
        followers=read.count(profile, "followersCount"),
    )


def counters(post):
    """Likes, shares and so on, as far as the network tells.

    :rtype: dict[str, int]
    """
    found = {name: read.count(post, key) for key, name in const.COUNTERS.items()}
    return {name: value for name, value in found.items() if value is not None}


def reply_of(record):
    """What a post answers, and what the thread hangs on.

    :return: parent and root, "" each where there is none
    :rtype: tuple[str, str]
    """
    reply = read.nested(record, "reply")
    found = [read.text(read.nested(reply, name), "uri") for name in ("parent", "root")]
    return found[0], found[1] or found[0]


def quoted(record):
    """The post a post quotes, "" if none.

    :rtype: str
    """
    embed = read.nested(record, "embed")
    inner = read.nested(embed, "record")
    uri = read.text(inner, "uri") or read.text(read.nested(inner, "record"), "uri")
    found = const.AT_URI.fullmatch(uri)
    return uri if found and found["collection"] == const.POST else ""


def names_somebody(record, did):
    """Whether a post's text names an account.

    :rtype: bool
    """
    return any(
        kind_of(feature) == "mention" and read.text(feature, "did") == did
        for facet in read.objects(record, "facets")
        for feature in read.objects(facet, "features")
    )


def _context(data, facts):
    """What stands above, for whoever reads the item: posts of ours, and the first of a thread."""
    return [_post(post, facts, above=True) for post in read.objects(data, "context")]


def _notification(data, facts):
    notice = read.nested(data, "notification")
    reason = read.text(notice, "reason")
    at = read.required_time(notice, "indexedAt")
    actor = actor_of(read.nested(notice, "author"))
    uri = read.required(notice, "uri")
    if reason in const.POST_REASONS:
        post = read.nested(data, "post") or notice
        return [_post(post, facts, notified_at=at)]
    if reason == "follow":
        return [
            Activity("create", at, kind="follow", external_id=uri, family="follow", actor=actor)
        ]
    if reason not in const.GESTURE_REASONS:
        return []  # verifications, starter packs, posts of those we subscribed to: not to us
    subject = read.nested(read.nested(notice, "record"), "subject")
    target = Target(read.text(subject, "uri") or read.required(notice, "reasonSubject"))
    if reason == "like":
        return [
            Activity("react", at, kind="reaction", actor=actor, target=target, reaction="like")
        ]
    return [
        Activity(
            "create",
            at,
            kind="share",
            external_id=uri,
            family="share",
            actor=actor,
            parent=target,
            root=target,
        )
    ]


def _post(post, facts, notified_at=None, above=False):
    """A ``postView``, or a notification about a post, which has the same names.

    :param bool above: it is shown as what others speak of; nobody need answer it
    """
    uri, record = read.required(post, "uri"), read.nested(post, "record")
    if not const.AT_URI.fullmatch(uri):
        raise MalformedPayload("a post's uri is no at:// address")
    actor = actor_of(read.nested(post, "author"))
    own = facts.is_own(actor)
    text, facets = read.text(record, "text"), read.objects(record, "facets")
    found = spans(text, facets)
    parent, root = reply_of(record)
    quote = quoted(record)
    return Activity(
        "create",
        _written_at(post, record),
        kind=_kind(parent, own, above),
        external_id=uri,
        remote_key=uri,
        direction="out" if own else "in",
        actor=actor,
        parent=_target(parent or quote),
        root=_target(root),
        text="\n\n".join(filter(None, (plain(text, found), _card(record)))),
        html=markup(text, found),
        language=_language(record),
        permalink=permalink(uri),
        media=_media(read.nested(post, "embed")),
        mentions=_mentions(text, found, facts),
        counters=counters(post),
        notified_at=notified_at,
    )


def _kind(parent, own, above):
    if above and not own:
        return "post"
    if parent:
        return "reply"
    return "post" if own else "mention"


def _target(uri):
    return Target(uri) if uri else None


def _written_at(post, record):
    """When a post was written. The writer's clock says so, but never later than it was seen."""
    seen_at = read.required_time(post, "indexedAt")
    try:
        return min(read.time(record, "createdAt") or seen_at, seen_at)
    except MalformedPayload:
        return seen_at


def _language(record):
    languages = record.get("langs")
    first = languages[0] if isinstance(languages, list) and languages else ""
    return read.clean(first)[:10] if isinstance(first, str) else ""


def _mentions(text, found, facts):
    people = {}
    for first, last, feature in found:
        did = read.text(feature, "did") if kind_of(feature) == "mention" else ""
        if const.DID.fullmatch(did) and did != facts.own_did:
            words = text[first:last]
            # the words may be anything; only what looks like a handle is taken for one
            handle = words[1:] if words.startswith("@") and "." in words else ""
            people[did] = Actor(
                external_id=did, handle=handle, profile_url=f"{const.WEBSITE}/profile/{did}"
            )
    return tuple(people.values())


def _card(record):
    """A page shown below the text, in words; its address stands in the text mostly."""
    embed = read.nested(record, "embed")
    page = read.nested(embed, "external") or read.nested(read.nested(embed, "media"), "external")
    address = read.url(page, "uri")
    if not address or address in read.text(record, "text"):
        return ""
    return "\n".join(filter(None, (read.text(page, "title").strip(), address)))


def _media(embed):
    """Files of a post's view; what hangs on a post that quotes stands one level deeper."""
    inner = read.nested(embed, "media") or embed
    found = [
        Media(
            url=read.url(picture, "fullsize"),
            mimetype="image/jpeg",  # what Bluesky's own picture server makes of all
            alt=read.text(picture, "alt"),
        )
        for picture in read.objects(inner, "images")
        if read.url(picture, "fullsize")
    ]
    if film := read.url(inner, "playlist"):
        found.append(
            Media(url=film, mimetype="application/vnd.apple.mpegurl", alt=read.text(inner, "alt"))
        )
    return tuple(found)


def addresses_us(record, facts):
    """Whether a post is said to us: then a notification of its own tells of it.

    :rtype: bool
    """
    return names_somebody(record, facts.own_did) or author(quoted(record)) == facts.own_did
