# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def _inbox_person_notices(self):
        """Override: what was decided about the person stands first."""
        notices = super()._inbox_person_notices()
        partner = self.partner_id or self.identity_id.partner_id
        if self.identity_id._is_restricted() or partner._is_restricted(self.company_id):
            notices.insert(
                0,
                {
                    "level": "danger",
                    "text": self.env._(
                        "Restricted (Art. 18 GDPR): answer what they ask. No offer, no feedback "
                        "request, no lead, no profile, no export."
                    ),
                },
            )
        contact = self.partner_id.with_company(self.company_id)
        if self.identity_id._minors() or contact._social_minors():
            notices.insert(0, {"level": "warning", "text": self.identity_id._minor_words()})
        return notices

    def _inbox_person_habits(self):
        """Override: nothing is concluded from the words of whom no profile may be made."""
        if self.identity_id and not self.identity_id._may_profile():
            return []
        return super()._inbox_person_habits()
