# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Where the times of service are shown: mean, median and P90, by channel and team."""
from odoo import api, fields, models


class SocialCrmCaseResponse(models.Model):
    _name = "social.crm.case.response"
    _inherit = ["social.crm.case.response", "social.crm.percentile"]

    _percentiles = {
        "seconds_median": ("seconds", 0.5),
        "seconds_p90": ("seconds", 0.9),
        "business_seconds_median": ("business_seconds", 0.5),
        "business_seconds_p90": ("business_seconds", 0.9),
    }
    _counted = {
        "waiting_count": "{table}.answered_at IS NULL AND {table}.ended_at IS NULL",
        "unanswered_count": "{table}.answered_at IS NULL AND {table}.ended_at IS NOT NULL",
    }

    channel_id = fields.Many2one(related="case_id.channel_id")
    team_id = fields.Many2one(related="case_id.team_id")
    seconds = fields.Integer(string="On the Clock", aggregator="avg")
    business_seconds = fields.Integer(string="In Working Hours", aggregator="avg")
    seconds_median = fields.Integer(
        string="On the Clock: Median", compute="_compute_measure", aggregator="avg"
    )
    seconds_p90 = fields.Integer(
        string="On the Clock: 9 of 10 Within", compute="_compute_measure", aggregator="avg"
    )
    business_seconds_median = fields.Integer(
        string="In Working Hours: Median", compute="_compute_measure", aggregator="avg"
    )
    business_seconds_p90 = fields.Integer(
        string="In Working Hours: 9 of 10 Within", compute="_compute_measure", aggregator="avg"
    )
    waiting_count = fields.Integer(
        string="Still Waiting", compute="_compute_counts", aggregator="sum"
    )
    unanswered_count = fields.Integer(
        string="Closed Without an Answer", compute="_compute_counts", aggregator="sum"
    )
    status = fields.Selection(
        [
            ("answered", "Answered"),
            ("waiting", "Still waiting"),
            ("ended", "Closed without an answer"),
        ],
        compute="_compute_counts",
    )

    @api.depends("answered_at", "ended_at")
    def _compute_counts(self):
        for turn in self:
            waits = not turn.answered_at and not turn.ended_at
            turn.waiting_count = int(waits)
            turn.unanswered_count = int(bool(not turn.answered_at and turn.ended_at))
            turn.status = (
                "waiting" if waits else "answered" if turn.answered_at else "ended"
            )


class SocialCrmCaseCycle(models.Model):
    _name = "social.crm.case.cycle"
    _inherit = ["social.crm.case.cycle", "social.crm.percentile"]

    _percentiles = {
        "first_response_median": ("first_response_business_seconds", 0.5),
        "first_response_p90": ("first_response_business_seconds", 0.9),
        "resolution_median": ("resolution_business_seconds", 0.5),
        "resolution_p90": ("resolution_business_seconds", 0.9),
    }
    _counted = {"open_count": "{table}.closed_at IS NULL"}

    channel_id = fields.Many2one(related="case_id.channel_id")
    team_id = fields.Many2one(related="case_id.team_id")
    sequence = fields.Integer(aggregator=None)
    first_response_seconds = fields.Integer(string="First Answer", aggregator="avg")
    first_response_business_seconds = fields.Integer(
        string="First Answer in Working Hours", aggregator="avg"
    )
    first_response_median = fields.Integer(
        string="First Answer in Working Hours: Median", compute="_compute_measure",
        aggregator="avg",
    )
    first_response_p90 = fields.Integer(
        string="First Answer in Working Hours: 9 of 10 Within", compute="_compute_measure",
        aggregator="avg",
    )
    resolution_seconds = fields.Integer(string="Solved", aggregator="avg")
    resolution_business_seconds = fields.Integer(
        string="Solved in Working Hours", aggregator="avg"
    )
    resolution_median = fields.Integer(
        string="Solved in Working Hours: Median", compute="_compute_measure", aggregator="avg"
    )
    resolution_p90 = fields.Integer(
        string="Solved in Working Hours: 9 of 10 Within", compute="_compute_measure",
        aggregator="avg",
    )
    paused_seconds = fields.Integer(string="Waited for Customer", aggregator="avg")
    open_count = fields.Integer(
        string="Still Open", compute="_compute_open_count", aggregator="sum"
    )

    @api.depends("closed_at")
    def _compute_open_count(self):
        for cycle in self:
            cycle.open_count = int(not cycle.closed_at)
