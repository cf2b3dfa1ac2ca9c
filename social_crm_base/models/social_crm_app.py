# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import not_personal


class SocialCrmApp(models.Model):
    """A developer app on a network: one webhook address, one to many channels."""

    _name = "social.crm.app"
    _inherit = ["social.crm.personal.data"]
    _description = "Network App"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    platform_id = fields.Many2one(
        "social.crm.platform", required=True, index=True, ondelete="restrict"
    )
    base_url = fields.Char(
        string="Server",
        help="Address of the server, for networks that have many: https://example.social",
    )
    channel_ids = fields.One2many("social.crm.channel", "app_id")

    def _personal_data_fields(self):
        return not_personal("name active company_id platform_id base_url")
