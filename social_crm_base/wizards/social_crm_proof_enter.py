# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.action import CLOSE, notice
from ..tools.privacy import ROW, TECHNICAL, classify, not_personal


class SocialCrmProofEnter(models.TransientModel):
    """Types in what the person told from the account."""

    _name = "social.crm.proof.enter"
    _inherit = ["social.crm.personal.data"]
    _description = "Enter a Code"

    proof_id = fields.Many2one("social.crm.proof", required=True, ondelete="cascade")
    sent_to = fields.Char(related="proof_id.sent_to")
    kind = fields.Selection(related="proof_id.kind")
    expires_at = fields.Datetime(related="proof_id.expires_at")
    code = fields.Char()
    message = fields.Char(readonly=True)

    def action_enter(self):
        """Compare; a wrong code is said on the same screen, so that the try stays counted."""
        self.ensure_one()
        typed, self.code = self.code, False
        proven, message = self.proof_id._enter(typed)
        if not proven:
            return self.proof_id._action_enter(message)
        return notice(message, then=CLOSE)

    def _personal_data_fields(self):
        return {**not_personal("proof_id message"), **classify(TECHNICAL, ROW, "code")}
