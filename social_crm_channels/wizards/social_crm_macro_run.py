# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.action import dialog_of
from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal

# A preview of more cases than anybody reads.
SHOWN = 20


class SocialCrmMacroRun(models.TransientModel):
    """See what a macro would do, let it, and see what it did."""

    _name = "social.crm.macro.run"
    _inherit = ["social.crm.personal.data"]
    _description = "Run a Macro"

    case_ids = fields.Many2many("social.crm.case", string="Cases")
    company_id = fields.Many2one(related="case_ids.company_id")
    macro_id = fields.Many2one("social.crm.macro", domain="[('company_id', '=', company_id)]")
    preview = fields.Html(compute="_compute_preview")
    result = fields.Html(readonly=True)
    is_done = fields.Boolean()

    @api.depends("macro_id", "case_ids")
    def _compute_preview(self):
        for run in self:
            cases = run.case_ids[:SHOWN]._origin
            run.preview = run.macro_id and self._told(run.macro_id._preview(cases))

    def action_run(self):
        """Run the macro and stay to tell the result."""
        self.ensure_one()
        if not self.macro_id:
            raise UserError(self.env._("Choose a macro first."))
        outcome = self.macro_id._run_on(self.case_ids)
        failed = {case: [f"! {reason}"] for case, reason in outcome.items() if reason}
        done = len(outcome) - len(failed)
        self.write(
            {
                "is_done": True,
                "result": Markup("<p><strong>%s</strong></p>%s")
                % (
                    self.env._("Done in %(done)s of %(all)s.", done=done, all=len(outcome)),
                    self._told(failed),
                ),
            }
        )
        if not failed:
            return {"type": "ir.actions.act_window_close"}
        return dialog_of(self, self.env._("Result"))

    def _told(self, sentences):
        """Sentences by case as HTML; what cannot be done stands out.

        :param dict sentences: case to list of str
        :rtype: Markup
        """
        rows = [
            Markup("<li>%s<ul>%s</ul></li>")
            % (
                case.customer_name or case._told_name(),
                Markup().join(_line(sentence) for sentence in lines),
            )
            for case, lines in sentences.items()
        ]
        return Markup("<ul>%s</ul>") % Markup().join(rows) if rows else Markup()

    def _personal_data_fields(self):
        return {
            **not_personal("case_ids macro_id is_done"),
            **classify(CONTENT, ROW, "result"),
        }


def _line(sentence):
    if sentence.startswith("! "):
        return Markup('<li class="text-danger">%s</li>') % sentence[2:]
    return Markup("<li>%s</li>") % sentence


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def action_macro_dialog(self):
        """Ask which macro shall run on these cases."""
        return self._open_dialog(self.env._("Macro"), "social.crm.macro.run")
