# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from email.message import EmailMessage

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_together import TogetherCommon


class QuestionCommon(TogetherCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = new_test_user(
            cls.env, "warehouse_bob", groups="base.group_user", name="Bob Lager"
        )

    def ask(self, user=None, **vals):
        action = self.as_(user or self.agent).action_ask_dialog()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.agent)
            .with_context(**action["context"])
            .create({"text": "Is 4711 packed? Ćao 📦", **vals})
        )
        wizard.action_ask()
        return self.case.question_ids[:1]

    def entries(self, user=None):
        return [
            entry
            for entry in self.as_(user or self.agent)._inbox_talk_entries(None, None)
            if entry["kind"] == "question"
        ]

    def told(self, user):
        return (
            self.env["mail.message"]
            .search(
                [
                    ("notified_partner_ids", "in", user.partner_id.ids),
                    ("model", "=", "social.crm.case"),
                ]
            )
            .mapped("subject")
        )


@tagged("post_install", "-at_install")
class TestQuestion(QuestionCommon):
    def test_a_colleague_without_any_right_on_cases_answers_by_their_activity(self):
        question = self.ask(user_id=self.warehouse.id)
        activity = question.with_user(self.warehouse).activity_ids
        self.assertEqual(activity.user_id, self.warehouse)
        self.assertIn("4711", activity.note)
        self.assertFalse(self.env["social.crm.case"].with_user(self.warehouse).has_access("read"))
        self.case.write({"state": "snoozed", "snoozed_until": "2099-01-01 00:00:00"})
        activity.action_feedback(feedback="Packed at noon. 👍")
        self.assertEqual(
            (question.state, question.answer, question.answered_by),
            ("answered", "Packed at noon. 👍", "Bob Lager"),
        )
        self.assertEqual(self.case.state, "open", "the snoozed case is woken")
        self.assertIn("Bob Lager answered your question", self.told(self.agent))
        asked, answered = sorted(self.entries(), key=lambda entry: entry["is_answer"])
        self.assertEqual((asked["who"], asked["whom"]), (self.agent.name, "Bob Lager"))
        self.assertEqual((answered["who"], answered["answer"]), ("Bob Lager", "Packed at noon. 👍"))

    def test_who_was_asked_may_type_the_answer_and_change_nothing_else(self):
        question = self.ask(user_id=self.warehouse.id).with_user(self.warehouse)
        with self.assertRaises(UserError):
            question.action_answer()
        for vals in ({"text": "x"}, {"state": "answered"}, {"case_id": False}):
            with self.assertRaises(AccessError):
                question.write(vals)
        question.answer = "No"
        question.action_answer()
        self.assertEqual(question.state, "answered")
        self.assertFalse(question.activity_ids)
        with self.assertRaises(AccessError):
            question.answer = "Yes, after all"

    def test_others_can_neither_read_nor_answer(self):
        question = self.ask(user_id=self.warehouse.id)
        curious = new_test_user(self.env, "curious", groups="base.group_user")
        for user in (curious, self.stranger):
            with self.assertRaises(AccessError):
                question.with_user(user).read(["text"])
        with self.assertRaises(AccessError):
            question.with_user(self.other).answer = "I think so"

    def test_a_confidential_case_hides_its_questions_from_colleagues(self):
        self.as_(self.agent).action_make_confidential()
        question = self.ask(user_id=self.warehouse.id)
        self.assertTrue(question.with_user(self.warehouse).has_access("read"))
        self.assertTrue(question.with_user(self.agent).has_access("read"))
        self.assertFalse(question.with_user(self.other).has_access("read"))
        self.assertFalse(question.with_user(self.manager).has_access("read"))

    def test_a_question_taken_back_bothers_nobody_and_takes_no_answer(self):
        question = self.ask(user_id=self.warehouse.id)
        with self.assertRaises(AccessError):
            question.with_user(self.warehouse).action_cancel()
        question.with_user(self.agent).action_cancel()
        self.assertFalse(question.activity_ids)
        question.sudo()._take_answer("late", "Bob")
        self.assertEqual((question.state, question.answer), ("cancelled", False))

    def test_a_late_question_is_reminded_of_once(self):
        question = self.ask(user_id=self.warehouse.id)
        self.env["social.crm.question"]._cron_remind()
        self.assertFalse(question.reminded_on)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self.env["social.crm.question"]._cron_remind()
            self.env["social.crm.question"]._cron_remind()
            self.assertTrue(self.entries()[0]["is_late"])
        self.assertEqual(self.told(self.agent).count("No answer from Bob Lager yet"), 1)
        reminded = self.env["mail.message"].search(
            [("model", "=", question._name), ("res_id", "=", question.id)]
        )
        self.assertIn("A question waits for your answer", reminded.mapped("subject"))

    def test_a_day_that_has_passed_and_nobody_named_are_refused(self):
        with self.assertRaises(UserError):
            self.ask(user_id=self.warehouse.id, date_deadline="2020-01-01")
        with self.assertRaises(UserError):
            self.ask()
        with self.assertRaises(ValidationError):
            self.ask(kind="mail", email="not an address")


