# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmExportGate(models.AbstractModel):
    _inherit = "social.crm.export.gate"

    def _gate_export(self):
        """Override to refuse restricted people, and to note who carries whose data away."""
        people = self if self._name == "social.crm.identity" else self.identity_id
        people._refuse_restricted(self.env._("they may not be exported"))
        result = super()._gate_export()
        self.env["social.crm.access.log"]._note("export", self)
        return result

    def export_data(self, fields_to_export):
        """Override: who sees initials carries initials away."""
        people = self if self._name == "social.crm.identity" else self.identity_id
        return people._mask_in(super().export_data(fields_to_export))
