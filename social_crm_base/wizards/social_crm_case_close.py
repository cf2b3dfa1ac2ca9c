# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.tools import is_html_empty, plaintext2html

from ..tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmCaseClose(models.TransientModel):
    """Why they wrote and how it ended, asked where it is known: at the end."""

    _name = "social.crm.case.close"
    _inherit = ["social.crm.personal.data"]
    _description = "Close Cases"

    case_ids = fields.Many2many("social.crm.case", string="Cases")
    reason_id = fields.Many2one(
        "social.crm.case.reason", string="Contact Reason", domain="[('kind', '=', 'reason')]"
    )
    outcome_id = fields.Many2one(
        "social.crm.case.reason", domain="[('kind', '=', 'outcome')]"
    )
    note = fields.Text(help="For colleagues; the customer never sees it.")

    def action_close(self):
        """Close the cases; reasons already given stay where none is chosen here."""
        self.ensure_one()
        vals = {"state": "closed"}
        if self.reason_id:
            vals["reason_id"] = self.reason_id.id
        if self.outcome_id:
            vals["outcome_id"] = self.outcome_id.id
        note = self.note and plaintext2html(self.note)
        if note and not is_html_empty(note):
            self.case_ids._track_set_log_message(note)
        self.case_ids.write(vals)

    def _personal_data_fields(self):
        return {**not_personal("case_ids reason_id outcome_id"), **classify(CONTENT, ROW, "note")}
