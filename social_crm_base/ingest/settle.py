# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What arrives late sets right what came before it: parents, roots, and where answers stand."""

from .talk import Place, ensure, place_of, rows_where

# Longer chains of our own answers to our own answers are not followed in one go.
LEVELS = 50


def late_parents(batch):
    """Adopt earlier rows whose parent or root is in this batch, then date the conversations."""
    if batch.new_rows:
        batch.settled_ids = _adopt(batch) | _reroot(batch)
        _rehouse(batch, batch.settled_ids)
        _date_conversations(batch)


def _adopt(batch):
    """Earlier answers to what is only here now get it as their parent.

    :return: ids of the rows adopted
    :rtype: set
    """
    batch.env.cr.execute(
        """
        UPDATE social_crm_interaction i SET parent_id = v.id
          FROM unnest(%s::text[], %s::int[]) AS v(key, id)
         WHERE i.channel_id = %s AND i.parent_key = v.key AND i.parent_id IS NULL AND i.id != v.id
        RETURNING i.id
        """,
        [
            [row.key for row in batch.new_rows],
            [row.id for row in batch.new_rows],
            batch.channel.id,
        ],
    )
    return {found for (found,) in batch.env.cr.fetchall()}


def _reroot(batch):
    """A thread begun below an unknown post hangs on the real root once that post is known.

    :return: ids of the rows whose root changed
    :rtype: set
    """
    above = {
        row.key: row.root_key
        for row in batch.new_rows
        if row.root_key and row.root_key != row.key and not row.is_gesture
    }
    if not above:
        return set()
    final = {key: _topmost(key, above) for key in above}
    batch.env.cr.execute(
        """
        UPDATE social_crm_interaction i SET root_key = v.new
          FROM unnest(%s::text[], %s::text[]) AS v(old, new)
         WHERE i.channel_id = %s AND i.root_key = v.old AND v.new != v.old
        RETURNING i.id
        """,
        [list(final), list(final.values()), batch.channel.id],
    )
    return {found for (found,) in batch.env.cr.fetchall()}


def _topmost(key, above):
    """Climb within the batch; in a ring of roots the least key is the top for all of it."""
    climbed = [key]
    while climbed[-1] in above:
        higher = above[climbed[-1]]
        if higher in climbed:
            return min(climbed[climbed.index(higher) :])
        climbed.append(higher)
    return climbed[-1]


def _rehouse(batch, moved):
    """Move rows to the conversation they belong to now, then what stands where they stand."""
    left = set()
    fresh = {row.id: row for row in batch.new_rows}
    for _level in range(LEVELS):
        if not moved:
            break
        rows = rows_where(batch, "i.id = ANY(%s)", list(moved))
        parents = [row.parent_key for row in rows.values() if row.parent_key]
        batch.rows.update(rows_where(batch, "i.dedup_key = ANY(%s)", parents))
        batch.rows.update(rows)
        places = {}
        for row in rows.values():
            key, person_id = _place(batch, row)
            if key:
                row.person_id = person_id
                places[row.key] = Place(key, row)
        found = ensure(batch, {place.key: place for place in places.values()})
        changed = {}
        for row in rows.values():
            place = places.get(row.key)
            target = found[place.key] if place else batch.rows[row.parent_key].conversation_id
            if target != row.conversation_id:
                left.add(row.conversation_id)
                changed[row.id] = target
                row.conversation_id = target
                batch.moved_people.add(row.person_id)
                batch.settled_places.add(target)
                if row.id in fresh:
                    fresh[row.id].conversation_id = target
                    fresh[row.id].person_id = row.person_id
        moved = _move(batch, changed)
    _drop_empty(batch, left)


def _place(batch, row):
    """The public place of a stored row; private ones never move."""
    if not row.root_key:
        return None, row.person_id
    return place_of(batch, row)


