# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmTransfer(models.TransientModel):
    """Somebody else goes on, and knows why."""

    _name = "social.crm.transfer"
    _inherit = ["social.crm.personal.data"]
    _description = "Transfer Cases"

    case_ids = fields.Many2many("social.crm.case", string="Cases")
    company_id = fields.Many2one(related="case_ids.company_id")
    team_id = fields.Many2one(
        "social.crm.team", string="To the Team", domain="[('company_id', '=', company_id)]"
    )
    user_choice_ids = fields.Many2many("res.users", compute="_compute_user_choice_ids")
    user_id = fields.Many2one(
        "res.users", string="To", domain="[('id', 'in', user_choice_ids)]",
        help="Empty: the case waits in the team's queue.",
    )
    note = fields.Text(help="For colleagues: what is known, what was promised, what is open.")

    @api.depends("team_id", "case_ids")
    def _compute_user_choice_ids(self):
        """Members of the team, or of all teams whose cases these are."""
        for transfer in self:
            teams = transfer.team_id or transfer.case_ids.team_id
            transfer.user_choice_ids = (
                teams.member_ids | teams.user_id
                if teams
                else self.env["res.users"].search(
                    [
                        ("all_group_ids", "in", self.env.ref("social_crm_base.group_agent").ids),
                        ("share", "=", False),
                        ("company_ids", "in", transfer.case_ids.company_id.ids),
                    ]
                )
            )

    def action_transfer(self):
        """Hand the cases over; the note stands in each of them.

        :raise UserError: when the receiver could not open a case
        """
        self.ensure_one()
        if not (self.team_id or self.user_id):
            raise UserError(self.env._("Choose a team or a person who goes on with it."))
        vals = {"user_id": self.user_id.id}
        if self.team_id:
            vals["team_id"] = self.team_id.id
        for case in self.case_ids:
            case.check_access("write")
            if self.note and self.note.strip():
                case.message_post(
                    body=plaintext2html(self.note.strip()),
                    message_type="comment",
                    subtype_xmlid="mail.mt_note",
                )
            # sudo: after this the case may be another team's, which the giver cannot read
            case.sudo().write(vals)
        self._check_receiver()
        return {"type": "ir.actions.act_window_close"}

    def _check_receiver(self):
        blind = self.user_id and self.case_ids.with_user(self.user_id).filtered(
            lambda case: not case.has_access("read")
        )
        if blind:
            raise UserError(
                self.env._(
                    "%(who)s could not open this case: it is another team's or confidential. "
                    "Choose their team too, or name them among those it is visible to.",
                    who=self.user_id.name,
                )
            )

    def _personal_data_fields(self):
        return {
            **not_personal("case_ids team_id user_id"),
            **classify(CONTENT, ROW, "note"),
        }


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def action_transfer_dialog(self):
        """Ask to whom these cases go."""
        return self._open_dialog(self.env._("Transfer"), "social.crm.transfer")
