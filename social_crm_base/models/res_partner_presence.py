# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "social.crm.presence"]

    def _social_presence_keys(self):
        return self.id, False
