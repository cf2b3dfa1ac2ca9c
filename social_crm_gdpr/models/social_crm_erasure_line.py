# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmErasureLine(models.Model):
    """How many rows of a model go, or stay on which ground. Counts only."""

    _name = "social.crm.erasure.line"
    _inherit = ["social.crm.personal.data"]
    _description = "Count of an Erasure"
    _order = "id"

    erasure_id = fields.Many2one(
        "social.crm.erasure", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="erasure_id.company_id", store=True)
    model = fields.Char(required=True, readonly=True)
    model_label = fields.Char(string="What", compute="_compute_model_label")
    action = fields.Selection(
        [
            ("clear", "Emptied"),
            ("delete", "Deleted"),
            ("replace", "Name replaced"),
            ("keep", "Stays"),
            ("look", "To be looked at"),
        ],
        required=True, readonly=True,
    )
    ground = fields.Selection("_selection_ground", string="Why It Stays", readonly=True)
    planned = fields.Integer(string="Found", readonly=True)
    done = fields.Integer(readonly=True)

    @api.model
    def _selection_ground(self):
        return self.env["social.crm.erasure"]._grounds()

    def _compute_model_label(self):
        for line in self:
            # sudo: names of models say nothing of anybody
            line.model_label = self.env["ir.model"].sudo()._get(line.model).name or line.model

    def _personal_data_fields(self):
        return not_personal("erasure_id company_id model action ground planned done")
