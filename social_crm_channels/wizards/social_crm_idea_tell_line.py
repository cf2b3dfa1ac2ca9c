# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.const import PRIVATE_VISIBILITY
from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify, not_personal

from ..tools.languages import name_of


class SocialCrmIdeaTellText(models.TransientModel):
    """What supporters who speak another language are told."""

    _name = "social.crm.idea.tell.text"
    _inherit = ["social.crm.personal.data"]
    _description = "Answer in Another Language"
    _order = "language"

    dialog_id = fields.Many2one("social.crm.idea.tell", required=True, ondelete="cascade")
    language = fields.Char(required=True, readonly=True)
    language_name = fields.Char(compute="_compute_language_name", string="Who Wrote In")
    body = fields.Text(string="Answer")

    @api.depends("language")
    @api.depends_context("lang")
    def _compute_language_name(self):
        for text in self:
            text.language_name = name_of(text.language, self.env.lang)

    def _personal_data_fields(self):
        return not_personal("dialog_id language body")


class SocialCrmIdeaTellLine(models.TransientModel):
    """One supporter: where the answer would go, or why it cannot."""

    _name = "social.crm.idea.tell.line"
    _inherit = ["social.crm.personal.data"]
    _description = "Supporter to Be Told"
    _order = "id"

    dialog_id = fields.Many2one("social.crm.idea.tell", required=True, ondelete="cascade")
    supporter_id = fields.Many2one(
        "social.crm.idea.supporter", required=True, ondelete="cascade", readonly=True
    )
    identity_id = fields.Many2one(related="supporter_id.identity_id")
    platform_id = fields.Many2one(related="supporter_id.platform_id", string="Network")
    platform_icon = fields.Char(related="supporter_id.platform_icon", string="Network Icon")
    words = fields.Char(related="supporter_id.words")
    language = fields.Char(compute="_compute_place")
    place = fields.Char(compute="_compute_place", string="Who Can Read It")
    is_chosen = fields.Boolean(string="Tell")
    reason = fields.Char(readonly=True, string="Why Not")

    @api.depends("supporter_id")
    def _compute_place(self):
        # A message one may not read says nothing of where it stands
        readable = self.supporter_id.interaction_id._filtered_access("read")
        for line in self:
            said = line.supporter_id.interaction_id & readable
            line.language = said.language
            line.place = bool(said) and (
                self.env._("Only they")
                if said.visibility in PRIVATE_VISIBILITY
                else self.env._("Everybody")
            )

    def _to_tell(self):
        return self.filtered(lambda line: line.is_chosen and not line.reason)

    def _place_refusal(self):
        """Why nobody can answer them where they spoke, in words; empty when one can."""
        said = self.supporter_id.interaction_id
        place = said.conversation_id
        if place._taken_slot(said):
            return self.env._("Has our one answer already; another would replace it.")
        return place._reply_refusal()

    def _tell(self, body):
        """Queue the answer.

        :return: why it was refused, in words; empty when it is queued
        :rtype: str
        """
        supporter = self.supporter_id
        said = supporter.interaction_id
        if supporter.told_status == self.dialog_id.idea_id.status:
            self.reason = self.env._("Was told meanwhile.")
            return self.reason
        try:
            with self.env.cr.savepoint():
                outbox = said.conversation_id._queue_reply(body, parent=said, purpose="answer")
        except UserError as refusal:
            self.reason = str(refusal)
            return self.reason
        supporter.write(
            {
                "told_status": self.dialog_id.idea_id.status,
                "told_at": fields.Datetime.now(),
                "outbox_id": outbox.id,
            }
        )
        return ""

    def _personal_data_fields(self):
        return {
            **not_personal("dialog_id is_chosen reason"),
            **classify(IDENTITY, ROW, "supporter_id"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("supporter_id.identity_id", "in", identities.ids)
