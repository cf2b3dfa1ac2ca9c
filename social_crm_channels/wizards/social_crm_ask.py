# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal

DUE_DAYS = 2


class SocialCrmAsk(models.TransientModel):
    """Ask somebody who has nothing to do with cases."""

    _name = "social.crm.ask"
    _inherit = ["social.crm.personal.data"]
    _description = "Ask a Department"

    case_ids = fields.Many2many("social.crm.case", string="Cases")
    kind = fields.Selection("_kinds", string="Ask", required=True, default="person")
    user_id = fields.Many2one(
        "res.users", string="Colleague", domain="[('share', '=', False), ('id', '!=', uid)]"
    )
    project = fields.Reference("_projects", help="The task is made there.")
    email = fields.Char(string="Mail Address")
    text = fields.Text(string="Question", required=True)
    date_deadline = fields.Date(
        string="Due",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=DUE_DAYS),
    )

    @api.model
    def _kinds(self):
        question = self.env["social.crm.question"]
        kinds = question._fields["kind"]._description_selection(self.env)
        return [kind for kind in kinds if kind[0] != "task" or question._can_ask_by_task()]

    @api.model
    def _projects(self):
        if not self.env["social.crm.question"]._can_ask_by_task():
            return []
        return [("project.project", self.env._("Project"))]

    @api.constrains("email", "kind")
    def _check_email(self):
        for ask in self:
            if ask.kind == "mail" and not email_normalize(ask.email or ""):
                raise ValidationError(
                    self.env._("%(address)s is no mail address.", address=ask.email or "")
                )

    def action_ask(self):
        """Ask once for each case.

        :raise UserError: when nobody is named, or the day has passed
        """
        self.ensure_one()
        self.case_ids.check_access("write")
        target = {"person": self.user_id, "task": self.project, "mail": self.email}[self.kind]
        if not target:
            raise UserError(self.env._("Say whom you ask."))
        if self.date_deadline < fields.Date.context_today(self):
            raise UserError(self.env._("The day until when you need the answer has passed."))
        questions = self.env["social.crm.question"].create(
            [
                {
                    "case_id": case.id,
                    "kind": self.kind,
                    "user_id": self.user_id.id if self.kind == "person" else False,
                    "email": email_normalize(self.email) if self.kind == "mail" else False,
                    "text": self.text.strip(),
                    "date_deadline": self.date_deadline,
                }
                for case in self.case_ids
            ]
        )
        questions._ask(self.project if self.kind == "task" else None)
        return {"type": "ir.actions.act_window_close"}

    def _personal_data_fields(self):
        return {
            **not_personal("case_ids kind user_id project date_deadline"),
            **classify(CONTENT, ROW, "text email"),
        }


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def action_ask_dialog(self):
        """Ask another department about these cases."""
        return self._open_dialog(self.env._("Ask a Department"), "social.crm.ask")
