# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What was said, and where: conversations and interactions, each once."""

from ..const import PRIVATE_VISIBILITY
from ..tools.keyring import keyed_hash
from .batch import Row, client_row_key
from .columns import conversation, interaction
from .insert import insert


def store(batch):
    """Create the interactions of the batch that are not there yet, and what they stand in."""
    items = _items(batch)
    _load(batch, items)
    fresh = [row for row in _order(items) if not row.id]
    for row in fresh:
        _root(batch, row)
    _open_places(batch, fresh)
    _create(batch, fresh)


def _items(batch):
    """The batch's items by key; of several versions the first stands, the others are edits."""
    items = {}
    for _position, activity in batch.live("create", "edit"):
        if not activity.is_item or (activity.verb == "edit" and not activity.actor):
            continue
        key = batch.key(activity.itself)
        held = items.get(key)
        if not held or _version(activity) < _version(held.activity):
            items[key] = _row(batch, key, activity)
    for _position, activity in batch.live("react", "unreact"):
        key = reaction_key(batch, activity)
        if key not in items:
            items[key] = _reaction(batch, key, activity)
    return {key: row for key, row in items.items() if row}


def _version(activity):
    return activity.edited_at or activity.occurred_at, activity.verb, activity.text


def _row(batch, key, activity):
    author = batch.person(activity.actor)
    row = Row(
        key,
        activity.direction,
        activity.kind,
        activity.occurred_at,
        parent_key=batch.key(activity.parent) if activity.parent else None,
        root_key=batch.key(activity.root) if activity.root else None,
        identity_id=author.id if author else 0,
        has_text=bool(activity.text or activity.html),
        state=_state(activity),
        activity=activity,
    )
    if activity.direction == "out" and not author and batch.channel.own_identity_id:
        row.identity_id = batch.channel.own_identity_id.id
    return row


def _state(activity):
    if activity.encrypted:
        return "encrypted"
    return "edited" if activity.edited_at else "normal"


def reaction_key(batch, activity):
    """A like has no id on most networks: target, person and sort make it one.

    :rtype: str
    """
    actor = activity.actor
    who = (actor.scope, actor.external_id or actor.handle) if actor else ("", "")
    return keyed_hash("reaction", batch.key(activity.points_at), *who, activity.reaction)


def _reaction(batch, key, activity):
    author = batch.person(activity.actor)
    return Row(
        key,
        activity.direction,
        "reaction",
        activity.occurred_at,
        parent_key=batch.key(activity.points_at),
        identity_id=author.id if author else 0,
        activity=activity,
    )


def _load(batch, items):
    """Read, in one statement, every stored row the batch speaks of."""
    keys = set(items)
    for row in items.values():
        keys.update(filter(None, (row.parent_key, row.root_key)))
        if row.activity.client_key:
            keys.add(client_row_key(row.activity.client_key))
    remarks = ("edit", "delete", "hide", "unhide", "receipt", "counters")
    for _position, activity in batch.live(*remarks):
        if activity.points_at:
            keys.add(batch.key(activity.points_at))
    batch.rows.update(rows_where(batch, "i.dedup_key = ANY(%s)", list(keys)))
    _name_sent(batch, items)
    for key, row in items.items():
        stored = batch.rows.get(key)
        if stored:
            stored.activity = row.activity
            items[key] = stored
        elif row.kind != "reaction" or row.parent_key in batch.rows or row.parent_key in items:
            batch.rows[key] = row
    # A like waits for what is liked: ``marks`` reports it.
    for key in [key for key in items if key not in batch.rows]:
        del items[key]


def _name_sent(batch, items):
    """The network names what we sent: our own row gets its name, and no second row is made."""
    named = {}
    for key, row in items.items():
        sent = batch.rows.get(client_row_key(row.activity.client_key or ""))
        if row.activity.client_key and sent and key not in batch.rows:
            named[sent.id] = row.activity
            sent.key = key
            batch.rows[key] = sent
    if named:
        batch.env["social.crm.interaction"]._name_sent(
            {
                interaction_id: {
                    "external_id": activity.external_id,
                    "family": activity.family,
                    "container": activity.container,
                    "remote_ref": activity.ref,
                    "remote_key": activity.remote_key,
                    "permalink": activity.permalink,
                }
                for interaction_id, activity in named.items()
            }
        )


