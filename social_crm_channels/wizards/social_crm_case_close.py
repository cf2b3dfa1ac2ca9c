# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError


class SocialCrmCaseClose(models.TransientModel):
    _inherit = "social.crm.case.close"

    needs_reason = fields.Boolean(compute="_compute_needs")
    needs_outcome = fields.Boolean(compute="_compute_needs")

    @api.depends("case_ids")
    def _compute_needs(self):
        """What the company wants to know and these cases do not tell yet."""
        for close in self:
            asking = close.case_ids.filtered("company_id.social_crm_ask_at_closing")
            close.needs_reason = any(not case.reason_id for case in asking)
            close.needs_outcome = any(not case.outcome_id for case in asking)

    def action_close(self):
        """Refuse to close what nobody could count later."""
        missing = [
            name
            for needed, given, name in (
                (self.needs_reason, self.reason_id, self.env._("why they wrote")),
                (self.needs_outcome, self.outcome_id, self.env._("how it ended")),
            )
            if needed and not given
        ]
        if missing:
            raise UserError(
                self.env._("Before closing, say: %(what)s.", what=", ".join(missing))
            )
        return super().action_close()
