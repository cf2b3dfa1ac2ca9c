# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Reading what is new without gaps, and looking again at what may have changed.

State is a plain dict that the engine keeps between calls; nothing here knows the ORM.
"""
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from ...tools import payload as read
from . import const


def utcnow():
    """:return: naive UTC, to the second
    :rtype: datetime
    """
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def rows_of(response):
    """The list an API call answered with.

    :rtype: list[dict]
    """
    rows = response.json()
    if not isinstance(rows, list):
        raise MalformedPayload("the server did not answer with a list")
    return [read.expect_object(row, "an entry") for row in rows]


def next_page(client, path, state, key_of, **params):
    """Entries of a list that were not read before, oldest first.

    The way forward is ``min_id``: Mastodon gives the entries right after it and says so by a
    ``Link`` to the previous page. Servers without that header (snac) give the newest entries
    instead; what lies between is then read backwards by ``max_id``, a page a call. They also take
    the bounds as inclusive, and forget bounds that were edited or deleted: entries already handed
    out are known by their key.

    :param str path: of the list
    :param dict state: what the last call returned, ``{}`` at first
    :param key_of: an entry's own key
    :return: entries and the new state; no entries means that all is read
    :rtype: tuple[list[dict], dict]
    """
    params = {"limit": const.PAGE, **params}
    if state.get("max_id"):
        bounds = {"max_id": state["max_id"], "since_id": state["min_id"]}
        page = _read(client, path, state, key_of, {**params, **bounds})
        if page.rows and not page.joins:
            return page.rows, {**page.state, "max_id": _id(page.rows[0])}
        state = {"min_id": state["top"], "recent": page.state["recent"]}
        if page.rows:
            return page.rows, state
    bounds = {"min_id": state["min_id"]} if state.get("min_id") else {}
    page = _read(client, path, state, key_of, {**params, **bounds})
    if not page.rows:
        return [], page.state
    newest = _id(page.rows[-1])
    if not bounds:
        since = utcnow() - timedelta(days=const.FIRST_DAYS)
        page.rows[:] = [row for row in page.rows if read.required_time(row, "created_at") >= since]
    if not bounds or page.follows or page.joins:
        return page.rows, {"min_id": newest, "recent": page.state["recent"]}
    return page.rows, {**page.state, "top": newest, "max_id": _id(page.rows[0])}


@dataclass(frozen=True)
class Page:
    """What one call gave: new entries, the oldest first, and how they join what was read before."""

    rows: list
    state: dict
    follows: bool  # the server says that it gave what comes right after
    joins: bool  # the oldest entry was known already, so nothing lies between


def _read(client, path, state, key_of, params):
    response = client.get(path, params=params)
    rows = rows_of(response)[::-1]
    recent = state.get("recent", [])
    known = set(recent)
    fresh = [row for row in rows if key_of(row) not in known]
    return Page(
        rows=fresh,
        state={**state, "recent": [*recent, *map(key_of, fresh)][-2 * const.PAGE :]},
        follows="prev" in response.links,
        joins=bool(rows) and key_of(rows[0]) in known,
    )


def _id(row):
    return read.required(row, "id")


def watched_as(status, seen_at, *, own):
    """What is remembered of a status, to look at it again later.

    :param int seen_at: seconds since 1970
    :rtype: dict
    """
    return {
        "id": read.required(status, "id"),
        "edited": read.text(status, "edited_at"),
        "counts": [read.count(status, key) for key in const.COUNTERS],
        "own": own,
        "seen": seen_at,
        "checked": seen_at,
    }
