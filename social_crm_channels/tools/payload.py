# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Read what strangers send: the value in the type that was documented, or ``MalformedPayload``.

A missing key and ``null`` are the same everywhere: networks mix them freely.
"""
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from odoo.addons.social_crm_base.exceptions import MalformedPayload

MAX_URL = 2048
MAX_COUNT = 2**31 - 1


def clean(value):
    """Text that PostgreSQL can hold: no NUL, no half of a surrogate pair (JSON lets both through).

    :rtype: str
    """
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def expect_object(value, where="the payload"):
    """:rtype: dict"""
    if not isinstance(value, dict):
        raise MalformedPayload(f"{where} is not an object")
    return value


def text(data, key, default=""):
    """A string; a number counts, for some servers send ids as numbers.

    :rtype: str
    """
    value = data.get(key)
    if value is None:
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise MalformedPayload(f"{key} is not a text")
    return clean(value)


def required(data, key):
    """A string that must be there and not be blank."""
    value = text(data, key).strip()
    if not value:
        raise MalformedPayload(f"{key} is missing")
    return value


def url(data, key):
    """An http(s) address, or "" for anything else: it is shown as a link to click on."""
    value = text(data, key).strip()
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    fits = parts.scheme in ("http", "https") and parts.netloc and len(value) <= MAX_URL
    return value if fits else ""


def site(address):
    """Host and path of a site, within which its names are unique; "" for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path}".rstrip("/")


def nested(data, key):
    """An object, empty if missing."""
    value = data.get(key)
    return {} if value is None else expect_object(value, key)


def objects(data, key):
    """A list of objects, empty if missing."""
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedPayload(f"{key} is not a list")
    return [expect_object(item, key) for item in value]


def count(data, key):
    """A whole number from 0, or None: an unknown figure is not zero."""
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedPayload(f"{key} is not a whole number")
    return value if 0 <= value <= MAX_COUNT else None


def flag(data, key):
    """A boolean, False if missing."""
    value = data.get(key)
    if value is not None and not isinstance(value, bool):
        raise MalformedPayload(f"{key} is not true or false")
    return bool(value)


def time(data, key):
    """A moment from ISO 8601 text, naive UTC to the second, as Odoo stores it; without a zone it is
    UTC. None if missing.
    """
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedPayload(f"{key} is not a time")
    try:
        moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00").replace("z", "+00:00"))
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise MalformedPayload(f"{key} is not a time in ISO 8601") from None
    if not 1970 <= moment.year <= 9000:
        raise MalformedPayload(f"{key} is not a plausible time")
    return moment.replace(microsecond=0)


def required_time(data, key):
    """As :func:`time`, but it must be there."""
    moment = time(data, key)
    if moment is None:
        raise MalformedPayload(f"{key} is missing")
    return moment


def edit_time(data, key, created):
    """When a version was made: later than the item itself, also where both fall in one second.

    :param datetime created: when the item was made
    :rtype: datetime | None
    """
    edited_at = time(data, key)
    return max(edited_at, created + timedelta(seconds=1)) if edited_at else None
