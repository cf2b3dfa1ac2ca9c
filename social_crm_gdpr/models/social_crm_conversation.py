# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from ..const import OPEN_PURPOSES


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _purpose_refusal(self, purpose):
        """Override: beyond the answer nothing is sent to somebody whose use is restricted."""
        if purpose not in OPEN_PURPOSES and self.identity_id._is_restricted():
            return self.env._(
                "The use of this person's data is restricted (Art. 18 GDPR): only what they ask "
                "may be answered."
            )
        if purpose not in OPEN_PURPOSES and self.identity_id._minors():
            return self.identity_id._minor_words()
        return super()._purpose_refusal(purpose)
