# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify


class SocialCrmTeam(models.Model):
    _inherit = "social.crm.team"

    on_call_user_ids = fields.Many2many(
        "res.users",
        "social_crm_team_on_call_rel",
        string="On Call",
        check_company=True,
        domain="[('id', 'in', member_ids)]",
        help="Told four hours before a network closes its window for an answer, at any hour. "
        "Nobody: the team leader.",
    )

    @api.constrains("on_call_user_ids", "member_ids", "user_id")
    def _check_on_call(self):
        for team in self:
            strangers = team.on_call_user_ids - team.member_ids - team.user_id
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(user)s is not on the team %(team)s and could not open its cases.",
                        user=strangers[0].name,
                        team=team.name,
                    )
                )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(
                EMPLOYEE, KEEP, "on_call_user_ids", ground="employment: who is on call"
            ),
        }
