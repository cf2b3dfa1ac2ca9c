# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.fields import Domain


class SocialCrmPresence(models.AbstractModel):
    """Where the person behind a document speaks: icons on its card, links to the profiles."""

    _name = "social.crm.presence"
    _description = "Presence on Social Networks"

    social_presence = fields.Json(
        string="On Social Networks",
        compute="_compute_social_presence",
        help="Networks on which this person spoke with us.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_social_presence(self):
        identity_model = self.env["social.crm.identity"]
        keys = {record: record._social_presence_keys() for record in self}
        partners = {partner for partner, _identity in keys.values() if partner}
        own = {identity for _partner, identity in keys.values() if identity}
        identities = identity_model
        if (partners or own) and identity_model.has_access("read"):
            identities = identity_model.search(
                Domain("partner_id", "in", partners) | Domain("id", "in", own)
            )
        by_partner = identities.grouped(lambda identity: identity.partner_id.id)
        for record, (partner, identity) in keys.items():
            mine = by_partner.get(partner, identity_model) if partner else identity_model
            mine |= identities.filtered(lambda i, own_id=identity: i.id == own_id)
            record.social_presence = mine._presence_cards()

    def _social_presence_keys(self):
        """Whom the document is about; each model that has a presence says it.

        :return: ids of the contact and of the identity, either may be False
        :rtype: tuple
        """
        raise NotImplementedError
