# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Languages as networks and Odoo write them: ``de``, ``pt_BR``, ``sr@latin``, ``id-ID``. No ORM."""
import re

from babel import Locale, UnknownLocaleError


def root_of(language):
    """The language without country and script: ``sr`` of ``sr@latin``; empty for none."""
    return re.split(r"[_@-]", language or "")[0].lower()


def name_of(language, reader=None):
    """What the reader calls a language; its code where nobody knows it.

    :param str reader: the reader's own language, as Odoo writes it
    :rtype: str
    """
    try:
        locale = Locale.parse((language or "").replace("-", "_"))
        name = locale.get_display_name(reader or "en_US")
    except (UnknownLocaleError, ValueError, TypeError):
        name = ""
    return f"{name[:1].upper()}{name[1:]}" if name else language or ""
