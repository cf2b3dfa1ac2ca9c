# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    social_crm_team_ids = fields.Many2many(
        "social.crm.team",
        compute="_compute_social_crm_teams",
        compute_sudo=True,
        string="Social Teams",
    )
    social_crm_channel_ids = fields.Many2many(
        "social.crm.channel",
        compute="_compute_social_crm_teams",
        compute_sudo=True,
        string="Social Channels",
        help="Channels of this person's teams, and channels that belong to no team. Record rules "
        "read it, and are cached: changing teams clears that cache.",
    )

    def _compute_social_crm_teams(self):
        teams = self.env["social.crm.team"].search(
            ["|", ("member_ids", "in", self.ids), ("user_id", "in", self.ids)]
        )
        channels = self.env["social.crm.channel"].with_context(active_test=False).search([])
        for user in self:
            mine = teams.filtered(lambda t, u=user: u in t.member_ids or u == t.user_id)
            user.social_crm_team_ids = mine
            user.social_crm_channel_ids = channels.filtered(
                lambda c, m=mine: not c.team_ids or c.team_ids & m
            )
