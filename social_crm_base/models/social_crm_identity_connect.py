# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from ..tools.action import dialog_for
from .social_crm_partner_origin import FILLED


class SocialCrmIdentity(models.Model):
    """Linking by hand."""

    _inherit = "social.crm.identity"

    def action_connect(self):
        """Choose or make the contact of this account."""
        self.ensure_one()
        self.env["social.crm.identity.link"]._gate(self)
        return dialog_for(
            "social.crm.identity.connect", self.env._("Link to a Contact"), identity_id=self.id
        )

    def action_open_profile(self):
        """Open the profile on the network."""
        self.ensure_one()
        url = self.profile_url or self.platform_id._profile_url(
            self.handle, self.external_id, self.scope
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "new"} if url else False

    def _connect(self, partner, note=""):
        """Link to a contact by a person's word, also where it was refused or ended before.

        :return: the link
        :rtype: recordset
        :raise RulebookRefusal: where the network forbids it
        """
        self.ensure_one()
        link = self.link_ids.filtered(lambda known: known.partner_id == partner)
        if not link:
            link = self.env["social.crm.identity.link"].create(
                {"identity_id": self.id, "partner_id": partner.id}
            )
        link.note = note or link.note
        if link.state != "confirmed":
            link.action_confirm()
        return link

    def _create_partner(self, note=""):
        """Make the contact of this account, with what the network lets us take over.

        :rtype: recordset
        :raise RulebookRefusal: where the network forbids linking or taking over
        """
        self.ensure_one()
        self.env["social.crm.identity.link"]._gate(self)
        company = self.company_id
        partner = self.env["res.partner"].create(
            {
                "name": self.name or self.handle or self.external_id,
                "company_id": False if len(self.env.companies) == 1 else company.id,
            }
        )
        partner._social_note_origin(self, {"name": partner.name})
        verdict = self.env["social.crm.platform.rule"]._verdicts(
            self.platform_id, "combine", flow=self._told_flow(), company=company
        )[self.platform_id.id]
        if verdict.permits(consent=self._gave_consent(), decision=True):
            partner._social_fill_from(self, only=set(FILLED) - {"name", "website"})
        self._connect(partner, note)
        return partner
