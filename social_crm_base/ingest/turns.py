# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Cycles and turns of cases, told anew from what was said.

They are worked out from the stored rows and the closings, never counted up: a late word or a
replay gives the same figures. Definitions: first response, next response and resolution time as
Zammad and Chatwoot define them (a customer's turn ends with the first answer that stops the
clock; each reopening is a new cycle).
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime

from ..const import KINDS_OPENING_CASE


@dataclass(slots=True)
class Turn:
    """The customer waits from ``since``, until ``answered`` or until the matter was ``ended``."""

    since: datetime
    question: int
    answered: datetime | None = None
    answer: int | None = None
    user: int | None = None
    ended: datetime | None = None


@dataclass(slots=True)
class Cycle:
    opened: datetime
    closed: datetime | None = None
    turns: list = field(default_factory=list)


def count(env, case_ids):
    """Bring cycles, responses and the case's own dates in line with what was said.

    :param set case_ids: cases that got or lost something
    """
    ids = sorted(case_ids)
    words = _words(env, ids)
    cycles = _stored(env, "social_crm_case_cycle", ids, "case_id, opened_at, closed_at, id")
    wanted = {
        case_id: tell(words.get(case_id, ()), [row[1:3] for row in cycles.get(case_id, ())])
        for case_id in ids
    }
    _write_cycles(env, wanted, cycles)
    _write_turns(env, wanted)
    _write_cases(env, wanted)


def tell(words, stored):
    """The cycles of one case with their turns.

    :param words: (moment, is_answer, interaction id, user id) in the order they were said;
        of several words in a row by one side the first is enough
    :param stored: (opened, closed) of the cycles as stored: their closings are facts
    :rtype: list[Cycle]
    """
    closings = sorted(closed for _opened, closed in stored if closed)
    by_hand = {}
    for opened, _closed in stored:
        index = bisect_right(closings, opened)
        by_hand[index] = min(opened, by_hand.get(index, opened))
    cycles = {}
    for index, opened in by_hand.items():
        cycles[index] = Cycle(opened)
    for moment, is_answer, interaction_id, user_id in words:
        index = bisect_right(closings, moment)
        if index and moment == closings[index - 1]:
            index -= 1
        cycle = cycles.get(index)
        if not is_answer:
            if not cycle:
                cycle = cycles[index] = Cycle(moment)
            cycle.opened = min(cycle.opened, moment)
            if not cycle.turns or cycle.turns[-1].answered:
                cycle.turns.append(Turn(moment, interaction_id))
        elif cycle and cycle.turns and not cycle.turns[-1].answered:
            turn = cycle.turns[-1]
            turn.answered, turn.answer, turn.user = moment, interaction_id, user_id
    for index, cycle in cycles.items():
        cycle.closed = closings[index] if index < len(closings) else None
        if cycle.closed and cycle.turns and not cycle.turns[-1].answered:
            cycle.turns[-1].ended = cycle.closed
    return [cycles[index] for index in sorted(cycles)]


