# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Where a text names colleagues. No ORM."""

import re
import unicodedata

from odoo.addons.social_crm_base.tools.names import fold

BULLETS = "•••"


def mask(text, full, short=()):
    """Replace names in a text, in whatever case, script or with whatever diacritics they stand.

    :param str text: plain or HTML
    :param full: full names; found however they are written
    :param short: first names, nicknames, handles; found where they begin with a capital or follow
        an ``@``, as usual words may be written the same
    :return: the text, with bullets for names
    :rtype: str
    """
    folded, at = _folded(text)
    found = [match.span() for match in _matches(full, folded)]
    for match in _matches(short, folded):
        start = at[match.start()]
        # a script without capitals has no other way to write a name
        if not text[start].islower() or text[start - 1 : start] == "@":
            found.append(match.span())
    pieces, done = [], 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if at[start] >= done:
            pieces += [text[done : at[start]], BULLETS]
            done = at[end]
    return "".join([*pieces, text[done:]])


def _folded(text):
    """The text in small Latin letters, other signs as spaces, and where each letter stands.

    :rtype: tuple[str, list[int]]
    """
    letters, at = [], []
    for position, char in enumerate(text):
        if unicodedata.combining(char):
            continue  # an accent on the letter before
        letters.append(fold(char) or " ")
        at += [position] * len(letters[-1])
    return "".join(letters), [*at, len(text)]


def _matches(names, folded):
    words = {fold(name) for name in names} - {""}
    if not words:
        return ()
    either = "|".join(
        r"\s+".join(map(re.escape, name.split()))
        for name in sorted(words, key=len, reverse=True)
    )
    return re.finditer(rf"(?<!\S)(?:{either})(?!\S)", folded)
