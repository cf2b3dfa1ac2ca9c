# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What rules look at, in plain values, and how words are compared. No ORM."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from odoo.addons.social_crm_base.tools import names

#: More links than these in one word are somebody's advertisement.
MANY_LINKS = 3
#: The same words from so many accounts, or to so many places, within a day are no conversation.
MANY_COPIES = 3
#: Shorter words are alike by chance: "Thank you!" is no campaign.
COPY_LENGTH = 25

# What advertisements in comments offer, in the four languages of the suite. Our own collection;
# each alone says nothing, so it counts only together with a link or an address to write to.
_LURES = tuple(
    names.fold(lure)
    for lure in (
        "earn money", "make money", "passive income", "crypto", "bitcoin", "forex", "investment",
        "giveaway winner", "free followers", "cheap followers", "loan offer", "spell caster",
        "recover your account", "recovery expert", "adult dating", "hot girls", "casino",
        "geld verdienen", "passives einkommen", "gratis follower", "kredit ohne schufa",
        "zarada od kuće", "lako do novca", "besplatni pratioci", "kredit bez papira",
        "penghasilan pasif", "pinjaman online", "slot gacor", "judi online", "pengikut gratis",
    )
)  # fmt: skip
_LINK = re.compile(r"https?://|\bwww\.|\b(?:t\.me|wa\.me|bit\.ly|tinyurl\.com)/", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b(?:whats\s?app|telegram)\b|(?:\bdm|\binbox|\bmessage)\s+(?:me|him|her|@)|\+\d[\d\s-]{8,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a case when rules are asked: the first word not answered says where.

    :param str text: all words not answered yet
    :param str language: ISO 639 code, empty where unknown
    :param set owners: ids of users, salespeople of the contact
    :param set lead_owners: ids of users, salespeople of the person's open leads
    :param datetime moment: naive UTC, when the word was said
    :param tuple spam: codes of the signs of advertisement, see :func:`spam_signs`
    :param set at_work: ids of calendars whose working hours the moment lies in
    :param set fits: ids of rules whose further conditions the case meets
    """

    channel: int = 0
    platform: int = 0
    kind: str = ""
    is_private: bool = False
    text: str = ""
    language: str = ""
    role: str = ""
    relation: str = ""
    loyalty: str = ""
    followers: int = 0
    categories: frozenset = frozenset()
    owners: frozenset = frozenset()
    lead_owners: frozenset = frozenset()
    moment: datetime | None = None
    spam: tuple = ()
    at_work: frozenset = frozenset()
    fits: frozenset = frozenset()
    case: int = 0


@dataclass(frozen=True)
class Condition:
    """One part of *when*: how it reads, and whether it holds.

    :param str name: the field an administrator sets it by
    :param callable words: as it stands in the sentence; called only where somebody reads it
    :param callable test: facts to bool
    :param callable found: facts to what was found instead, in words
    """

    name: str
    words: Callable[[], str]
    test: Callable[[Facts], bool]
    found: Callable[[Facts], str]


def language_of(code):
    """The language alone, whatever the country or script: ``sr_RS``, ``sr@latin``: ``sr``.

    :rtype: str
    """
    alone = re.split(r"[-_@.]", code or "", maxsplit=1)[0].lower()
    return {"in": "id", "sh": "sr"}.get(alone, alone)  # names of old that networks still send


def split_keywords(keywords):
    """One keyword or phrase per line or between commas, each once.

    :rtype: list[str]
    """
    found = (part.strip() for part in re.split(r"[,;\n]", keywords or ""))
    return list(dict.fromkeys(filter(None, found)))


class Words:
    """A text in which whole words are looked for, whatever script, case or accents.

    Serbian in Cyrillic and Latin letters is one; ``kočni*`` finds every ending.
    """

    def __init__(self, text):
        self._plain = unicodedata.normalize("NFKC", text or "").casefold()
        self._folded = f" {names.fold(text)} "

    def say(self, keyword):
        """Whether the keyword or phrase stands in the text.

        :rtype: bool
        """
        pattern = _pattern(keyword)
        if not pattern:  # an emoji or a sign: folding knows letters only
            return unicodedata.normalize("NFKC", keyword).casefold() in self._plain
        return bool(pattern.search(self._folded))


@lru_cache(maxsize=1000)
def _pattern(keyword):
    """How a keyword looks in folded text; None where it has no letters."""
    parts = []
    for word in keyword.split():
        if folded := names.fold(word):
            parts.append(re.escape(folded) + ("[^ ]*" if word.endswith("*") else ""))
    return re.compile(f" {' '.join(parts)} ") if parts else None


def spam_signs(text, copies=0):
    """What makes a text look like advertisement nobody asked for; a closed list.

    Never who says it, how they feel or what they think: those are no reasons to hide words.

    :param str text: one word of somebody
    :param int copies: how often the same words were said elsewhere within a day
    :return: codes: ``links``, ``lure``, ``copies``
    :rtype: tuple[str]
    """
    links = len(_LINK.findall(text or ""))
    signs = []
    if links >= MANY_LINKS:
        signs.append("links")
    if links or _ADDRESS.search(text or ""):
        words = Words(text)
        if any(words.say(lure) for lure in _LURES):
            signs.append("lure")
    if copies >= MANY_COPIES and len(text or "") >= COPY_LENGTH:
        signs.append("copies")
    return tuple(signs)


def within_hours(hour, start, end):
    """Whether an hour of the day lies in a span that may cross midnight; equal ends: all day.

    :param float hour: 0 to 24, as the others
    :rtype: bool
    """
    if start == end:
        return True
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end
