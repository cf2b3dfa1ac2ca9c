# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

#: What of a lead makes somebody a customer, or no longer.
DECIDING = frozenset({"stage_id", "active", "probability", "partner_id", "date_closed"})


class CrmLead(models.Model):
    """A won lead makes a customer at once; time does the rest at night."""

    _inherit = "crm.lead"

    def write(self, vals):
        before = self.partner_id if DECIDING & vals.keys() else None
        done = super().write(vals)
        if before is not None:
            # The segments that the rule looks at are those of the lead's own company
            for company, leads in self.grouped("company_id").items():
                partners = leads.partner_id | before
                partners.with_company(
                    company or self.env.company
                )._social_refresh_relation()
        return done
