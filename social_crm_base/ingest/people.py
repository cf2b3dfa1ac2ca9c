# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Who speaks: one identity an account, found or made, with what is newest about it."""

from dataclasses import dataclass, field
from datetime import datetime

from .batch import Person, actor_key

PROFILE = ("handle", "name", "profile_url", "avatar_url", "language", "followers", "state")
COLUMNS = {
    "external_id": "text",
    "handle": "text",
    "handle_key": "text",
    "name": "text",
    "profile_url": "text",
    "avatar_url": "text",
    "language": "text",
    "followers": "int",
    "state": "text",
    "verified_email": "text",
    "verified_phone": "text",
    "is_own": "bool",
    "consent_basis": "text",
    "first_seen": "timestamp",
    "last_seen": "timestamp",
    "profile_at": "timestamp",
}


@dataclass(slots=True)
class Seen:
    """Everything one batch says of one account."""

    actor: object  # as last seen
    first: datetime
    last: datetime
    handle_key: str = ""
    is_own: bool = False
    wrote_to_us: bool = False
    acts: bool = False  # not merely the reader of something of ours
    handles: dict = field(default_factory=dict)  # each handle it had, with the last time

    def add(self, actor, at, handle_key, *, own, wrote, acts):
        if (at, repr(actor)) >= (self.last, repr(self.actor)):
            self.actor, self.handle_key = actor, handle_key or self.handle_key
        self.first, self.last = min(self.first, at), max(self.last, at)
        self.is_own |= own
        self.wrote_to_us |= wrote
        self.acts |= acts
        if actor.handle:
            self.handles[actor.handle] = max(self.handles.get(actor.handle, at), at)

    def join(self, other):
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.is_own |= other.is_own
        self.wrote_to_us |= other.wrote_to_us
        self.acts |= other.acts


def resolve(batch):
    """Fill ``batch.people``: find, upgrade or make the identities of all actors."""
    seen = _collect(batch)
    if not seen:
        return
    _join_handles(seen)
    known = _find(batch, seen)
    _create(batch, seen, known)
    _update(batch, seen, known)


def _collect(batch):
    """Who did something, or was addressed by us; people only named by others stay unknown."""
    ours = _own_accounts(batch)
    platform = batch.channel.platform_id
    handle_key_of = batch.env["social.crm.identity"]._handle_key
    handle_keys = {}
    seen = {}

    def add(actor, at, *, own=False, wrote=False, acts=True):
        named = (actor.handle, bool(actor.external_id))
        if named not in handle_keys:
            handle_keys[named] = handle_key_of(platform, *named) or ""
        handle_key = handle_keys[named]
        key = actor_key(actor)
        own = own or actor.external_id in ours or (handle_key and "@" + handle_key in ours)
        entry = seen.setdefault(key, Seen(actor, at, at, handle_key))
        entry.add(actor, at, handle_key, own=bool(own), wrote=wrote, acts=acts)

    for _position, activity in batch.live("create", "edit", "react", "unreact", "profile"):
        at = activity.edited_at or activity.occurred_at
        out = activity.direction == "out"
        if activity.actor:
            speaks = activity.is_item and not out and activity.kind not in ("follow", "reaction")
            add(activity.actor, at, own=out, wrote=speaks)
        if activity.counterpart:
            add(activity.counterpart, at)
        if out:
            for actor in activity.mentions:
                add(actor, at)
    for _position, activity in batch.live("receipt"):
        if reader := activity.actor or activity.counterpart:
            add(reader, activity.occurred_at, acts=False)
    return seen


def _own_accounts(batch):
    """Ids and handles of all our accounts on this network, so that our pages are known as ours."""
    platform = batch.channel.platform_id
    handle_key_of = batch.env["social.crm.identity"]._handle_key
    channels = batch.env["social.crm.channel"].search(
        [
            ("platform_id", "=", platform.id),
            ("company_id", "=", batch.channel.company_id.id),
        ]
    )
    ids = {channel.external_id for channel in channels if channel.external_id}
    return ids | {
        "@" + handle_key_of(platform, channel.handle) for channel in channels if channel.handle
    }


