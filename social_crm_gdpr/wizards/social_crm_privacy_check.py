# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmPrivacyCheck(models.TransientModel):
    """Typing the code a person told back."""

    _name = "social.crm.privacy.check"
    _inherit = ["social.crm.personal.data"]
    _description = "Code of a Privacy Request"

    request_id = fields.Many2one(
        "social.crm.privacy.request", required=True, readonly=True, ondelete="cascade"
    )
    code = fields.Char(size=20)
    message = fields.Char(readonly=True)

    def action_enter(self):
        """Compare; a wrong code is counted and told."""
        self.ensure_one()
        request = self.request_id
        request.check_access("write")
        token, message = self.env["social.crm.privacy.token"]._enter(request, self.code)
        if not token:
            return request._action_enter_code(message)
        request._confirmed_by_code(token)
        return {"type": "ir.actions.act_window_close"}

    def _personal_data_fields(self):
        return not_personal("request_id code message")
