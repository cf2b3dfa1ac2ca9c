# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.social_crm_base.tools.privacy import (
    EMPLOYEE,
    KEEP,
    classify,
    not_personal,
)


class SocialCrmInboxFilter(models.Model):
    """A view of the queue somebody keeps: for oneself, or for a whole team."""

    _name = "social.crm.inbox.filter"
    _inherit = ["social.crm.personal.data"]
    _description = "Saved Inbox Filter"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, default=lambda self: self.env.user,
        ondelete="cascade",
    )
    team_id = fields.Many2one(
        "social.crm.team",
        string="Shared With",
        ondelete="cascade",
        help="Everybody on this team sees it; empty keeps it for its owner.",
    )
    is_default = fields.Boolean(
        string="Opens First",
        help="The inbox opens with it. One's own wins over the team's.",
    )
    query = fields.Json(required=True, help="View, order, words and filters of the queue.")

    _user_index = models.Index("(user_id)")
    _team_index = models.Index("(team_id) WHERE team_id IS NOT NULL")

    @api.constrains("query")
    def _check_query(self):
        for saved in self:
            self.env["social.crm.case"]._inbox_check_query(saved.query)

    @api.model_create_multi
    def create(self, vals_list):
        saved = super().create(vals_list)
        saved._check_sharing()
        saved._be_the_only_default()
        return saved

    def write(self, vals):
        done = super().write(vals)
        if "team_id" in vals:
            self._check_sharing()
        if vals.get("is_default"):
            self._be_the_only_default()
        return done

    def _check_sharing(self):
        """Nobody puts something before the eyes of a team that is not theirs.

        :raise AccessError: not a member, its leader or a manager
        """
        me = self.env.user
        if self.env.su or me.has_group("social_crm_base.group_manager"):
            return
        for saved in self.filtered("team_id"):
            if saved.team_id not in me.social_crm_team_ids:
                raise AccessError(
                    self.env._(
                        "You are not on team %(team)s: share the filter with a team of yours.",
                        team=saved.team_id.name,
                    )
                )

    def _be_the_only_default(self):
        """One filter opens first: of each person, and of each team."""
        for saved in self.filtered("is_default"):
            self.search(
                [
                    ("user_id", "=", saved.user_id.id),
                    ("team_id", "=", saved.team_id.id),
                    ("is_default", "=", True),
                    ("id", "!=", saved.id),
                ]
            ).is_default = False

    def _personal_data_fields(self):
        return {
            **not_personal("name sequence active team_id is_default"),
            **classify(
                EMPLOYEE, KEEP, "user_id query", ground="employment: how somebody works"
            ),
        }

    @api.model
    def _for_inbox(self):
        """The filters this user sees in the inbox.

        :rtype: list[dict]
        """
        return [
            {
                "id": saved.id,
                "name": saved.name,
                "query": saved.query,
                "is_mine": saved.user_id == self.env.user,
                "is_default": saved.is_default,
                "team": saved.team_id.name or "",
            }
            for saved in self.search([])
        ]
