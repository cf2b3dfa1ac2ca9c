# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import SUPERUSER_ID, fields, models

from ..const import CONSENTED


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    lead_ids = fields.One2many("crm.lead", "social_identity_id", string="Leads")

    def _gate_lead(self):
        """Refuse to make a lead of an account alone, without anything it said.

        :raise RulebookRefusal: with the reason, the source and what is allowed instead
        """
        rules = self.env["social.crm.platform.rule"]
        for (company, consent), identities in self.grouped(
            lambda i: (i.company_id, i.consent_basis in CONSENTED)
        ).items():
            rules._check(
                identities.platform_id,
                "lead",
                consent=consent,
                company=company,
                decision=self.env.uid != SUPERUSER_ID,
            )

    def _presence_cards(self):
        """What an icon needs, newest account first.

        :rtype: list[dict]
        """
        return [
            {
                "id": identity.id,
                "name": identity.display_name,
                "network": identity.platform_id.name,
                "icon": identity.platform_id.icon_url,
                "url": identity.profile_url or "",
            }
            for identity in self
            if identity.state != "deleted"
        ]
