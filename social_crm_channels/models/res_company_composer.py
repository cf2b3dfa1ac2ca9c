# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class ResCompany(models.Model):
    _inherit = "res.company"

    social_crm_protocol_required = fields.Boolean(
        string="Protocols Are Confirmed Before Answering",
        default=True,
        help="Nobody answers before having confirmed the present version of each protocol that "
        "asks for it.",
    )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("social_crm_protocol_required"),
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    social_crm_protocol_required = fields.Boolean(
        related="company_id.social_crm_protocol_required", readonly=False
    )
