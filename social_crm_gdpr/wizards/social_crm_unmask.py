# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.action import form_of
from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmUnmask(models.TransientModel):
    """Says why somebody needs to see who a masked person is."""

    _name = "social.crm.unmask"
    _inherit = ["social.crm.personal.data"]
    _description = "Show Who It Is"

    identity_id = fields.Many2one("social.crm.identity", required=True, readonly=True)
    purpose = fields.Char(string="Why", required=True)

    def action_confirm(self):
        """Log the reason and show the person for a quarter of an hour."""
        self.ensure_one()
        self.identity_id.action_unmask(self.purpose)
        return form_of(self.identity_id)

    def _personal_data_fields(self):
        return not_personal("identity_id purpose")
