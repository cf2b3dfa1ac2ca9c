# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..const import HEALTH_SELECTION


class SocialCrmChannelSync(models.Model):
    """Where the engine stands with a channel.

    A row of its own, because the workers write it all the time: the channel itself is read by
    every batch and edited by people, who must not lose their changes to a worker.
    """

    _name = "social.crm.channel.sync"
    _inherit = ["social.crm.personal.data"]
    _description = "State of a Channel's Connection"
    _rec_name = "channel_id"

    channel_id = fields.Many2one("social.crm.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True)

    # Reading
    cursor = fields.Json(help="Up to where the connector has read; its own words.")
    last_read_at = fields.Datetime(help="When the network was last asked, or last called us.")
    next_fetch_at = fields.Datetime()
    fetch_failures = fields.Integer()

    next_figures_at = fields.Datetime(help="When the network's figures are read next.")

    # Sending
    sending_stopped = fields.Boolean(help="The network no longer accepts our credentials.")
    send_not_before = fields.Datetime(help="The network asked us to wait until then.")

    # The traffic light
    health_level = fields.Selection(HEALTH_SELECTION, default="unknown", required=True)
    health_message = fields.Char()
    health_todo = fields.Char()
    health_checked_at = fields.Datetime()
    incidents = fields.Json(
        help="What people were told about and is not mended yet: kind to activity. Told once each."
    )
    setup_outcomes = fields.Json(
        help="How each step of the set-up stood when it was looked at: key to state and problem."
    )
    setup_checked_at = fields.Datetime()

    _channel_unique = models.UniqueIndex("(channel_id)")
    _fetch_index = models.Index("(next_fetch_at)")

    def _personal_data_fields(self):
        return not_personal(
            "channel_id company_id cursor last_read_at next_fetch_at fetch_failures "
            "next_figures_at sending_stopped send_not_before health_level health_message "
            "health_todo health_checked_at incidents setup_outcomes setup_checked_at"
        )
