# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmCase(models.Model):
    """Whose orders and addresses may be told in a matter."""

    _inherit = "social.crm.case"

    def _speakers(self):
        """The accounts that somebody else speaks from in this matter.

        :rtype: recordset
        """
        self.ensure_one()
        # sudo: an account that speaks on a channel of another team hears our answers all the same
        groups = self.env["social.crm.interaction"].sudo()._read_group(
            [("case_id", "=", self.id)], ["conversation_id"]
        )
        heard_sudo = self.env["social.crm.conversation"].sudo().union(  # sudo: as above
            *(conversation for (conversation,) in groups)
        )
        speakers = heard_sudo.identity_id.sudo(False) | self.identity_id
        return speakers.filtered(lambda identity: not identity.is_own)

    def _disclosed_partner(self):
        """The contact whose orders and addresses may be told here; empty while it is not proven.

        Each account that speaks in the matter must be proven to be the contact's: what one
        reads here may be answered to any of them.

        :rtype: recordset
        """
        self.ensure_one()
        partner = self.partner_id or self.identity_id.partner_id
        speakers = self._speakers()
        proven = bool(speakers) and all(
            speaker._is_proven_for_disclosure(partner) for speaker in speakers
        )
        return partner if proven else partner.browse()
