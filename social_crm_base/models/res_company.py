# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..const import REOPEN_DAYS
from ..tools.privacy import not_personal


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "social.crm.personal.data"]

    social_crm_reopen_days = fields.Integer(
        string="Reopen Closed Cases Within (days)",
        default=REOPEN_DAYS,
        help="A customer's new message reopens a case closed at most so many days ago; later, it "
        "opens a new one.",
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("social_crm_reopen_days")}
