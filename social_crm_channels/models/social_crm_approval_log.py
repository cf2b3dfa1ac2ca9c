# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

from .social_crm_approval import STATES


class SocialCrmApprovalLog(models.Model):
    """What happened to words that needed approval. Rows are added, never changed or deleted."""

    _name = "social.crm.approval.log"
    _inherit = ["social.crm.personal.data"]
    _description = "Log of Approvals"
    _order = "id"

    approval_id = fields.Many2one(
        "social.crm.approval", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True)
    event = fields.Selection([("asked", "Asked"), *STATES[1:]], required=True)
    user_id = fields.Many2one("res.users", string="By", required=True, ondelete="restrict")
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The log of approvals is only added to."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The log of approvals is only added to."))

    def _personal_data_fields(self):
        return {
            **not_personal("approval_id company_id event date"),
            **classify(
                EMPLOYEE, KEEP, "user_id",
                ground="accountability: who wrote and who approved an answer",
            ),
        }
