# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.social_crm_erasure_log import SEQUENCE
from .erasure_common import ErasureCommon

RUN = "odoo.addons.social_crm_gdpr.models.social_crm_erasure_run"


@tagged("post_install", "-at_install")
class TestErasureHeld(ErasureCommon):
    """A hold that comes late, and an erasure that fails."""

    def hold(self, **values):
        return self.env["social.crm.legal.hold"].with_user(self.clerk).create(
            {"identity_ids": [Command.set(self.ana.ids)], "reason": "A court asks", **values}
        )

    def end(self, hold):
        hold.end_reason = "It is over"
        hold.action_end()
        self.env["social.crm.legal.hold"]._release_holds()

    def approved(self, identity):
        erasure = self.proposed(identity)
        erasure.with_user(self.second).action_approve()
        return erasure.sudo()

    def run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_gdpr.ir_cron_erasure").method_direct_trigger()
        self.env.invalidate_all()

    def test_held_in_the_middle_it_stops_at_the_next_batch_and_finishes_after_the_hold(self):
        """After each batch anew: whatever is gone by then, it parks, and ends as if never held."""
        self.company.social_crm_erasure_recipients = "partner@firm.example"
        ends = []
        for batches in (1, 2, 4, 8, 16, 99):
            with self.env.cr.savepoint() as savepoint, self.subTest(batches=batches):
                erasure = self.approved(self.ana)
                work = erasure._work()
                for _batch in range(batches):
                    next(work, None)
                is_over = erasure.state != "running"
                if not is_over:
                    left = self.ana.exists()
                    hold = self.hold() if left else self.hold(
                        identity_ids=[], partner_ids=[Command.set(self.contact.ids)]
                    )  # fmt: skip
                    list(work)
                    self.assertEqual(erasure.state, "parked")
                    with self.assertRaisesRegex(UserError, "has begun"):
                        erasure.with_user(self.clerk).action_cancel()
                    self.work(erasure)
                    self.assertEqual((erasure.state, self.ana.exists()), ("parked", left))
                    self.end(hold)
                    self.work(erasure)
                    erasure.mail_ids.unlink()  # sent
                    self.work(erasure)
                    self.assertEqual(erasure.state, "done")
                    self.assertFalse(self.ana.exists())
                    self.assertFalse(self.contact.email)
                    self.assertEqual(erasure.facts["recipients"], 1)
                    ends.append(batches)
                savepoint.rollback()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            self.erasures_forgotten()
            if is_over:
                break
        self.assertTrue(is_over)
        self.assertGreaterEqual(len(ends), 3)

    def erasures_forgotten(self):
        self.env["social.crm.erasure"]._log_path().unlink(missing_ok=True)
        self.env["ir.config_parameter"].set_param(SEQUENCE, 0)

    def test_single_words_held_in_the_middle_stay_until_the_hold_ends(self):
        erasure, said = self.approved(self.ana), self.said("m1")
        work = erasure._work()
        for _batch in range(2):  # the log, and what is kept
            next(work)
        self.assertEqual((erasure.step, bool(said.body)), (1, True))
        hold = self.hold(identity_ids=[], interaction_ids=[Command.set(said.ids)])
        list(work)
        self.work(erasure)
        self.assertEqual(erasure.state, "parked")
        self.assertTrue(said.body)
        self.assertFalse(self.said("c1"), "what nobody holds is gone")
        self.end(hold)
        self.assertEqual(self.work(erasure).state, "done")
        self.assertFalse(said.body)
        self.assertFalse(self.ana.exists())

    def test_a_replay_heeds_a_hold(self):
        erasure = self.proposed(self.ana)
        with self.env.cr.savepoint() as savepoint:
            erasure.with_user(self.second).action_approve()
            next(erasure.sudo()._work())
            savepoint.rollback()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        # held in the days after the backup, before somebody looks at the screen
        hold = self.hold()
        self.env["social.crm.erasure"].with_user(self.clerk).action_replay()
        self.assertEqual(erasure.state, "parked")
        self.work(erasure)
        self.assertTrue(self.said("m1").body)
        self.end(hold)
        self.assertEqual(self.work(erasure).state, "done")
        self.assertFalse(self.ana.exists())

    def test_one_that_fails_is_undone_says_why_and_stops_nobody_else(self):
        failing, other = self.approved(self.ana), self.approved(self.bo)
        erasures = type(failing)
        erase_rows = erasures._erase_rows

        def failing_by(error):
            def fail(erasure, model, ids):
                erase_rows(erasure, model, ids)
                if erasure.id == failing.id:
                    raise error

            return fail

        for error, words in (
            (UserError("Finish the count first."), "Finish the count first."),
            (ValueError("Ana Anić"), "The program failed (ValueError)."),
        ):
            with patch.object(erasures, "_erase_rows", failing_by(error)), mute_logger(RUN):
                self.run_job()
            self.assertEqual((failing.state, failing.error), ("running", words))
            self.assertTrue(self.ana.exists())
            self.assertTrue(self.said("m1").body, "its batch is undone")
            self.assertFalse(self.bo.exists(), "the next one is done")
            self.assertFalse(other.error)
        self.run_job()
        self.assertFalse(failing.error)
        self.assertFalse(self.ana.exists())

    def test_one_that_cannot_go_on_after_its_hold_keeps_no_other_parked(self):
        holds = self.hold() + self.hold(identity_ids=[Command.set(self.bo.ids)])
        first, second = self.approved(self.ana), self.approved(self.bo)
        erasures = type(first)
        aliases = erasures._collect_aliases

        def fail(erasure):
            if erasure.id == first.id:
                raise ValueError("Ana Anić")
            return aliases(erasure)

        holds.write({"end_reason": "It is over"})
        holds.action_end()
        with patch.object(erasures, "_collect_aliases", fail), mute_logger(RUN):
            self.env["social.crm.legal.hold"]._release_holds()
        self.assertEqual((first.state, first.error), ("parked", "The program failed (ValueError)."))
        self.assertEqual(second.state, "running")
        self.env["social.crm.legal.hold"]._release_holds()
        self.assertEqual((first.state, first.error), ("running", False))
