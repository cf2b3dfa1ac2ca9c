# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.tools import html2plaintext

from .social_crm_question import TASK


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """A word on a task that carries a question may be its answer."""
        messages = super().create(vals_list)
        on_tasks = messages.filtered(lambda message: message.model == TASK and message.res_id)
        if on_tasks:
            on_tasks._answer_questions()
        return messages

    def _answer_questions(self):
        """The task was closed, or somebody named who asked: their last word is the answer."""
        # sudo: who works on a task need not read questions, nor its asker tasks
        questions_sudo = self.env["social.crm.question"].sudo().search(
            [
                ("res_model", "=", TASK),
                ("res_id", "in", self.mapped("res_id")),
                ("state", "=", "open"),
            ]
        )
        for question_sudo in questions_sudo:
            asker = question_sudo.asker_id.partner_id
            named = self.filtered(
                lambda message, q=question_sudo, asker=asker: message.res_id == q.res_id
                and message.author_id != asker
                and asker in message.partner_ids
            )
            if named:
                question_sudo._take_answer(_words(named[-1:]), named[-1:].author_id.name)
            elif question_sudo._task_sudo().is_closed:
                last_sudo = questions_sudo.env[self._name].search(
                    [
                        ("model", "=", TASK),
                        ("res_id", "=", question_sudo.res_id),
                        ("message_type", "in", ("comment", "email")),
                        ("author_id", "!=", asker.id),
                    ],
                    limit=1,
                )
                question_sudo._take_answer(
                    _words(last_sudo), last_sudo.author_id.name or self.env.user.name
                )


def _words(message):
    return html2plaintext(message.body or "").strip()
