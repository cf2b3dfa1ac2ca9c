# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import not_personal


class ResCompany(models.Model):
    _inherit = "res.company"

    social_crm_tell_salesperson = fields.Selection(
        [
            ("nobody", "Nobody"),
            ("message", "By a message"),
            ("activity", "By an activity"),
        ],
        string="When a Customer Speaks, Tell Their Salesperson",
        required=True,
        default="message",
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("social_crm_tell_salesperson")}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    social_crm_tell_salesperson = fields.Selection(
        related="company_id.social_crm_tell_salesperson", readonly=False
    )
