# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""``{{ customer.first_name }}`` in a text. No ORM."""
import re

PLACEHOLDER = re.compile(r"\{\{\s*([\w.]*)\s*\}\}")


def fill(text, values):
    """Put values in the place of names; what has none stays as it is.

    :param str text:
    :param dict values: name to value
    :rtype: str
    """
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1]) or match[0]), text or "")


def names(text):
    """The names a text asks for, each once.

    :rtype: list[str]
    """
    return list(dict.fromkeys(match[1] for match in PLACEHOLDER.finditer(text or "")))
