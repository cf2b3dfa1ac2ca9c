# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTENT,
    EMPLOYEE,
    KEEP,
    classify,
    not_personal,
)


class SocialCrmShiftNote(models.Model):
    """What whoever starts work should know: handed from one shift to the next."""

    _name = "social.crm.shift.note"
    _inherit = ["social.crm.personal.data"]
    _description = "Shift Note"
    _order = "create_date desc, id desc"
    _rec_name = "body"
    _check_company_auto = True

    team_id = fields.Many2one(
        "social.crm.team", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.user.social_crm_team_ids[:1],
    )
    company_id = fields.Many2one(related="team_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Written By", required=True, readonly=True, index=True,
        default=lambda self: self.env.user, ondelete="restrict",
    )
    body = fields.Text(string="Note", required=True)
    valid_until = fields.Datetime(
        required=True,
        default=lambda self: fields.Datetime.now() + timedelta(days=1),
        help="Not shown any more after that.",
    )
    seen_user_ids = fields.Many2many(
        "res.users", "social_crm_shift_note_seen_rel", string="Seen By", copy=False,
        readonly=True,
    )
    is_seen = fields.Boolean(
        string="Seen by Me", compute="_compute_is_seen", search="_search_is_seen"
    )

    @api.depends_context("uid")
    @api.depends("seen_user_ids", "user_id")
    def _compute_is_seen(self):
        me = self.env.user
        for note in self:
            note.is_seen = me in note.seen_user_ids or me == note.user_id

    def _search_is_seen(self, operator, value):
        if operator != "in":
            return NotImplemented
        seen = Domain("seen_user_ids", "in", self.env.uid) | Domain("user_id", "=", self.env.uid)
        if set(value) == {True, False}:
            return Domain.TRUE
        return seen if True in value else ~seen

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody writes in somebody else's name."""
        if not self.env.su:
            vals_list = [dict(vals, user_id=self.env.uid) for vals in vals_list]
        return super().create(vals_list)

    def action_seen(self):
        """I have read these."""
        self.check_access("read")
        # sudo: having read a colleague's note is no change of the note
        self.sudo().write({"seen_user_ids": [Command.link(self.env.uid)]})

    @api.model
    def _current_for_user(self):
        """Notes for the current user's teams that hold now and were not seen yet.

        :return: id, team, author, body and end of each, oldest first
        :rtype: list[dict]
        """
        notes = self.search(
            [
                ("team_id", "in", self.env.user.social_crm_team_ids.ids),
                ("valid_until", ">", fields.Datetime.now()),
                ("is_seen", "=", False),
            ],
            order="create_date, id",
        )
        return [
            {
                "id": note.id,
                "team": note.team_id.name,
                "author": note.user_id.name,
                "body": note.body,
                "written_at": fields.Datetime.to_string(note.create_date),
                "valid_until": fields.Datetime.to_string(note.valid_until),
            }
            for note in notes
        ]

    @api.model
    def current_for_me(self):
        """See :meth:`_current_for_user`, for the screen that opens when work starts."""
        return self._current_for_user() if self.has_access("read") else []

    def _personal_data_fields(self):
        return {
            **not_personal("team_id company_id valid_until"),
            **classify(CONTENT, CLEAR, "body"),
            **classify(
                EMPLOYEE, KEEP, "user_id seen_user_ids", ground="employment: who told colleagues"
            ),
        }
