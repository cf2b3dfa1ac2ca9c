# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def export_data(self, fields_to_export):
        """Override to refuse leads of restricted people, and note who carries leads away.

        :raise UserError: in words
        """
        social = self.filtered("social_identity_id")
        what = self.env._("their leads may not be exported")
        social.social_identity_id._refuse_restricted(what)
        self.partner_id._refuse_restricted(what)
        exported = super().export_data(fields_to_export)
        self.env["social.crm.access.log"]._note("export", self._of_people())
        return exported

    def _of_people(self):
        """Override: those of who speaks with us on networks."""
        social = self.filtered("social_identity_id")
        partners = (self - social).partner_id._of_people()
        return social | self.filtered(lambda lead: lead.partner_id in partners)
