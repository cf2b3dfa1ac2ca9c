# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.tools import SQL

from ..const import MIN_SAMPLE

MEASURES = [
    ("first", "First answer"),
    ("next", "Next answers"),
    ("resolution", "Resolution"),
]


class SocialCrmServiceFigure(models.Model):
    """How long customers wait, by month: median and 90th percentile beside the mean.

    First answer: from the beginning of a case's cycle to the first answer that stops the clock.
    Next answers: each later turn of the customer, from the first word we had not answered.
    Resolution: from opening to closing of a cycle, without the time we waited for the customer.
    What is not answered yet stands in ``waiting``, never in the averages. Definitions: Zammad's
    and Chatwoot's, which count business hours by the team's calendar.
    """

    _name = "social.crm.service.figure"
    _description = "Service Figure"
    _auto = False
    _order = "month desc, measure, channel_id"
    _rec_name = "measure"
    _depends = {
        "social.crm.case": ["channel_id", "team_id", "company_id", "confidential"],
        "social.crm.case.cycle": ["opened_at", "closed_at", "first_response_at"],
        "social.crm.case.response": ["waiting_since", "answered_at", "ended_at"],
    }

    month = fields.Date(help="In the company's time zone.")
    company_id = fields.Many2one("res.company")
    channel_id = fields.Many2one("social.crm.channel")
    platform_id = fields.Many2one("social.crm.platform", string="Network")
    team_id = fields.Many2one("social.crm.team")
    measure = fields.Selection(MEASURES)
    sample = fields.Integer(help="How many waits ended and were measured.")
    waiting = fields.Integer(string="Still Waiting", help="Begun in this month and not ended.")
    mean = fields.Float(aggregator=None)
    median = fields.Float(aggregator=None)
    p90 = fields.Float(
        string="90 % Within", aggregator=None, help="Nine of ten waited no longer than this."
    )
    business_median = fields.Float(string="Median (Working Hours)", aggregator=None)
    business_p90 = fields.Float(string="90 % Within (Working Hours)", aggregator=None)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH waits AS (%(first)s UNION ALL %(next)s UNION ALL %(resolution)s),
                 figures AS (
                SELECT date_trunc('month', w.since AT TIME ZONE 'UTC'
                                  AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS month,
                       c.company_id, c.channel_id, c.team_id, channel.platform_id, w.measure,
                       count(w.seconds)::int AS sample,
                       count(*) FILTER (WHERE w.is_open)::int AS waiting,
                       avg(w.seconds) AS mean,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY w.seconds) AS median,
                       percentile_cont(0.9) WITHIN GROUP (ORDER BY w.seconds) AS p90,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY w.business)
                           AS business_median,
                       percentile_cont(0.9) WITHIN GROUP (ORDER BY w.business) AS business_p90
                  FROM waits w
                  JOIN social_crm_case c ON c.id = w.case_id AND NOT COALESCE(c.confidential, false)
                  JOIN res_company company ON company.id = c.company_id
                  LEFT JOIN resource_calendar calendar
                    ON calendar.id = company.resource_calendar_id
                  LEFT JOIN social_crm_channel channel ON channel.id = c.channel_id
                 WHERE w.seconds IS NOT NULL OR w.is_open
                 GROUP BY 1, 2, 3, 4, 5, 6)
            SELECT row_number() OVER (ORDER BY month, company_id, channel_id, team_id, measure)
                       AS id,
                   month, company_id, channel_id, team_id, platform_id, measure, sample, waiting,
                   CASE WHEN %(large)s THEN mean END AS mean,
                   CASE WHEN %(large)s THEN median END AS median,
                   CASE WHEN %(large)s THEN p90 END AS p90,
                   CASE WHEN %(large)s THEN business_median END AS business_median,
                   CASE WHEN %(large)s THEN business_p90 END AS business_p90
              FROM figures
            """,
            first=self._first_answers(),
            next=self._next_answers(),
            resolution=self._resolutions(),
            large=SQL("sample >= %s", MIN_SAMPLE),
        )

    def _first_answers(self):
        return SQL(
            """
            SELECT 'first' AS measure, case_id, opened_at AS since,
                   first_response_seconds AS seconds, first_response_business_seconds AS business,
                   first_response_at IS NULL AND closed_at IS NULL AS is_open
              FROM social_crm_case_cycle
            """
        )

    def _next_answers(self):
        return SQL(
            """
            SELECT 'next', r.case_id, r.waiting_since, r.seconds, r.business_seconds,
                   r.answered_at IS NULL AND r.ended_at IS NULL
              FROM social_crm_case_response r
              JOIN social_crm_case_cycle y ON y.id = r.cycle_id
             WHERE y.first_response_at < r.waiting_since
            """
        )

    def _resolutions(self):
        return SQL(
            """
            SELECT 'resolution', case_id, opened_at, resolution_seconds,
                   resolution_business_seconds, closed_at IS NULL
              FROM social_crm_case_cycle
            """
        )
