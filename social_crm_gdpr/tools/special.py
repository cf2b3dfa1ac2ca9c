# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Finding words that may tell something of GDPR Art. 9, and how old somebody says they are."""

import re

from odoo.addons.social_crm_base.tools import names

#: How people say their age: folded text, one number a pattern.
_AGES = [
    re.compile(pattern)
    for pattern in (
        r" i ?a?m (?:only )?(\d{1,2}) (?:years? old|yo|y o) ",
        r" (?:ich bin|bin erst) (?:erst )?(\d{1,2}) jahre? ",
        r" (?:imam|tek mi je|puna?m) (\d{1,2}) (?:god|godina|godine|godinu) ",
        r" (?:saya|aku|gue|umurku|usiaku) (?:berumur |baru |masih )?(\d{1,2}) (?:tahun|thn|th) ",
        r" (?:umur|usia) (?:saya )?(\d{1,2}) (?:tahun|thn|th) ",
    )
]


def compile_terms(terms):
    """One expression over folded text for many words and phrases; ``*`` takes every ending.

    :param iterable terms: as people write them
    :return: None where there are none
    :rtype: re.Pattern | None
    """
    found = set()
    for term in terms:
        parts = [
            re.escape(folded) + ("[^ ]*" if word.endswith("*") else "")
            for word in term.split()
            if (folded := names.fold(word))
        ]
        if parts:
            found.add(" ".join(parts))
    return re.compile(f" (?:{'|'.join(sorted(found))}) ") if found else None


def folded(text):
    """A text as the expressions read it: Serbian scripts, case and accents made one.

    :rtype: str
    """
    return f" {names.fold(text) or ''} "


def said_age(text):
    """The age somebody says they have, None where they say none.

    :param str text: already :func:`folded`
    :rtype: int | None
    """
    for pattern in _AGES:
        if found := pattern.search(text):
            return int(found[1])
    return None
