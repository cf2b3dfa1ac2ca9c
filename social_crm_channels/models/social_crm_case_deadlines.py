# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.business_time import BusinessClock, read_pauses
from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..tools.deadlines import Facts, Promise, running

# How far ahead working hours are read for a deadline; further where it lies beyond.
HORIZONS = (timedelta(days=30), timedelta(days=180), timedelta(days=1100))
# Set on records while a batch is worked on whose deadlines are all worked out at its end.
DEADLINES_LATER = "social_crm_deadlines_later"
# A change of these moves deadlines; so does one of the state, which recounts the turns.
MOVES_DEADLINES = frozenset({"priority", "team_id", "partner_id"})


@dataclass(slots=True)
class CasePlace:
    """What a policy is chosen by, and where the case stands."""

    id: int
    company: int
    team: int | None
    priority: str
    cycle: int | None
    facts: Facts
    channels: frozenset = frozenset()
    kinds: frozenset = frozenset()
    segment: str = "unknown"
    policy: object = None
    dues: list = field(default_factory=list)
    told: dict = field(default_factory=dict)  # (target, since) to {stage: moment}

    def next_stage(self):
        """When something is to be done next that was not done yet.

        :rtype: datetime | None
        """
        return min(
            (
                moment
                for due in self.dues
                for stage, moment in due.stages.items()
                if stage not in self.told.get((due.target, due.since), ())
            ),
            default=None,
        )

    def breach(self, now):
        """How the case stands against its deadlines, and the first that was missed.

        :rtype: tuple[str, datetime | None]
        """
        missed = [
            due.deadline
            for due in self.dues
            if due.deadline <= now and "breach" in self.told.get((due.target, due.since), ())
        ]
        if missed:
            return "breached", min(missed)
        warned = any(self.told.get((due.target, due.since)) for due in self.dues)
        return "warned" if warned else "ok", None


