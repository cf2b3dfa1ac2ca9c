# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmGoodwillGive(models.TransientModel):
    """Give something for what went wrong."""

    _name = "social.crm.goodwill.give"
    _inherit = ["social.crm.personal.data"]
    _description = "Give Goodwill"

    case_id = fields.Many2one("social.crm.case", required=True)
    company_id = fields.Many2one(related="case_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    program = fields.Selection("_program_choice", required=True)
    points = fields.Float(required=True, default=1)
    point_name = fields.Char(compute="_compute_program")
    is_code = fields.Boolean(compute="_compute_program")
    is_money = fields.Boolean(compute="_compute_program")
    amount = fields.Monetary(
        string="Worth", compute="_compute_amount", store=True, readonly=False, precompute=True,
        help="What it costs us; counts against the limit of this person.",
    )
    left = fields.Monetary(string="Left of the Limit", compute="_compute_left")
    needs_leader = fields.Boolean(compute="_compute_left")
    is_proven = fields.Boolean(compute="_compute_left")
    reason = fields.Char(required=True)

    @api.model
    def _program_choice(self):
        company = self.env["social.crm.case"].browse(
            self.env.context.get("default_case_id")
        ).company_id or self.env.company
        return [
            (str(program.id), program.name)
            for program in self.env["social.crm.goodwill"]._programs(company)
        ]

    def _program(self):
        # sudo: see social.crm.goodwill._programs
        return self.env["loyalty.program"].sudo().browse(int(self.program))

    @api.depends("program")
    def _compute_program(self):
        for give in self:
            program = give.program and give._program()
            give.point_name = program.portal_point_name if program else ""
            give.is_code = bool(program) and program.program_type not in ("loyalty", "ewallet")
            give.is_money = bool(program) and program.program_type in ("gift_card", "ewallet")

    @api.depends("program", "points")
    def _compute_amount(self):
        """Points of gift cards and wallets are money; what others are worth a person says."""
        for give in self:
            if give.is_money:
                give.amount = give.points

    @api.depends("case_id", "amount")
    def _compute_left(self):
        leads = self.env.user.has_group("social_crm_base.group_team_leader")
        for give in self:
            give.left = self.env["social.crm.goodwill"]._left(give.case_id)
            give.needs_leader = give.amount > give.left and not leads
            give.is_proven = bool(give.case_id._disclosed_partner())

    def action_give(self):
        """Give, or ask; the words for the customer are handed to the composer."""
        self.ensure_one()
        goodwill = self.env["social.crm.goodwill"]._offer(
            self.case_id, self._program(), self.points, self.amount, self.reason
        )
        return {
            "type": "ir.actions.act_window_close",
            "infos": {"text": goodwill._insertable(), "state": goodwill.state},
        }

    def _personal_data_fields(self):
        return {
            **not_personal("case_id program points amount"),
            **classify(CONTENT, ROW, "reason"),
        }


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def action_goodwill_dialog(self):
        """Ask what to give the customer of this case."""
        self.ensure_one()
        goodwill = self.env["social.crm.goodwill"]
        if not goodwill._has_loyalty():
            raise UserError(
                self.env._("Goodwill is given from Odoo's app Loyalty, which is not installed.")
            )
        if not goodwill._programs(self.company_id):
            raise UserError(
                self.env._(
                    "There is no coupon, gift card or loyalty program yet. Make one under Sales › "
                    "Products › Discount & Loyalty."
                )
            )
        action = self._open_dialog(self.env._("Goodwill"), "social.crm.goodwill.give")
        action["context"] = {"default_case_id": self.id, "dialog_size": "medium"}
        return action
