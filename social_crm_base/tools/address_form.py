# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Formal or informal: how a person addresses us, read from their own words. No ORM.

Only languages whose pronouns tell the two apart; capital letters count where they mark politeness
(German "Sie", Serbian "Vi").
"""
import re

INFORMAL, FORMAL = "informal", "formal"

_WORDS = {
    "de": (r"[Dd]u|[Dd]ich|[Dd]ir|[Dd]eine?[mnrs]?|[Ee]uch|[Ee]uer", r"Sie|Ihnen|Ihre?[mnrs]?"),
    "fr": (r"tu|toi|ton|ta|tes|t['’]as", r"vous|votre|vos"),
    "es": (r"tú|tu|tus|contigo|vosotros", r"usted|ustedes|Ud|Uds"),
    "it": (r"tu|tuo|tua|tuoi|tue", r"Lei|Suo|Sua|Suoi|Sue|Vi"),
    "sr": (
        r"ti|tebe|tebi|tvoj\w*|ти|тебе|теби|твој\w*",
        r"Vi|Vas|Vama|Vaš\w*|Ви|Вас|Вама|Ваш\w*",
    ),
    "id": (r"kamu|kau|lu|elo|kalian", r"Anda|anda|Bapak|Ibu|Pak|Bu"),
}
_PATTERNS = {
    language: tuple(
        # One-word German "Sie" that opens a sentence may mean "she": not counted
        re.compile(rf"(?<![.!?]\s)(?<!^)(?<!\w)(?:{words})(?!\w)" if polite
                   else rf"(?<!\w)(?:{words})(?!\w)")
        for polite, words in enumerate(pair)
    )
    for language, pair in _WORDS.items()
}  # fmt: skip


def distinguishes(language):
    """Whether a language has two forms of address that we can tell apart.

    :param str language: a code such as ``de`` or ``sr@latin`` or ``pt_BR``
    :rtype: bool
    """
    return _root(language) in _PATTERNS


def read_form(texts, language):
    """How the person addresses us.

    :param Iterable[str] texts: what they wrote
    :return: the form (or None where the words do not tell), how many texts used it, how many told
    :rtype: tuple[str | None, int, int]
    """
    patterns = _PATTERNS.get(_root(language))
    if not patterns:
        return None, 0, 0
    votes = {INFORMAL: 0, FORMAL: 0}
    for text in texts:
        informal, formal = (bool(pattern.search(text or "")) for pattern in patterns)
        if informal != formal:
            votes[FORMAL if formal else INFORMAL] += 1
    told = sum(votes.values())
    form = max(votes, key=votes.get)
    if not told or votes[form] * 2 <= told:
        return None, 0, told
    return form, votes[form], told


def _root(language):
    return re.split(r"[_@-]", language or "")[0].lower()
