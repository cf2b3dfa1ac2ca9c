# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Which matter a word belongs to: cases, taken up, reopened or opened.

A case belongs to a customer: the contact once it is known, the account before. One case of a
customer takes what is new; a unique index keeps two workers from opening two.
"""

from dataclasses import replace
from datetime import timedelta

from ..const import KINDS_OPENING_CASE, ROLES_WITHOUT_CASE
from ..tools.subject import subject
from . import turns
from .batch import Person, grouped


def assign(batch):
    """Give the batch's rows their cases and count the turns of every case touched."""
    openers = _openers(batch) if batch.opens_cases else {}
    customers = set(openers) | _spoken_with(batch)
    cases = _current(batch, customers)
    opened = _take_up(batch, openers, cases)
    touched = _attach(batch, openers, cases) | opened | _take_up_reviews(batch)
    if touched:
        turns.count(batch.env, touched)


def _openers(batch):
    """Words that ask for an answer, by customer, in the order they were said."""
    found = []
    # A review that never had a case (imported history) asks for an answer once it is changed.
    changed = [replace(row, date=at) for row, at in batch.reworded if not row.case_id]
    known = {row.id for row in batch.new_rows}
    for row in [*batch.new_rows, *(row for row in changed if row.id not in known)]:
        person = batch.people_by_id.get(row.identity_id)
        if (
            row.direction == "in"
            and row.kind in KINDS_OPENING_CASE
            and person
            and not person.is_own
            and person.role not in ROLES_WITHOUT_CASE
        ):
            found.append((person.customer_key, row))
    return {
        customer: sorted(rows, key=lambda row: (row.date, row.key))
        for customer, rows in grouped(found).items()
    }


def _spoken_with(batch):
    """Customers whom our own words in this batch may answer."""
    identities = {row.person_id for row in batch.new_rows} | batch.moved_people
    identities.discard(0)
    unknown = identities - set(batch.people_by_id)
    if unknown:
        _read_people(batch, unknown)
    return {
        batch.people_by_id[identity_id].customer_key
        for identity_id in identities
        if identity_id in batch.people_by_id
    }


def _read_people(batch, identity_ids):
    batch.env.cr.execute(
        "SELECT id, partner_id, role, is_own FROM social_crm_identity WHERE id = ANY(%s)",
        [list(identity_ids)],
    )
    for found in batch.env.cr.fetchall():
        batch.people_by_id[found[0]] = Person(*found)


def _current(batch, customers):
    """The case of each customer that takes what is new, locked in one order.

    :return: customer key to the case's columns
    :rtype: dict
    """
    if not customers:
        return {}
    if batch.case_id:
        batch.env.cr.execute(
            "SELECT id, customer_key, state, opened_at, closed_at, confidential"
            "  FROM social_crm_case WHERE id = %s FOR NO KEY UPDATE",
            [batch.case_id],
        )
        return dict.fromkeys(customers, batch.env.cr.dictfetchone())
    batch.env.cr.execute(
        """
        SELECT id, customer_key, state, opened_at, closed_at, confidential FROM social_crm_case
         WHERE company_id = %s AND takes_new AND customer_key = ANY(%s)
         ORDER BY id
           FOR NO KEY UPDATE
        """,
        [batch.channel.company_id.id, list(customers)],
    )
    return {row["customer_key"]: row for row in batch.env.cr.dictfetchall()}


def _take_up(batch, openers, cases):
    """Reopen what was closed a short while ago, open what is new.

    :return: ids of the cases opened or reopened
    :rtype: set
    """
    window = timedelta(days=batch.channel.company_id.social_crm_reopen_days)
    if batch.case_id:
        window = timedelta.max  # who names the matter means it, however long ago it was
    reopened, ended, missing = {}, [], []
    for customer, rows in openers.items():
        case = cases.get(customer)
        if not case:
            missing.append(customer)
            continue
        after = rows
        if case["state"] == "closed":
            after = [row for row in rows if row.date > case["closed_at"]]
            if not after:
                continue
            if after[0].date - case["closed_at"] > window:
                ended.append(case["id"])
                missing.append(customer)
                continue
        reopened[case["id"]] = after[0].date
    _reopen(batch, reopened)
    if ended:
        batch.env.cr.execute(
            "UPDATE social_crm_case SET takes_new = false WHERE id = ANY(%s)", [ended]
        )
    return set(reopened) | _open(batch, openers, cases, missing)


def _take_up_reviews(batch):
    """A review that was changed, say from five stars to one, is a new word in its own matter.

    :return: ids of the cases concerned
    :rtype: set
    """
    moments = {row.case_id: at for row, at in batch.reworded if row.case_id}
    if not moments or not batch.opens_cases:
        return set()
    batch.env.cr.execute(
        "SELECT id, state, closed_at FROM social_crm_case WHERE id = ANY(%s)"
        " ORDER BY id FOR NO KEY UPDATE",
        [list(moments)],
    )
    _reopen(
        batch,
        {
            case_id: moments[case_id]
            for case_id, state, closed_at in batch.env.cr.fetchall()
            if state != "closed" or closed_at < moments[case_id]
        },
    )
    return set(moments)


