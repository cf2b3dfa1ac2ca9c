# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmInteraction(models.Model):
    """Rules are asked once people are matched and the mood is known."""

    _inherit = "social.crm.interaction"

    def _second_stage_hooks(self):
        return [*super()._second_stage_hooks(), (30, "route", "_hook_route")]

    def _hook_route(self):
        """Let rules take the cases that were opened or reopened by these words."""
        self.filtered(lambda said: said.direction == "in").case_id._route()
