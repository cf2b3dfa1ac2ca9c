# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.action import CLOSE, dialog_of, form_of, notice
from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmIdeaCollect(models.TransientModel):
    """From a message to an idea: one there is already, found first, or a new one."""

    _name = "social.crm.idea.collect"
    _inherit = ["social.crm.personal.data"]
    _description = "Idea from a Message"

    interaction_id = fields.Many2one(
        "social.crm.interaction", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="interaction_id.company_id")
    said_by = fields.Char(related="interaction_id.said_by")
    words = fields.Text(compute="_compute_words")
    note = fields.Char(compute="_compute_words", string="Not Counted")
    likely_ids = fields.Many2many(
        "social.crm.idea", compute="_compute_likely_ids", string="Is It One of These?"
    )
    idea_id = fields.Many2one(
        "social.crm.idea", string="An Idea There Is", domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
    )
    name = fields.Char(string="New Idea")
    description = fields.Text()
    product_ref = fields.Char(string="Product")
    tag_ids = fields.Many2many("social.crm.tag", string="Tags")

    @api.model
    def _open_for(self, interaction):
        """Open the dialogue for a message the user may read."""
        dialog = self.create(
            {
                "interaction_id": interaction.id,
                "product_ref": interaction.case_id._filtered_access("read").product_ref,
            }
        )
        return dialog._reopen()

    def _reopen(self):
        return dialog_of(self, self.env._("Idea from a Message"))

    @api.depends("interaction_id")
    def _compute_words(self):
        for dialog in self:
            said = dialog.interaction_id
            dialog.words = "\n".join(filter(None, (said.title, said.body)))
            dialog.note = self.env["social.crm.idea"]._why_not_counted(said.identity_id)

    @api.depends("interaction_id", "name")
    def _compute_likely_ids(self):
        for dialog in self:
            dialog.likely_ids = self.env["social.crm.idea"]._likely(
                dialog.name or dialog.words, dialog.company_id
            )

    # === ACTIONS === #

    def action_create_idea(self):
        """Make a new idea, with who said it as its first supporter."""
        self.ensure_one()
        if not (self.name or "").strip():
            raise UserError(
                self.env._("Say in a few words of your own what the idea is, then press again.")
            )
        idea = self.env["social.crm.idea"].create(
            {
                "name": self.name.strip(),
                "description": self.description,
                "product_ref": self.product_ref,
                "tag_ids": [fields.Command.set(self.tag_ids.ids)],
                "company_id": self.company_id.id,
                "team_id": self.interaction_id.case_id._filtered_access("read").team_id.id,
            }
        )
        idea._support(self.interaction_id)
        return self._done(idea, self.env._("Noted: %(idea)s", idea="%s"))

    def action_support(self):
        """Count who said it as a supporter of the idea chosen."""
        self.ensure_one()
        if not self.idea_id:
            raise UserError(self.env._("Choose the idea they support."))
        return self._support(self.idea_id)

    def _support(self, idea):
        self.ensure_one()
        if self.note:
            raise UserError(self.note)
        new = idea._support(self.interaction_id)
        return self._done(
            idea,
            self.env._("Counted as a supporter of %(idea)s", idea="%s")
            if new
            else self.env._("This account supports it already: %(idea)s", idea="%s"),
        )

    def _done(self, idea, message):
        """Close, and leave a link to the idea: ``%s`` in the message."""
        return notice(
            message,
            then=CLOSE,
            links=[{"label": idea.name, "url": f"/odoo/social-ideas/{idea.id}"}],
        )

    def _personal_data_fields(self):
        return {
            **not_personal("idea_id name description product_ref tag_ids"),
            **classify(CONTENT, ROW, "interaction_id"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("interaction_id.identity_id", "in", identities.ids)


class SocialCrmIdeaJoin(models.TransientModel):
    """Joins ideas about the same."""

    _name = "social.crm.idea.join"
    _inherit = ["social.crm.personal.data"]
    _description = "Join Ideas"

    idea_ids = fields.Many2many("social.crm.idea", string="Ideas")
    target_id = fields.Many2one(
        "social.crm.idea", string="Keep", required=True, ondelete="cascade",
        domain="[('id', 'in', idea_ids)]",
        help="Its name and status stay; the others are archived, their supporters come along.",
    )

    def action_join(self):
        """Join, and open the idea that stays."""
        self.ensure_one()
        self.idea_ids._join_into(self.target_id)
        return form_of(self.target_id)

    def _personal_data_fields(self):
        return not_personal("idea_ids target_id")
