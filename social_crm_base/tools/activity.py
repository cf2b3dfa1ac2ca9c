# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a connector understood of a network's item, in one shape for all networks.

A connector's ``_parse`` returns activities; ``social.crm.interaction._ingest`` is the only reader.
All times are naive UTC datetimes, as Odoo stores them. All ids are text, as networks change their
width. Nothing here knows the ORM.
"""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

VERBS = frozenset(
    {"create", "edit", "delete", "hide", "unhide", "react", "unreact", "receipt", "counters"}
    | {"profile"}
)
KINDS = frozenset(
    {
        "post",
        "message",
        "comment",
        "reply",
        "mention",
        "share",
        "reaction",
        "review",
        "story",
        "story_mention",
        "follow",
        "system",
    }
)
RECEIPTS = ("sent", "delivered", "read", "failed")
NO_COUNTERS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Media:
    """A file that hangs on a message: where it is, never the bytes.

    ``external_id`` is what the connector's ``_fetch_media`` gets it by where there is no address
    that everybody may have.
    """

    url: str
    mimetype: str = ""
    name: str = ""
    alt: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account on the network as an item names it.

    At least one of ``external_id`` and ``handle`` is given. ``scope`` says within what the id is
    unique where the network's ids are not global (a page for Messenger, a server, a chat).
    ``email`` and ``phone`` are given only where the network itself vouches for them.
    """

    external_id: str = ""
    scope: str = ""
    handle: str = ""
    name: str = ""
    profile_url: str = ""
    avatar_url: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    followers: int | None = None
    is_bot: bool = False
    state: str = "active"
    former_ids: tuple[str, ...] = ()

    def __post_init__(self):
        if not (self.external_id or self.handle):
            raise ValueError("an actor needs an id or a handle")


@dataclass(frozen=True, slots=True)
class Target:
    """Names an item of the network: what is answered, edited, deleted, liked or read.

    ``family`` and ``container`` keep a post 5 apart from a comment 5, and the message 7 of one
    chat from the message 7 of another; both must be the same whenever the item is named.
    ``ref`` is no part of the name: what the network's API wants to be called with where that is
    not the id (Mastodon's per-server status id, a version stamp), as last seen.
    """

    external_id: str
    family: str = "post"
    container: str = ""
    ref: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happened on a network.

    ``create`` and a complete ``edit`` (one with an actor) carry the item itself; an item seen
    again with a later ``edited_at`` is an edit. ``edit`` without actor, ``delete``, ``hide``,
    ``unhide``, ``react``, ``unreact``, ``receipt`` and ``counters`` speak of ``target``; a receipt
    may instead carry ``read_up_to`` for a whole direct conversation (``thread``). ``hide`` is said
    of what the public no longer sees and may see again: held for approval, marked as spam.

    :param str verb: one of ``VERBS``
    :param datetime occurred_at: when it happened on the network, naive UTC
    :param str kind: one of ``KINDS``
    :param str external_id: the network's id of the item
    :param str family: what sort of id that is (see :class:`Target`)
    :param str container: within what the id is unique, where it is not within the account
    :param str ref: what the API wants to be called with where it is not the id (see
        :class:`Target`); stored with the item, the last one seen counts
    :param str remote_key: an address that is the same for everybody on the network (a URI), used
        to know one post that reached two of our accounts as one
    :param str direction: ``in`` or ``out`` (``out``: said by our own account, anywhere)
    :param Actor actor: who did it; for ``out`` it may be left empty
    :param Actor counterpart: with whom a direct conversation is, needed for ``out`` messages
    :param str visibility: public, unlisted, followers, direct or group
    :param str thread: the network's id of the direct or group conversation
    :param str thread_title: what the group is called
    :param Target parent: what this answers
    :param Target root: the post the whole thread hangs on, where the network tells
    :param str text: plain text; :param str html: only where the network has markup, sanitised
    :param tuple mentions: whom the text names (an answer to three people names three)
    :param tuple participants: members of a group known from this item; silent ones are not people
        we match, only counted
    :param float rating: stars of a review, 0 to 5; None where there are none
    :param str reaction: the reaction's name or emoji
    :param str receipt: one of ``RECEIPTS``
    :param datetime read_up_to: everything of ours up to then was read
    :param Mapping counters: likes, shares, replies, views, reach ... as the network counts them
    :param datetime edited_at: when this version was made
    :param datetime expires_at: when the network itself will take it away (stories)
    :param str client_key: our own key, sent with an outgoing item and given back by the network
    """

    verb: str
    occurred_at: datetime
    kind: str = "post"
    external_id: str = ""
    family: str = "post"
    container: str = ""
    ref: str = ""
    remote_key: str = ""
    direction: str = "in"
    actor: Actor | None = None
    counterpart: Actor | None = None
    visibility: str = "public"
    thread: str = ""
    parent: Target | None = None
    root: Target | None = None
    target: Target | None = None
    title: str = ""
    text: str = ""
    html: str = ""
    language: str = ""
    permalink: str = ""
    media: tuple[Media, ...] = ()
    mentions: tuple[Actor, ...] = ()
    participants: tuple[Actor, ...] = ()
    rating: float | None = None
    reaction: str = ""
    receipt: str = ""
    read_up_to: datetime | None = None
    counters: Mapping[str, int] = field(default_factory=lambda: NO_COUNTERS)
    notified_at: datetime | None = None
    edited_at: datetime | None = None
    expires_at: datetime | None = None
    encrypted: bool = False
    automatic: bool = False
    client_key: str = ""
    thread_title: str = ""

    def __post_init__(self):
        if self.verb not in VERBS:
            raise ValueError(f"unknown verb {self.verb!r}")
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}")
        if self.occurred_at.tzinfo is not None:
            raise ValueError("occurred_at must be naive UTC")
        if self.verb == "create" and not self.external_id:
            raise ValueError("an item needs its id")

    @property
    def is_item(self):
        """Whether this carries an item itself, rather than a remark about one."""
        return self.verb == "create" or (self.verb == "edit" and bool(self.external_id))

    @property
    def itself(self):
        """The item's own name, as others would point at it."""
        return Target(self.external_id, self.family, self.container, self.ref)

    @property
    def points_at(self):
        """What an edit, deletion, reaction, receipt or counter speaks of, or None."""
        if self.target:
            return self.target
        return self.itself if self.external_id else None
