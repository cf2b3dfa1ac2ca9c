# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Reading what is new without gaps, and looking again at what may have changed.

State is a plain dict that the engine keeps between calls; nothing here knows the ORM.
"""
import hashlib
import json
from datetime import datetime, timedelta

from odoo.addons.social_crm_base.exceptions import PermanentError

from ...tools import payload as read
from . import const
from .api import GONE, rows_of, said_at, utcnow


def fresh(api, path, state, **params):
    """Entries that were not read before, oldest first.

    By date, with an overlap: dates are whole seconds, and of the site's own zone. What was read
    within the overlap is known by its id.

    :param Api api:
    :param str path: of the list
    :param dict state: what the last call returned, ``{}`` at first
    :return: entries and the new state; no entries means that all is read
    :rtype: tuple[list[dict], dict]
    """
    ids = dict(state.get("ids", {}))
    if state.get("at"):
        after = datetime.fromisoformat(state["at"]) - const.OVERLAP
    else:
        after = utcnow() - timedelta(days=const.FIRST_DAYS)
    since = after.isoformat() if ids else ""
    params = {"context": "edit", "order": "asc", "per_page": const.PAGE, **params}
    for page in range(1, const.MAX_PAGES + 1):
        response = api.get(path, after=f"{after.isoformat()}Z", page=page, **params)
        rows = rows_of(response)
        new = [
            row
            for row in rows
            if read.required(row, "id") not in ids and read.text(row, "date_gmt") >= since
        ]
        if new:
            ids.update((read.required(row, "id"), read.text(row, "date_gmt")) for row in new)
            # by the earlier clock: should theirs be ahead and set right, nothing is skipped
            return new, _advanced(state, ids, min(said_at(response), utcnow()))
        if len(rows) < const.PAGE or page >= _pages(response):
            break
    return [], state


def _pages(response):
    said = response.headers.get("X-WP-TotalPages", "")
    return int(said) if said.isascii() and said.isdecimal() else const.MAX_PAGES


def _advanced(state, ids, now):
    """The new state. What is dated into the future must not hide what is said until then."""
    dates = [date for date in ids.values() if date <= now.isoformat()]
    at = max([state.get("at", ""), *dates]) or (now - timedelta(days=const.FIRST_DAYS)).isoformat()
    since = (datetime.fromisoformat(at) - const.OVERLAP).isoformat()
    return {"at": at, "ids": {number: date for number, date in ids.items() if date >= since}}


def post_print(post):
    """What tells one version of a post from another.

    :rtype: str
    """
    return read.text(post, "modified_gmt")


def comment_print(comment):
    """What tells one version of a comment from another; it has no date of its last change.

    :rtype: str
    """
    said = [read.text(read.nested(comment, "content"), "raw"), read.text(comment, "author_name")]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]


def is_hidden(row):
    """Whether the public does not see it.

    :rtype: bool
    """
    return read.text(row, "status") not in const.SHOWN | {"publish"}


def watched_as(row, family, now, *, told):
    """What is remembered of an entry, to look at it again later.

    :param str family: ``post`` or ``comment``
    :param int now: seconds since 1970
    :param bool told: whether it was handed out; what is spam from the start is not
    :rtype: list
    """
    version = post_print(row) if family == "post" else comment_print(row)
    return [version, is_hidden(row), now, told]


def forget_old(watched, now):
    """Drop what is watched for too long, or too much of it; the newest stay.

    :param dict watched: ``family:id`` to :func:`watched_as`
    :rtype: dict
    """
    since = now - const.WATCH_DAYS * 86400
    kept = [(key, seen) for key, seen in watched.items() if seen[2] >= since]
    kept.sort(key=lambda item: (item[1][2], int(item[0].partition(":")[2])))
    return dict(kept[-const.WATCHED :])


def again(api, family, numbers):
    """Some entries as they are now.

    :param list numbers: at most ``const.PAGE``
    :return: those that are there
    :rtype: list[dict]
    """
    path, status = ("posts", const.POST_STATES) if family == "post" else ("comments", "any")
    return api.rows(
        path,
        context="edit",
        include=",".join(numbers),
        status=status,
        per_page=const.PAGE,
    )


def is_gone(api, family, number):
    """Whether the site says of this very entry that it does not exist.

    :rtype: bool
    """
    try:
        api.one(f"{'posts' if family == 'post' else 'comments'}/{number}", context="edit")
    except PermanentError as error:
        return error.status in GONE
    return False
