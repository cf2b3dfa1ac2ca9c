# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..tools.action import form_of
from ..tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmReply(models.TransientModel):
    """A small composer: answer where the customer spoke, with the network's own rules in sight."""

    _name = "social.crm.reply"
    _inherit = ["social.crm.personal.data"]
    _description = "Answer"

    conversation_ids = fields.Many2many("social.crm.conversation", string="Places")
    conversation_id = fields.Many2one(
        "social.crm.conversation",
        string="Answer In",
        required=True,
        domain="[('id', 'in', conversation_ids)]",
    )
    parent_id = fields.Many2one(
        "social.crm.interaction",
        string="In Answer To",
        domain="[('conversation_id', '=', conversation_id), ('direction', '=', 'in')]",
        help="By default their last words.",
    )
    body = fields.Text(string="Answer")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    last_text = fields.Char(related="conversation_id.last_text")
    refusal = fields.Char(compute="_compute_place")
    is_public = fields.Boolean(compute="_compute_place")
    by_hand = fields.Boolean(compute="_compute_place")
    protocol = fields.Html(compute="_compute_place", sanitize=False)  # sanitised on the network

    @api.depends("conversation_id")
    def _compute_place(self):
        for reply in self:
            place = reply.conversation_id._reply_place() if reply.conversation_id else {}
            reply.refusal = place.get("reason", "")
            reply.is_public = place.get("is_public", False)
            reply.by_hand = place.get("by_hand", False)
            reply.protocol = place.get("protocol", "")

    @api.onchange("conversation_id")
    def _onchange_conversation_id(self):
        if self.parent_id.conversation_id != self.conversation_id:
            self.parent_id = False

    def action_send(self):
        """Send, or show what a person has to copy where the channel has no connection."""
        self.ensure_one()
        outbox = self.conversation_id._queue_reply(
            self.body, parent=self.parent_id or None, attachments=self.attachment_ids
        )
        if outbox.state == "by_hand":
            return form_of(outbox)
        return {"type": "ir.actions.act_window_close"}

    def _personal_data_fields(self):
        return {
            **not_personal("conversation_ids conversation_id parent_id"),
            **classify(CONTENT, ROW, "body attachment_ids"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("conversation_id.identity_id", "in", identities.ids) | fields.Domain(
            "parent_id.identity_id", "in", identities.ids
        )
