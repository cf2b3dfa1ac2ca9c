# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import not_personal


class SocialCrmCaseJoin(models.TransientModel):
    """Several cases that are one matter."""

    _name = "social.crm.case.join"
    _inherit = ["social.crm.personal.data"]
    _description = "Join Cases"

    case_ids = fields.Many2many("social.crm.case", string="Cases")
    target_id = fields.Many2one(
        "social.crm.case",
        string="Keep",
        required=True,
        domain="[('id', 'in', case_ids)]",
        help="Holds the talk of all of them; the others are closed and point to it.",
    )

    def action_join(self):
        """Join, and open the case that is kept."""
        self.ensure_one()
        self.target_id._join(self.case_ids)
        return self.target_id.get_formview_action()

    def _personal_data_fields(self):
        return not_personal("case_ids target_id")
