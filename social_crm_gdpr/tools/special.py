# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Finding words that may tell something of GDPR Art. 9, and how old somebody says they are."""

import re

from odoo.addons.social_crm_base.tools import names

#: Where a clause ends: a sign, or a word that joins the next one.
_CLAUSE = re.compile(r"[.!?,;:()\n]|\.\.\.|…")
_JOINS = r"(?:and|but|so|und|aber|i|a|ali|pa|dan|tapi)"
#: How people say their age: folded clauses, one number a pattern. What follows must end the
#: clause, for "12 Jahre Kunde" and "10 godina iskustva" are no ages.
_AGES = [
    re.compile(rf" {said} (?:$|{_JOINS} )")
    for said in (
        r"i ?a?m (?:only |just )?(\d{1,2})(?: years? old| years?| yo| y o)?",
        r"(?:ich )?bin (?:erst |gerade )?(\d{1,2})(?: jahre?)?(?: alt| jung)?",
        (r"(?:imam|tek mi je|punim|napuni[ol]a? sam) (?:tek |samo )?(\d{1,2})"
        r" (?:god|godina|godine|godinu)"),
        (r"(?:saya|aku|gue|gw)(?: berumur| berusia| umur| usia| baru| masih)?(?: umur| usia)?"
        r" (\d{1,2}) (?:tahun|thn|th)"),
        (r"(?:umur|usia|umurku|usiaku|berumur|berusia)(?: saya| aku)?(?: baru| masih)?"
        r" (\d{1,2})(?: tahun| thn| th)?"),
    )
]
#: Nobody younger writes; a smaller number is something else.
_YOUNGEST = 5


def compile_terms(terms):
    """One expression over folded text for many words and phrases.

    A ``*`` at the end of a word takes every ending; a ``_`` between words takes one more or none.

    :param iterable terms: as people write them
    :return: None where there are none
    :rtype: re.Pattern | None
    """
    found = {pattern for term in terms if (pattern := _term_pattern(term))}
    return re.compile(f" (?:{'|'.join(sorted(found))})") if found else None


def _term_pattern(term):
    """One phrase as an expression, each word with the space behind it.

    :rtype: str
    """
    parts = []
    for word in term.strip(" _").split():
        if word == "_":
            parts.append("(?:[^ ]+ )?")
        elif folded_word := names.fold(word):
            parts.append(re.escape(folded_word) + ("[^ ]* " if word.endswith("*") else " "))
    return "".join(parts)


def folded(text):
    """A text as the expressions read it: Serbian scripts, case and accents made one.

    :rtype: str
    """
    return f" {names.fold(text) or ''} "


def said_age(text):
    """The age somebody says they have, None where they say none.

    :param str text: as it was written
    :rtype: int | None
    """
    for clause in map(folded, _CLAUSE.split(text)):
        for pattern in _AGES:
            if (found := pattern.search(clause)) and int(found[1]) >= _YOUNGEST:
                return int(found[1])
    return None
