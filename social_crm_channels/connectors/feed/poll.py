# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What of a feed's document is new since it was last read. State is a plain dict; no ORM."""
import hashlib
from datetime import UTC, datetime

from . import const, reader
from .parse import payload_of


def utcnow():
    """:return: naive UTC, to the second"""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def news_of(document, known, now):
    """Entries not read before, and those that say something else than before.

    :param dict known: what the last call returned: entry to [wording, first read, updated]
    :param datetime now:
    :return: items for the engine, oldest first, and what is known now
    :rtype: tuple[list, dict]
    """
    at = now.isoformat()
    known, items = dict(known), []
    for entry in document.entries:
        name, wording = _short(reader.key_of(entry)), reader.wording_of(entry)
        before = known.pop(name, None)
        updated = entry.get("updated", "")
        if before and before[0] == wording:
            known[name] = before
            continue
        edited, first = "", at
        if before:
            first = before[1]
            # publishers that do not say when they changed it changed it now, for all we know
            edited = updated if updated > (before[2] or before[1]) else at
        known[name] = [wording, first, updated]
        items.append((f"{name}:{wording}", payload_of(document, entry, at, first, edited)))
    return items, dict(list(known.items())[-const.REMEMBERED :])


def pushed(document, now):
    """What a hub brought. Undated entries are left to the next reading, which knows their time."""
    at = now.isoformat()
    return [
        (
            f"push:{_short(reader.key_of(entry))}:{reader.wording_of(entry)}",
            payload_of(document, entry, at, at),
        )
        for entry in document.entries
        if entry.get("published") or entry.get("updated")
    ]


def _short(key):
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:20]


def epoch(moment):
    """:return: seconds since 1970
    :rtype: int
    """
    return int(moment.replace(tzinfo=UTC).timestamp())
