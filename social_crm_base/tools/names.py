# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Names of people in a form in which two writings of one name are alike. No ORM.

Only for finding candidates that a person then looks at: a folded name proves nothing.
"""
import unicodedata

# Serbian Cyrillic as Serbian Latin (Zakon o službenoj upotrebi jezika i pisama); the rest after
# ISO 9 without its diacritics, which folding would take away anyway.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "dj", "е": "e", "ж": "z", "з": "z",
    "и": "i", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "c", "џ": "dz", "ш": "s", "щ": "sc", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "ju",
    "я": "ja", "ё": "e", "й": "j", "і": "i", "ї": "i", "є": "e", "ґ": "g",
}  # fmt: skip
# Letters that Unicode does not take apart, and the Serbian way to write đ without it.
_LATIN = {"đ": "dj", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
_LETTERS = {**_CYRILLIC, **_LATIN}

#: A single word says who somebody is only when it is no common first name or nickname.
MIN_SINGLE_WORD = 5


def fold(name):
    """Return the words of a name in small Latin letters without diacritics, emoji and signs.

    ``Đorđe Đorđević``, ``Ђорђе Ђорђевић`` and ``Djordje Djordjevic 🌻`` are one.

    :param str name: as displayed, in any script; scripts not known here stay as they are
    :rtype: str
    """
    letters = []
    for char in unicodedata.normalize("NFKC", name or "").casefold():
        if char in _LETTERS:
            letters.append(_LETTERS[char])
            continue
        for part in unicodedata.normalize("NFKD", char):
            if unicodedata.combining(part):
                continue
            letters.append(_LETTERS.get(part, part) if part.isalnum() else " ")
    return " ".join("".join(letters).split())


def says_who(folded):
    """Whether a folded name is more than a first name: two words, or one long one.

    :rtype: bool
    """
    if " " in folded:
        return len(folded) > MIN_SINGLE_WORD
    return len(folded) >= (MIN_SINGLE_WORD if folded.isascii() else 2)
