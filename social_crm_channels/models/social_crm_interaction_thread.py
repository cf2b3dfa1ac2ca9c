# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    @api.model
    def _second_stage_hooks(self):
        return [*super()._second_stage_hooks(), (35, "thread", "_hook_thread_post")]

    def _hook_thread_post(self):
        """Fold by post: cases of new words, and of a post that came after its comments."""
        late = self.filtered(lambda said: not said.case_id and not said.parent_id)
        below = self.env["social.crm.conversation"].search([("root_id", "in", late.ids)])
        (self.case_id | below.interaction_ids.case_id)._fill_thread_post()
