# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Records and their names."""
import hashlib
from datetime import UTC, datetime

from odoo.addons.social_crm_base.exceptions import PermanentError

from . import const

# atproto.com/specs/tid: 53 bits of microseconds and 10 bits of a clock's number, base 32.
SIGNS = "234567abcdefghijklmnopqrstuvwxyz"
SINCE = 1_672_531_200_000_000  # 2023 in microseconds: no name of ours lies in the future
SPAN = 2**44 * 2**10  # half a year of microseconds, and the clock's number


def record_key(*parts):
    """The name of a record that is the same at every attempt to make it.

    It has the form of a TID, as the lexicons ask for, but its time is no moment: it is made of
    what it names.

    :rtype: str
    """
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    number = (SINCE << 10) + int.from_bytes(digest[:8]) % SPAN
    signs = ""
    for _sign in range(13):
        number, index = divmod(number, 32)
        signs = SIGNS[index] + signs
    return signs


def split(uri):
    """A record's address, in parts.

    :return: DID, collection, record key
    :rtype: tuple[str, str, str]
    :raise PermanentError: when it is none
    """
    found = const.AT_URI.fullmatch(uri)
    if not found:
        raise PermanentError("this is no address of a record")
    return found["did"], found["collection"], found["rkey"]


def author(uri):
    """The DID in a record's address, "" if it has none.

    :rtype: str
    """
    found = const.AT_URI.fullmatch(uri)
    return found["did"] if found else ""


def permalink(uri):
    """Where people read a post; "" for anything else.

    :rtype: str
    """
    found = const.AT_URI.fullmatch(uri)
    if not found or found["collection"] != const.POST:
        return ""
    return f"{const.WEBSITE}/profile/{found['did']}/post/{found['rkey']}"


def utcnow():
    """:return: naive UTC, to the second
    :rtype: datetime
    """
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def stamp():
    """Now, as records have it.

    :rtype: str
    """
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
