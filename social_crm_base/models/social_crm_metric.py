# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import not_personal


class SocialCrmMetric(models.Model):
    """A figure as a network gave it at a time. What was not given has no row: unknown is not 0."""

    _name = "social.crm.metric"
    _inherit = ["social.crm.personal.data"]
    _description = "Figure from a Network"
    _order = "taken_at desc, id desc"

    company_id = fields.Many2one("res.company", required=True)
    channel_id = fields.Many2one(
        "social.crm.channel", required=True, index=True, ondelete="cascade"
    )
    interaction_id = fields.Many2one(
        "social.crm.interaction", string="Post", index="btree_not_null", ondelete="cascade",
        help="Empty: a figure of the account itself.",
    )
    key = fields.Char(required=True)
    value = fields.Float(required=True, aggregator="avg")
    taken_at = fields.Datetime(required=True)

    _taken_unique = models.UniqueIndex(
        "(channel_id, COALESCE(interaction_id, 0), key, taken_at)"
    )

    def _personal_data_fields(self):
        return not_personal("company_id channel_id interaction_id key value taken_at")
