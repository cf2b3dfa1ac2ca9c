# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmApp(models.Model):
    _inherit = "social.crm.app"

    privacy_deletion_url = fields.Char(
        string="Data Deletion Callback",
        compute="_compute_privacy_deletion_url",
        groups="social_crm_base.group_manager",  # as the token in it
        help="For the settings of the app at Meta: people who ask to be deleted there become "
        "privacy requests here.",
    )

    @api.depends("webhook_token")
    def _compute_privacy_deletion_url(self):
        for app in self:
            app.privacy_deletion_url = f"{app.get_base_url()}/privacy/deletion/{app.webhook_token}"