def _join_handles(seen):
    """Somebody named by handle only is the account of that handle, where this batch knows one."""
    by_handle = {
        (key[0], entry.handle_key): entry
        for key, entry in seen.items()
        if entry.handle_key and not key[1].startswith("@")
    }
    for key in [key for key in seen if key[1].startswith("@")]:
        entry = by_handle.get((key[0], seen[key].handle_key))
        if entry:
            entry.join(seen[key])
            seen[key] = entry


def _find(batch, seen):
    """Rows of the accounts that are known, locked in one order so that workers never cross.

    :return: actor key to the row's columns
    :rtype: dict
    """
    entries = list({id(entry): entry for entry in seen.values()}.values())
    ids = {entry.actor.external_id for entry in entries if entry.actor.external_id}
    for entry in entries:
        ids.update(entry.actor.former_ids)
    batch.env.cr.execute(
        """
        SELECT id, scope, external_id, handle, handle_key, name, profile_url, avatar_url, language,
               followers, state, partner_id, role, is_own, consent_basis, first_seen, last_seen,
               profile_at, verified_email, verified_phone
          FROM social_crm_identity
         WHERE id IN (
               SELECT id FROM social_crm_identity
                WHERE company_id = %(company)s AND platform_id = %(platform)s
                  AND scope = ANY(%(scopes)s) AND external_id = ANY(%(ids)s)
               UNION ALL
               SELECT id FROM social_crm_identity
                WHERE platform_id = %(platform)s AND handle_key = ANY(%(handles)s)
                  AND company_id = %(company)s AND scope = ANY(%(scopes)s))
         ORDER BY id
           FOR NO KEY UPDATE
        """,
        {
            "company": batch.channel.company_id.id,
            "platform": batch.channel.platform_id.id,
            "scopes": list({entry.actor.scope for entry in entries}),
            "ids": list(ids),
            "handles": list({entry.handle_key for entry in entries if entry.handle_key}),
        },
    )
    by_id, by_handle = {}, {}
    for row in batch.env.cr.dictfetchall():
        if row["external_id"]:
            by_id[row["scope"], row["external_id"]] = row
        if row["handle_key"]:
            held = by_handle.get((row["scope"], row["handle_key"]))
            if not held or _rank(row) > _rank(held):
                by_handle[row["scope"], row["handle_key"]] = row
    return {key: row for key, entry in seen.items() if (row := _row_of(entry, by_id, by_handle))}


def _rank(row):
    """Of rows with one handle: the hand-logged one that waits for its id, then the latest."""
    return row["external_id"] is None, row["last_seen"] or datetime.min, row["id"]


def _row_of(entry, by_id, by_handle):
    actor = entry.actor
    by_name = by_handle.get((actor.scope, entry.handle_key)) if entry.handle_key else None
    if not actor.external_id:
        return by_name
    for named in (actor.external_id, *actor.former_ids):
        if row := by_id.get((actor.scope, named)):
            return row
    # A hand-logged account gets its id with the first word that brings one. A row that has an id
    # is somebody else, who had this handle before: never taken for the same person.
    return by_name if by_name and by_name["external_id"] is None else None


def _create(batch, seen, known):
    fresh = {}
    for key, entry in seen.items():
        if key not in known and entry.acts:
            fresh.setdefault(id(entry), (entry, []))[1].append(key)
    if not fresh:
        return
    created = batch.env["social.crm.identity"].create(
        [_prepare_identity(batch, entry) for entry, _keys in fresh.values()]
    )
    aliases = []
    for identity_id, (entry, keys) in zip(created.ids, fresh.values(), strict=True):
        role = "bot" if entry.actor.is_bot else None
        person = Person(identity_id, None, role, entry.is_own)
        batch.people.update(dict.fromkeys(keys, person))
        batch.people_by_id[identity_id] = person
        aliases += _former(identity_id, entry, entry.actor.handle)
    _store_aliases(batch, aliases, {})


def _prepare_identity(batch, entry):
    actor = entry.actor
    vals = {
        "company_id": batch.channel.company_id.id,
        "platform_id": batch.channel.platform_id.id,
        "scope": actor.scope,
        "external_id": actor.external_id or False,
        "handle_key": entry.handle_key or False,
        "verified_email": actor.email or False,
        "verified_phone": actor.phone or False,
        "first_seen": entry.first,
        "last_seen": entry.last,
        "profile_at": entry.last,
        "is_own": entry.is_own,
        "consent_basis": "wrote_to_us" if entry.wrote_to_us else "none",
        **{name: getattr(actor, name) or False for name in PROFILE},
    }
    if actor.is_bot:
        vals.update(role="bot", role_reason=batch.env._("The network says so."))
    return vals


