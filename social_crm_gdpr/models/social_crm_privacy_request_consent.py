# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmPrivacyRequest(models.Model):
    """A request that ends consents is written into their ledger, for all names of the person."""

    _inherit = "social.crm.privacy.request"

    def _execute_objection(self):
        """Override: advertising and what goes with it is objected to."""
        self._decide_for_all("_stop")
        return super()._execute_objection()

    def _execute_withdrawal(self):
        """Override: every consent ends."""
        self._decide_for_all("_withdraw_all")
        return super()._execute_withdrawal()

    def _decide_for_all(self, method):
        decide = getattr(self.env["social.crm.consent"], method)
        for person in (*self.subject_identity_ids, *self.subject_partner_ids):
            decide(person, self.company_id, way="request", note=self.name, user_id=self.env.uid)
