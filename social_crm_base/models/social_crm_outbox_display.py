# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class SocialCrmOutbox(models.Model):
    """What the screens of sending show besides its own columns."""

    _inherit = "social.crm.outbox"

    platform_id = fields.Many2one(related="channel_id.platform_id", string="Network")
    platform_icon = fields.Char(related="channel_id.platform_id.icon_url", string="Network Icon")
    text = fields.Text(related="interaction_id.body", string="Text")
    profile_url = fields.Char(related="conversation_id.identity_id.profile_url")