@tagged("post_install", "-at_install")
class TestQuestionByMail(QuestionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "shop.example"})

    def ask_by_mail(self):
        self.company.alias_domain_id = self.domain
        question = self.ask(kind="mail", email="Lager <warehouse@example.com>")
        mail = question.message_ids.mail_ids
        return question, mail

    def reply(self, sent, body="Ja, gepackt.\n", **headers):
        message = EmailMessage()
        message["From"] = "Lager <warehouse@example.com>"
        message["To"] = "catchall@shop.example"
        message["Subject"] = "Re: Question"
        message["Message-ID"] = "<reply-1@example.com>"
        message["In-Reply-To"] = sent.message_id
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        self.env["mail.thread"].with_user(self.env.ref("base.user_root")).message_process(
            "mail.thread", message.as_string()
        )

    def test_without_a_mail_domain_it_says_what_to_do(self):
        self.company.alias_domain_id = False
        with self.assertRaisesRegex(UserError, "Email Domain"):
            self.ask(kind="mail", email="warehouse@example.com")

    def test_the_mailed_answer_comes_back_without_what_it_quotes(self):
        question, mail = self.ask_by_mail()
        self.assertEqual(question.email, "warehouse@example.com")
        self.assertEqual(mail.email_to, "warehouse@example.com")
        self.reply(
            question.message_ids[:1],
            "Ja, gepackt.\n\nOn Mon, 1 Nov 2026 Agent wrote:\n> Is 4711 packed?\n> Ćao\n",
        )
        self.assertEqual(question.state, "answered")
        self.assertIn("Ja, gepackt.", question.answer)
        self.assertNotIn("4711", question.answer)
        self.assertIn("warehouse@example.com", question.answered_by)

    def test_a_machines_reply_is_no_answer(self):
        question, _mail = self.ask_by_mail()
        self.reply(question.message_ids[:1], "I am away", Auto_Submitted="auto-replied")
        self.assertEqual(question.state, "open")


@tagged("post_install", "-at_install")
class TestQuestionByTask(QuestionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "project.task" not in cls.env:
            cls.skipTest(cls, "Project is not installed here")
        cls.agent.group_ids = [Command.link(cls.env.ref("project.group_project_user").id)]
        cls.project = cls.env["project.project"].create({"name": "Lager"})

    def ask_by_task(self):
        question = self.ask(kind="task", project=f"project.project,{self.project.id}")
        return question, self.env["project.task"].browse(question.res_id)

    def test_without_rights_on_projects_no_task_is_offered(self):
        kinds = dict(self.env["social.crm.ask"].with_user(self.other)._kinds())
        self.assertEqual(set(kinds), {"person", "mail"})
        self.assertIn("task", dict(self.env["social.crm.ask"].with_user(self.agent)._kinds()))

    def test_a_word_to_who_asked_is_the_answer(self):
        question, task = self.ask_by_task()
        self.assertEqual(task.project_id, self.project)
        task.message_post(body="Looking", message_type="comment")
        self.assertEqual(question.state, "open")
        task.with_user(self.env.ref("base.user_admin")).message_post(
            body="Packed", message_type="comment", partner_ids=self.agent.partner_id.ids
        )
        self.assertEqual((question.state, question.answer), ("answered", "Packed"))

    def test_closing_the_task_brings_its_last_word(self):
        question, task = self.ask_by_task()
        self.cr.flush()  # what was made in this transaction is not tracked
        admin = self.env.ref("base.user_admin")
        task.with_user(admin).message_post(body="It broke.", message_type="comment")
        task.with_user(admin).state = "1_done"
        self.cr.flush()
        self.assertEqual((question.state, question.answer), ("answered", "It broke."))