def _words(env, ids):
    """Where the word passes from one side to the other, for all cases in one statement.

    A review that was changed is a second word. An answer counts for the case it stands in, and for
    every customer it names under the same post: one answer to three people stops three clocks.
    """
    env.cr.execute(
        """
        WITH said AS (
            SELECT i.case_id, i.date, false AS is_answer, i.id, NULL::int AS user_id, i.dedup_key
              FROM social_crm_interaction i
             WHERE i.case_id = ANY(%(ids)s) AND i.direction = 'in' AND i.kind = ANY(%(kinds)s)
             UNION ALL
            SELECT i.case_id, i.edited_at, false, i.id, NULL, i.dedup_key
              FROM social_crm_interaction i
             WHERE i.case_id = ANY(%(ids)s) AND i.direction = 'in' AND i.kind = 'review'
               AND i.edited_at IS NOT NULL
             UNION ALL
            SELECT i.case_id, i.date, true, i.id, i.author_id, i.dedup_key
              FROM social_crm_interaction i
              JOIN social_crm_answer_type t ON t.id = i.answer_type_id AND t.stops_clock
             WHERE i.case_id = ANY(%(ids)s) AND i.direction = 'out'
               AND COALESCE(i.delivery_state, 'sent') NOT IN ('failed', 'cancelled', 'queued')
             UNION ALL
            SELECT q.case_id, a.date, true, a.id, a.author_id, a.dedup_key
              FROM (SELECT DISTINCT case_id, identity_id, channel_id, root_key
                      FROM social_crm_interaction
                     WHERE case_id = ANY(%(ids)s) AND direction = 'in' AND root_key IS NOT NULL) q
              JOIN social_crm_interaction_mention_rel m
                ON m.social_crm_identity_id = q.identity_id
              JOIN social_crm_interaction a ON a.id = m.social_crm_interaction_id
               AND a.root_key = q.root_key AND a.channel_id = q.channel_id
               AND a.direction = 'out' AND a.case_id IS DISTINCT FROM q.case_id
               AND COALESCE(a.delivery_state, 'sent') NOT IN ('failed', 'cancelled', 'queued')
              JOIN social_crm_answer_type t ON t.id = a.answer_type_id AND t.stops_clock),
        passing AS (
            SELECT said.*, lag(is_answer) OVER (
                   PARTITION BY case_id ORDER BY date, is_answer, dedup_key) AS before
              FROM said
              JOIN social_crm_case c ON c.id = said.case_id
             WHERE c.counts_from IS NULL OR said.date >= c.counts_from)
        SELECT case_id, date, is_answer, id, user_id FROM passing
         WHERE before IS DISTINCT FROM is_answer
            OR EXISTS (SELECT 1 FROM social_crm_case_cycle y
                        WHERE y.case_id = passing.case_id AND y.closed_at IS NOT NULL)
         ORDER BY case_id, date, is_answer, dedup_key
        """,
        {"ids": ids, "kinds": sorted(KINDS_OPENING_CASE)},
    )
    words = {}
    for case_id, *word in env.cr.fetchall():
        words.setdefault(case_id, []).append(word)
    return words


def _stored(env, table, ids, columns):
    env.cr.execute(
        f"SELECT {columns} FROM {table} WHERE case_id = ANY(%s) ORDER BY case_id, id",
        [ids],
    )
    rows = {}
    for row in env.cr.fetchall():
        rows.setdefault(row[0], []).append(row)
    return rows


def _write_cycles(env, wanted, stored):
    """One row a cycle, known by its number; figures on the clock, business hours come later."""
    rows = [
        (case_id, number, cycle)
        for case_id, cycles in wanted.items()
        for number, cycle in enumerate(cycles, 1)
    ]
    if not rows:
        return
    first = [next((turn for turn in cycle.turns if turn.answered), None) for _c, _n, cycle in rows]
    env.cr.execute(
        """
        INSERT INTO social_crm_case_cycle AS y
               (case_id, company_id, sequence, opened_at, closed_at, first_response_at,
                first_response_seconds, create_date, write_date)
        SELECT v.case_id, c.company_id, v.sequence, v.opened, v.closed, v.first, v.seconds,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM unnest(%s::int[], %s::int[], %s::timestamp[], %s::timestamp[], %s::timestamp[],
                      %s::int[]) AS v(case_id, sequence, opened, closed, first, seconds)
          JOIN social_crm_case c ON c.id = v.case_id
         ORDER BY v.case_id, v.sequence
        ON CONFLICT (case_id, sequence) DO UPDATE
           SET opened_at = excluded.opened_at, closed_at = excluded.closed_at,
               first_response_business_seconds = CASE
                   WHEN y.opened_at = excluded.opened_at
                    AND y.first_response_at IS NOT DISTINCT FROM excluded.first_response_at
                   THEN y.first_response_business_seconds END,
               first_response_at = excluded.first_response_at,
               first_response_seconds = excluded.first_response_seconds
         WHERE (y.opened_at, y.closed_at, y.first_response_at) IS DISTINCT FROM
               (excluded.opened_at, excluded.closed_at, excluded.first_response_at)
        """,
        [
            [case_id for case_id, _number, _cycle in rows],
            [number for _case, number, _cycle in rows],
            [cycle.opened for _case, _number, cycle in rows],
            [cycle.closed for _case, _number, cycle in rows],
            [turn and turn.answered for turn in first],
            [
                turn and _seconds(cycle.opened, turn.answered)
                for turn, (_case, _number, cycle) in zip(first, rows, strict=True)
            ],
        ],
    )
    surplus = [row[3] for case_id, found in stored.items() for row in found[len(wanted[case_id]) :]]
    if surplus:
        env.cr.execute("DELETE FROM social_crm_case_cycle WHERE id = ANY(%s)", [surplus])


