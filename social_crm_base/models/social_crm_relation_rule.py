# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.privacy import not_personal


class SocialCrmRelationRule(models.Model):
    """What a company calls a prospect, a customer and a former customer, and who is loyal."""

    _name = "social.crm.relation.rule"
    _inherit = ["social.crm.personal.data"]
    _description = "Rule for Customer Segments"
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    count_orders = fields.Boolean(
        string="Confirmed Orders", default=True, help="Where the Sales app is installed."
    )
    count_invoices = fields.Boolean(
        string="Posted Invoices", default=True, help="Where the Invoicing app is installed."
    )
    count_leads = fields.Boolean(
        string="Won Opportunities", default=True,
        help="Useful where orders are kept outside of Odoo.",
    )
    customer_months = fields.Integer(
        string="A Customer For (months)", required=True, default=24,
        help="So long after the last purchase somebody is a customer; then a former customer.",
    )
    repeat_from = fields.Integer(string="Repeat Buyer From (purchases)", required=True, default=2)
    regular_from = fields.Integer(string="Regular From (purchases)", required=True, default=4)
    regular_months = fields.Integer(
        string="Within (months)", required=True, default=12,
        help="The purchases that make somebody a regular fall into so many months.",
    )
    lapsed_months = fields.Integer(
        string="Lapsed After (months)", required=True, default=12,
        help="So long without a purchase after the last one.",
    )
    advocate_from = fields.Integer(
        string="Advocate From (recommendations)", required=True, default=3,
        help="Shares, good reviews and friendly mentions that everybody could read; 0: never.",
    )
    advocate_months = fields.Integer(string="Counted Over (months)", required=True, default=12)
    summary = fields.Text(compute="_compute_summary", string="In Words")

    _company_unique = models.UniqueIndex("(company_id)", "This company has its rule already.")
    _months_positive = models.Constraint(
        "CHECK(customer_months > 0 AND regular_months > 0 AND lapsed_months > 0 "
        "AND advocate_months > 0 AND repeat_from > 1 AND regular_from > 1 AND advocate_from >= 0)",
        "Months are at least 1, and purchases of repeat and regular buyers at least 2.",
    )

    @api.depends_context("lang")
    @api.depends(
        "count_orders", "count_invoices", "count_leads", "customer_months", "repeat_from",
        "regular_from", "regular_months", "lapsed_months", "advocate_from", "advocate_months",
    )  # fmt: skip
    def _compute_summary(self):
        for rule in self:
            counted = [
                rule._fields[name]._description_string(self.env).lower()
                for name in ("count_orders", "count_invoices", "count_leads")
                if rule[name]
            ]
            rule.summary = self.env._(
                "A purchase is: %(purchases)s. Somebody without one is a prospect, with one in the "
                "last %(months)s months a customer, with older ones a former customer. "
                "%(repeat)s purchases make a repeat buyer, %(regular)s within %(regular_months)s "
                "months a regular, %(lapsed)s months without one a lapsed buyer.",
                purchases=", ".join(counted) or self.env._("nothing, so everybody is a prospect"),
                months=rule.customer_months,
                repeat=rule.repeat_from,
                regular=rule.regular_from,
                regular_months=rule.regular_months,
                lapsed=rule.lapsed_months,
            )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._ask_refresh()
        return rules

    def write(self, vals):
        done = super().write(vals)
        self._ask_refresh()
        return done

    def _ask_refresh(self):
        """Segments follow a changed rule soon: the job starts anew from the first contact."""
        Partner = self.env["res.partner"]
        Partner.flush_model(["social_relation_at"])
        # One statement, whatever the number of contacts: it only says "look again"
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET social_relation_at = NULL "
                "WHERE social_relation_at IS NOT NULL"
            )
        )
        Partner.invalidate_model(["social_relation_at"])
        cron = self.env.ref("social_crm_base.social_crm_relation_cron", raise_if_not_found=False)
        if cron:
            cron._trigger()

    @api.model
    def _of(self, company):
        """The rule of a company, with the shipped values where it set none.

        :param recordset company: one ``res.company``
        """
        # sudo: everybody's contacts are sorted by it, also for those who may not read the rule
        return self.sudo().search([("company_id", "=", company.id)], limit=1) or self.new(
            {"company_id": company.id}
        )

    @api.model
    def _create_missing(self):
        """Give each company a rule of its own to look at and change."""
        missing = self.env["res.company"].search([]) - self.search([]).company_id
        self.create([{"company_id": company.id} for company in missing])

    def _personal_data_fields(self):
        return not_personal(
            "company_id count_orders count_invoices count_leads customer_months repeat_from "
            "regular_from regular_months lapsed_months advocate_from advocate_months"
        )
