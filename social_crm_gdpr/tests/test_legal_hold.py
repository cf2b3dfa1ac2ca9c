# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import at, person
from odoo.addons.social_crm_base.tools.activity import Activity, Target

from .test_restriction import MeasureCommon


@tagged("post_install", "-at_install")
class TestLegalHold(MeasureCommon):
    def test_people_are_held_over_all_accounts_with_everything_of_theirs(self):
        self.measure("social.crm.legal.hold", self.ana2)
        people = self.ana + self.ana2 + self.bo
        self.assertEqual(people._held(), self.ana + self.ana2)
        self.assertEqual(self.contact._held(), self.contact)
        words = self.said("m1") + self.said("c1") + self.said("c2")
        self.assertEqual(words._held(), self.said("m1") + self.said("c1"))
        self.assertEqual(words.case_id._held(), (self.said("m1") + self.said("c1")).case_id)

    def test_what_we_said_to_them_is_held_too(self):
        self.measure("social.crm.legal.hold", self.ana)
        talk = self.said("m1").conversation_id
        answer = talk.with_user(self.agent)._queue_reply("Evo odgovora").interaction_id
        self.assertEqual(answer._held(), answer)

    def test_a_case_is_held_with_what_was_said_in_it_and_nothing_else(self):
        case = self.said("m1").case_id
        self.measure("social.crm.legal.hold", case_ids=[Command.link(case.id)])
        words = self.said("m1") + self.said("c1")
        self.assertEqual(words._held(), self.said("m1"))
        self.assertFalse((self.ana + self.ana2)._held())

    def test_single_words_are_held(self):
        self.measure(
            "social.crm.legal.hold", interaction_ids=[Command.link(self.said("c2").id)]
        )
        self.assertEqual((self.said("c1") + self.said("c2"))._held(), self.said("c2"))

    def test_what_is_held_is_not_deleted_by_hand(self):
        self.measure("social.crm.legal.hold", self.ana)
        self.env.flush_all()
        for records in (self.said("m1").case_id, self.ana, self.contact, self.said("m1")):
            with self.subTest(model=records._name), self.assertRaisesRegex(UserError, "legal hold"):
                records.unlink()

    def test_without_a_hold_asking_costs_one_query_a_batch(self):
        words = self.said("m1") + self.said("c1") + self.said("c2")
        self.env.flush_all()
        with self.assertQueryCount(1):
            words._held()

    def test_a_hold_about_nothing_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "what is held"):
            self.measure("social.crm.legal.hold")

    def test_on_its_day_it_ends_by_itself_and_parked_erasures_go_on(self):
        hold = self.measure(
            "social.crm.legal.hold", self.ana, until=fields.Datetime.now() + timedelta(days=1)
        )
        model = type(self.env["social.crm.legal.hold"])
        with patch.object(model, "_resume_erasures") as resume:
            with freeze_time(fields.Datetime.now() + timedelta(days=2)):
                self.assertFalse(self.ana._held(), "also before the job has run")
                with self.enter_registry_test_mode():
                    cron = self.env.ref("social_crm_gdpr.ir_cron_release_holds")
                    cron.method_direct_trigger()
            resume.assert_called_once()
        self.assertEqual(hold.state, "ended")
        self.assertTrue(self.evidence("hold.lapsed"))

    def test_a_refused_erasure_is_logged_without_saying_whose(self):
        self.measure("social.crm.legal.hold", self.ana)
        reference = str(uuid.uuid4())
        self.env["social.crm.legal.hold"]._refuse_erasure(reference, self.ana + self.ana2)
        row = self.evidence("hold.refused_erasure")
        self.assertEqual(row.reference, reference)
        self.assertEqual(
            row.payload, {"model": "social.crm.identity", "records": 2, "holds": 1}
        )

    def test_only_clerk_and_officer_see_that_somebody_is_held(self):
        self.measure("social.crm.legal.hold", self.ana)
        self.assertTrue(self.ana.with_user(self.officer).is_held)
        with self.assertRaises(AccessError):
            self.ana.with_user(self.agent).read(["is_held"])
        with self.assertRaises(AccessError):
            self.env["social.crm.legal.hold"].with_user(self.manager).search([])

    def test_archiving_a_contact_ends_nothing(self):
        hold = self.measure("social.crm.legal.hold", partner_ids=[Command.link(self.contact.id)])
        groups = "base.group_user,base.group_partner_manager"
        seller = new_test_user(self.env, "seller", groups=groups)
        self.contact.with_user(seller).action_archive()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(hold.with_user(self.clerk).partner_ids, self.contact)
        self.assertEqual((self.ana + self.ana2 + self.bo)._held(), self.ana + self.ana2)
        self.assertEqual(self.contact._held(), self.contact)
        self.assertTrue(self.said("m1")._held())
        erasure = self.env["social.crm.erasure"].with_user(self.clerk).create(
            {"identity_ids": [Command.link(self.ana.id)]}
        )
        self.assertEqual(erasure.partner_ids, self.contact, "also whom a link leads to")

    def test_another_companys_hold_keeps_the_contact_and_not_our_words(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["social.crm.legal.hold"].sudo().create(
            {
                "company_id": other.id,
                "partner_ids": [Command.link(self.contact.id)],
                "reason": "A claim there",
            }
        )
        self.assertEqual(self.contact._held(), self.contact)
        self.assertFalse(self.said("m1")._held() or self.said("m1").case_id._held())

    def test_what_was_decided_is_neither_invented_nor_ended_by_a_date(self):
        for values in (
            {"since": "2020-01-01"}, {"state": "ended"}, {"user_id": self.manager.id},
            {"ended_by_id": self.manager.id}, {"reference": str(uuid.uuid4())},
        ):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.measure("social.crm.legal.hold", self.ana, **values)
        hold = self.measure("social.crm.legal.hold", self.ana)
        self.assertEqual(hold.user_id, self.clerk)
        soon = fields.Datetime.now() + timedelta(minutes=1)
        for until, words in ((hold.since + timedelta(seconds=1), "future"), (soon, "why it ends")):
            with freeze_time(hold.since + timedelta(seconds=5)), self.assertRaisesRegex(
                UserError, words
            ):
                hold.until = until
        hold.write({"until": soon, "end_reason": "The claim is settled"})
        hold.until = soon + timedelta(days=9)
        self.assertTrue(self.ana._held())

    def test_words_names_and_files_are_not_lost_by_writing_over_them(self):
        said = self.said("m1")
        file = self.env["ir.attachment"].create(
            {"name": "letter.txt", "raw": b"x", "res_model": said._name, "res_id": said.id}
        )
        loose = self.env["ir.attachment"].create({"name": "picture.txt", "raw": b"y"})
        said.attachment_ids = loose
        self.contact.write({"email": "ana@mail.example", "comment": "Her words"})
        self.ana.write({"handle": "ana_a"})
        self.measure("social.crm.legal.hold", self.ana)
        self.env.flush_all()
        admin = self.env.ref("base.user_admin")
        admin.group_ids += self.env.ref("social_crm_base.group_manager")
        for user in (self.agent, self.manager, admin):
            for records, values in (
                (said, {"body": False, "state": "deleted"}),
                (said, {"body": "I never said so"}),
                (said, {"attachment_ids": [Command.clear()]}),
                (said, {"identity_id": self.bo.id}),
                (self.ana, {"name": "zzz", "handle": "zzz"}),
            ):
                with self.subTest(user=user.login, values=values), self.assertRaisesRegex(
                    UserError, "legal hold"
                ):
                    records.with_user(user).write(values)
            for one in (file, loose) if user == admin else (file,):
                with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "legal hold"):
                    one.with_user(user).unlink()
                with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "legal hold"):
                    one.with_user(user).write({"raw": b""})
        with self.assertRaisesRegex(UserError, "legal hold"):
            self.contact.with_user(admin).write({"email": False})
        with self.assertRaisesRegex(UserError, "legal hold"):
            self.contact.with_user(admin).write({"comment": ""})

    def test_notes_on_what_is_held_stay(self):
        case = self.said("m1").case_id.with_user(self.agent)
        note = case.message_post(body="She shouted", message_type="comment")
        free = self.said("c2").case_id.with_user(self.agent).message_post(body="Bo is fine")
        self.measure("social.crm.legal.hold", self.ana)
        for change in (
            note.unlink,
            lambda: note.write({"body": "x"}),
            lambda: case._message_update_content(note, body=""),
        ):
            with self.assertRaisesRegex(UserError, "another note"):
                change()
        self.assertTrue(case.message_post(body="She apologised"))
        free.unlink()
        self.assertFalse(free.exists())

    def test_work_goes_on_under_a_hold(self):
        said, other = self.said("m1"), self.said("c2")
        self.contact.email = "ana@mail.example"
        self.measure("social.crm.legal.hold", self.ana)
        said.with_user(self.agent).write({"body": said.body, "reaction": "👍"})
        self.contact.with_user(self.env.ref("base.user_admin")).email = "new@mail.example"
        self.ana.with_user(self.agent).verified_email = "new@mail.example"
        other.with_user(self.manager).body = "Bo is held by nobody"
        answer = said.conversation_id.with_user(self.agent)._queue_reply("Evo odgovora")
        answer.interaction_id.with_user(self.agent).body = "Evo boljeg odgovora"
        self.ingest(
            Activity(
                "edit", at(9), target=Target("m1"), text="What I meant", actor=person("ana"),
            )
        )  # fmt: skip
        self.assertEqual(said.body, "What I meant", "the network's edits are mirrored")
        self.assertTrue(said.versions, "with what stood before")