class SocialCrmCase(models.Model):
    """Deadlines: the earlier of what we promise in working hours and the network's window."""

    _inherit = "social.crm.case"

    policy_id = fields.Many2one(
        "social.crm.response.policy", string="Response Policy", readonly=True, copy=False,
        ondelete="set null", index="btree_not_null",
    )
    deadline_source = fields.Selection(
        [("policy", "Our promise"), ("window", "The network's window")],
        string="Answer Due By",
        readonly=True,
        copy=False,
    )
    breach_state = fields.Selection(
        [("ok", "In time"), ("warned", "Due soon"), ("breached", "Missed")],
        string="Promise",
        default="ok",
        readonly=True,
        copy=False,
    )
    breached_at = fields.Datetime(string="Missed At", readonly=True, copy=False)
    deadline_watch_at = fields.Datetime(
        readonly=True, copy=False, help="When the watch looks at this case next."
    )

    _watch_index = models.Index("(deadline_watch_at) WHERE deadline_watch_at IS NOT NULL")

    # === WHEN DEADLINES MOVE === #

    @api.model_create_multi
    def create(self, vals_list):
        by_hand = [not vals.get("opened_at") for vals in vals_list]
        cases = super().create(vals_list)
        cases.browse(
            [case_id for case_id, made in zip(cases.ids, by_hand, strict=True) if made]
        )._set_deadlines()
        return cases

    def write(self, vals):
        done = super().write(vals)
        # Routing hands cases over one by one; the step after it works out all their deadlines.
        if vals.keys() & MOVES_DEADLINES and not self.env.context.get(DEADLINES_LATER):
            self._set_deadlines()
        return done

    def _recount_turns(self):
        """An answer ends a deadline, at once and not only when the second stage comes by."""
        counted = super()._recount_turns()
        self._set_deadlines()
        return counted

    # === WORKING THEM OUT === #

    def _set_deadlines(self):
        """Choose policies and work deadlines out, in a fixed number of queries and statements."""
        if not self:
            return
        # sudo: deadlines follow from rules and calendars, whoever moved the case
        cases_sudo = self.sudo()
        self.env.flush_all()
        places = cases_sudo._deadline_facts()
        cases_sudo._choose_policies(places)
        cases_sudo._run_clocks(places)
        cases_sudo._read_told(places)
        cases_sudo._write_deadlines(places)

    def _deadline_facts(self):
        """Where open cases stand.

        :rtype: list[CasePlace]
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.company_id, c.team_id, c.priority, c.state, c.waiting_since,
                       y.id, y.opened_at, y.first_response_at, y.pauses,
                       w.channels, w.kinds, w.reply_until
                  FROM social_crm_case c
                  JOIN social_crm_case_cycle y ON y.case_id = c.id AND y.closed_at IS NULL
                  LEFT JOIN LATERAL (
                       SELECT array_agg(DISTINCT i.channel_id) AS channels,
                              array_agg(DISTINCT v.kind) AS kinds,
                              min(v.reply_until) FILTER (WHERE i.date >= c.waiting_since)
                                  AS reply_until
                         FROM social_crm_interaction i
                         JOIN social_crm_conversation v ON v.id = i.conversation_id
                        WHERE i.case_id = c.id AND i.direction = 'in'
                          AND i.kind NOT IN ('reaction', 'follow', 'system')) w ON true
                 WHERE c.id = ANY(%s) AND c.state != 'closed'
                """,
                self.ids,
            )
        )
        return [
            CasePlace(
                case_id, company, team, priority, cycle,
                Facts(
                    whole(opened), whole(waiting), bool(answered), state == "waiting",
                    read_pauses(pauses), whole(reply_until),
                ),
                frozenset(channels or ()), frozenset(kinds or ()),
            )
            for case_id, company, team, priority, state, waiting, cycle, opened, answered, pauses,
            channels, kinds, reply_until in rows
        ]  # fmt: skip

    def _choose_policies(self, places):
        policies = (
            self.env["social.crm.response.policy"]
            .search([("company_id", "in", self.company_id.ids)])
            .grouped("company_id")
        )
        cases = {case.id: case for case in self}
        segmented = any(policy.segment for found in policies.values() for policy in found)
        for place in places:
            case = cases[place.id]
            if segmented and case.partner_id:
                customer = case.partner_id.with_company(case.company_id)
                place.segment = customer.social_relation or "prospect"
            found = policies.get(case.company_id, ())
            place.policy = next((policy for policy in found if policy._fits(place)), None)

    def _run_clocks(self, places):
        """Let each case's clock run; working hours are read once for all cases that share them."""
        cases, clocks = {case.id: case for case in self}, defaultdict(list)
        for place in places:
            case, policy = cases[place.id], place.policy
            calendar = self.env["resource.calendar"]
            if policy and not policy.is_around_clock:
                calendar = policy.resource_calendar_id or case._working_hours()
            clocks[calendar, case.company_id].append(place)
        for (calendar, company), sharing in clocks.items():
            start = min(place.facts.opened_at for place in sharing)
            for horizon in HORIZONS:
                clock = BusinessClock.of_calendar(
                    calendar, start, fields.Datetime.now() + horizon, company
                )
                beyond = []
                for place in sharing:
                    promise = place.policy._promise() if place.policy else Promise()
                    place.dues, too_short = running(place.facts, promise, clock)
                    if too_short:
                        beyond.append(place)
                if not beyond:
                    break
                sharing = beyond

    def _read_told(self, places):
        """What was done about these deadlines already."""
        by_cycle = {place.cycle: place for place in places if place.dues}
        if not by_cycle:
            return
        for cycle, target, since, stage, date in self.env.execute_query(
            SQL(
                "SELECT cycle_id, target, since, stage, date FROM social_crm_deadline_notice"
                " WHERE cycle_id = ANY(%s)",
                list(by_cycle),
            )
        ):
            by_cycle[cycle].told.setdefault((target, since), {})[stage] = date

    def _write_deadlines(self, places):
        """Write what changed; a case that is closed or no longer waits loses its deadlines."""
        now = fields.Datetime.now()
        open_ids = {place.id for place in places}
        rows = [place_columns(place, now) for place in places]
        rows += [
            (case_id, None, None, None, None, None, "ok", None, None)
            for case_id in self.ids
            if case_id not in open_ids
        ]
        columns = [list(column) for column in zip(*rows, strict=True)]
        changed = self.env.execute_query(
            SQL(
                """
                UPDATE social_crm_case c
                   SET policy_id = CASE WHEN c.state = 'closed' THEN c.policy_id
                                   ELSE v.policy END,
                       deadline_first = v.first, deadline_next = v.next,
                       deadline_resolution = v.resolution, deadline_source = v.source,
                       breach_state = v.breach, breached_at = v.missed,
                       deadline_watch_at = v.watch
                  FROM (SELECT c.id, c.breach_state AS was, v.*
                          FROM unnest(%s::int[], %s::int[], %s::timestamp[], %s::timestamp[],
                                      %s::timestamp[], %s::varchar[], %s::varchar[],
                                      %s::timestamp[], %s::timestamp[])
                               AS v(case_id, policy, first, next, resolution, source, breach,
                                    missed, watch)
                          JOIN social_crm_case c ON c.id = v.case_id
                         WHERE (c.deadline_first, c.deadline_next, c.deadline_resolution,
                                c.deadline_source, c.breach_state, c.breached_at,
                                c.deadline_watch_at)
                               IS DISTINCT FROM
                               (v.first, v.next, v.resolution, v.source, v.breach, v.missed,
                                v.watch)
                            OR c.state != 'closed' AND c.policy_id IS DISTINCT FROM v.policy) v
                 WHERE c.id = v.id
                RETURNING c.id, v.was, c.breach_state
                """,
                *columns,
            )
        )
        if changed:
            self.browse([row[0] for row in changed]).invalidate_recordset(
                [
                    "policy_id", "deadline_first", "deadline_next", "deadline_resolution",
                    "deadline_source", "breach_state", "breached_at", "deadline_watch_at",
                ],
                flush=False,
            )  # fmt: skip
        self.browse(
            [row[0] for row in changed if row[2] == "ok" and row[1] in ("warned", "breached")]
        )._end_deadline_activities()

    def _end_deadline_activities(self):
        """What was to be done about a deadline that no longer runs is done."""
        if not self:
            return
        types = self._deadline_activity_types()
        self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "in", types.ids),
                ("automated", "=", True),
            ]
        ).unlink()

    def _deadline_activity_types(self):
        types = self.env["mail.activity.type"]
        for stage in ("warning", "on_call", "breach"):
            types |= self._deadline_activity_type(stage)
        return types

    @api.model
    def _deadline_activity_type(self, stage):
        """The activity for warning, on_call or breach; a plain to-do where it was deleted."""
        found = self.env.ref(
            f"social_crm_channels.mail_activity_type_deadline_{stage}", raise_if_not_found=False
        )
        return found or self.env.ref("mail.mail_activity_data_todo")

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal(
                "policy_id deadline_source breach_state breached_at deadline_watch_at"
            ),
        }


def whole(moment):
    """To the second, as the ORM keeps moments: what a turn is known by must stay the same."""
    return moment and moment.replace(microsecond=0)


def place_columns(place, now: datetime):
    """What is stored of a case's deadlines."""
    deadlines = {due.target: due.deadline for due in place.dues}
    source = next((due.source for due in place.dues if due.target in ("first", "next")), None)
    breach, missed = place.breach(now)
    return (
        place.id,
        place.policy.id if place.policy else None,
        deadlines.get("first"),
        deadlines.get("next"),
        deadlines.get("resolution"),
        source,
        breach,
        missed,
        place.next_stage(),
    )
