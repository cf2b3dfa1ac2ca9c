# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..const import CASE_STATE_SELECTION
from ..tools.privacy import not_personal


class SocialCrmCaseSubstate(models.Model):
    """A team's own finer division of a case's state."""

    _name = "social.crm.case.substate"
    _inherit = ["social.crm.personal.data"]
    _description = "Case Sub-state"
    _order = "team_id, state, sequence, id"

    name = fields.Char(required=True, translate=True)
    team_id = fields.Many2one("social.crm.team", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="team_id.company_id")
    state = fields.Selection(CASE_STATE_SELECTION, required=True, default="open")
    sequence = fields.Integer(default=10)

    def _personal_data_fields(self):
        return not_personal("name team_id state sequence")
