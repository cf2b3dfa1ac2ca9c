# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..tools.action import form_of


class SocialCrmConversation(models.Model):
    """What the screens of a conversation show besides its own columns."""

    _inherit = "social.crm.conversation"

    platform_icon = fields.Char(related="platform_id.icon_url", string="Network Icon")
    root_text = fields.Text(related="root_id.body", string="What Was Posted")
    root_permalink = fields.Char(related="root_id.permalink", string="Post on the Network")
    root_date = fields.Datetime(related="root_id.date", string="Posted On")
    last_text = fields.Char(compute="_compute_last_text", string="Last Words")
    last_direction = fields.Selection(
        [("in", "Theirs"), ("out", "Ours")], compute="_compute_last_direction"
    )
    interaction_count = fields.Integer(compute="_compute_interaction_count")
    case_ids = fields.Many2many("social.crm.case", compute="_compute_case_ids", string="Cases")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_last_text(self):
        said = self.env["social.crm.interaction"]._last_words("conversation_id", self)
        for conversation in self:
            conversation.last_text = said.get(conversation.id, "")

    @api.depends("last_in_date", "last_out_date")
    def _compute_last_direction(self):
        for conversation in self:
            ours, theirs = conversation.last_out_date, conversation.last_in_date
            conversation.last_direction = (
                "out" if ours and (not theirs or ours >= theirs) else "in" if theirs else False
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_interaction_count(self):
        counts = dict(
            self.env["social.crm.interaction"]._read_group(
                [("conversation_id", "in", self.ids)], ["conversation_id"], ["__count"]
            )
        )
        for conversation in self:
            conversation.interaction_count = counts.get(conversation._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_case_ids(self):
        cases = dict(
            self.env["social.crm.interaction"]._read_group(
                [("conversation_id", "in", self.ids), ("case_id", "!=", False)],
                ["conversation_id"],
                ["case_id:recordset"],
            )
        )
        # A case of another team must not break the page of a conversation one may read.
        allowed = self.env["social.crm.case"].union(*cases.values())._filtered_access("read")
        for conversation in self:
            conversation.case_ids = cases.get(conversation._origin, allowed.browse()) & allowed

    def action_open_interactions(self):
        """Open what was said here, as a list that can be searched and exported."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_interaction_action"
        )
        action["domain"] = [("conversation_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_cases(self):
        """Open the matters this conversation is part of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_case_action"
        )
        action["domain"] = [("id", "in", self.case_ids.ids)]
        action["context"] = {}
        return action

    def action_open_post(self):
        """Open the post above, with everybody's comments."""
        self.ensure_one()
        return form_of(self.root_id)
