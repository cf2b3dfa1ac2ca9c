# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmRestriction(models.Model):
    """Restriction of processing (GDPR Art. 18): the data stays, its use stops.

    Receiving stays possible, and answering what the person asks; everything else refuses.
    """

    _name = "social.crm.restriction"
    _inherit = ["social.crm.measure", "social.crm.personal.data"]
    _description = "Restriction of Processing"
    _evidence_kind = "restriction"

    ground = fields.Selection(
        [
            ("accuracy", "Accuracy is contested, Art. 18(1)(a)"),
            ("unlawful", "Unlawful, and the person wants no erasure, Art. 18(1)(b)"),
            ("claims", "The person needs it for legal claims, Art. 18(1)(c)"),
            ("objection", "An objection is being weighed, Art. 18(1)(d)"),
        ],
        required=True,
        default="accuracy",
    )

    def _evidence_facts(self):
        return {**super()._evidence_facts(), "ground": self.ground}

    def _after_change(self):
        """Take people out of their segments, or back in."""
        for company, measures in self.grouped("company_id").items():
            _identities, partner_ids = self._everything_of(
                measures.identity_ids, measures.partner_ids, company
            )
            # sudo: segments are the system's, whoever decided
            partners_sudo = self.env["res.partner"].sudo().browse(partner_ids)
            partners_sudo.with_company(company)._social_refresh_relation()

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("ground")}
