# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmTeam(models.Model):
    """What the screens of a team show besides its own columns."""

    _inherit = "social.crm.team"

    open_case_count = fields.Integer(compute="_compute_case_counts", string="Open Cases")
    unassigned_case_count = fields.Integer(compute="_compute_case_counts", string="Unassigned")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_case_counts(self):
        Case = self.env["social.crm.case"]
        mine = [("team_id", "in", self.ids), ("state", "!=", "closed")]
        opened = dict(Case._read_group(mine, ["team_id"], ["__count"]))
        free = dict(
            Case._read_group([*mine, ("user_id", "=", False)], ["team_id"], ["__count"])
        )
        for team in self:
            team.open_case_count = opened.get(team._origin, 0)
            team.unassigned_case_count = free.get(team._origin, 0)

    def action_open_cases(self):
        """Open the cases of this team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_case_action"
        )
        action["domain"] = [("team_id", "=", self.id)]
        action["context"] = {"search_default_not_closed": 1}
        return action
