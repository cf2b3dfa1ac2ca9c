# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmExportGate(models.AbstractModel):
    """Exports ask the rulebook: what a network lets us show here it may not let us carry away."""

    _name = "social.crm.export.gate"
    _description = "Rulebook at the Export"

    def export_data(self, fields_to_export):
        """Override of `base`, the way every export of the client goes.

        :raise RulebookRefusal: naming the networks that forbid it, and why
        """
        self._gate_export()
        return super().export_data(fields_to_export)

    def _gate_export(self):
        """Refuse what may not be carried away; other addons add their reasons by ``super()``.

        :raise RulebookRefusal: naming the networks that forbid it, and why
        """
        rules = self.env["social.crm.platform.rule"]
        for company, records in self.grouped("company_id").items():
            # Whoever presses the button has decided this case.
            rules._check(records.platform_id, "export", company=company, decision=True)