def _reopen(batch, moments):
    """Waiting, snoozed and closed matters are open again when the customer speaks.

    :param dict moments: case id to when they spoke, where a pause ends
    """
    if moments:
        batch.env.cr.execute(
            """
            UPDATE social_crm_case_cycle
               SET paused_seconds = COALESCE(paused_seconds, 0)
                   + GREATEST(0, EXTRACT(epoch FROM v.at - paused_since))::int,
                   pauses = COALESCE(pauses, '[]'::jsonb) || jsonb_build_array(jsonb_build_array(
                       to_char(paused_since, 'YYYY-MM-DD HH24:MI:SS'),
                       to_char(GREATEST(v.at, paused_since), 'YYYY-MM-DD HH24:MI:SS'))),
                   paused_since = NULL
              FROM unnest(%s::int[], %s::timestamp[]) AS v(id, at)
             WHERE case_id = v.id AND paused_since IS NOT NULL
            """,
            [list(moments), list(moments.values())],
        )
        batch.env.cr.execute(
            """
            UPDATE social_crm_case
               SET state = 'open', closed_at = NULL, snoozed_until = NULL, substate_id = NULL
             WHERE id = ANY(%s) AND state != 'open'
            """,
            [list(moments)],
        )


def _open(batch, openers, cases, missing):
    if not missing:
        return set()
    vals_list = [_prepare_case(batch, customer, openers[customer]) for customer in missing]
    created = batch.env["social.crm.case"].create(vals_list)
    for customer, case_id, vals in zip(missing, created.ids, vals_list, strict=True):
        cases[customer] = {
            "id": case_id,
            "customer_key": customer,
            "state": "open",
            "opened_at": vals["opened_at"],
            "closed_at": None,
            "confidential": False,
        }
    return set(created.ids)


def _prepare_case(batch, customer, rows):
    first = rows[0]
    is_history = first.id not in {row.id for row in batch.new_rows}
    person = batch.people_by_id[first.identity_id]
    return {
        "name": subject(first.activity.title or first.activity.text, batch.channel.handle)
        or batch.env._("No text"),
        "company_id": batch.channel.company_id.id,
        "identity_id": person.id,
        "partner_id": person.partner_id or False,
        "channel_id": batch.channel.id,
        "team_id": batch.channel.team_ids[:1].id,
        "customer_key": customer,
        "takes_new": True,
        "opened_at": first.date,
        "counts_from": first.date if is_history else False,
        "last_date": first.date,
    }


def _attach(batch, openers, cases):
    """Write the case on the rows: on what opens one, and on what else was said since.

    :return: ids of the cases that got something
    :rtype: set
    """
    pairs = {
        row.id: cases[customer]["id"]
        for customer, rows in openers.items()
        for row in rows
        if customer in cases
    }
    touched = set(pairs.values())
    first = {
        cases[customer]["id"]: rows[0].date
        for customer, rows in openers.items()
        if customer in cases
    }
    for row in batch.new_rows:
        person = batch.people_by_id.get(row.person_id)
        case = person and cases.get(person.customer_key)
        if case and row.id not in pairs and not row.is_gesture and row.kind != "follow":
            since = min(case["opened_at"], first.get(case["id"], case["opened_at"]))
            if row.date >= since:
                pairs[row.id] = case["id"]
                touched.add(case["id"])
    for identity_id in batch.moved_people & set(batch.people_by_id):
        case = cases.get(batch.people_by_id[identity_id].customer_key)
        if case:
            first[case["id"]] = min(first.get(case["id"], case["opened_at"]), case["opened_at"])
            touched.add(case["id"])
    _write_cases(batch, pairs)
    _take_earlier_answers(batch, first)
    return touched | _concerned(batch)


def _concerned(batch):
    """Cases whose turns may look different because a row found its root, or names their customer.

    :rtype: set
    """
    naming = {row.id for row in batch.new_rows if row.direction == "out" and row.activity.mentions}
    ids = list(batch.settled_ids | naming)
    if not ids:
        return set()
    batch.env.cr.execute(
        """
        SELECT case_id FROM social_crm_interaction WHERE id = ANY(%(ids)s) AND case_id IS NOT NULL
         UNION
        SELECT q.case_id
          FROM social_crm_interaction a
          JOIN social_crm_interaction_mention_rel m ON m.social_crm_interaction_id = a.id
          JOIN social_crm_interaction q ON q.identity_id = m.social_crm_identity_id
           AND q.channel_id = a.channel_id AND q.root_key = a.root_key AND q.direction = 'in'
         WHERE a.id = ANY(%(ids)s) AND a.direction = 'out' AND q.case_id IS NOT NULL
        """,
        {"ids": ids},
    )
    return {found for (found,) in batch.env.cr.fetchall()}


def _write_cases(batch, pairs):
    if pairs:
        batch.env.cr.execute(
            """
            UPDATE social_crm_interaction i SET case_id = c.id, confidential = c.confidential
              FROM unnest(%s::int[], %s::int[]) AS v(id, case_id)
              JOIN social_crm_case c ON c.id = v.case_id
             WHERE i.id = v.id
            """,
            [list(pairs), list(pairs.values())],
        )


def _take_earlier_answers(batch, first):
    """Our words that came in before the words they answer."""
    if first:
        batch.env.cr.execute(
            """
            UPDATE social_crm_interaction i
               SET case_id = case_.id, confidential = case_.confidential
              FROM unnest(%s::int[], %s::timestamp[]) AS v(id, since)
              JOIN social_crm_case case_ ON case_.id = v.id
              JOIN LATERAL (
                   SELECT case_.identity_id AS id
                    UNION
                   SELECT id FROM social_crm_identity
                    WHERE partner_id = case_.partner_id AND company_id = case_.company_id
                   ) who ON true
              JOIN social_crm_conversation c ON c.identity_id = who.id
             WHERE i.conversation_id = c.id AND i.case_id IS NULL AND i.date >= v.since
               AND i.kind NOT IN ('reaction', 'follow', 'post')
               AND NOT (i.kind = 'share' AND i.body IS NULL)
            """,
            [list(first), list(first.values())],
        )
