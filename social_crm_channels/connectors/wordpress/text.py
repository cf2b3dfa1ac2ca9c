# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Our words as WordPress stores them, and back. An administrator's markup would be taken as it
is, so what a colleague types as text must stay text."""
from html import escape

from ...tools.markup import html_to_text
from . import const


def stored(text):
    """A text as it is given to WordPress, which makes paragraphs of blank lines by itself.

    :rtype: str
    """
    return escape(text.replace("\r\n", "\n").strip(), quote=False)


def length(text):
    """How many bytes of the column a text takes.

    :rtype: int
    """
    return len(stored(text).encode("utf-8", "replace"))


def comparable(raw):
    """A stored text as it may be compared with ours.

    :rtype: str
    """
    return " ".join(html_to_text(raw.replace("\n", "<br>")).split())


def title_of(message):
    """A post's title; without one, its first line.

    :rtype: str
    """
    if message.title:
        return message.title
    first = message.text.strip().partition("\n")[0].strip()
    if len(first) <= const.TITLE_LENGTH:
        return first
    return first[: const.TITLE_LENGTH].rpartition(" ")[0].rstrip(" ,;:.") + "…"
