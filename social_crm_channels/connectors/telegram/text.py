# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Text as Telegram counts it: in UTF-16 code units, an emoji being two of them."""
from html import escape

from ...tools import payload as read
from ...tools.markup import safe_html
from . import const


def length(text):
    """:return: in UTF-16 code units
    :rtype: int
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def spans(text, entities):
    """Where entities lie, in characters; what lies outside the text or ends in the middle of an
    emoji is left out.

    :param list entities: as the network gives them
    :return: (first character, character after the last, entity), in the order of the text
    :rtype: list[tuple[int, int, dict]]
    """
    places, units = {}, 0
    for index, sign in enumerate(text):
        places[units] = index
        units += 2 if ord(sign) > 0xFFFF else 1
    places[units] = len(text)
    found = []
    for entity in entities:
        offset, size = read.count(entity, "offset"), read.count(entity, "length")
        if offset is None or not size:
            continue
        first, last = places.get(offset), places.get(offset + size)
        if first is not None and last is not None:
            found.append((first, last, entity))
    return sorted(found, key=lambda span: (span[0], -span[1]))


def plain(text, found):
    """The words, each link with the address that Telegram shows only on a click.

    :param list found: :func:`spans`
    :rtype: str
    """
    links = [
        (last, read.url(entity, "url"))
        for first, last, entity in found
        if read.text(entity, "type") == "text_link"
        and read.url(entity, "url")
        and read.url(entity, "url") not in text[first:last]
    ]
    for last, address in sorted(links, reverse=True):
        text = f"{text[:last]} ({address}){text[last:]}"
    return text


def markup(text, found):
    """The text as safe HTML; "" where plain text says as much.

    :rtype: str
    """
    begins, ends = {}, {}
    for first, last, entity in found:
        kind = read.text(entity, "type")
        tag, start = const.MARKUP.get(kind), ""
        if kind == "text_link" and (address := read.url(entity, "url")):
            tag, start = "a", f' href="{escape(address)}"'
        if tag:
            begins.setdefault(first, []).append(f"<{tag}{start}>")
            ends.setdefault(last, []).insert(0, f"</{tag}>")
    if not begins:
        return ""
    pieces = []
    for index, sign in enumerate(text):
        pieces += ends.get(index, [])
        pieces += begins.get(index, [])
        pieces.append("<br>" if sign == "\n" else escape(sign))
    pieces += ends.get(len(text), [])
    return safe_html("".join(pieces))


def entities_of(text, people):
    """What makes names in our text reach people who have no user name.

    :param people: of ``Actor``; meant where the text says ``@`` and their name
    :return: MessageEntity objects
    :rtype: list[dict]
    """
    made, taken = [], 0
    for actor in people:
        named = f"@{actor.name}"
        if actor.handle or not actor.name or not actor.external_id.isdecimal():
            continue
        index = text.find(named)
        if index >= taken:
            taken = index + len(named)
            made.append(
                {
                    "type": "text_mention",
                    "offset": length(text[:index]),
                    "length": length(named),
                    "user": {
                        "id": int(actor.external_id),
                        "is_bot": actor.is_bot,
                        "first_name": actor.name,
                    },
                }
            )
    return made
