# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""All spellings of a name that folding makes one, as one regular expression: with diacritics and
without, in Serbian Latin and Cyrillic, first name first or last. No ORM.
"""

import re
import unicodedata
from functools import cache
from itertools import permutations

from odoo.addons.social_crm_base.tools import names

#: Latin with diacritics, and Cyrillic.
ALPHABETS = (range(0xC0, 0x250), range(0x400, 0x460), range(0x1E00, 0x1F00))
MAX_ORDERS = 3  # names of more words are looked for as written, and from the last word


def orders(folded):
    """The orders in which a name may be written.

    :param str folded: see :func:`names.fold`
    :rtype: list[tuple[str]]
    """
    words = folded.split()
    if len(words) <= MAX_ORDERS:
        return sorted(set(permutations(words)))
    return [tuple(words), tuple(reversed(words))]


def pattern(folded, between=r"[\W_]+"):
    """A regular expression for small letters, as Python and PostgreSQL read it.

    :param str folded: see :func:`names.fold`
    :param str between: what may stand between words
    :rtype: str
    """
    found = [between.join(map(_word, words)) for words in orders(folded)]
    return f"(?:{'|'.join(found)})"


def is_wide(text):
    """Whether a text is in a script that has no borders between words, as Chinese.

    :rtype: bool
    """
    return any(unicodedata.east_asian_width(char) in "WF" and char.isalpha() for char in text)


def weight(text):
    """How much a name says: a sign that stands for a syllable or word counts twice.

    :rtype: int
    """
    return sum(2 if is_wide(char) else 1 for char in text)


def _word(word):
    letters, place = [], 0
    while place < len(word):
        pair = word[place : place + 2]
        if len(pair) == 2 and (single := _spelt().get(pair)):
            letters.append(f"(?:{_letter(pair[0])}{_letter(pair[1])}|[{single}])")
            place += 2
        else:
            letters.append(_letter(word[place]))
            place += 1
    return "".join(letters)


def _letter(letter):
    others = _spelt().get(letter)
    return f"[{letter}{others}]" if others else re.escape(letter)


@cache
def _spelt():
    """Folded letters to the letters that fold to them."""
    found = {}
    for char in (chr(code) for alphabet in ALPHABETS for code in alphabet):
        folded = names.fold(char)
        if char.isalpha() and folded and folded != char and " " not in folded:
            found.setdefault(folded, set()).add(char)
    return {folded: "".join(sorted(chars)) for folded, chars in found.items()}
