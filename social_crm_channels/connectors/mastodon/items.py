# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a poll hands to the event inbox, and what it remembers of it."""
import hashlib
import json
from contextlib import suppress

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from ...tools import payload as read
from . import const, poll


def answering_status(payload):
    """The status in a stored item, if it answers another one; None for anything else."""
    if not isinstance(payload, dict):
        return None
    holder = payload.get("notification") if payload.get("type") == "notification" else payload
    status = holder.get("status") if isinstance(holder, dict) else None
    is_reply = isinstance(status, dict) and status.get("in_reply_to_id")
    gesture = isinstance(holder, dict) and holder.get("type") in const.GESTURE_NOTICES
    return status if is_reply and not gesture else None


def notification_item(row):
    key = f"notification:{read.required(row, 'id')}:{read.text(row, 'type')}"
    return key, {"type": "notification", "notification": row}


def status_item(status, thread=None):
    version = read.text(status, "edited_at")
    payload = {"type": "status", "status": status}
    if thread:
        payload["thread"] = thread
    return f"status:{read.required(status, 'uri')}:{version}", payload


def gone_item(uri, status_id):
    payload = {"type": "gone", "uri": uri, "id": status_id, "at": poll.utcnow().isoformat()}
    return f"gone:{uri}", payload


def counters_item(status):
    payload = {"type": "counters", "status": status, "at": poll.utcnow().isoformat()}
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:16]
    return f"counters:{read.required(status, 'uri')}:{digest}", payload


def watch(watched, rows, own_id, now):
    """Remember statuses that just came in or that we wrote.

    :param dict watched: uri to :func:`poll.watched_as`
    :param list rows: notifications or statuses
    """
    for row in rows:
        with suppress(MalformedPayload):  # told where it is parsed
            status = read.nested(row, "status") or row
            if status is row:  # a post of ours may stand inside its own boost (snac)
                status = read.nested(status, "reblog") or status
            author = read.text(read.nested(status, "account"), "id")
            notice = read.text(row, "type")
            own = author == own_id
            if status.get("uri") and (own or notice in const.STATUS_NOTICES):
                uri = read.required(status, "uri")
                seen_at = watched.get(uri, {}).get("seen", now)
                watched[uri] = {**poll.watched_as(status, now, own=own), "seen": seen_at}
