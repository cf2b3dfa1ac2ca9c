# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify


class SocialCrmTeam(models.Model):
    _inherit = "social.crm.team"

    on_call_user_ids = fields.Many2many(
        "res.users",
        "social_crm_team_on_call_rel",
        string="On Call",
        check_company=True,
        help="Told four hours before a network closes its window for an answer, at any hour. "
        "Nobody: the team leader.",
    )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(
                EMPLOYEE, KEEP, "on_call_user_ids", ground="employment: who is on call"
            ),
        }
