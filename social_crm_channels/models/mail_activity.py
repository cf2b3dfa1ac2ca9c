# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Who was asked marks it as done: their feedback is the answer."""
        asked = self.filtered(lambda activity: activity.res_model == "social.crm.question")
        # sudo: who is asked may answer and change nothing else; activities were theirs to end
        questions_sudo = self.env["social.crm.question"].sudo().browse(asked.mapped("res_id"))
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        questions_sudo.exists()._take_answer(feedback or "", self.env.user.name)
        return done
