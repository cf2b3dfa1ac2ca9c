# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

_logger = logging.getLogger(__name__)


class SocialCrmMacro(models.Model):
    """What one does again and again, in one go."""

    _name = "social.crm.macro"
    _inherit = ["social.crm.personal.data"]
    _description = "Macro"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    share = fields.Selection(
        [("own", "Me"), ("team", "A team"), ("all", "Everybody")],
        string="For",
        required=True,
        default="own",
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, default=lambda self: self.env.user,
        ondelete="cascade",
    )
    team_id = fields.Many2one("social.crm.team", check_company=True, ondelete="cascade")
    step_ids = fields.One2many("social.crm.macro.step", "macro_id", string="Steps", copy=True)
    summary = fields.Char(compute="_compute_summary", string="What It Does")

    @api.depends("step_ids.action")
    def _compute_summary(self):
        for macro in self:
            macro.summary = " → ".join(step._words() for step in macro.step_ids)

    @api.constrains("share", "team_id")
    def _check_team(self):
        for macro in self:
            if macro.share == "team" and not macro.team_id:
                raise ValidationError(self.env._("Say which team this macro is for."))

    def _preview(self, cases):
        """What would happen, in words.

        :return: case to sentences; a sentence that begins with ``!`` says why it cannot
        :rtype: dict
        """
        self.ensure_one()
        return {case: [step._foresee(case) for step in self.step_ids] for case in cases}

    def _run_on(self, cases):
        """Do all steps on each case, or none on it.

        :return: case to the reason in words where it did not work, or ""
        :rtype: dict
        """
        self.ensure_one()
        if not self.step_ids:
            raise UserError(self.env._("This macro has no steps yet."))
        outcome = {}
        for case in cases:
            try:
                with self.env.cr.savepoint():
                    for step in self.step_ids:
                        step._apply(case)
                    self.env.flush_all()
                outcome[case] = ""
            except (UserError, AccessError, ValidationError) as error:
                self.env.invalidate_all(flush=False)
                outcome[case] = str(error)
        _logger.info("Macro %s ran on %s cases", self.id, len(cases))
        return outcome

    def _personal_data_fields(self):
        return {
            **not_personal("name sequence active company_id share team_id"),
            **classify(EMPLOYEE, KEEP, "user_id", ground="employment: whose macro it is"),
        }
