# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import SocialCrmCommon, comment, person


@tagged("post_install", "-at_install")
class TestLogByHand(SocialCrmCommon):
    """What no connector hears is written down, and is then like everything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.xing = cls._channel("Company page", "xing")
        cls.phone = cls._channel("Shop phone", "manual")

    @classmethod
    def _channel(cls, name, platform):
        return cls.env["social.crm.channel"].create(
            {"name": name, "platform_id": cls.env.ref(f"social_crm_base.platform_{platform}").id}
        )

    def log(self, user=None, **values):
        return (
            self.env["social.crm.interaction.log"]
            .with_user(user or self.agent)
            .create(
                {
                    "channel_id": self.xing.id,
                    "who": "new",
                    "person_name": "Ana Petrović",
                    "text": "Šta košta stolica? 😀",
                    **values,
                }
            )
        )

    def logged(self, **values):
        action = self.log(**values).action_log()
        return self.env["social.crm.interaction"].browse(action["res_id"])

    def test_a_remark_becomes_identity_conversation_and_case(self):
        said = self.logged(handle="Ana_Petrovic")
        self.assertEqual(said.body, "Šta košta stolica? 😀")
        self.assertTrue(said.is_by_hand)
        self.assertEqual(said.identity_id.name, "Ana Petrović")
        self.assertEqual(said.conversation_id.kind, "direct")
        self.assertEqual(said.case_id.state, "open")
        self.assertFalse(said.hooks_pending)

    def test_logging_twice_makes_no_double(self):
        moment = fields.Datetime.now()
        first = self.logged(date=moment)
        self.assertEqual(self.logged(date=moment), first)
        self.assertNotEqual(self.logged(date=moment, text="Something else"), first)

    def test_two_remarks_of_the_same_name_are_not_one_person(self):
        first = self.logged(text="One")
        second = self.logged(text="Two")
        self.assertNotEqual(first.identity_id, second.identity_id)

    def test_a_handle_is_one_person_however_it_is_written(self):
        first = self.logged(text="One", handle="https://www.xing.com/profile/Ana_Petrovic")
        second = self.logged(text="Two", handle="@ana_petrovic")
        self.assertEqual(first.identity_id, second.identity_id)
        self.assertIn("xing.com/profile", first.identity_id.profile_url)

    def test_a_link_of_another_network_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "Instagram"):
            self.log(handle="https://www.instagram.com/ana").action_log()

    def test_a_known_account_is_taken_up_and_the_answer_too(self):
        self.ingest(comment("q1", person("ana")))
        question = self.said("q1")
        said = self.logged(
            channel_id=self.channel.id,
            who="known",
            identity_id=question.identity_id.id,
            kind="reply",
            direction="out",
            parent_id=question.id,
            text="Fifty euros",
            date=question.date + timedelta(hours=1),
        )
        self.assertEqual(said.parent_id, question)
        self.assertEqual(said.conversation_id, question.conversation_id)
        self.assertEqual(said.author_id, self.agent)
        self.assertFalse(question.case_id.waiting_since)

    def test_a_review_has_stars(self):
        said = self.logged(kind="review", rating=4, text=False)
        self.assertEqual(said.rating, 4.0)
        self.assertEqual(said.visibility, "public")
        with self.assertRaisesRegex(ValidationError, "Stars"):
            self.log(kind="review", rating=6).action_log()

    def test_files_stay_with_what_was_said(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create({"name": "photo.txt", "raw": b"x", "res_model": "social.crm.interaction.log"})
        )
        said = self.logged(text=False, attachment_ids=attachment.ids)
        self.assertEqual(said.attachment_ids, attachment)
        self.assertEqual(attachment.res_id, said.id)

    def test_a_contact_named_by_the_colleague_is_linked(self):
        ana = self.env["res.partner"].create({"name": "Ana"})
        said = self.logged(
            channel_id=self.phone.id, handle="ana@example.com", partner_id=ana.id
        )
        self.assertEqual(said.identity_id.partner_id, ana)

    def test_what_is_missing_is_named(self):
        for values, word in (
            ({"text": False}, "Words"),
            ({"who": "known", "identity_id": False}, "Account"),
            ({"person_name": False, "handle": False}, "Name"),
            ({"handle": "not a handle !!"}, "Handle"),
            ({"permalink": "javascript:alert(1)"}, "Link"),
            ({"date": fields.Datetime.now() + timedelta(days=2)}, "When"),
        ):
            with self.subTest(word=word), self.assertRaisesRegex(ValidationError, word):
                self.log(**values).action_log()

    def test_a_closed_network_takes_old_words_only(self):
        old = self._channel("Google+ page", "google_plus")
        with self.assertRaisesRegex(ValidationError, "was closed"):
            self.log(channel_id=old.id).action_log()
        self.assertTrue(
            self.logged(channel_id=old.id, date=fields.Datetime.to_datetime("2015-05-05 10:00:00"))
        )

    def test_the_form_says_what_a_handle_is_understood_as(self):
        with Form(self.env["social.crm.interaction.log"].with_user(self.agent)) as form:
            form.channel_id = self.xing
            form.who = "new"
            form.handle = "https://www.xing.com/profile/Ana_Petrovic"
            self.assertIn("XING", form.hint)
            form.text = "Hello"
            form.kind = "comment"
            self.assertFalse(form.is_private)

    def test_the_next_one_keeps_the_place(self):
        action = self.log().action_log_and_new()
        self.assertEqual(action["context"]["default_channel_id"], self.xing.id)

    def test_a_viewer_may_not_log(self):
        with self.assertRaises(AccessError):
            self.log(user=self.viewer)

    def test_a_channel_of_another_team_is_closed(self):
        self.xing.team_ids = self.env["social.crm.team"].create({"name": "Others"})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.log().action_log()
