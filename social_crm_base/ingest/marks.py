# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What is said about an item later: edits, deletions, hiding, reactions taken back, receipts,
counters.

All of them find their target among the batch's rows. What has none waits.
"""

from datetime import datetime

from psycopg2.extras import Json

from ..const import DELIVERY_RANK
from .columns import said, wording_time
from .talk import reaction_key


def apply(batch):
    """Apply all marks of the batch, each kind in one statement."""
    _edits(batch)
    _references(batch)
    _reactions(batch)
    _hidings(batch)
    _deletions(batch)
    _counters(batch)
    _receipts(batch)
    _read_marks(batch)


def _target(batch, position, activity):
    """The stored row an activity speaks of; without one it waits."""
    row = batch.rows.get(batch.key(activity.points_at)) if activity.points_at else None
    if not row or not row.id:
        batch.result.waiting.append(position)
        return None
    return row


def _edits(batch):
    """Every wording is kept with its time, the latest stands; so late and early edits agree."""
    wordings = {}
    made = {row.id: row.activity for row in batch.new_rows}
    for position, activity in batch.live("create", "edit"):
        row = _target(batch, position, activity)
        # The wording a row was made with is in the row already.
        if row and row.state not in ("deleted", "expired") and made.get(row.id) is not activity:
            wordings.setdefault(row.id, []).append(activity)
    if not wordings:
        return
    batch.env.cr.execute(
        """
        SELECT id, date, edited_at, title, body, body_html, media, rating, language, permalink,
               versions
          FROM social_crm_interaction WHERE id = ANY(%s)
        """,
        [list(wordings)],
    )
    changed = []
    reviews = {
        row.id: row
        for row in batch.rows.values()
        if row.kind == "review" and row.direction == "in"
    }
    for stored in batch.env.cr.dictfetchall():
        merged = _merge(stored, wordings[stored["id"]])
        if merged:
            changed.append((stored["id"], *merged))
            batch.changed_ids.add(stored["id"])
            if stored["id"] in reviews:
                moment = datetime.fromisoformat(merged[1])
                batch.reworded.append((reviews[stored["id"]], moment))
    _store_wordings(batch, changed)


FIELDS = ("title", "body", "body_html", "media", "rating", "language", "permalink")


def _merge(stored, activities):
    """All wordings of an item by their time.

    :return: the current wording, its time and the others, or None where nothing is new
    """
    moment = stored["edited_at"] or stored["date"]
    current = {name: stored[name] for name in FIELDS}
    wordings = {version["at"]: version for version in stored["versions"] or []}
    before = dict(wordings)
    wordings[moment.isoformat()] = {"at": moment.isoformat(), **current}
    for activity in activities:
        at = wording_time(activity, stored["date"]).isoformat()
        columns = said(activity)
        wording = {"at": at, **{name: columns[name] or None for name in FIELDS}}
        wording["rating"] = activity.rating if activity.rating is not None else stored["rating"]
        held = wordings.get(at)
        if not held or (wording["body"] or "") > (held["body"] or ""):
            wordings[at] = wording
    latest = max(wordings)
    others = [wordings[at] for at in sorted(wordings) if at != latest]
    if latest == moment.isoformat() and len(others) == len(before):
        return None
    return wordings[latest], latest, others


def _store_wordings(batch, changed):
    if not changed:
        return
    batch.env.cr.execute(
        """
        UPDATE social_crm_interaction i
           SET title = v.title, body = v.body, body_html = v.body_html, media = v.media::jsonb,
               rating = v.rating, language = v.language, permalink = v.permalink,
               edited_at = CASE WHEN v.at > i.date THEN v.at ELSE NULL END,
               state = CASE WHEN i.state = 'normal' AND v.at > i.date THEN 'edited'
                            ELSE i.state END,
               versions = v.versions::jsonb, hooks_pending = true
          FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::float8[],
                      %s::text[], %s::text[], %s::timestamp[], %s::text[])
               AS v(id, title, body, body_html, media, rating, language, permalink, at, versions)
         WHERE i.id = v.id
        """,
        [
            [interaction_id for interaction_id, *_rest in changed],
            *[[wording[name] for _id, wording, _at, _o in changed] for name in FIELDS[:3]],
            [_dump(wording["media"]) for _id, wording, _at, _others in changed],
            *[[wording[name] for _id, wording, _at, _o in changed] for name in FIELDS[4:]],
            [at for _id, _wording, at, _others in changed],
            [_dump(others) for _id, _wording, _at, others in changed],
        ],
    )


def _dump(value):
    return Json(value).dumps(value) if value else None


def _references(batch):
    """What the network's API is called with for an item may change; the latest counts."""
    made = {row.id: row.activity for row in batch.new_rows}
    latest = {}
    for _position, activity in batch.live("create", "edit"):
        row = batch.rows.get(batch.key(activity.itself)) if activity.ref else None
        if row and row.id and made.get(row.id) is not activity:
            stamp = (activity.edited_at or activity.occurred_at, activity.ref)
            latest[row.id] = max(latest.get(row.id, stamp), stamp)
    if latest:
        batch.env.cr.execute(
            """
            UPDATE social_crm_interaction i SET remote_ref = v.ref
              FROM unnest(%s::int[], %s::timestamp[], %s::text[]) AS v(id, at, ref)
             WHERE i.id = v.id AND i.state != 'deleted' AND v.ref IS DISTINCT FROM i.remote_ref
               AND (v.at, v.ref) >= (COALESCE(i.edited_at, i.date), COALESCE(i.remote_ref, ''))
            """,
            [
                list(latest),
                [at for at, _ref in latest.values()],
                [ref for _at, ref in latest.values()],
            ],
        )


