# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What the engine and a connector hand to each other. Plain values, nothing here knows the ORM.

All times are naive UTC datetimes, as in ``social_crm_base/tools/activity.py``.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from odoo.addons.social_crm_base.tools.activity import Actor, Target

# What a connector can say it can, see ``social.crm.connector._capabilities``.
CAPABILITIES = frozenset(
    {
        "receive_push",  # the network calls our webhook
        "receive_poll",  # we ask with _fetch
        "send_direct",
        "send_public",
        "publish",
        "edit",
        "delete",
        "hide",  # and show again
        "remove",  # somebody else's words under our post
        "ban",  # and lift the ban
        "report",  # to the network itself
        "spam",
        "approve",  # what the network or we held back
        "react",
        "mark_read",
        "metrics",
        "media",
        "native_idempotency",  # the same idempotency key twice is one message on the network
        "oauth",
        "archive",
        "human_window",  # people may answer for longer than machines, the network granted it
    }
)
# What ``_moderate`` is asked for, and the capability that allows it.
MODERATION = MappingProxyType(
    {
        "hide": "hide",
        "unhide": "hide",
        "remove": "remove",
        "spam": "spam",
        "approve": "approve",
        "report": "report",
        "ban": "ban",
        "unban": "ban",
    }
)
# Why, in the words connectors translate into their network's own.
MODERATION_REASONS = ("spam", "insult", "personal", "off_topic", "illegal", "fraud", "other")
# How one may answer now, see ReplyOptions.
MODES = frozenset({"free_text", "template", "private_reply", "public_only", "one_slot"})
HEALTH_LEVELS = ("green", "yellow", "red")
NOTHING: Mapping = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """A webhook's GET request, as far as a challenge may depend on it: header names lower case."""

    args: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OutMedia:
    """A file that goes with a message."""

    name: str
    mimetype: str
    content: bytes = field(repr=False)
    alt: str = ""


@dataclass(frozen=True, slots=True)
class OutMessage:
    """One thing to say, edit or publish on a network.

    :param str text: plain text, as the person wrote it; ``_render`` makes it the network's own
    :param str conversation_kind: direct, group, thread, review or mention; "" for a post of ours
    :param Target target: the item itself, for edits and for looking one up
    :param Target parent: what this answers
    :param str thread: the network's id of a direct or group conversation
    :param Actor recipient: the other side, where the conversation has one
    :param str visibility: public, unlisted, followers, direct or group
    :param tuple mentions: the people the text must name, of ``Actor``
    :param tuple media: of :class:`OutMedia`
    :param str idempotency_key: our key of this sending, the same at every attempt
    :param str language: ISO 639-1, or empty
    :param str title: for networks whose posts have one
    :param Mapping template: ``key``, ``language`` and ``params`` (placeholder to value) of one of
        ``_reply_templates``; ``text`` is what it reads like
    :param bool automatic: nobody wrote it by hand (an away message): networks want to know
    :param datetime tried_at: when it was first attempted, None at the first attempt: ``_find_sent``
        looks no further back
    :param str unsubscribe: address that ends such messages at one press (RFC 8058), where they
        have a purpose beyond the answer
    """

    text: str
    conversation_kind: str = ""
    target: Target | None = None
    parent: Target | None = None
    thread: str = ""
    recipient: Actor | None = None
    visibility: str = "public"
    mentions: tuple[Actor, ...] = ()
    media: tuple[OutMedia, ...] = ()
    idempotency_key: str = ""
    language: str = ""
    title: str = ""
    template: Mapping | None = None
    automatic: bool = False
    tried_at: datetime | None = None
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the network gave back for a message it took.

    ``family``, ``container`` and ``external_id`` must be exactly what ``_parse`` gives for the
    same item, so that our own echo is known as ours; ``ref`` as in ``Target``.
    """

    external_id: str
    permalink: str = ""
    occurred_at: datetime | None = None
    family: str = "post"
    container: str = ""
    remote_key: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that credentials open: what a channel is made of. ``scope`` as in ``Actor``."""

    external_id: str
    scope: str = ""
    handle: str = ""
    name: str = ""
    profile_url: str = ""
    avatar_url: str = ""
    secrets: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """What connecting brought: secrets by kind, how long they hold, and the accounts they open."""

    secrets: Mapping[str, str] = field(repr=False)
    accounts: tuple[Account, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The traffic light: one of ``HEALTH_LEVELS``, what is the matter, and what to do about it."""

    level: str
    message: str = ""
    todo: str = ""

    def __post_init__(self):
        if self.level not in HEALTH_LEVELS:
            raise ValueError(f"unknown level {self.level!r}")

    @property
    def problem(self):
        """What is the matter and what to do, in one text; "" where nothing is."""
        return "" if self.level == "green" else " ".join(filter(None, (self.message, self.todo)))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do until an account works here, mostly on the network itself.

    :param str key: unique among its connector's steps, and the same for ever
    :param str title: what is to be done, in a few words
    :param str how: where and how, in a sentence or two, with the network's own names of things
    :param check: looks whether it is done: "" or None if so, else what is missing, in words or as
        a ``Health``. It may raise what connectors raise; ``NotSupported`` where this network does
        not tell. None: nobody can look from here, the administrator sees for themselves
    :param str link: the network's page where it is done, https
    :param bool optional: the account works without it
    """

    key: str
    title: str
    how: str
    check: Callable[[], str | Health | None] | None = field(
        default=None, repr=False, compare=False
    )
    link: str = ""
    optional: bool = False

    def look(self):
        """Run the check.

        :return: what is missing, in words; "" if nothing
        :rtype: str
        """
        found = self.check()
        return found.problem if isinstance(found, Health) else found or ""


@dataclass(frozen=True, slots=True)
class ReplyOptions:
    """Whether and how one may answer now.

    :param bool can_reply: whether a person may say something in their own words, here
    :param datetime deadline: until when, None for ever
    :param frozenset modes: of ``MODES``; where ``can_reply`` is false, what is allowed instead
    :param str reason: in words, why not, or what to mind
    :param datetime automatic_deadline: until when a machine may answer, where that ends earlier
    :param datetime private_deadline: until when a public word may be answered in private
    """

    can_reply: bool
    deadline: datetime | None = None
    modes: frozenset = frozenset({"free_text"})
    reason: str = ""
    automatic_deadline: datetime | None = None
    private_deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """How long a text is in the network's own unit. ``limit`` 0 means there is none."""

    used: int
    limit: int = 0
    unit: str = "characters"

    @property
    def fits(self):
        return not self.limit or self.used <= self.limit


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What files an answer may have.

    :param int count: how many, 0: none
    :param int size: bytes of one file, 0: no limit known
    :param tuple types: accepted, as ``image/png`` or ``image/*``; empty: any
    :param bool alt: whether the network has a text for those who do not see the picture
    """

    count: int = 0
    size: int = 0
    types: tuple[str, ...] = ()
    alt: bool = False

    def accepts(self, mimetype):
        """Whether the network takes files of that type.

        :rtype: bool
        """
        whole = f"{(mimetype or '').partition('/')[0]}/*"
        return not self.types or mimetype in self.types or whole in self.types


@dataclass(frozen=True, slots=True)
class Template:
    """Words the network has approved beforehand, for when one may not write freely.

    :param str key: how the network calls it
    :param str body: with ``{{ name }}`` where a value belongs
    :param tuple placeholders: the names, in the network's order
    """

    key: str
    name: str
    language: str = ""
    body: str = ""
    placeholders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure as the network counts it; ``target`` None is the account itself."""

    target: Target | None
    key: str
    value: float
    taken_at: datetime
