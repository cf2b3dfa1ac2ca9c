# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a matter is called: the first words somebody said."""
import re

from .journey import shorten

SUBJECT_LENGTH = 80


def subject(text, own_handle):
    """One line of what was said, without the address it begins with: that is always ours.

    :param str text: title or words
    :param str own_handle: how people address our account, with or without its server
    :rtype: str
    """
    said = " ".join((text or "").split())
    return shorten(_unaddressed(said, own_handle) or said, SUBJECT_LENGTH)


def _unaddressed(said, own_handle):
    name, _at, server = (own_handle or "").lstrip("@").partition("@")
    if not name:
        return said
    server = f"(?:@{re.escape(server)})?" if server else ""
    # not the beginning of a longer name, of another server's account or of a host name
    ours = rf"@{re.escape(name)}{server}(?![\w@-]|\.\w)[\s,.:;!]*"
    return re.sub(rf"^(?:{ours})+", "", said, flags=re.IGNORECASE)
