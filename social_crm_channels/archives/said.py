# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a reader of archives finds, in one shape for all networks; without ORM."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from odoo.addons.social_crm_base.tools.activity import Target

NOTHING: Mapping[str, int] = MappingProxyType({})


class WrongArchive(Exception):
    """The file is not what the reader takes; ``code`` says why, ``detail`` names the culprit.

    :param str code: ``format``, ``html``, ``broken``, ``locked`` or ``too_big``
    """

    def __init__(self, code, detail=""):
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody the archive names.

    :param str key: the same for the same account wherever the archive names it. Where a network
        gives a name alone it stands within its conversation: names are shared.
    :param bool is_own: whether the archive itself says that this is the account it was taken from
    """

    key: str
    name: str = ""
    handle: str = ""
    external_id: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What can be chosen on its own: our posts, our comments, or one conversation.

    :param str sort: ``posts``, ``comments`` or ``messages``
    """

    key: str
    sort: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said.

    :param str file: member of the archive; :param int line: where in it this begins, from 1
    :param datetime at: naive UTC
    :param Author author: None for the account the archive was taken from
    :param str external_id: the network's id; "" where it gives none: the content is the id
    :param tuple others: who else is in the conversation, as far as this item tells
    :param tuple mentions: (as written in the text, Author) of whom the text names
    :param int nth: tells apart what was said word for word twice in the same moment
    """

    file: str
    line: int
    at: datetime
    part: Part
    kind: str
    author: Author | None = None
    text: str = ""
    title: str = ""
    language: str = ""
    external_id: str = ""
    family: str = "post"
    remote_key: str = ""
    permalink: str = ""
    visibility: str = "public"
    parent: Target | None = None
    root: Target | None = None
    others: tuple[Author, ...] = ()
    mentions: tuple[tuple[str, Author], ...] = ()
    media: tuple = ()
    counters: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read, and where.

    :param str reason: one of ``REASONS``; :param str detail: what stands there instead
    """

    file: str
    line: int
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something left out on purpose, counted so that the numbers add up."""

    reason: str


REASONS = frozenset({"broken", "shape", "date", "name", "twice", "too_big"})


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader must be told.

    :param tzinfo tz: zone of files that write local time
    :param str date_order: ``dmy``, ``mdy`` or ``ymd``; "" to find out
    """

    tz: object
    date_order: str = ""
