# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What must not be said in public: addresses, numbers of accounts, phones and orders. No ORM.

The screen's own look (``static/src/inbox/composer/composer_text.js``) is quicker and rougher; what
counts is this one.
"""
import re
from dataclasses import dataclass

import phonenumbers
from stdnum.iso7064 import mod_97_10

# Not @name@server, by which some networks call people.
EMAIL = re.compile(r"(?<![\w.+@-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Two letters, two check digits, then groups, 15 to 34 signs: ISO 13616.
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
# What might be the number of an order: letters, then digits, or digits alone.
TOKEN = re.compile(r"(?<!\w)#?([A-Za-z]{0,6}[-/]?\d{3,}(?:[-/]\w+)*)(?!\w)")
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
MIN_VALUE = 5  # a shorter value of a contact may be any word


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be public.

    :param str kind: email, iban, phone, order or contact
    :param str value: as it stands in the text
    """

    kind: str
    value: str


def find(text, *, region=None, values=(), orders=(), order_patterns=(), own=()):
    """What of a text must not be said in public.

    :param str text:
    :param str region: ISO country code for phone numbers without a prefix
    :param values: values of the customer's contact record
    :param orders: numbers of orders that exist
    :param order_patterns: regular expressions numbers of orders follow
    :param own: our own addresses and numbers, which anybody may know
    :return: each value once, in the order of the kinds
    :rtype: list[Finding]
    """
    text = text or ""
    ours = {_bare(value)[-MIN_VALUE * 2 :] for value in own if value}
    found = {}

    def add(kind, value):
        if _bare(value)[-MIN_VALUE * 2 :] not in ours:  # its end: with or without the prefix
            found.setdefault(_bare(value), Finding(kind, value.strip()))

    for match in EMAIL.finditer(text):
        add("email", match[0])
    for number in ibans(text):
        add("iban", number)
    for pattern in order_patterns:
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE):
            add("order", match[0])
    known = {_bare(order) for order in orders if order}
    for token in tokens(text):
        if _bare(token) in known:
            add("order", token)
    for number in phones(text, region):
        add("phone", number)
    whole = _bare(text)
    for value in values:
        bare = _bare(value)
        if len(bare) >= MIN_VALUE and bare in whole and not _is_known(bare, found):
            add("contact", value)
    return list(found.values())


def tokens(text):
    """What in a text might be the number of an order.

    :rtype: list[str]
    """
    return [match[1] for match in TOKEN.finditer(ADDRESS.sub(" ", text or ""))]


def ibans(text):
    """Numbers of bank accounts whose check digits are right.

    :rtype: list[str]
    """
    found = []
    for match in IBAN.finditer(text or ""):
        # What follows the number may look like a part of it: the longest that is right counts.
        words = match[0].split(" ")
        for end in range(len(words), 0, -1):
            candidate = " ".join(words[:end])
            if _is_iban(candidate):
                found.append(candidate)
                break
    return found


def _is_iban(candidate):
    bare = re.sub(r"[ -]", "", candidate).upper()
    return 15 <= len(bare) <= 34 and mod_97_10.is_valid(bare[4:] + bare[:4])


def phones(text, region=None):
    """Telephone numbers that can exist, with prefix or as the country writes them.

    :rtype: list[str]
    """
    text = ADDRESS.sub(lambda match: " " * len(match[0]), text or "")
    return [match.raw_string for match in phonenumbers.PhoneNumberMatcher(text, region or None)]


def _bare(value):
    """Without what people write differently."""
    return re.sub(r"[\s()/.\-+#]", "", value or "").lower()


def _is_known(bare, found):
    return any(bare in known or known in bare for known in found)
