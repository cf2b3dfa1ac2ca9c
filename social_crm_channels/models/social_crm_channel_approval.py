# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal

APPROVAL_HOURS = 24


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    needs_approval = fields.Boolean(
        string="Answers Need Approval",
        help="Somebody else reads every answer before it leaves: a team leader of this channel's "
        "teams, or a manager.",
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("needs_approval")}


class ResCompany(models.Model):
    _inherit = "res.company"

    social_crm_approval_hours = fields.Integer(
        string="Approvals Expire After (hours)",
        default=APPROVAL_HOURS,
        help="What nobody approved in time is not sent, and its author is told. 0: never.",
    )

    _approval_hours_positive = models.Constraint(
        "CHECK (social_crm_approval_hours >= 0)", "Hours cannot be negative."
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("social_crm_approval_hours")}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    social_crm_approval_hours = fields.Integer(
        related="company_id.social_crm_approval_hours", readonly=False
    )
