# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an activity means in columns."""

from datetime import timedelta

CONVERSATION_KIND = {"d": "direct", "g": "group", "f": "thread", "t": "thread"}
# Columns a new interaction has besides, so that all rows of a batch name the same.
EMPTY = {
    "title": False,
    "body": False,
    "body_html": False,
    "media": False,
    "rating": 0.0,
    "language": False,
    "permalink": False,
    "edited_at": False,
    "deleted_at": False,
    "reaction": False,
    "external_id": False,
    "family": "post",
    "container": False,
    "remote_ref": False,
    "counters": False,
    "counters_at": False,
    "reach": False,
    "answer_type_id": False,
    "delivery_state": False,
    "confidential": False,
    "is_by_hand": False,
}


def conversation(batch, key, row):
    """A new conversation, for the row that asked for it.

    :param str key: its first letter says what sort of place it is
    :rtype: dict
    """
    activity, family = row.activity, key[0]
    return {
        "company_id": batch.channel.company_id.id,
        "channel_id": batch.channel.id,
        "platform_id": batch.channel.platform_id.id,
        "kind": CONVERSATION_KIND[family],
        "dedup_key": key,
        "root_key": row.root_key if family == "t" else False,
        "identity_id": row.person_id or False,
        "external_id": (activity.thread or False) if activity and family in "dg" else False,
        "title": _title(batch, family, activity),
    }


def _title(batch, family, activity):
    if family == "f":
        return batch.env._("Followers")
    if not activity or family != "g":
        return False
    return activity.thread_title or activity.title or False


def interaction(batch, row, sibling_id):
    """A new interaction, every column named.

    :param int sibling_id: the row under which this one is counted, or None
    :rtype: dict
    """
    activity = row.activity
    vals = {
        **EMPTY,
        "company_id": batch.channel.company_id.id,
        "channel_id": batch.channel.id,
        "platform_id": batch.channel.platform_id.id,
        "conversation_id": row.conversation_id,
        "identity_id": row.identity_id or False,
        "direction": row.direction,
        "kind": row.kind,
        "mode": _mode(row),
        "visibility": activity.visibility,
        "state": row.state,
        "parent_key": row.parent_key,
        "root_key": row.root_key,
        "dedup_key": row.key,
        "remote_key": activity.remote_key or False,
        "sibling_id": sibling_id,
        "date": activity.occurred_at,
        "date_notified": activity.notified_at or False,
        "date_received": batch.received,
        "expires_at": batch.env["social.crm.interaction"]._content_expiry(
            activity, batch.received, batch.lifetimes
        ),
        "hooks_pending": True,
    }
    if row.kind == "reaction":
        removed = activity.verb == "unreact"
        vals.update(
            reaction=activity.reaction,
            state="deleted" if removed else "normal",
            deleted_at=activity.occurred_at if removed else False,
        )
        return vals
    vals.update(said(activity))
    vals.update(
        external_id=activity.external_id,
        family=activity.family,
        container=activity.container or False,
        remote_ref=activity.ref or False,
    )
    if activity.counters:
        vals.update(counters=dict(activity.counters), reach=activity.counters.get("reach", 0))
        vals["counters_at"] = activity.occurred_at
    if row.direction == "out" and row.kind != "post":
        code = "automatic" if activity.automatic else "elsewhere"
        vals.update(answer_type_id=batch.answer_types.get(code), delivery_state="sent")
    return vals


def wording_time(activity, item_date):
    """When a wording was made. Networks count in seconds: an edit in the second of its item is
    still later than the item.

    :param datetime item_date: when the item itself was made
    :rtype: datetime
    """
    if not activity.edited_at:
        return activity.occurred_at
    return max(activity.edited_at, item_date + timedelta(seconds=1))


def said(activity):
    """The columns an edit may change."""
    return {
        "title": activity.title or False,
        "body": activity.text or False,
        "body_html": activity.html or False,
        "media": [
            {
                "url": m.url,
                "mimetype": m.mimetype,
                "name": m.name,
                "alt": m.alt,
                **({"ref": m.external_id} if m.external_id and not m.url else {}),
            }
            for m in activity.media
        ]
        or False,
        "rating": activity.rating or 0.0,
        "language": activity.language or False,
        "permalink": activity.permalink or False,
        "edited_at": wording_time(activity, activity.occurred_at) if activity.edited_at else False,
    }


def _mode(row):
    activity = row.activity
    if activity.visibility == "direct":
        return "one_to_one"
    if activity.visibility == "group":
        return "group"
    ours = row.direction == "out" and row.kind in ("story", "share")
    if not row.parent_key and (ours or row.kind == "post"):
        return "one_to_many"
    return "one_to_one_to_many"
