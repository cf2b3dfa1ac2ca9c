# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

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
