# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmOutbox(models.Model):
    """What the screens of sending show besides its own columns."""

    _inherit = "social.crm.outbox"

    platform_id = fields.Many2one(related="channel_id.platform_id", string="Network")
    platform_icon = fields.Char(related="channel_id.platform_id.icon_url", string="Network Icon")
    text = fields.Text(related="interaction_id.body", string="Text")
    profile_url = fields.Char(related="conversation_id.identity_id.profile_url")

    @api.depends("operation", "conversation_id.display_name", "channel_id.display_name")
    def _compute_display_name(self):
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for row in self:
            place = row.conversation_id.display_name or row.channel_id.display_name
            row.display_name = f"{operations.get(row.operation)}: {place}"
