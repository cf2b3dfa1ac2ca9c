# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Text as Bluesky counts and marks it up.

Length is counted in grapheme clusters (what a reader takes for one character) and in bytes of
UTF-8; facets say by byte offsets what is a mention, a link or a tag (app.bsky.richtext.facet).
What becomes a facet follows ``rich-text/detection`` of ``@atproto/api``, except that addresses
need their scheme here.
"""
from html import escape

import regex

from ...tools import payload as read
from ...tools.contract import Measure
from ...tools.markup import safe_html
from . import const

CLUSTER = regex.compile(r"\X")
LINK = regex.compile(r"(?<![^\s(])https?://\S+", regex.IGNORECASE)
LINK_END = regex.compile(r"[.,;:!?\"'»”]+$")
MENTION = regex.compile(
    r"(?<![^\s(])@(?P<handle>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}"
    r"[a-z0-9])?)(?!\.?[\w@-])",
    regex.IGNORECASE,
)
_STOP = r"\s\u00AD\u2060\u200A\u200B\u200C\u200D\u20e2"
TAG = regex.compile(
    rf"(?<!\S)[#＃](?P<tag>(?!\uFE0F)[^{_STOP}]*[^\d\p{{P}}{_STOP}]+[^{_STOP}]*)"
)
TAG_END = regex.compile(r"\p{P}+$")


def graphemes(text):
    """:rtype: int"""
    return len(CLUSTER.findall(text))


def octets(text):
    """:return: the text's bytes
    :rtype: bytes
    """
    return text.encode("utf-8", "replace")


def measure(text, characters, letters):
    """How long a text is by the limit it meets first: few texts are short in characters and yet
    long in bytes, but a family of emoji may be.

    :param str characters: the unit's name, for graphemes
    :param str letters: the same, for bytes
    :rtype: Measure
    """
    used, size = graphemes(text), len(octets(text))
    if used <= const.MAX_GRAPHEMES and size > const.MAX_BYTES:
        return Measure(size, const.MAX_BYTES, letters)
    return Measure(used, const.MAX_GRAPHEMES, characters)


# === IN === #


def spans(text, facets):
    """Where facets lie, in characters; what lies outside the text, in the middle of a character
    or across another facet is left out.

    :param list facets: as the network gives them
    :return: (first character, character after the last, feature), in the order of the text
    :rtype: list[tuple[int, int, dict]]
    """
    raw, found, end = octets(text), [], 0
    for first, last, feature in sorted(_offsets(facets), key=lambda span: span[:2]):
        if not (end <= first < last <= len(raw)) or _inside(raw, first) or _inside(raw, last):
            continue
        end = last
        found.append((len(raw[:first].decode()), len(raw[:last].decode()), feature))
    return found


def _offsets(facets):
    for facet in facets:
        index = read.nested(facet, "index")
        first, last = read.count(index, "byteStart"), read.count(index, "byteEnd")
        for feature in read.objects(facet, "features")[:1]:
            if first is not None and last is not None:
                yield first, last, feature


def _inside(raw, offset):
    """Whether an offset falls between the bytes of one character."""
    return offset < len(raw) and raw[offset] & 0xC0 == 0x80


def kind_of(feature):
    """``mention``, ``link`` or ``tag``, or whatever will come.

    :rtype: str
    """
    return read.text(feature, "$type").rpartition("#")[2]


def plain(text, found):
    """The words, with the whole address where the text shows a shortened one or none.

    :param list found: :func:`spans`
    :rtype: str
    """
    for first, last, feature in reversed(found):
        address = read.url(feature, "uri") if kind_of(feature) == "link" else ""
        words = text[first:last]
        if not address or address in words:
            continue
        start = words.removesuffix("…").removesuffix("...").rstrip("/")
        shown = address if start and start in address else f"{words} ({address})"
        text = f"{text[:first]}{shown}{text[last:]}"
    return text


def markup(text, found):
    """The text as safe HTML where it has links; "" where plain text says as much.

    :rtype: str
    """
    pieces, at = [], 0
    for first, last, feature in found:
        address = read.url(feature, "uri") if kind_of(feature) == "link" else ""
        if address:
            words = escape(text[first:last])
            pieces += [escape(text[at:first]), f'<a href="{escape(address)}">{words}</a>']
            at = last
    if not at:
        return ""
    pieces.append(escape(text[at:]))
    return safe_html("".join(pieces).replace("\n", "<br>"))


# === OUT === #


def named(text):
    """Handles the text names, in lower case, in their order.

    :rtype: list[str]
    """
    return [found["handle"].lower() for found in MENTION.finditer(text)]


def with_mentions(text, handles):
    """The text, naming everybody it has to name.

    :rtype: str
    """
    known, missing = set(named(text)), []
    for handle in handles:
        handle = handle.lstrip("@")
        shown = f"@{handle}"
        if MENTION.fullmatch(shown) and handle.lower() not in known:
            known.add(handle.lower())
            missing.append(shown)
    return " ".join([*missing, text]).strip() if missing else text


def facets_of(text, dids):
    """What makes the text's names, addresses and tags more than words.

    :param Mapping dids: handle in lower case to DID; others stay words
    :return: facets, in the order of the text
    :rtype: list[dict]
    """
    found = []
    for match in LINK.finditer(text):
        address = LINK_END.sub("", match[0])
        if address.endswith(")") and "(" not in address:
            address = LINK_END.sub("", address.rstrip(")"))
        found.append((match.start(), address, {"$type": _feature("link"), "uri": address}))
    for match in MENTION.finditer(text):
        if did := dids.get(match["handle"].lower()):
            found.append((match.start(), match[0], {"$type": _feature("mention"), "did": did}))
    for match in TAG.finditer(text):
        tag = TAG_END.sub("", match["tag"])
        fits = graphemes(tag) <= const.MAX_TAG_GRAPHEMES and len(octets(tag)) <= const.MAX_TAG_BYTES
        if tag and fits:
            found.append((match.start(), match[0][: len(tag) + 1], _tag(tag)))
    return [_facet(text, *one) for one in sorted(found, key=lambda one: one[0])]


def _feature(kind):
    return f"app.bsky.richtext.facet#{kind}"


def _tag(tag):
    return {"$type": _feature("tag"), "tag": tag}


def _facet(text, start, words, feature):
    first = len(octets(text[:start]))
    index = {"byteStart": first, "byteEnd": first + len(octets(words))}
    return {"index": index, "features": [feature]}
