# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import models


class SocialCrmLeadCreateLine(models.TransientModel):
    _inherit = "social.crm.lead.create.line"

    def _refusal_values(self, refusals):
        """Override: no lead of somebody of whom no use may be made, and why."""
        if self.identity_id._is_restricted():
            return {
                "action": "refused",
                "refusal": Markup("<p>%s</p>")
                % self.env._(
                    "The use of %(who)s's data is restricted (Art. 18 GDPR): no lead may be "
                    "made. Answering what they ask stays possible.",
                    who=self.identity_id.display_name,
                ),
            }
        if self.identity_id.minor:
            words = Markup("<p>%s</p>") % self.identity_id._minor_words()
            return {"action": "refused", "refusal": words}
        return super()._refusal_values(refusals)
