# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import not_personal


class SocialCrmAnswerType(models.Model):
    """Which kinds of answer stop the clock: a person's do, an away message does not."""

    _name = "social.crm.answer.type"
    _inherit = ["social.crm.personal.data"]
    _description = "Kind of Answer"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    stops_clock = fields.Boolean(help="The customer has been answered by this.")
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "This code is taken.")

    def _personal_data_fields(self):
        return not_personal("name code sequence stops_clock active")
