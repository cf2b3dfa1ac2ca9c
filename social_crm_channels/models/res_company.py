# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class ResCompany(models.Model):
    _inherit = "res.company"

    social_crm_ask_at_closing = fields.Boolean(
        string="Reason and Outcome Are Asked at Closing",
        default=True,
        help="Nobody closes a case without saying why the customer wrote and how it ended.",
    )
    social_crm_goodwill_limit = fields.Monetary(
        string="Goodwill for One Person",
        default=50.0,
        help="More than so much in the period below needs a team leader. 0: always.",
    )
    social_crm_goodwill_days = fields.Integer(string="Goodwill Period (days)", default=365)

    social_crm_moderation_role = fields.Selection(
        [("team_leader", "Team leaders"), ("agent", "Agents")],
        string="Remove, Report and Ban",
        required=True,
        default="team_leader",
        help="Who may do what cannot simply be undone. Hiding and marking as spam every agent may.",
    )

    _goodwill_sane = models.Constraint(
        "CHECK(social_crm_goodwill_limit >= 0 AND social_crm_goodwill_days > 0)",
        "The goodwill of one person has a limit of at least 0 and a period of at least a day.",
    )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal(
                "social_crm_ask_at_closing social_crm_goodwill_limit social_crm_goodwill_days "
                "social_crm_moderation_role"
            ),
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    social_crm_ask_at_closing = fields.Boolean(
        related="company_id.social_crm_ask_at_closing", readonly=False
    )
    social_crm_moderation_role = fields.Selection(
        related="company_id.social_crm_moderation_role", readonly=False, required=True
    )
    social_crm_goodwill_limit = fields.Monetary(
        related="company_id.social_crm_goodwill_limit",
        readonly=False,
        currency_field="social_crm_currency_id",
    )
    social_crm_goodwill_days = fields.Integer(
        related="company_id.social_crm_goodwill_days", readonly=False
    )
    social_crm_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Goodwill Currency"
    )
