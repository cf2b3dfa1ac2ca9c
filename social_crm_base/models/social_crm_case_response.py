# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmCaseResponse(models.Model):
    """One turn of the customer: since when they wait, and when, by whom they were answered."""

    _name = "social.crm.case.response"
    _inherit = ["social.crm.personal.data"]
    _description = "Answered Turn of a Customer"
    _order = "waiting_since desc, id desc"

    case_id = fields.Many2one("social.crm.case", required=True, index=True, ondelete="cascade")
    cycle_id = fields.Many2one(
        "social.crm.case.cycle", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    waiting_since = fields.Datetime(required=True)
    answered_at = fields.Datetime()
    ended_at = fields.Datetime(help="The matter was closed without an answer to this.")
    question_id = fields.Many2one(
        "social.crm.interaction", index="btree_not_null", ondelete="set null"
    )
    answer_id = fields.Many2one(
        "social.crm.interaction", index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one("res.users", string="Answered By", ondelete="set null")
    seconds = fields.Integer(help="On the clock.")
    business_seconds = fields.Integer(help="In the team's working hours.")

    _one_waiting = models.UniqueIndex("(case_id) WHERE answered_at IS NULL AND ended_at IS NULL")

    def _personal_data_fields(self):
        return {
            **not_personal(
                "case_id cycle_id company_id waiting_since answered_at ended_at question_id "
                "answer_id seconds business_seconds"
            ),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: who answered"),
        }
