# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..tools.contract import MODERATION_REASONS


class SocialCrmModerationReason(models.Model):
    """Why something is hidden, removed or reported: few words, the same for everybody."""

    # No company: a vocabulary all companies share
    _name = "social.crm.moderation.reason"
    _inherit = ["social.crm.personal.data"]
    _description = "Reason for Moderation"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True, help="When it applies, for whoever chooses.")
    code = fields.Selection(
        [(code, code.replace("_", " ").capitalize()) for code in MODERATION_REASONS],
        string="Told to Networks As",
        required=True,
        default="other",
        help="Networks that ask for a reason are told this one.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    def _personal_data_fields(self):
        return not_personal("name description code sequence active")
