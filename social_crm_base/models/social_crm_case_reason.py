# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.privacy import not_personal


class SocialCrmCaseReason(models.Model):
    """Why people write, and how it ended: two levels, so that dissatisfaction can be counted."""

    # No company: a vocabulary all companies share
    _name = "social.crm.case.reason"
    _inherit = ["social.crm.personal.data"]
    _description = "Contact Reason or Outcome"
    _parent_store = True
    _order = "kind, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("reason", "Contact reason"), ("outcome", "Outcome")], required=True, default="reason"
    )
    parent_id = fields.Many2one(
        "social.crm.case.reason", string="Group", index=True, ondelete="cascade"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("social.crm.case.reason", "parent_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.depends("name", "parent_id.name")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = " / ".join(filter(None, (reason.parent_id.name, reason.name)))

    @api.constrains("parent_id", "kind")
    def _check_two_levels(self):
        for reason in self:
            if reason.parent_id.parent_id or (reason.parent_id and reason.child_ids):
                raise ValidationError(
                    self.env._("Reasons have two levels: %(name)s would be a third.",
                               name=reason.name)
                )
            if reason.parent_id and reason.parent_id.kind != reason.kind:
                raise ValidationError(
                    self.env._("%(name)s and its group must both be reasons or both outcomes.",
                               name=reason.name)
                )

    def _personal_data_fields(self):
        return not_personal("name kind parent_id parent_path sequence active")
