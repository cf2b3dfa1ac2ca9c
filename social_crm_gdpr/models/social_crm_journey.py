# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class SocialCrmJourney(models.AbstractModel):
    _inherit = "social.crm.journey"

    @api.model
    def _notice(self, subject):
        """Override: a restriction is said before everything else."""
        notice = super()._notice(subject)
        identities = self.env["social.crm.identity"].browse(subject.identities)
        partners = self.env["res.partner"].browse(subject.partners)
        if identities._is_restricted() or partners._is_restricted():
            restricted = self.env._(
                "Restricted (Art. 18 GDPR): read it to answer the person, make no other use of it."
            )
            return f"{restricted} {notice}".strip()
        return notice