def _update(batch, seen, known):
    """Newest news win, times only widen; one statement for all rows that change."""
    changes, aliases, current = {}, [], {}
    for key, row in known.items():
        entry = seen[key]
        person = batch.people_by_id.setdefault(
            row["id"],
            Person(row["id"], row["partner_id"], row["role"], row["is_own"] or entry.is_own),
        )
        batch.people[key] = person
        if row["id"] in current:
            continue
        news = _news(entry, row)
        current[row["id"]] = news.get("handle", row["handle"])
        if row["handle"] and current[row["id"]] != row["handle"]:
            aliases.append((row["id"], "handle", row["handle"], row["profile_at"]))
        if row["external_id"] and news.get("external_id", row["external_id"]) != row["external_id"]:
            aliases.append((row["id"], "id", row["external_id"], row["last_seen"]))
        aliases += _former(row["id"], entry, current[row["id"]])
        if any(row[name] != value for name, value in news.items()):
            changes[row["id"]] = {**row, **news}
    _store_changes(batch, changes)
    _store_aliases(batch, aliases, {key: value for key, value in current.items() if value})


def _news(entry, row):
    actor, news = entry.actor, {}
    if entry.first < (row["first_seen"] or datetime.max):
        news["first_seen"] = entry.first
    if entry.last > (row["last_seen"] or datetime.min):
        news["last_seen"] = entry.last
    if entry.last >= (row["profile_at"] or datetime.min):
        news["profile_at"] = entry.last
        news.update({name: value for name in PROFILE if (value := getattr(actor, name))})
        if entry.handle_key:
            news["handle_key"] = entry.handle_key
        if actor.email:
            news["verified_email"] = actor.email
        if actor.phone:
            news["verified_phone"] = actor.phone
    if actor.external_id and row["external_id"] != actor.external_id:
        news["external_id"] = actor.external_id
    if entry.is_own:
        news["is_own"] = True
    if entry.wrote_to_us and row["consent_basis"] == "none":
        news["consent_basis"] = "wrote_to_us"
    return news


def _store_changes(batch, changes):
    if not changes:
        return
    names = list(COLUMNS)
    sets = ", ".join(f"{name} = v.{name}" for name in names)
    casts = ", ".join(f"%s::{COLUMNS[name]}[]" for name in names)
    batch.env.cr.execute(
        f"""
        UPDATE social_crm_identity i SET {sets}
          FROM unnest(%s::int[], {casts}) AS v(id, {", ".join(names)})
         WHERE i.id = v.id
        """,
        [list(changes), *[[row[name] for row in changes.values()] for name in names]],
    )


def _former(identity_id, entry, current):
    return [
        (identity_id, "handle", handle, at)
        for handle, at in entry.handles.items()
        if handle != current
    ]


def _store_aliases(batch, aliases, current):
    """Names an account had, whatever came first; the name it has now is none of them."""
    if aliases:
        unique = {}
        for identity_id, kind, value, at in aliases:
            named = (identity_id, kind, value)
            unique[named] = max(filter(None, (unique.get(named), at)), default=None)
        ids, kinds, values = zip(*unique, strict=True)
        batch.env.cr.execute(
            """
            INSERT INTO social_crm_identity_alias (identity_id, kind, value, last_seen)
            SELECT * FROM unnest(%s::int[], %s::text[], %s::text[], %s::timestamp[])
            ON CONFLICT (identity_id, kind, value)
            DO UPDATE SET last_seen = GREATEST(social_crm_identity_alias.last_seen,
                                               excluded.last_seen)
            """,
            [list(ids), list(kinds), list(values), list(unique.values())],
        )
    if current:
        batch.env.cr.execute(
            """
            DELETE FROM social_crm_identity_alias a
             USING unnest(%s::int[], %s::text[]) AS v(id, handle)
             WHERE a.identity_id = v.id AND a.kind = 'handle' AND a.value = v.handle
            """,
            [list(current), list(current.values())],
        )
