# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models

from odoo.addons.social_crm_base.models.social_crm_journey import PAGE_LIMIT


class SocialCrmJourney(models.AbstractModel):
    _inherit = "social.crm.journey"

    @api.model
    def get_page(self, res_model, res_id, filters=None, cursor=None, limit=PAGE_LIMIT):
        """Override: a journey names nobody to who sees initials, and who reads it is noted."""
        page = super().get_page(res_model, res_id, filters, cursor, limit)
        record = self.env[res_model].browse(int(res_id)).exists()
        self.env["social.crm.access.log"]._note_opening(record._of_people())
        people = self.env["social.crm.identity"]
        if not people._masks():
            return page
        subject = self._subject(res_model, res_id)
        return people.browse(subject.identities)._mask_in(page)

    @api.model
    def _notice(self, subject):
        """Override: a restriction is said before everything else."""
        notice = super()._notice(subject)
        identities = self.env["social.crm.identity"].browse(subject.identities)
        partners = self.env["res.partner"].browse(subject.partners)
        if identities._is_restricted() or partners._is_restricted(self.env.companies):
            restricted = self.env._(
                "Restricted (Art. 18 GDPR): read it to answer the person, make no other use of it."
            )
            return f"{restricted} {notice}".strip()
        return notice