def _reactions(batch):
    """Of a like and its taking back the later one holds; at the same moment, the taking back."""
    latest = {}
    for position, activity in batch.live("react", "unreact"):
        row = batch.rows.get(reaction_key(batch, activity))
        if not row or not row.id:
            batch.result.waiting.append(position)
            continue
        stamp = (activity.occurred_at, activity.verb == "unreact")
        latest[row.id] = max(latest.get(row.id, stamp), stamp)
    if not latest:
        return
    batch.env.cr.execute(
        """
        UPDATE social_crm_interaction i
           SET state = CASE WHEN v.gone THEN 'deleted' ELSE 'normal' END,
               deleted_at = CASE WHEN v.gone THEN v.at END,
               date = v.at
          FROM unnest(%s::int[], %s::timestamp[], %s::bool[]) AS v(id, at, gone)
         WHERE i.id = v.id AND (v.at > i.date OR (v.at = i.date AND v.gone))
           AND (v.at, v.gone) IS DISTINCT FROM (i.date, i.state = 'deleted')
        RETURNING i.id
        """,
        [
            list(latest),
            [at for at, _gone in latest.values()],
            [gone for _at, gone in latest.values()],
        ],
    )
    batch.changed_ids.update(found for (found,) in batch.env.cr.fetchall())


def _hidings(batch):
    """Of hiding and showing again the later one holds; at the same moment, hiding."""
    latest = {}
    for position, activity in batch.live("hide", "unhide"):
        row = _target(batch, position, activity)
        if row:
            stamp = (activity.occurred_at, activity.verb == "hide")
            latest[row.id] = max(latest.get(row.id, stamp), stamp)
    if not latest:
        return
    batch.env.cr.execute(
        """
        UPDATE social_crm_interaction i
           SET state = CASE WHEN v.hidden THEN 'hidden'
                            WHEN i.edited_at IS NOT NULL THEN 'edited' ELSE 'normal' END,
               hidden_at = v.at, hooks_pending = true
          FROM unnest(%s::int[], %s::timestamp[], %s::bool[]) AS v(id, at, hidden)
         WHERE i.id = v.id AND i.state IN ('normal', 'edited', 'hidden')
           AND (i.hidden_at IS NULL OR v.at > i.hidden_at OR (v.at = i.hidden_at AND v.hidden))
           AND (v.hidden, v.at) IS DISTINCT FROM (i.state = 'hidden', i.hidden_at)
        RETURNING i.id
        """,
        [
            list(latest),
            [at for at, _hidden in latest.values()],
            [hidden for _at, hidden in latest.values()],
        ],
    )
    batch.changed_ids.update(found for (found,) in batch.env.cr.fetchall())


