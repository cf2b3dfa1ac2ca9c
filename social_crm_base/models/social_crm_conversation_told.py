# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import BEHAVIOUR, CLEAR, classify


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    salesperson_told_at = fields.Datetime(
        readonly=True, copy=False, help="When the person's salespeople last heard of it."
    )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(BEHAVIOUR, CLEAR, "salesperson_told_at"),
        }
