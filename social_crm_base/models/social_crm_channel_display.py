# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmChannel(models.Model):
    """What the screens of a channel show besides its own columns."""

    _inherit = "social.crm.channel"

    platform_icon = fields.Char(related="platform_id.icon_url", string="Network Icon")
    profile_url = fields.Char(compute="_compute_profile_url", string="Our Page")
    open_case_count = fields.Integer(compute="_compute_open_cases", string="Open Cases")
    waiting_case_count = fields.Integer(compute="_compute_open_cases", string="Waiting for Us")
    conversation_count = fields.Integer(compute="_compute_talk", string="Conversations")
    last_interaction_date = fields.Datetime(compute="_compute_talk", string="Last Interaction")

    def _compute_profile_url(self):
        for channel in self:
            channel.profile_url = (
                channel.handle or channel.external_id
            ) and channel.platform_id._profile_url(
                channel.handle or "", channel.external_id or ""
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_cases(self):
        Case = self.env["social.crm.case"]
        mine = [("channel_id", "in", self.ids), ("state", "!=", "closed")]
        opened = dict(Case._read_group(mine, ["channel_id"], ["__count"]))
        waiting = dict(
            Case._read_group(
                [
                    ("channel_id", "in", self.ids),
                    ("state", "=", "open"),
                    ("waiting_since", "!=", False),
                ],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.open_case_count = opened.get(channel._origin, 0)
            channel.waiting_case_count = waiting.get(channel._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_talk(self):
        talk = {
            channel: (count, last)
            for channel, count, last in self.env["social.crm.conversation"]._read_group(
                [("channel_id", "in", self.ids)], ["channel_id"], ["__count", "last_date:max"]
            )
        }
        for channel in self:
            channel.conversation_count, channel.last_interaction_date = talk.get(
                channel._origin, (0, False)
            )

    def action_open_cases(self):
        """Open the cases that began on this channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_case_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        action["context"] = {"search_default_not_closed": 1}
        return action

    def action_open_conversations(self):
        """Open the conversations of this channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_conversation_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        action["context"] = {}
        return action
