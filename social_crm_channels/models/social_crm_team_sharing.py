# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmTeam(models.Model):
    """How a team shares its work out."""

    _inherit = "social.crm.team"

    return_minutes = fields.Integer(
        string="Back to the Queue After (minutes)",
        help="Working minutes a colleague has to answer a case of theirs before it goes back to "
        "the team's queue; 0: never.",
    )
    share_present_only = fields.Boolean(
        string="Only Who Is Online",
        default=True,
        help="New cases are handed to colleagues who are online in Odoo now; the others wait in "
        "the queue.",
    )
    agent_ids = fields.Many2many(
        "social.crm.agent", compute="_compute_agent_ids", string="How Members Work"
    )

    _return_minutes_positive = models.Constraint(
        "CHECK(return_minutes >= 0)",
        "Minutes until a case goes back to the queue are 0 (never) or more.",
    )

    @api.depends("member_ids", "user_id", "company_id")
    def _compute_agent_ids(self):
        agents = self.env["social.crm.agent"].search(
            [("user_id", "in", self.member_ids.ids), ("company_id", "in", self.company_id.ids)]
        )
        for team in self:
            team.agent_ids = agents.filtered(
                lambda agent, team=team: agent.user_id in team.member_ids
                and agent.company_id == team.company_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams._know_members()
        return teams

    def write(self, vals):
        done = super().write(vals)
        if vals.keys() & {"member_ids", "company_id"}:
            self._know_members()
        return done

    def _know_members(self):
        """Every member has a row to set languages, skills and absence on."""
        for company, teams in self.grouped("company_id").items():
            self.env["social.crm.agent"]._of(teams.member_ids, company)

    def action_open_agents(self):
        """Open how the members of this team work: who is there, and how much each holds."""
        self.ensure_one()
        self._know_members()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_channels.social_crm_agent_action"
        )
        action["domain"] = [
            ("user_id", "in", self.member_ids.ids),
            ("company_id", "=", self.company_id.id),
        ]
        return action

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("return_minutes share_present_only"),
        }