def _move(batch, changed):
    """Move rows and return the ids of those that follow their parents.

    :param dict changed: interaction id to conversation id
    :rtype: set
    """
    if not changed:
        return set()
    batch.changed_ids.update(changed)
    batch.env.cr.execute(
        """
        UPDATE social_crm_interaction i SET conversation_id = v.conversation
          FROM unnest(%s::int[], %s::int[]) AS v(id, conversation) WHERE i.id = v.id
        """,
        [list(changed), list(changed.values())],
    )
    recount(batch.env, set(changed.values()))
    batch.env.cr.execute(
        "SELECT id FROM social_crm_interaction WHERE parent_id = ANY(%s)"
        " AND (direction = 'out' OR kind IN ('reaction', 'share'))",
        [list(changed)],
    )
    return {found for (found,) in batch.env.cr.fetchall()}


def _drop_empty(batch, conversation_ids):
    """A place that stood for an unknown root and holds nothing any more."""
    if not conversation_ids:
        return
    batch.env.cr.execute(
        """
        SELECT c.id FROM social_crm_conversation c
         WHERE c.id = ANY(%s) AND NOT EXISTS (
               SELECT 1 FROM social_crm_interaction i WHERE i.conversation_id = c.id)
        """,
        [list(conversation_ids)],
    )
    empty = [found for (found,) in batch.env.cr.fetchall()]
    batch.env["social.crm.conversation"].browse(empty).unlink()
    recount(batch.env, conversation_ids - set(empty))


DATES = """
    SELECT conversation_id, min(date) AS first, max(date) AS last,
           max(date) FILTER (WHERE direction = 'in') AS last_in,
           max(date) FILTER (WHERE direction = 'out') AS last_out,
           bool_or(kind = 'review') AS is_review,
           bool_or(kind = 'mention' AND direction = 'in' AND dedup_key = root_key) AS is_mention
      FROM social_crm_interaction
     WHERE {} AND kind NOT IN ('reaction', 'follow')
     GROUP BY conversation_id
"""
KIND = """
    CASE WHEN c.kind IN ('thread', 'mention') AND n.is_review THEN 'review'
         WHEN c.kind = 'thread' AND n.is_mention THEN 'mention' ELSE c.kind END
"""


def _date_conversations(batch):
    """First and last words, what kind of talk it is, and the post above it."""
    ids = [row.id for row in batch.new_rows]
    batch.env.cr.execute(
        f"""
        UPDATE social_crm_conversation c
           SET first_date = LEAST(c.first_date, n.first),
               last_date = GREATEST(c.last_date, n.last),
               last_in_date = GREATEST(c.last_in_date, n.last_in),
               last_out_date = GREATEST(c.last_out_date, n.last_out),
               kind = {KIND}
          FROM ({DATES.format("id = ANY(%s)")}) n
         WHERE c.id = n.conversation_id
        """,
        [ids],
    )
    batch.env.cr.execute(
        """
        UPDATE social_crm_conversation c SET root_id = i.id
          FROM social_crm_interaction i
         WHERE i.channel_id = %(channel)s AND c.channel_id = %(channel)s
           AND i.dedup_key = c.root_key AND c.root_id IS NULL
           AND (i.id = ANY(%(ids)s) OR c.id = ANY(%(conversations)s))
        """,
        {
            "channel": batch.channel.id,
            "ids": ids,
            "conversations": list(
                batch.settled_places | {row.conversation_id for row in batch.new_rows}
            ),
        },
    )
    spoken = {
        (row.conversation_id, row.identity_id)
        for row in batch.new_rows
        if row.activity.visibility == "group" and row.identity_id
    }
    if spoken:
        relation = batch.env["social.crm.conversation"]._fields["participant_ids"]
        batch.env.cr.execute(
            f"INSERT INTO {relation.relation} ({relation.column1}, {relation.column2})"
            " SELECT * FROM unnest(%s::int[], %s::int[]) ON CONFLICT DO NOTHING",
            [[pair[0] for pair in spoken], [pair[1] for pair in spoken]],
        )


def recount(env, conversation_ids):
    """Conversations that lost or won earlier rows are dated from what they hold."""
    if conversation_ids:
        env.cr.execute(
            f"""
            UPDATE social_crm_conversation c
               SET first_date = n.first, last_date = n.last, last_in_date = n.last_in,
                   last_out_date = n.last_out, kind = {KIND}
              FROM ({DATES.format("conversation_id = ANY(%s)")}) n
             WHERE c.id = n.conversation_id
            """,
            [list(conversation_ids)],
        )