def rows_where(batch, condition, *params):
    """Stored interactions of the batch's channel as rows.

    :param str condition: SQL over ``i`` (interaction) and ``c`` (conversation)
    :return: dedup key to :class:`Row`
    :rtype: dict
    """
    batch.env.cr.execute(
        f"""
        SELECT i.dedup_key, i.direction, i.kind, i.date, i.id, i.parent_key, i.root_key,
               i.conversation_id, c.identity_id, i.identity_id, i.case_id, i.state,
               (i.body IS NOT NULL AND i.body != '')
          FROM social_crm_interaction i
          JOIN social_crm_conversation c ON c.id = i.conversation_id
         WHERE i.channel_id = %s AND {condition}
        """,
        [batch.channel.id, *params],
    )
    return {
        found[0]: Row(
            *found[:8],
            person_id=found[8] or 0,
            identity_id=found[9] or 0,
            case_id=found[10],
            state=found[11],
            has_text=found[12],
        )
        for found in batch.env.cr.fetchall()
    }


def _order(items):
    """Parents before children, so that one pass knows every root; rings of parents end at once."""
    done, ordered = set(), []
    for row in items.values():
        chain = []
        while row and row.key not in done:
            done.add(row.key)
            chain.append(row)
            row = items.get(row.parent_key)
        ordered += reversed(chain)
    return ordered


def _root(batch, row):
    """The post a thread hangs on, as far as it is known now; ``settle`` mends it later."""
    activity = row.activity
    if activity.visibility in PRIVATE_VISIBILITY or activity.kind == "follow":
        row.root_key = None
        return
    if row.root_key:
        return
    parent = batch.rows.get(row.parent_key)
    if parent and row.is_gesture:
        row.root_key = parent.root_key
    else:
        row.root_key = (parent and parent.root_key) or row.parent_key or row.key


def place_of(batch, row):
    """Where a row belongs: the conversation's key, and who is on the other side.

    :rtype: tuple[str, int]
    """
    activity, parent = row.activity, batch.rows.get(row.parent_key)
    if row.is_gesture and parent and parent.conversation_id:
        return None, parent.person_id
    if row.kind == "follow":
        return "f", 0
    if activity and activity.visibility == "group" and activity.thread:
        return f"g:{keyed_hash('group', activity.thread)}", 0
    person = _other_side(batch, row, parent)
    if activity and activity.visibility == "direct":
        return (f"d:{person}", person) if person else (_thread_only(activity), 0)
    return f"t:{row.root_key}:{person}", person


def _other_side(batch, row, parent):
    if row.direction == "in":
        return row.identity_id
    activity = row.activity
    if activity and (person := batch.person(activity.counterpart)):
        return person.id
    if parent:
        return parent.person_id
    if activity and activity.visibility == "direct" and activity.mentions:
        return batch.person(activity.mentions[0]).id
    return 0


def _thread_only(activity):
    """Something of ours said in private to somebody the network did not name."""
    return f"d:{keyed_hash('thread', activity.thread or activity.external_id)}"


def _open_places(batch, fresh):
    """Give every new row its conversation, making those that are missing."""
    for row in fresh:
        key, row.person_id = place_of(batch, row)
        if key is None:
            parent = batch.rows[row.parent_key]
            row.conversation_id = parent.conversation_id
            # A like on something new stands in a place that is only now being made.
            key = getattr(parent.conversation_id, "key", None)
        if key:
            row.conversation_id = Place(key, row)
    wanted = {}
    for row in filter(_is_place, fresh):
        wanted.setdefault(row.conversation_id.key, row.conversation_id)
    found = ensure(batch, wanted)
    for row in fresh:
        if _is_place(row):
            row.conversation_id = found[row.conversation_id.key]