def _deletions(batch):
    """Content and media go, the shell stays: the talk keeps its shape and replays find the row."""
    gone = {}
    for position, activity in batch.live("delete"):
        row = _target(batch, position, activity)
        if row:
            gone[row.id] = min(gone.get(row.id, activity.occurred_at), activity.occurred_at)
    if gone:
        batch.changed_ids.update(
            batch.env["social.crm.interaction"].browse(gone)._blank_content("deleted", gone)
        )


def _counters(batch):
    """The latest figures stand; at the same moment the greater ones."""
    latest = {}
    for position, activity in batch.live("counters", "create", "edit"):
        if not activity.counters:
            continue
        row = _target(batch, position, activity)
        if row:
            at = activity.edited_at or activity.occurred_at
            stamp = (at, sorted(activity.counters.items()))
            latest[row.id] = max(latest.get(row.id, stamp), stamp)
    if not latest:
        return
    batch.env.cr.execute(
        """
        UPDATE social_crm_interaction i
           SET counters = v.counters::jsonb, counters_at = v.at, reach = v.reach
          FROM unnest(%s::int[], %s::timestamp[], %s::text[], %s::int[])
               AS v(id, at, counters, reach)
         WHERE i.id = v.id AND (i.counters_at IS NULL OR v.at > i.counters_at
               OR (v.at = i.counters_at AND v.counters > i.counters::text))
        """,
        [
            list(latest),
            [at for at, _figures in latest.values()],
            [_dump(dict(figures)) for _at, figures in latest.values()],
            [dict(figures).get("reach") for _at, figures in latest.values()],
        ],
    )


def _receipts(batch):
    """Receipts climb only: networks deliver them in any order and skip steps."""
    best = {}
    for position, activity in batch.live("receipt"):
        if activity.read_up_to and not activity.points_at:
            continue
        row = _target(batch, position, activity)
        if row:
            held = best.get(row.id, "queued")
            best[row.id] = max(held, activity.receipt, key=DELIVERY_RANK.__getitem__)
    if best:
        batch.changed_ids.update(
            batch.env["social.crm.interaction"].browse(best)._climb_delivery(best)
        )


def _read_marks(batch):
    """Some networks say "everything up to then was read": kept on the conversation, so that what
    is stored later and was said earlier counts as read too."""
    marks = [
        (position, activity)
        for position, activity in batch.live("receipt")
        if activity.read_up_to and not activity.points_at
    ]
    people = {batch.person(a.actor or a.counterpart) for _p, a in marks}
    places = _places_of(batch, [person.id for person in people if person])
    read = {}
    for position, activity in marks:
        person = batch.person(activity.actor or activity.counterpart)
        conversation = person and places.get(person.id)
        if not conversation:
            batch.result.waiting.append(position)
            continue
        read[conversation] = max(read.get(conversation, activity.read_up_to), activity.read_up_to)
    if read:
        batch.env.cr.execute(
            "UPDATE social_crm_conversation c SET read_up_to = GREATEST(c.read_up_to, v.at)"
            "  FROM unnest(%s::int[], %s::timestamp[]) AS v(id, at) WHERE c.id = v.id",
            [list(read), list(read.values())],
        )
    touched = set(read) | {row.conversation_id for row in batch.new_rows if row.direction == "out"}
    _apply_read_marks(batch, touched)


def _places_of(batch, identity_ids):
    if not identity_ids:
        return {}
    batch.env.cr.execute(
        "SELECT identity_id, id FROM social_crm_conversation"
        " WHERE channel_id = %s AND kind = 'direct' AND identity_id = ANY(%s)",
        [batch.channel.id, identity_ids],
    )
    return dict(batch.env.cr.fetchall())


def _apply_read_marks(batch, conversation_ids):
    if conversation_ids:
        batch.env.cr.execute(
            """
            UPDATE social_crm_interaction i SET delivery_state = 'read'
              FROM social_crm_conversation c
             WHERE c.id = ANY(%s) AND i.conversation_id = c.id AND c.read_up_to IS NOT NULL
               AND i.direction = 'out' AND i.date <= c.read_up_to
               AND i.delivery_state IN ('sent', 'delivered')
            RETURNING i.id
            """,
            [list(conversation_ids)],
        )
        batch.changed_ids.update(found for (found,) in batch.env.cr.fetchall())
