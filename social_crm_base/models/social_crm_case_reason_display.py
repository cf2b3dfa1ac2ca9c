# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmCaseReason(models.Model):
    """What the list of reasons and outcomes shows besides its own columns."""

    _inherit = "social.crm.case.reason"

    case_count = fields.Integer(compute="_compute_case_count", string="Cases")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_case_count(self):
        Case = self.env["social.crm.case"]
        for kind, reasons in self.grouped("kind").items():
            column = f"{kind or 'reason'}_id"
            counts = dict(
                Case._read_group([(column, "in", reasons.ids)], [column], ["__count"])
            )
            for reason in reasons:
                reason.case_count = counts.get(reason._origin, 0)
