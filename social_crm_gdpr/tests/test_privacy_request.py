# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.social_crm_privacy_request import TRANSITIONS
from .privacy_common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyRequest(PrivacyCommon):
    def test_erasure_goes_through_two_people(self):
        request = self.request("erasure")
        with self.assertRaisesRegex(UserError, "Check who"):
            request.action_execute()
        request.action_check_document()
        with self.assertRaisesRegex(UserError, "second person"):
            request.action_execute()
        request.action_preview_erasure()
        with self.assertRaisesRegex(AccessError, "somebody else approves"):
            request.action_approve()
        request.with_user(self.second).action_approve()
        with self.assertRaisesRegex(AccessError, "somebody else carries it out"):
            request.with_user(self.second).action_execute()
        request.action_execute()
        self.assertEqual((request.state, request.executed_by_id), ("in_progress", self.clerk))
        self.assertEqual(
            self.evidence(request),
            ["request.received", "request.identified", "request.approved", "request.in_progress"],
        )

    def test_nobody_approves_an_erasure_unseen(self):
        request = self.request("erasure")
        request.action_check_document()
        approve = request.with_user(self.second).action_approve
        with self.assertRaisesRegex(UserError, "Press Preview"):
            approve()
        request.action_preview_erasure()
        with self.assertRaisesRegex(UserError, "Press Preview"), self.env.cr.savepoint():
            # a link made meanwhile: the counts are of fewer people than are meant now
            super(type(request), request.sudo()).write(
                {"subject_identity_ids": [(4, self.bob.id)]}
            )
            approve()
        request.action_check_anew()
        request.subject_identity_ids = self.bob
        request.action_check_document()
        with self.assertRaisesRegex(UserError, "Press Preview"):
            approve()
        request.action_preview_erasure()
        approve()
        self.assertEqual(request.state, "approved")

    def test_what_can_be_undone_needs_no_second_person(self):
        request = self.request("restriction")
        request.action_check_document()
        with self.assertRaisesRegex(UserError, "needs no second person"):
            request.with_user(self.second).action_approve()
        request.action_execute()
        self.assertEqual(request.state, "in_progress")

    def test_no_step_is_written_by_hand_nor_skipped_by_the_system(self):
        request = self.request()
        with self.assertRaises(AccessError):
            request.write({"state": "identified"})
        with self.assertRaises(AccessError):
            self.request(state="answered")
        for state in TRANSITIONS:
            if state not in TRANSITIONS["received"] and state != "received":
                with self.assertRaises(UserError, msg=state):
                    request.sudo().write({"state": state})

    def test_nobody_unknown_is_identified(self):
        request = self.request(who=self.env["social.crm.identity"])
        with self.assertRaisesRegex(UserError, "Find the person first"):
            request.action_check_document()

    def test_who_was_checked_is_not_swapped_afterwards(self):
        request = self.request("erasure")
        request.action_check_document()
        request.action_preview_erasure()
        request.with_user(self.second).action_approve()
        with self.assertRaisesRegex(UserError, "Check Anew"):
            request.subject_identity_ids = self.bob
        request.action_check_anew()
        self.assertFalse(request.approved_by_id or request.checked_by_id)
        request.subject_identity_ids = self.bob
        self.assertEqual(request.state, "received")

    def test_the_officer_reads_and_executes_nothing(self):
        request = self.request()
        self.assertTrue(request.with_user(self.officer).read(["name"]))
        for step in ("action_check_document", "action_withdraw", "action_extend"):
            with self.assertRaises(AccessError, msg=step):
                getattr(request.with_user(self.officer), step)()
        with self.assertRaises(AccessError):
            request.with_user(self.agent).read(["name"])

    def test_a_message_proves_its_own_account_and_no_more(self):
        said = self.said("1")
        request = self.request(interaction_id=said.id)
        request.action_check_account()
        self.assertEqual(request.check_method, "account")
        more = self.request(who=self.ada | self.bob, interaction_id=said.id)
        with self.assertRaisesRegex(UserError, "more is concerned"):
            more.action_check_account()
        self.ada.is_shared = True
        shared = self.request(interaction_id=said.id)
        with self.assertRaises(UserError):
            shared.action_check_account()

    def test_requests_are_kept(self):
        with self.assertRaises(AccessError):
            self.request().unlink()
        with self.assertRaisesRegex(UserError, "kept"):
            self.request().sudo().unlink()

    # === TERMS === #

    def test_an_extension_needs_a_reason_in_time_and_a_law_that_knows_it(self):
        self.company.resource_calendar_id.tz = "UTC"
        asked = {"received_at": datetime(2026, 3, 3, 9), "said_email": "x@example.org"}
        request = self.request(**asked)
        self.assertEqual(request.due_at, datetime(2026, 4, 3, 23, 59, 59))
        with freeze_time("2026-03-20"):
            with self.assertRaisesRegex(UserError, "why it takes longer"):
                request.action_extend()
            request.extension_reason = "Forty accounts"
            request.action_extend()
            self.assertEqual(request.due_at, datetime(2026, 6, 3, 23, 59, 59))
            with self.assertRaisesRegex(UserError, "already"):
                request.action_extend()
        late = self.request(**asked, extension_reason="Many")
        with freeze_time("2026-04-04"), self.assertRaisesRegex(UserError, "first term is over"):
            late.action_extend()
        fast = self.request(
            jurisdiction_id=self.env.ref("social_crm_gdpr.jurisdiction_id").id,
            extension_reason="Many",
        )
        with self.assertRaisesRegex(UserError, "knows no extension"):
            fast.action_extend()

    def test_reminders_come_once_a_step_to_whoever_handles_it(self):
        self.company.resource_calendar_id.tz = "UTC"
        request = self.request(received_at=datetime(2026, 3, 3, 9), user_id=self.second.id)

        def reminded(moment):
            with freeze_time(moment):
                self.env["social.crm.privacy.request"]._cron_remind()
            return request.activity_ids

        self.assertFalse(reminded("2026-03-20"))
        self.assertEqual(len(reminded("2026-03-25")), 1)
        self.assertEqual(len(reminded("2026-03-26")), 1)
        self.assertEqual(len(reminded("2026-04-01")), 2)
        self.assertEqual(request.activity_ids.user_id, self.second)
        request.action_withdraw()
        self.assertFalse(request.activity_ids)

    def test_late_ones_are_found(self):
        request = self.request(received_at=fields.Datetime.now() - timedelta(days=60))
        self.assertTrue(request.is_late)
        late = self.env["social.crm.privacy.request"].search([("is_late", "=", True)])
        self.assertIn(request, late)
        request.action_withdraw()
        late = self.env["social.crm.privacy.request"].search([("is_late", "=", True)])
        self.assertNotIn(request, late)
