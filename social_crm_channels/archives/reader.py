# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What readers of archives share: going through members, telling what could not be read."""
from datetime import UTC, datetime
from urllib.parse import urlsplit

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from .json_stream import BrokenJson, items
from .package import BROKEN
from .said import Unread, WrongArchive

SHOWN = 120
MAX_SECONDS = 253_402_300_799  # the last second of 9999


class ArchiveReader:
    """Takes one network's download. Pure: no ORM, no network, no clock.

    A subclass names itself and says where its members are; the registry in ``__init__`` lists it.
    """

    #: Key in the registry, and the code of the platform its channels belong to.
    code = ""
    platform = ""
    #: Paths of members of which at least one must be there.
    members = ()
    #: Whether dates in it are local and may be in any order (see :class:`Options`).
    is_local = False

    def check(self, package):
        """Say at once when this is another file than the network's download.

        :raise WrongArchive:
        """
        if any(package.find(pattern) for pattern in self.members):
            return
        if package.find(r"\.html?$") and not package.find(r"\.json$"):
            raise WrongArchive("html", package.name)
        raise WrongArchive("format", package.name)

    def walk(self, package, options):
        """Everything the archive says, in its order, the same each time.

        :param Package package:
        :param Options options:
        :rtype: Iterator[Said | Unread | LeftOut]
        """
        raise NotImplementedError

    def open_question(self, package, options):
        """What must be asked before this can be read rightly: ``date_order``, or "".

        :rtype: str
        """
        return ""


def each(package, pattern, make, *keys):
    """Go through the items of all JSON members that match, and tell what could not be read.

    :param make: called with (member, line, key, value), gives an iterable of what was found; raises
        :class:`MalformedPayload` for what is not as expected
    """
    for name in package.find(pattern):
        yield from readable(name, _items(package, name, make, keys))


def readable(name, found):
    """Pass on what is found in a member; where it breaks off, say so."""
    try:
        yield from found
    except BrokenJson as error:
        yield Unread(name, error.line, "broken")
    except BROKEN as error:
        yield Unread(name, 0, "broken", str(error)[:SHOWN])
    except WrongArchive as error:
        yield Unread(name, 0, "too_big" if error.code == "too_big" else "broken", error.code)


def _items(package, name, make, keys):
    with package.text(name) as stream:
        for line, key, value in items(stream, *keys):
            yield from understood(name, line, lambda: make(name, line, key, value))  # noqa: B023 at once


def understood(name, line, make):
    """What ``make`` finds, or a note that nobody can make sense of it.

    :rtype: list
    """
    try:
        return list(make() or ())
    except MalformedPayload as error:
        return [Unread(name, line, "shape", str(error)[:SHOWN])]
    except BadDate as error:
        return [Unread(name, line, "date", str(error)[:SHOWN])]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # Anything may stand where a list or text is expected; nothing of ours is at stake here.
        return [Unread(name, line, "shape", type(error).__name__)]


class BadDate(ValueError):
    """What stands for a date is none."""


def header(package, pattern, *keys):
    """What is said in a small member that describes the account, or {} if it is not there.

    :rtype: object
    """
    for name in package.find(pattern):
        try:
            with package.text(name) as stream:
                return {key or str(line): value for line, key, value in items(stream)}
        except (BrokenJson, WrongArchive, *BROKEN):
            continue
    return {}


def epoch(value, thousandths=False):
    """A moment from seconds (or thousandths) since 1970, naive UTC.

    :raise BadDate:
    """
    if isinstance(value, str) and value.strip().isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadDate(str(value))
    seconds = value // 1000 if thousandths else value
    if not 0 < seconds < MAX_SECONDS:
        raise BadDate(str(value))
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)


def moment(value, *forms):
    """A moment from text in one of these forms of ``strptime``, naive UTC.

    :raise BadDate:
    """
    text = str(value or "").strip()
    for form in forms:
        try:
            found = datetime.strptime(text, form)  # without a zone it is UTC
        except ValueError:
            continue
        if found.tzinfo:
            found = found.astimezone(UTC).replace(tzinfo=None)
        return found.replace(microsecond=0)
    raise BadDate(text)


def web_address(value):
    """An http(s) address, "" for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc and len(text) < 2048 else ""


def files_text(names):
    """Says which files hung on something: the files themselves are not taken."""
    return "📎 " + ", ".join(names) if names else ""