def _write_turns(env, wanted):
    """Rows that changed are replaced; what stays the same keeps its business seconds."""
    turns = [
        (case_id, number, turn)
        for case_id, cycles in wanted.items()
        for number, cycle in enumerate(cycles, 1)
        for turn in cycle.turns
    ]
    columns = [
        [case_id for case_id, _number, _turn in turns],
        [number for _case, number, _turn in turns],
        *[
            [getattr(turn, name) for _case, _number, turn in turns]
            for name in ("since", "answered", "ended", "question", "answer", "user")
        ],
        [turn.answered and _seconds(turn.since, turn.answered) for _c, _n, turn in turns],
    ]
    source = """
        SELECT v.*, y.id AS cycle_id, y.company_id
          FROM unnest(%s::int[], %s::int[], %s::timestamp[], %s::timestamp[], %s::timestamp[],
                      %s::int[], %s::int[], %s::int[], %s::int[])
               AS v(case_id, number, since, answered, ended, question, answer, user_id, seconds)
          JOIN social_crm_case_cycle y ON y.case_id = v.case_id AND y.sequence = v.number
    """
    env.cr.execute(
        f"""
        DELETE FROM social_crm_case_response r
         WHERE r.case_id = ANY(%s) AND NOT EXISTS (
               SELECT 1 FROM ({source}) v
                WHERE v.cycle_id = r.cycle_id AND v.since = r.waiting_since
                  AND v.answered IS NOT DISTINCT FROM r.answered_at
                  AND v.ended IS NOT DISTINCT FROM r.ended_at
                  AND v.question IS NOT DISTINCT FROM r.question_id
                  AND v.answer IS NOT DISTINCT FROM r.answer_id
                  AND v.user_id IS NOT DISTINCT FROM r.user_id)
        """,
        [list(wanted), *columns],
    )
    env.cr.execute(
        f"""
        INSERT INTO social_crm_case_response
               (case_id, cycle_id, company_id, waiting_since, answered_at, ended_at, question_id,
                answer_id, user_id, seconds, create_date, write_date)
        SELECT v.case_id, v.cycle_id, v.company_id, v.since, v.answered, v.ended, v.question,
               v.answer, v.user_id, v.seconds, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM ({source}) v
         WHERE NOT EXISTS (SELECT 1 FROM social_crm_case_response r
                            WHERE r.cycle_id = v.cycle_id AND r.waiting_since = v.since)
         ORDER BY v.case_id, v.since
        """,
        columns,
    )


def _write_cases(env, wanted):
    """The dates by which the queue is sorted."""
    told = {case_id: cycles for case_id, cycles in wanted.items() if cycles}
    waiting = [
        next((t.since for t in cycles[-1].turns if not t.answered and not t.ended), None)
        for cycles in told.values()
    ]
    env.cr.execute(
        """
        UPDATE social_crm_case c
           SET opened_at = v.opened, waiting_since = v.waiting,
               last_date = GREATEST(c.last_date, n.last),
               last_in_date = GREATEST(c.last_in_date, n.last_in)
          FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[]) AS v(id, opened, waiting)
          JOIN (SELECT case_id, max(date) AS last, max(date) FILTER (WHERE direction = 'in')
                    AS last_in
                  FROM social_crm_interaction WHERE case_id = ANY(%s) GROUP BY case_id) n
            ON n.case_id = v.id
         WHERE c.id = v.id
        """,
        [list(told), [cycles[0].opened for cycles in told.values()], waiting, list(told)],
    )


def _seconds(start, end):
    return int((end - start).total_seconds())
