# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from ..tools.privacy import IDENTITY, PSEUDONYM, classify, not_personal


class SocialCrmIdentityAlias(models.Model):
    """A name or id that an account had: kept for the record, never used to find a person anew."""

    _name = "social.crm.identity.alias"
    _inherit = ["social.crm.personal.data"]
    _description = "Former Name of a Social Identity"
    _order = "last_seen desc, id desc"

    identity_id = fields.Many2one(
        "social.crm.identity", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="identity_id.company_id")
    kind = fields.Selection([("handle", "Handle"), ("id", "Network ID")], required=True)
    value = fields.Char(required=True)
    last_seen = fields.Datetime()

    _value_unique = models.UniqueIndex("(identity_id, kind, value)")

    def _personal_data_fields(self):
        return {
            **not_personal("kind"),
            **classify(IDENTITY, PSEUDONYM, "identity_id value last_seen"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids)
