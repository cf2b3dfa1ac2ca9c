# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _may_profile(self):
        """Override to leave out the words of people of whom no more may be learnt."""
        found = super()._may_profile()
        people = found.identity_id
        closed = people - people._may_profile()
        return found.filtered(lambda said: said.identity_id not in closed) if closed else found

    def _gate_lead(self):
        """Override to refuse leads of whom no use may be made.

        :raise UserError: in words
        """
        people = self.identity_id | self.conversation_id.identity_id
        people = people.filtered(lambda who: not who.is_own)
        people._refuse_restricted(self.env._("no lead may be made"))
        people._refuse_minors()
        return super()._gate_lead()

    @api.model
    def _retention_left_domain(self, names):
        """Override: content that was blanked is gone, whatever its columns say."""
        if "body" in names:
            return fields.Domain("state", "not in", ("deleted", "expired"))
        return super()._retention_left_domain(names)

    def _retention_clear(self, category, names):
        """Override: content goes the way all content goes, quotes in leads and media included."""
        if category == "content":
            self._blank_content("expired")
        else:
            super()._retention_clear(category, names)
