# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmCaseCycle(models.Model):
    """From opening to closing; each reopening begins a new one. Service figures come from these."""

    _name = "social.crm.case.cycle"
    _inherit = ["social.crm.personal.data"]
    _description = "Case Cycle"
    _order = "opened_at desc, id desc"

    case_id = fields.Many2one("social.crm.case", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    sequence = fields.Integer(required=True, default=1)
    opened_at = fields.Datetime(required=True)
    closed_at = fields.Datetime()
    closed_by_id = fields.Many2one("res.users", ondelete="set null")
    first_response_at = fields.Datetime()
    first_response_seconds = fields.Integer(help="On the clock.")
    first_response_business_seconds = fields.Integer(help="In the team's working hours.")
    resolution_seconds = fields.Integer(help="On the clock, without the time we waited for them.")
    resolution_business_seconds = fields.Integer()
    paused_seconds = fields.Integer(help="Time spent waiting for the customer.")
    paused_since = fields.Datetime()
    pauses = fields.Json(
        help="When we waited for the customer: a list of from and until, UTC. Working hours in "
        "them do not count."
    )

    _one_open = models.UniqueIndex("(case_id) WHERE closed_at IS NULL")
    _sequence_unique = models.UniqueIndex("(case_id, sequence)")

    def _personal_data_fields(self):
        return {
            **not_personal(
                "case_id company_id sequence opened_at closed_at first_response_at "
                "first_response_seconds first_response_business_seconds resolution_seconds "
                "resolution_business_seconds paused_seconds paused_since "
                "pauses"
            ),
            **classify(EMPLOYEE, KEEP, "closed_by_id", ground="employment: who closed a case"),
        }
