# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

TARGETS = [
    ("first", "First answer"),
    ("next", "Next answer"),
    ("resolution", "Solution"),
    ("window", "Network's reply window"),
]
STAGES = [("warning", "Warned"), ("on_call", "On call told"), ("breach", "Missed")]


class SocialCrmDeadlineNotice(models.Model):
    """What became of a deadline: who was warned, and what was missed. Each happens once a turn."""

    _name = "social.crm.deadline.notice"
    _inherit = ["social.crm.personal.data"]
    _description = "Warned or Missed Deadline"
    _order = "date desc, id desc"

    case_id = fields.Many2one("social.crm.case", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True)
    cycle_id = fields.Many2one("social.crm.case.cycle", required=True, ondelete="cascade")
    policy_id = fields.Many2one("social.crm.response.policy", ondelete="set null")
    channel_id = fields.Many2one("social.crm.channel", ondelete="set null")
    team_id = fields.Many2one("social.crm.team", ondelete="set null")
    user_id = fields.Many2one("res.users", string="Assigned To", ondelete="set null")
    target = fields.Selection(TARGETS, required=True)
    stage = fields.Selection(STAGES, required=True)
    source = fields.Selection(
        [("policy", "Policy"), ("window", "Network's window")], required=True
    )
    since = fields.Datetime(required=True, help="From when it was counted.")
    deadline = fields.Datetime(required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    told_user_ids = fields.Many2many(
        "res.users", "social_crm_deadline_notice_told_rel", string="Told"
    )
    is_silent = fields.Boolean(
        string="Nobody Told", help="It had passed before it was promised: counted, not told."
    )
    error = fields.Char(help="Why somebody could not be told, or an action not be run.")

    _once = models.UniqueIndex("(cycle_id, target, stage, since)")
    _list_index = models.Index("(date DESC, id DESC)")

    def _personal_data_fields(self):
        return {
            **not_personal(
                "case_id company_id cycle_id policy_id channel_id team_id target stage source "
                "since deadline date is_silent error"
            ),
            **classify(
                EMPLOYEE, KEEP, "user_id told_user_ids",
                ground="employment: who was told of a deadline",
            ),
        }
