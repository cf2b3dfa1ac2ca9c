# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal


class SocialCrmProtocolReading(models.Model):
    """Somebody has confirmed having read a version of a protocol."""

    _name = "social.crm.protocol.reading"
    _inherit = ["social.crm.personal.data"]
    _description = "Reading of a Protocol"
    _order = "read_at desc, id desc"

    protocol_id = fields.Many2one(
        "social.crm.protocol", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="protocol_id.company_id", store=True, index=True)
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    version = fields.Integer(required=True)
    read_at = fields.Datetime(required=True, default=fields.Datetime.now)

    _reading_unique = models.UniqueIndex("(protocol_id, user_id, version)")

    def _personal_data_fields(self):
        return {
            **not_personal("protocol_id company_id version"),
            **classify(
                EMPLOYEE, KEEP, "user_id read_at", ground="employment: who knows the rules"
            ),
        }
