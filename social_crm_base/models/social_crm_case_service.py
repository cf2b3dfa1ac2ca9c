# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..ingest import turns
from ..tools.business_time import BusinessClock, read_pauses, worked_seconds

CLOCKS = (
    # table, from, until, seconds in business hours, pauses that do not count
    ("social_crm_case_response", "waiting_since", "answered_at", "business_seconds", "NULL"),
    (
        "social_crm_case_cycle",
        "opened_at",
        "first_response_at",
        "first_response_business_seconds",
        "NULL",
    ),
    ("social_crm_case_cycle", "opened_at", "closed_at", "resolution_business_seconds", "pauses"),
)


class SocialCrmCase(models.Model):
    """The figures of service: cycles, turns and working hours."""

    _inherit = "social.crm.case"

    @api.model_create_multi
    def create(self, vals_list):
        """A case made by hand opens its first cycle now; the ingest brings its own moments."""
        by_hand = [not vals.get("opened_at") for vals in vals_list]
        now = fields.Datetime.now()
        for vals, made in zip(vals_list, by_hand, strict=True):
            if made:
                vals.update(opened_at=now, last_date=vals.get("last_date") or now)
        cases = super().create(vals_list)
        fresh = cases.browse(
            [case_id for case_id, made in zip(cases.ids, by_hand, strict=True) if made]
        )
        fresh._open_cycles(now)
        return cases

    def _recount_turns(self):
        """Tell cycles and turns anew from what was said, after cases changed hands or state."""
        if not self:
            return
        self.env.flush_all()
        turns.count(self.env, set(self.ids))
        for model in ("social.crm.case.cycle", "social.crm.case.response"):
            self.env[model].invalidate_model(flush=False)
        self.invalidate_recordset(["waiting_since", "last_date", "last_in_date", "opened_at"])
        self._fill_business_times()

    def _fill_business_times(self):
        """Working seconds of what was answered or closed and has none yet, by the team's hours."""
        if not self:
            return
        self.env.flush_all()
        for (calendar, _company), cases in self.grouped(
            lambda case: (case._working_hours(), case.company_id)
        ).items():
            for columns in CLOCKS:
                self._fill_clock(calendar, cases, *columns)

    def _working_hours(self):
        """The calendar in whose hours this case is answered.

        :rtype: recordset
        """
        return self.team_id.resource_calendar_id or self.company_id.resource_calendar_id

    def _fill_clock(self, calendar, cases, table, start, end, target, pauses):
        self.env.cr.execute(
            f"SELECT id, {start}, {end}, {pauses} FROM {table}"
            f" WHERE case_id = ANY(%s) AND {end} IS NOT NULL AND {target} IS NULL",
            [cases.ids],
        )
        spans = self.env.cr.fetchall()
        if not spans:
            return
        clock = BusinessClock.of_calendar(
            calendar,
            min(span[1] for span in spans),
            max(span[2] for span in spans),
            cases[:1].company_id,
        )
        worked = [
            worked_seconds(clock, begin, stop, read_pauses(paused))
            for _id, begin, stop, paused in spans
        ]
        self.env.cr.execute(
            f"UPDATE {table} t SET {target} = v.seconds"
            "  FROM unnest(%s::int[], %s::int[]) AS v(id, seconds) WHERE t.id = v.id",
            [[span[0] for span in spans], worked],
        )
        self.env[table.replace("_", ".")].invalidate_model([target], flush=False)
