# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

REVIEW_MONTHS = 12


class SocialCrmBalancingTest(models.Model):
    """Why a legitimate interest outweighs the person's own (GDPR Art. 6(1)(f)), on file.

    In the three steps of the authorities: the interest, whether it can be met with less, and the
    person's side. EDPB Guidelines 1/2024, part II.
    """

    _name = "social.crm.balancing.test"
    _inherit = ["mail.thread", "mail.activity.mixin", "social.crm.personal.data"]
    _description = "Balancing Test"
    _order = "purpose_id, decided_on desc, id desc"
    _rec_name = "purpose_id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    purpose_id = fields.Many2one(
        "social.crm.purpose",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('legal_basis', '=', 'interest')]",
        tracking=True,
    )
    activity_id = fields.Many2one(
        "social.crm.processing.activity",
        string="Entry of the Register",
        ondelete="set null",
        domain="[('company_id', '=', company_id)]",
    )
    interest = fields.Text(
        translate=True,
        tracking=True,
        help="Whose interest it is, and that it is lawful, real and clear.",
    )
    necessity = fields.Text(
        translate=True, tracking=True, help="Why nothing milder serves as well."
    )
    balance = fields.Text(
        translate=True,
        tracking=True,
        help="What it means for the person, what they expect, and what protects them.",
    )
    outcome = fields.Selection(
        [("open", "Not decided"), ("passes", "We may"), ("fails", "We may not")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
        copy=False,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Date(readonly=True, copy=False)
    review_on = fields.Date(string="Review By", tracking=True, copy=False)
    is_due = fields.Boolean(
        string="Review Due", compute="_compute_is_due", search="_search_is_due"
    )

    @api.depends("outcome", "review_on")
    def _compute_is_due(self):
        today = fields.Date.context_today(self)
        for test in self:
            test.is_due = test.outcome == "open" or bool(
                test.review_on and test.review_on < today
            )

    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return fields.Domain.TRUE
        due = fields.Domain("outcome", "=", "open") | fields.Domain(
            "review_on", "<", fields.Date.context_today(self)
        )
        return due if True in value else ~due

    def write(self, vals):
        if vals.keys() & {"interest", "necessity", "balance", "purpose_id"} and any(
            test.outcome != "open" for test in self
        ):
            raise UserError(
                self.env._("This is decided. Press Weigh Anew to write it differently.")
            )
        return super().write(vals)

    def action_pass(self):
        """Decide that the interest outweighs the person's own."""
        self._decide("passes")

    def action_fail(self):
        """Decide that it does not: then the purpose needs another ground, or stops."""
        self._decide("fails")

    def action_reopen(self):
        """Weigh anew; what was decided stays in the history."""
        self.check_access("write")
        self.write(
            {"outcome": "open", "decided_by_id": False, "decided_on": False, "review_on": False}
        )

    def _decide(self, outcome):
        self.check_access("write")
        today = fields.Date.context_today(self)
        for test in self:
            empty = [
                test._fields[name]._description_string(self.env)
                for name in ("interest", "necessity", "balance")
                if not (test[name] or "").strip()
            ]
            if empty:
                raise UserError(
                    self.env._(
                        "Write down first: %(names)s. A decision without reasons cannot be shown "
                        "to anybody.",
                        names=", ".join(empty),
                    )
                )
        self.write(
            {
                "outcome": outcome,
                "decided_by_id": self.env.uid,
                "decided_on": today,
                "review_on": today + relativedelta(months=REVIEW_MONTHS),
            }
        )

    @api.model
    def _weighed_purposes(self):
        """Purposes whose test passed in this company and need not be reviewed yet.

        :rtype: recordset
        """
        # sudo: whether there is one, also for who may not read it
        tests_sudo = self.sudo().search(
            [
                ("company_id", "=", self.env.company.id),
                ("outcome", "=", "passes"),
                ("review_on", ">=", fields.Date.context_today(self)),
            ]
        )
        return self.env["social.crm.purpose"].browse(tests_sudo.purpose_id.ids)

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id purpose_id activity_id interest necessity balance outcome decided_on "
                "review_on"
            ),
            **classify(
                EMPLOYEE, KEEP, "decided_by_id", ground="GDPR Art. 5(2): who decided it"
            ),
        }
