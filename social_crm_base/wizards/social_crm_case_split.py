# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmCaseSplit(models.TransientModel):
    """What in a case is another matter."""

    _name = "social.crm.case.split"
    _inherit = ["social.crm.personal.data"]
    _description = "Split a Case"

    case_id = fields.Many2one("social.crm.case", required=True)
    name = fields.Char(string="Subject of the New Case", required=True)
    interaction_ids = fields.Many2many(
        "social.crm.interaction", string="What Was Said About It",
        domain="[('case_id', '=', case_id)]",
    )

    def action_split(self):
        """Split off, and open the new case."""
        self.ensure_one()
        return self.case_id._split(self.interaction_ids, self.name).get_formview_action()

    def _personal_data_fields(self):
        return {**not_personal("case_id interaction_ids"), **classify(CONTENT, ROW, "name")}
