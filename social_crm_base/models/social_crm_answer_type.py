# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import ormcache

from ..tools.privacy import not_personal


class SocialCrmAnswerType(models.Model):
    """Which kinds of answer stop the clock: a person's do, an away message does not."""

    # No company: a vocabulary all companies share
    _name = "social.crm.answer.type"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Kind of Answer"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    stops_clock = fields.Boolean(help="The customer has been answered by this.")
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "This code is taken.")

    @api.model
    @ormcache()
    def _by_code(self):
        """Ids by code.

        :rtype: dict[str, int]
        """
        # sudo: which kinds of answer there are is no secret, and every ingest asks
        types_sudo = self.sudo().with_context(active_test=False).search([])
        return {answer_type.code: answer_type.id for answer_type in types_sudo}

    def _personal_data_fields(self):
        return not_personal("name code sequence stops_clock active")
