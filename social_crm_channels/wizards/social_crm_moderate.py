# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.action import dialog_of
from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal

from ..models.social_crm_moderation import OPERATIONS

# Giving back needs no reason.
WITHOUT_REASON = frozenset({"unhide", "unban", "approve"})


class SocialCrmModerate(models.TransientModel):
    """Why something is hidden, removed, reported or banned: asked once, however many there are."""

    _name = "social.crm.moderate"
    _inherit = ["social.crm.personal.data"]
    _description = "Moderate"

    operation = fields.Selection(OPERATIONS, required=True, readonly=True)
    interaction_ids = fields.Many2many("social.crm.interaction", string="What", readonly=True)
    interaction_count = fields.Integer(string="How Many", compute="_compute_interaction_count")
    refused_note = fields.Text(string="Left Alone", readonly=True)
    reason_id = fields.Many2one("social.crm.moderation.reason", string="Why")
    reason_description = fields.Char(related="reason_id.description")
    needs_reason = fields.Boolean(compute="_compute_needs_reason")
    note = fields.Char()

    @api.depends("interaction_ids")
    def _compute_interaction_count(self):
        for dialog in self:
            dialog.interaction_count = len(dialog.interaction_ids)

    @api.depends("operation")
    def _compute_needs_reason(self):
        for dialog in self:
            dialog.needs_reason = dialog.operation not in WITHOUT_REASON

    @api.model
    def _open_for(self, interactions, operation):
        """Open the dialogue for what can be moderated so.

        :param recordset interactions: ``social.crm.interaction``
        :raise UserError: when that is none of it, in words
        """
        interactions.check_access("read")
        refusals = interactions._moderation_refusals(operation)
        allowed = interactions - interactions.browse([item.id for item in refusals])
        reasons = list(dict.fromkeys(refusals.values()))
        if not allowed:
            raise UserError(
                "\n".join(reasons) or self.env._("Nothing was said here that this is about.")
            )
        dialog = self.create(
            {
                "operation": operation,
                "interaction_ids": [fields.Command.set(allowed.ids)],
                "reason_id": interactions._spam_reason().id if operation == "spam" else False,
                "refused_note": self.env._(
                    "%(count)s are left alone. %(reasons)s",
                    count=len(refusals),
                    reasons=" ".join(reasons),
                )
                if refusals
                else False,
            }
        )
        operations = dict(self._fields["operation"]._description_selection(self.env))
        return dialog_of(dialog, operations[operation], "medium")

    def action_apply(self):
        """Do it, and write down why."""
        self.ensure_one()
        if self.needs_reason and not self.reason_id:
            raise UserError(self.env._("Choose why: colleagues, and perhaps the person, will ask."))
        self.interaction_ids.action_moderate(self.operation, self.reason_id.id, self.note or "")
        return {"type": "ir.actions.act_window_close"}

    def _personal_data_fields(self):
        return {
            **not_personal("operation interaction_ids reason_id"),
            **classify(CONTENT, ROW, "note refused_note"),
        }
