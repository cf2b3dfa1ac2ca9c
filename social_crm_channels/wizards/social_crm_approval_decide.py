# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmApprovalDecide(models.TransientModel):
    """Other words, or the reason why not."""

    _name = "social.crm.approval.decide"
    _inherit = ["social.crm.personal.data"]
    _description = "Decide Over an Answer"

    approval_id = fields.Many2one("social.crm.approval", required=True, readonly=True)
    decision = fields.Selection(
        [("changed", "Change and approve"), ("rejected", "Reject")], required=True, readonly=True
    )
    talk_changes = fields.Char(related="approval_id.talk_changes")
    question = fields.Text(related="approval_id.question")
    body = fields.Text(related="approval_id.body")
    text = fields.Text(string="Words to Be Sent")
    reason = fields.Char(string="What the Author Is Told")

    def action_decide(self):
        """Do it."""
        self.ensure_one()
        self.approval_id._decide(self.decision, text=self.text, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _personal_data_fields(self):
        return {
            **not_personal("approval_id decision"),
            **classify(CONTENT, ROW, "text reason"),
        }
