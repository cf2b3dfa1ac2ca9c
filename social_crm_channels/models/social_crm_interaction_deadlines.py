# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from .social_crm_case_deadlines import DEADLINES_LATER


class SocialCrmInteraction(models.Model):
    """What a new word does to deadlines."""

    _inherit = "social.crm.interaction"

    def _second_stage_hooks(self):
        # After routing: team and priority choose the policy.
        return [*super()._second_stage_hooks(), (45, "deadlines", "_hook_deadlines")]

    def _run_hooks(self):
        later = self.with_context(**{DEADLINES_LATER: True})
        return super(SocialCrmInteraction, later)._run_hooks()

    def _hook_deadlines(self):
        """Windows of the network first, then the deadlines of the cases concerned."""
        self.conversation_id._keep_windows()
        self._cases_concerned()._set_deadlines()
