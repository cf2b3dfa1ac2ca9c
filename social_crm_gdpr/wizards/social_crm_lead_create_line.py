# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import models


class SocialCrmLeadCreateLine(models.TransientModel):
    _inherit = "social.crm.lead.create.line"

    def _find_duplicates(self):
        """Override: no lead of somebody of whom no use may be made, and why; asked for all at once.

        There are no duplicates to look for then.
        """
        restricted, minors = self.identity_id._is_restricted(), self.identity_id._minors()
        open_lines = self.browse()
        for line in self:
            if line.identity_id in restricted:
                words = self.env._(
                    "The use of %(who)s's data is restricted (Art. 18 GDPR): no lead may be "
                    "made. Answering what they ask stays possible.",
                    who=line.identity_id.display_name,
                )
            elif line.identity_id in minors:
                words = line.identity_id._minor_words()
            else:
                open_lines += line
                continue
            line.write({"action": "refused", "refusal": Markup("<p>%s</p>") % words})
        return super(SocialCrmLeadCreateLine, open_lines)._find_duplicates()
