# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext, plaintext2html

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTENT,
    EMPLOYEE,
    KEEP,
    classify,
    not_personal,
)

from ..tools.mail_text import fresh_part

TASK = "project.task"


class SocialCrmQuestion(models.Model):
    """A question to another department, whose answer comes back into the case.

    Who is asked sees the question, not the case.
    """

    _name = "social.crm.question"
    _inherit = ["mail.thread", "mail.activity.mixin", "social.crm.personal.data"]
    _description = "Question to a Department"
    _order = "state desc, date_deadline, id desc"
    _mail_post_access = "read"

    case_id = fields.Many2one(
        "social.crm.case", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("person", "A colleague"), ("task", "A task"), ("mail", "By mail")],
        string="Asked",
        required=True,
        readonly=True,
    )
    asker_id = fields.Many2one(
        "res.users", string="Asked By", required=True, readonly=True,
        default=lambda self: self.env.user,
    )
    user_id = fields.Many2one("res.users", string="Colleague", readonly=True)
    email = fields.Char(string="Mail Address", readonly=True)
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    text = fields.Text(string="Question", required=True, readonly=True)
    date_deadline = fields.Date(string="Due", required=True, readonly=True)
    reminded_on = fields.Date(readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered"), ("cancelled", "Withdrawn")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    answer = fields.Text(tracking=False)
    answered_at = fields.Datetime(readonly=True)
    answered_by = fields.Char(readonly=True, help="Who answered, as they call themselves.")
    is_mine = fields.Boolean(compute="_compute_is_mine")
    asked_name = fields.Char(compute="_compute_asked_name", string="Whom")

    _document_index = models.Index("(res_model, res_id) WHERE state = 'open' AND res_id > 0")
    _due_index = models.Index("(date_deadline) WHERE state = 'open'")

    # === COMPUTE === #

    @api.depends("text")
    def _compute_display_name(self):
        for question in self:
            said = " ".join((question.text or "").split())
            question.display_name = said if len(said) <= 60 else said[:57] + "…"

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for question in self:
            question.is_mine = question.user_id == self.env.user

    def _compute_asked_name(self):
        for question in self:
            if question.kind == "task":
                question.asked_name = question._task_sudo().display_name or self.env._("A task")
            else:
                question.asked_name = question.user_id.name or question.email

    # === CRUD === #

    def write(self, vals):
        """People write the answer to an open question; all else follows from what they do.

        :raise AccessError: for anything else
        """
        own = {
            name for name in vals if not name.startswith(("message_", "activity_", "my_activity"))
        }
        if own and not self.env.su:
            if own != {"answer"} or any(question.state != "open" for question in self):
                raise AccessError(self.env._("A question cannot be changed, only answered."))
            for question in self:
                question._check_asked()
        return super().write(vals)

    # === ASKING === #

    @api.model
    def _can_ask_by_task(self):
        """Whether the Project app is here and the user works with it: the only place that asks.

        :rtype: bool
        """
        return TASK in self.env and self.env.user.has_group("project.group_project_user")

    def _task_sudo(self):
        """The task that carries the question; empty where Project is gone."""
        self.ensure_one()
        if self.res_model != TASK or TASK not in self.env:
            return self.browse()
        # sudo: its name and state only, for those who may read the question
        return self.env[TASK].sudo().browse(self.res_id).exists()

    def _ask(self, project=None):
        """Put the question where those asked will see it.

        :param recordset project: of a task
        """
        for question in self:
            if question.kind == "person":
                question._ask_person()
            elif question.kind == "task":
                question._ask_by_task(project)
            else:
                question._ask_by_mail(self.env._("Question"))
            question.case_id._tell_screens()

    def _ask_person(self):
        # sudo: who is asked need not have any right on cases
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_deadline,
            summary=self.env._("Question from %(who)s", who=self.asker_id.name),
            note=plaintext2html(self.text),
            user_id=self.user_id.id,
            automated=False,
        )

    def _ask_by_task(self, project):
        task = self.env[TASK].create(
            {
                "name": self.display_name,
                "description": plaintext2html(self.text),
                "project_id": project.id,
                "date_deadline": fields.Datetime.to_datetime(self.date_deadline),
            }
        )
        task.message_subscribe(self.asker_id.partner_id.ids)
        self.sudo().write({"res_model": TASK, "res_id": task.id})  # sudo: readonly bookkeeping

    def _ask_by_mail(self, subject):
        """A mail whose answer finds the way back by the Message-ID it names."""
        if not self.company_id.alias_domain_id:
            raise UserError(
                self.env._(
                    "Your company has no mail domain, so the answer could not come back here. Ask "
                    "the administrator to set one in Settings › Companies › Email Domain, or ask "
                    "a colleague instead."
                )
            )
        # sudo: an address outside is no reason to look into the list of contacts
        self.sudo().message_post(
            body=plaintext2html(self.text),
            subject=self.env._("%(what)s: %(text)s", what=subject, text=self.display_name),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            outgoing_email_to=self.email,
            author_id=self.asker_id.partner_id.id,
            email_add_signature=True,
        )

    # === ANSWERS === #

    def action_answer(self):
        """Give the answer that was typed."""
        self.ensure_one()
        self._check_asked()
        if not (self.answer or "").strip():
            raise UserError(self.env._("Write the answer first."))
        # sudo: who is asked may answer and change nothing else
        question_sudo = self.sudo()
        activities_sudo = question_sudo.activity_ids
        question_sudo._take_answer(self.answer, self.env.user.name)
        activities_sudo.action_feedback(feedback=self.answer)

    def _check_asked(self):
        if self.env.user not in (self.user_id | self.asker_id):
            raise AccessError(self.env._("Only who was asked, or who asked, can answer this."))

    def action_cancel(self):
        """Take the question back: it is not needed any more."""
        self.check_access("read")
        if self.asker_id != self.env.user and not self.case_id.has_access("write"):
            raise AccessError(self.env._("Only who asked can take a question back."))
        # sudo: the activity is the asked person's
        questions_sudo = self.sudo().filtered(lambda question: question.state == "open")
        questions_sudo.activity_ids.unlink()
        questions_sudo.write({"state": "cancelled"})
        self.case_id._tell_screens()

    def _take_answer(self, text, who):
        """The answer has come: into the case, and to who asked.

        A snoozed case is woken. A second answer does not replace the first.

        :param str text: plain text, may be empty
        :param str who: by whom
        """
        for question in self.filtered(lambda question: question.state == "open"):
            question.write(
                {
                    "state": "answered",
                    "answer": (text or "").strip(),
                    "answered_at": fields.Datetime.now(),
                    "answered_by": who,
                }
            )
            case = question.case_id
            if case.state == "snoozed":
                case.action_reopen()
            case._tell(
                question.asker_id, self.env._("%(who)s answered your question", who=who)
            )
            case._tell_screens()

    def message_update(self, msg_dict, update_vals=None):
        """A mail that answers ours. A machine's word is none."""
        done = super().message_update(msg_dict, update_vals)
        if not self.env.context.get("social_crm_automatic"):
            body = html2plaintext(fresh_part(msg_dict.get("body") or ""))
            self._take_answer(body, msg_dict.get("email_from") or self.email)
        return done

    # === REMINDERS === #

    @api.model
    def _cron_remind(self):
        """Once a question is late, remind those asked and tell who asked."""
        today = fields.Date.context_today(self)
        late = self.search(
            [
                ("state", "=", "open"),
                ("date_deadline", "<", today),
                ("reminded_on", "=", False),
            ],
            limit=200,
        )
        for question in late:
            question.reminded_on = today
            question.case_id._tell(
                question.asker_id,
                self.env._("No answer from %(who)s yet", who=question.asked_name),
            )
            if question.kind == "mail" and question.company_id.alias_domain_id:
                question._ask_by_mail(self.env._("Reminder"))
            elif question.user_id.active:
                question.message_notify(
                    partner_ids=question.user_id.partner_id.ids,
                    subject=self.env._("A question waits for your answer"),
                    body=plaintext2html(question.text),
                )

    # === PERSONAL DATA === #

    def _personal_data_fields(self):
        return {
            **not_personal(
                "case_id company_id kind res_model res_id date_deadline reminded_on state "
                "answered_at"
            ),
            **classify(CONTENT, CLEAR, "text answer email answered_by"),
            **classify(
                EMPLOYEE, KEEP, "asker_id user_id", ground="employment: who asked whom"
            ),
        }

    def _personal_data_domain(self, identities, partners):
        cases = self.env["social.crm.case"]._search(
            self.env["social.crm.case"]._personal_data_domain(identities, partners)
        )
        return fields.Domain("case_id", "in", cases)
