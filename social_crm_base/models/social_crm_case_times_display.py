# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Where the times of service are shown: averages, by channel and team."""
from odoo import fields, models


class SocialCrmCaseResponse(models.Model):
    _inherit = "social.crm.case.response"

    channel_id = fields.Many2one(related="case_id.channel_id")
    team_id = fields.Many2one(related="case_id.team_id")
    seconds = fields.Integer(string="On the Clock", aggregator="avg")
    business_seconds = fields.Integer(string="In Working Hours", aggregator="avg")


class SocialCrmCaseCycle(models.Model):
    _inherit = "social.crm.case.cycle"

    channel_id = fields.Many2one(related="case_id.channel_id")
    team_id = fields.Many2one(related="case_id.team_id")
    sequence = fields.Integer(aggregator=None)
    first_response_seconds = fields.Integer(string="First Answer", aggregator="avg")
    first_response_business_seconds = fields.Integer(
        string="First Answer in Working Hours", aggregator="avg"
    )
    resolution_seconds = fields.Integer(string="Solved", aggregator="avg")
    resolution_business_seconds = fields.Integer(
        string="Solved in Working Hours", aggregator="avg"
    )
    paused_seconds = fields.Integer(string="Waited for Customer", aggregator="avg")
