# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import at

from .test_restriction import MeasureCommon


@tagged("post_install", "-at_install")
class TestBreach(MeasureCommon):
    def breach(self, **values):
        return (
            self.env["social.crm.breach"]
            .with_user(self.clerk)
            .create(
                {
                    "name": "A laptop was stolen",
                    "known_at": at(0),
                    "description": "A laptop with an export was stolen",
                    "model": "social.crm.interaction",
                    "domain": str([("channel_id", "=", self.channel.id)]),
                    **values,
                }
            )
        )

    def test_the_clock_runs_72_hours_from_when_it_was_known(self):
        breach = self.breach()
        self.assertEqual(breach.deadline, at(0) + timedelta(hours=72))
        with freeze_time(at(0) + timedelta(hours=70)):
            breach.invalidate_recordset()
            self.assertEqual((breach.hours_left, breach.is_late), (2.0, False))
        with freeze_time(at(0) + timedelta(hours=73)):
            breach.invalidate_recordset()
            self.assertTrue(breach.is_late)

    def test_people_are_counted_once_over_their_accounts(self):
        breach = self.breach()
        breach.action_count()
        # Ana's two accounts are one person; our own post names nobody
        self.assertEqual(breach.person_count, 2)
        self.assertEqual(breach.record_count, 4)
        self.assertIn("content", breach.data_kinds)
        shown = self.env["social.crm.identity"].search(breach.action_open_affected()["domain"])
        self.assertEqual(shown, self.ana + self.ana2 + self.bo)
        log = self.env["social.crm.access.log"].search([("purpose", "=", breach.reference)])
        self.assertEqual(len(log), 3)

    def test_other_companies_contacts_are_not_counted(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["res.partner"].create(
            [
                {"name": "Struck", "company_id": company}
                for company in (self.company.id, False, other.id, other.id)
            ]
        )
        breach = self.breach(model="res.partner", domain="[('name', '=', 'Struck')]")
        breach.action_count()
        self.assertEqual((breach.record_count, breach.person_count), (2, 2))

    def test_its_steps_are_not_invented(self):
        steps = {"state": "closed", "reported_at": at(0), "person_count": 1, "told_at": at(0)}
        breach = self.breach()
        for name, value in steps.items():
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.breach(**{name: value})
            with self.subTest(name=name), self.assertRaises(AccessError):
                breach.write({name: value})

    def test_late_is_told_with_the_reason_only(self):
        breach = self.breach(risk="risk")
        with freeze_time(at(0) + timedelta(hours=80)):
            with self.assertRaisesRegex(UserError, "late"):
                breach.action_report()
            breach.late_reason = "Nobody was in the office"
            breach.action_report()
            self.assertEqual(breach.state, "reported")
            self.assertTrue(self.evidence("breach.reported").payload["late"])

    def test_a_high_risk_is_not_closed_before_the_people_know(self):
        breach = self.breach(risk="high")
        with freeze_time(at(10)):
            breach.action_report()
            with self.assertRaisesRegex(UserError, "people"):
                breach.action_close()
            breach.action_tell_persons()
            breach.action_close()
        self.assertEqual(breach.state, "closed")

    def test_in_indonesia_the_people_are_told_of_every_risk(self):
        self.company.country_id = self.env.ref("base.id")
        breach = self.breach(risk="risk")
        with freeze_time(at(10)):
            breach.action_report()
            with self.assertRaisesRegex(UserError, "people"):
                breach.action_close()

    def test_nobody_is_told_only_for_a_reason(self):
        breach = self.breach(risk="none")
        with self.assertRaises(UserError):
            breach.action_no_report()
        breach.no_report_reason = "The disk was encrypted"
        breach.action_no_report()
        breach.action_close()

    def test_the_texts_say_what_the_law_asks_and_name_nobody(self):
        breach = self.breach(consequences="Spam", measures="Password changed")
        breach.action_count()
        breach.action_write_texts()
        for words in ("about 2", "Spam", "Password changed", self.company.name):
            self.assertIn(words, breach.authority_text)
        self.assertIn("Password changed", breach.person_text)
        self.assertNotIn("ana", breach.person_text)

    def test_reminders_come_once_a_step(self):
        breach = self.breach()
        for hours, reminders in ((10, 0), (25, 1), (26, 1), (50, 2), (67, 3), (68, 3)):
            with freeze_time(at(0) + timedelta(hours=hours)):
                self.env["social.crm.breach"]._cron_remind()
                self.assertEqual(len(breach.activity_ids), reminders, hours)

    def test_a_selection_that_cannot_be_read_is_refused(self):
        with self.assertRaises(ValidationError):
            self.breach(domain="[('nothing', '=', 1)]")

    def test_clerk_handles_officer_reads_others_nothing(self):
        breach = self.breach()
        self.assertTrue(breach.with_user(self.officer).name)
        with self.assertRaises(AccessError):
            breach.with_user(self.officer).action_count()
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                breach.with_user(user).read(["name"])
