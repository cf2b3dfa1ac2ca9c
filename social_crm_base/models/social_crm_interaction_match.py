# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    @api.model
    def _second_stage_hooks(self):
        return [*super()._second_stage_hooks(), (10, "people", "_hook_match_people")]

    def _hook_match_people(self):
        """Second stage: look for the contacts of those who spoke; silent members are left alone."""
        self.filtered(lambda said: said.direction == "in").identity_id._match_people()
