# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmConnect(models.TransientModel):
    _inherit = "social.crm.connect"

    privacy_warning = fields.Char(compute="_compute_privacy_warning")

    @api.depends("platform_id")
    def _compute_privacy_warning(self):
        for wizard in self:
            platform = wizard.platform_id
            wizard.privacy_warning = platform._privacy_warning() if platform else False