class Place:
    """A conversation that may have to be made, for the row that asked for it."""

    __slots__ = ("key", "row")

    def __init__(self, key, row):
        self.key, self.row = key, row


def _is_place(row):
    return isinstance(row.conversation_id, Place)


def ensure(batch, wanted):
    """Conversations by key, made where missing.

    :param dict wanted: key to :class:`Place`
    :return: key to id
    :rtype: dict
    """
    if not wanted:
        return {}
    batch.env.cr.execute(
        "SELECT dedup_key, id FROM social_crm_conversation"
        " WHERE channel_id = %s AND dedup_key = ANY(%s)",
        [batch.channel.id, list(wanted)],
    )
    found = dict(batch.env.cr.fetchall())
    missing = [place for key, place in wanted.items() if key not in found]
    if missing:
        made = insert(
            batch.env["social.crm.conversation"],
            [conversation(batch, place.key, place.row) for place in missing],
        )
        found.update(zip([place.key for place in missing], made, strict=True))
    return found


def _create(batch, fresh):
    if not fresh:
        return
    siblings = _siblings(batch, fresh)
    ids = insert(
        batch.env["social.crm.interaction"],
        [interaction(batch, row, siblings.get(row.key)) for row in fresh],
    )
    for row, interaction_id in zip(fresh, ids, strict=True):
        row.id = interaction_id
    batch.new_rows = fresh
    batch.changed_ids.update(ids)
    _set_parents(batch, fresh)
    _name_people(batch, fresh)


def _name_people(batch, fresh):
    """Whom our own words name: an answer to three people stops three clocks."""
    pairs = {
        (row.id, batch.person(actor).id)
        for row in fresh
        if row.direction == "out"
        for actor in row.activity.mentions
    }
    if pairs:
        batch.env.cr.execute(
            """
            INSERT INTO social_crm_interaction_mention_rel
                   (social_crm_interaction_id, social_crm_identity_id)
            SELECT * FROM unnest(%s::int[], %s::int[]) ON CONFLICT DO NOTHING
            """,
            [[pair[0] for pair in pairs], [pair[1] for pair in pairs]],
        )


def _siblings(batch, fresh):
    """One post that reached two of our accounts is shown in both and counted in the first.

    "First" is the account with the lower id, not the one that was read earlier.
    """
    remote = {row.activity.remote_key: row for row in fresh if row.activity.remote_key}
    if not remote:
        return {}
    batch.env.cr.execute(
        """
        SELECT id, remote_key, channel_id FROM social_crm_interaction
         WHERE remote_key = ANY(%s) AND company_id = %s AND channel_id != %s
         ORDER BY channel_id DESC
        """,
        [list(remote), batch.channel.company_id.id, batch.channel.id],
    )
    siblings, followers = {}, {}
    for other_id, remote_key, channel_id in batch.env.cr.fetchall():
        if channel_id < batch.channel.id:
            siblings[remote[remote_key].key] = other_id
        else:
            followers.setdefault(remote_key, []).append(other_id)
    batch.later_siblings = {
        remote[remote_key].key: ids
        for remote_key, ids in followers.items()
        if remote[remote_key].key not in siblings
    }
    return siblings


def _set_parents(batch, fresh):
    """Parents' ids, and of earlier rows those whose counted sibling is only here now."""
    pairs = [
        (row.id, batch.rows[row.parent_key].id)
        for row in fresh
        if row.parent_key in batch.rows and batch.rows[row.parent_key].id
    ]
    if pairs:
        children, parents = zip(*pairs, strict=True)
        batch.env.cr.execute(
            "UPDATE social_crm_interaction i SET parent_id = v.parent"
            "  FROM unnest(%s::int[], %s::int[]) AS v(id, parent) WHERE i.id = v.id",
            [list(children), list(parents)],
        )
    for key, ids in batch.later_siblings.items():
        batch.env.cr.execute(
            "UPDATE social_crm_interaction SET sibling_id = %s WHERE id = ANY(%s)",
            [batch.rows[key].id, ids],
        )
