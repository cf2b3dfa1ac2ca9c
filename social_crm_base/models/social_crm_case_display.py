# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmCase(models.Model):
    """What the screens of a case show besides its own columns."""

    _inherit = "social.crm.case"

    platform_id = fields.Many2one(related="channel_id.platform_id", string="Network")
    platform_icon = fields.Char(related="channel_id.platform_id.icon_url", string="Network Icon")
    customer_name = fields.Char(compute="_compute_customer")
    last_text = fields.Char(compute="_compute_last_text", string="Last Words")
    deadline = fields.Datetime(
        compute="_compute_deadline", help="The earliest of the deadlines still running."
    )
    lead_count = fields.Integer(compute="_compute_lead_count", compute_sudo=True)
    interaction_count = fields.Integer(compute="_compute_interaction_count")
    conversation_ids = fields.Many2many(
        "social.crm.conversation", compute="_compute_conversation_ids", string="Conversations"
    )

    @api.depends("identity_id.display_name", "partner_id.display_name")
    def _compute_customer(self):
        for case in self:
            case.customer_name = (
                case.partner_id.display_name or case.identity_id.display_name or ""
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_last_text(self):
        said = self.env["social.crm.interaction"]._last_words("case_id", self)
        for case in self:
            case.last_text = said.get(case.id, "")

    @api.depends("state", "deadline_first", "deadline_next", "deadline_resolution")
    def _compute_deadline(self):
        for case in self:
            running = (case.deadline_first, case.deadline_next, case.deadline_resolution)
            case.deadline = case.state != "closed" and min(filter(None, running), default=False)

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        readable = self.env["crm.lead"].has_access("read")
        for case in self:
            case.lead_count = len(case.with_context(active_test=False).lead_ids) if readable else 0

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_interaction_count(self):
        counts = dict(
            self.env["social.crm.interaction"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.interaction_count = counts.get(case._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_conversation_ids(self):
        conversations = dict(
            self.env["social.crm.interaction"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["conversation_id:recordset"]
            )
        )
        for case in self:
            case.conversation_ids = conversations.get(case._origin)

    def action_open_interactions(self):
        """Open everything said in this matter, as a list that can be searched and exported."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_interaction_action"
        )
        action["domain"] = [("case_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_leads(self):
        """Open the leads that came of this matter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        action["domain"] = [("id", "in", self.lead_ids.ids)]
        action["context"] = {"active_test": False}
        return action
