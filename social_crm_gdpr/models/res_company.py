# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class ResCompany(models.Model):
    _inherit = "res.company"

    social_crm_mask_viewers = fields.Boolean(
        string="Mask People for Viewers",
        default=True,
        help="Who only looks on sees initials instead of names and handles, and says why before "
        "seeing more.",
    )
    social_crm_jurisdiction_id = fields.Many2one(
        "social.crm.jurisdiction",
        string="Data Protection Law",
        help="Empty: by the company's country, else the EU's.",
    )
    social_crm_backup_days = fields.Integer(
        string="Backups Are Kept for (days)",
        default=30,
        help="Certificates of erasure say until when backups still hold the data.",
    )
    social_crm_erasure_recipients = fields.Char(
        string="Tell of Erasures",
        help="E-mail addresses of those we pass people's data on to (Art. 19 GDPR).",
    )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal(
                "social_crm_mask_viewers social_crm_jurisdiction_id social_crm_backup_days "
                "social_crm_erasure_recipients"
            ),
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    social_crm_mask_viewers = fields.Boolean(
        related="company_id.social_crm_mask_viewers", readonly=False
    )
    social_crm_jurisdiction_id = fields.Many2one(
        related="company_id.social_crm_jurisdiction_id", readonly=False
    )
    social_crm_backup_days = fields.Integer(
        related="company_id.social_crm_backup_days", readonly=False
    )
    social_crm_erasure_recipients = fields.Char(
        related="company_id.social_crm_erasure_recipients", readonly=False
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("social_crm_mask_viewers")}
