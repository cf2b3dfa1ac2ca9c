# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, at, message, person
from odoo.addons.social_crm_base.tools.activity import Activity, Target

from ..tools.contract import Receipt


@tagged("post_install", "-at_install")
class TestApproval(SocialCrmCommon):
    """What needs approval leaves only after somebody else has read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["social.crm.team"].create(
            {
                "name": "Service",
                "user_id": cls.leader.id,
                "member_ids": [Command.set((cls.agent | cls.leader).ids)],
            }
        )
        cls.channel.write(
            {
                "team_ids": cls.team.ids,
                "needs_approval": True,
                "connector": "sandbox",
                "is_connected": True,
            }
        )
        cls.ingest(message("m1", person("ana"), text="Where is my bicycle?"))
        cls.talk = cls.said("m1").conversation_id
        cls.case = cls.said("m1").case_id
        cls.sent = []

    def setUp(self):
        super().setUp()
        connector = type(self.env["social.crm.connector.sandbox"])
        sent = self.sent = []

        def send(connector, channel, out):
            sent.append(out.text)
            return Receipt(external_id=f"sent-{len(sent)}")

        self.patch(connector, "_send", send)
        self.patch(connector, "_update_remote", send)

    def write_answer(self, body="It is on its way 🚲", user=None, **options):
        """An agent answers; the row and its approval."""
        talk = self.talk.with_user(user or self.agent)
        row = talk._queue_reply(body, **options).sudo()
        return row, row.approval_id

    def send_all(self):
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_send").method_direct_trigger()
        self.env.invalidate_all()

    def log(self, approval):
        return [(entry.event, entry.user_id) for entry in approval.log_ids]

    # === ASKING === #

    def test_an_answer_waits_and_the_worker_leaves_it_alone(self):
        row, approval = self.write_answer()
        self.assertEqual((row.state, approval.state), ("approval", "pending"))
        self.assertEqual((approval.author_id, approval.case_id), (self.agent, self.case))
        self.assertEqual(row._state_in_words(), "Waiting for somebody to approve it.")
        self.send_all()
        self.assertEqual((row.state, self.sent), ("approval", []))
        self.assertTrue(self.case.waiting_since, "nobody has been answered yet")

    def test_the_queue_has_a_view_of_what_waits(self):
        _row, approval = self.write_answer()
        queue = self.env["social.crm.case"].with_user(self.leader)
        query = {"view": "approval"}
        self.assertEqual([row["id"] for row in queue.inbox_queue(query)["rows"]], self.case.ids)
        self.assertEqual(queue.inbox_counts()["approval"], 1)
        approval.with_user(self.leader).inbox_decide("approve")
        self.assertFalse(queue.inbox_queue(query)["rows"])
        viewer = queue.with_user(self.viewer)
        self.assertNotIn("approval", viewer.inbox_counts())

    def test_the_team_leader_is_asked_by_an_activity(self):
        _row, approval = self.write_answer()
        self.assertEqual(approval.activity_ids.user_id, self.leader)
        self.assertIn(self.agent.name, approval.activity_ids.summary)

    def test_a_leaders_own_answer_asks_somebody_else(self):
        _row, approval = self.write_answer(user=self.leader)
        self.assertNotIn(self.leader, approval.activity_ids.user_id)
        self.assertIn(self.manager, approval.activity_ids.user_id)

    def test_where_nothing_is_marked_nothing_waits(self):
        self.channel.needs_approval = False
        row, approval = self.write_answer()
        self.assertEqual(row.state, "queued")
        self.assertFalse(approval)

    def test_a_colleague_marked_so_is_read_on_every_channel(self):
        self.channel.needs_approval = False
        marked = self.env["social.crm.agent"]._of(self.agent, self.company)
        marked.needs_approval = True
        row, approval = self.write_answer()
        self.assertEqual(row.state, "approval")
        self.assertIn(self.agent.name, approval.asked_reason)
        self.assertEqual(self.write_answer(user=self.leader)[0].state, "queued")

    def test_a_rule_about_words_can_ask_for_approval(self):
        self.channel.needs_approval = False
        self.env["social.crm.brand.rule"].create(
            {
                "name": "Money",
                "words": "refund",
                "level": "approval",
                "message": "Promises of money are read by a colleague.",
            }
        )
        row, approval = self.write_answer("You get a refund")
        self.assertEqual(row.state, "approval")
        self.assertEqual(approval.asked_reason, "Promises of money are read by a colleague.")
        self.assertEqual(self.write_answer("Good morning")[0].state, "queued")

    def test_other_reasons_can_be_added_to_the_hook(self):
        self.channel.needs_approval = False
        model = type(self.env["social.crm.approval"])
        self.patch(
            model, "_needs_approval",
            lambda this, talk, user, body: "About money" if "refund" in body else "",
        )
        row, approval = self.write_answer("You get a refund")
        self.assertEqual((row.state, approval.asked_reason), ("approval", "About money"))
        self.assertEqual(self.write_answer("Good morning")[0].state, "queued")

    def test_what_the_system_itself_says_away_needs_nobody(self):
        row = self.talk.with_user(self.env.ref("base.user_root"))._queue_reply(
            "We are back on Monday", answer_type="away"
        )
        self.assertEqual(row.state, "queued")

    # === DECIDING === #

    def test_approved_words_are_sent_as_they_were_read(self):
        row, approval = self.write_answer()
        approval.with_user(self.leader).action_approve()
        self.assertEqual((approval.state, approval.approver_id), ("approved", self.leader))
        self.assertEqual(row.state, "queued")
        self.send_all()
        self.assertEqual((row.state, self.sent), ("done", ["It is on its way 🚲"]))
        self.assertFalse(self.case.waiting_since)
        self.assertFalse(approval.activity_ids)
        self.assertEqual(
            self.log(approval), [("asked", self.agent), ("approved", self.leader)]
        )

    def test_changed_words_are_sent_and_the_first_ones_are_kept(self):
        row, approval = self.write_answer("Wait!")
        mine = approval.with_user(self.leader)
        mine.inbox_decide("change", text="Please wait a moment – Čekajte")
        self.send_all()
        self.assertEqual(self.sent, ["Please wait a moment – Čekajte"])
        self.assertEqual((approval.state, approval.body), ("changed", "Wait!"))
        self.assertEqual(approval.changed_body, "Please wait a moment – Čekajte")
        self.assertEqual(row.interaction_id.body, "Please wait a moment – Čekajte")

    def test_rejected_words_come_back_with_the_reason(self):
        row, approval = self.write_answer()
        with self.assertRaisesRegex(UserError, "Say why"):
            approval.with_user(self.leader).inbox_decide("reject")
        approval.with_user(self.leader).inbox_decide("reject", reason="Name a day")
        self.assertEqual((approval.state, row.state), ("rejected", "failed"))
        self.assertIn("Name a day", row.error)
        self.assertEqual(row.interaction_id.delivery_state, "failed")
        self.assertIn("Name a day", row.interaction_id.delivery_note)
        told = self.env["mail.message"].search(
            [("model", "=", "social.crm.case"), ("res_id", "=", self.case.id)]
        ).filtered(lambda said: said.message_type == "user_notification")
        self.assertEqual(told.partner_ids, self.agent.partner_id)
        self.assertIn("Name a day", told.body)
        self.send_all()
        self.assertEqual(self.sent, [])

    def test_trying_again_asks_again_and_sends_nothing(self):
        row, approval = self.write_answer()
        approval.with_user(self.leader).inbox_decide("reject", reason="No")
        row.with_user(self.agent).action_retry()
        self.assertEqual(row.state, "approval")
        self.assertNotEqual(row.approval_id, approval)
        self.assertEqual(row.approval_id.state, "pending")
        row.approval_id.with_user(self.leader).action_approve()
        self.send_all()
        self.assertEqual(len(self.sent), 1)

    def test_what_was_approved_may_be_tried_again_when_the_network_failed(self):
        row, approval = self.write_answer()
        approval.with_user(self.leader).action_approve()
        row._mark_failed("The network is ill")
        row.with_user(self.agent).action_retry()
        self.assertEqual(row.state, "queued")
        self.assertEqual(row.approval_id, approval)

    def test_an_edit_needs_approval_too(self):
        row, approval = self.write_answer()
        approval.with_user(self.leader).action_approve()
        self.send_all()
        said = row.interaction_id
        edit = said.with_user(self.agent)._queue_operation("edit", text="Never").sudo()
        self.assertEqual(edit.state, "approval")
        edit.approval_id.with_user(self.leader).inbox_decide("change", text="Tomorrow")
        self.send_all()
        self.assertEqual(self.sent[1:], ["Tomorrow"])
        gone = said.with_user(self.agent)._queue_operation("delete")
        self.assertEqual(gone.state, "queued", "taking words away says nothing")

    def test_by_hand_the_words_wait_for_approval_and_then_for_the_hand(self):
        self.channel.connector = "manual"
        row, approval = self.write_answer()
        self.assertEqual(row.state, "approval")
        with self.assertRaises(UserError):
            row.with_user(self.agent).action_done_by_hand()
        approval.with_user(self.leader).action_approve()
        self.assertEqual(row.state, "by_hand")

    def test_taking_back_ends_the_asking(self):
        row, approval = self.write_answer()
        row.with_user(self.agent).action_take_back()
        self.assertEqual((row.state, approval.state), ("cancelled", "withdrawn"))
        self.assertFalse(approval.activity_ids)
        with self.assertRaises(UserError):
            approval.with_user(self.leader).action_approve()

    def test_the_second_decision_comes_too_late(self):
        _row, approval = self.write_answer()
        approval.with_user(self.leader).action_approve()
        with self.assertRaisesRegex(UserError, "somebody was quicker"):
            approval.with_user(self.manager).inbox_decide("reject", reason="No")
        self.assertEqual(approval.state, "approved")

    # === NEVER THE AUTHOR === #

    def test_nobody_approves_their_own_words_whatever_their_roles(self):
        for user in (self.leader, self.manager):
            row, approval = self.write_answer(user=user)
            for way in (approval.with_user(user), approval.with_user(user).sudo()):
                self.assertFalse(way.may_decide)
                with self.assertRaises(AccessError):
                    way.inbox_decide("approve")
                with self.assertRaises(AccessError):
                    way.action_approve()
            self.assertEqual((row.state, approval.state), ("approval", "pending"))

    def test_an_agent_approves_nothing(self):
        colleague = self._user("agent", login="social_colleague")
        self.team.member_ids += colleague
        _row, approval = self.write_answer()
        with self.assertRaises(AccessError):
            approval.with_user(colleague).inbox_decide("approve")

    def test_a_leader_of_another_team_neither_sees_nor_approves(self):
        other = self._user("team_leader", login="social_other_leader")
        _row, approval = self.write_answer()
        with self.assertRaises(AccessError):
            approval.with_user(other).inbox_decide("approve")
        self.assertFalse(self.env["social.crm.approval"].with_user(other).search([]))

    def test_the_system_user_is_nobody(self):
        _row, approval = self.write_answer()
        with self.assertRaises(AccessError):
            approval.with_user(self.env.ref("base.user_root")).inbox_decide("approve")

    def test_who_wrote_the_words_does_not_approve_them_when_a_colleague_asks_again(self):
        row, approval = self.write_answer(user=self.leader)
        approval.with_user(self.manager).inbox_decide("reject", reason="No")
        row.with_user(self.agent).action_retry()
        self.assertEqual(row.approval_id.author_id, self.agent)
        with self.assertRaises(AccessError):
            row.approval_id.with_user(self.leader).inbox_decide("approve")

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_an_author_as_approver(self):
        _row, approval = self.write_answer()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            approval.approver_id = self.agent
            self.env.flush_all()

    # === NO WAY AROUND === #

    def test_writing_a_state_by_hand_opens_no_way_around(self):
        row, approval = self.write_answer()
        mine = row.with_user(self.agent)
        for state in ("queued", "sending", "held", "by_hand", "unknown"):
            mine.write({"state": state, "not_before": fields.Datetime.now()})
            self.assertEqual(row.state, "approval", state)
        mine.write({"state": "failed"})
        mine.write({"state": "queued"})
        self.assertEqual((row.state, row.approval_id), ("approval", approval))
        self.send_all()
        self.assertEqual(self.sent, [])

    def test_a_row_made_by_hand_waits_too(self):
        row, _approval = self.write_answer()
        for state in ("queued", "unknown", "sending"):
            forged = self.env["social.crm.outbox"].with_user(self.agent).create(
                {
                    "company_id": self.company.id,
                    "channel_id": self.channel.id,
                    "conversation_id": self.talk.id,
                    "interaction_id": row.interaction_id.id,
                    "operation": "send",
                    "idempotency_key": f"forged-{state}",
                    "state": state,
                    "not_before": fields.Datetime.now(),
                    "user_id": self.leader.id,
                }
            )
            self.assertEqual(forged.state, "approval")
            self.assertEqual(forged.sudo().approval_id.author_id, self.agent)

    def test_what_a_row_does_cannot_be_rewritten(self):
        row, approval = self.write_answer()
        elsewhere = self.env["social.crm.channel"].create(
            {"name": "Free", "platform_id": self.platform.id, "external_id": "free"}
        )
        for vals in (
            {"channel_id": elsewhere.id},
            {"payload": {"text": "x"}},
            {"approval_id": False},
            {"operation": "delete"},
            {"user_id": self.leader.id},
        ):
            with self.assertRaises(AccessError):
                row.with_user(self.agent).write(vals)
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).write({"state": "approved"})
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).unlink()

    def test_words_slipped_in_before_the_decision_are_not_approved(self):
        row, approval = self.write_answer()
        row.interaction_id.with_user(self.agent).body = "Something else"
        with self.assertRaisesRegex(UserError, "changed since you were asked"):
            approval.with_user(self.leader).action_approve()
        approval.with_user(self.leader).inbox_decide("reject", reason="Changed")

    def test_words_slipped_in_after_the_decision_are_not_sent(self):
        row, approval = self.write_answer()
        approval.with_user(self.leader).action_approve()
        row.interaction_id.with_user(self.agent).body = "Something else"
        self.send_all()
        self.assertEqual((row.state, self.sent), ("failed", []))
        self.assertIn("not those that were approved", row.error)

    def test_the_log_only_grows(self):
        _row, approval = self.write_answer()
        for user in (self.manager, self.officer, self.env.user):
            entries = approval.log_ids.with_user(user)
            with self.assertRaises(UserError):  # an AccessError is one
                entries.write({"event": "approved"})
            with self.assertRaises(UserError):
                entries.unlink()
        with self.assertRaises(UserError):
            approval.log_ids.sudo().write({"user_id": self.leader.id})

    # === MEANWHILE === #

    def test_the_approver_sees_that_the_customer_wrote_again(self):
        _row, approval = self.write_answer()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=5)):
            self.ingest(message("m2", person("ana"), 9, text="Never mind, it came!"))
        mine = approval.with_user(self.leader)
        self.assertIn("Never mind, it came!", mine.talk_changes)
        (data,) = self.case.with_user(self.leader)._inbox_approvals()
        self.assertEqual(data["changes"]["words"][0]["body"], "Never mind, it came!")
        self.assertTrue(data["may_decide"])
        json.dumps(data)

    def test_the_approver_sees_that_the_words_answered_are_gone(self):
        _row, approval = self.write_answer()
        self.assertFalse(approval.talk_changes)
        self.ingest(Activity("delete", at(5), target=Target("m1"), actor=person("ana")))
        approval.invalidate_recordset()
        self.assertIn("gone", approval.with_user(self.leader).talk_changes)

    def test_many_approvals_are_read_in_as_many_queries_as_one(self):
        for number in range(12):
            self.write_answer(f"Answer {number}")
        case = self.case.with_user(self.leader)
        counts = []
        for limit in (6, 12):
            found = self.env["social.crm.approval"].with_user(self.leader).search(
                [], limit=limit
            )
            found._inbox_data()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found._inbox_data()
            counts.append(self.env.cr.sql_log_count - before)
        # Two more where talk went on between the first and the last; none for each of the six
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertEqual(len(case._inbox_approvals()), 12)

    # === EXPIRY === #

    def test_what_nobody_decides_over_expires_in_sight_of_everybody(self):
        self.company.social_crm_approval_hours = 2
        row, approval = self.write_answer()
        self.assertEqual(approval.expires_at, approval.asked_at + timedelta(hours=2))
        cron = self.env.ref("social_crm_channels.ir_cron_expire_approvals")
        late = freeze_time(approval.asked_at + timedelta(hours=2, minutes=1))
        with late, self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((approval.state, row.state), ("expired", "failed"))
        self.assertIn("in time", row.interaction_id.delivery_note)
        told = self.env["mail.message"].search(
            [
                ("model", "=", "social.crm.case"),
                ("res_id", "=", self.case.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(told.partner_ids, (self.agent | self.leader).partner_id)
        self.assertFalse(approval.activity_ids)
        row.with_user(self.agent).action_retry()
        self.assertEqual((row.state, row.approval_id.state), ("approval", "pending"))

    def test_without_a_limit_nothing_expires(self):
        self.company.social_crm_approval_hours = 0
        _row, approval = self.write_answer()
        self.assertFalse(approval.expires_at)

    # === SCREENS === #

    def test_the_dialog_changes_and_rejects(self):
        _row, approval = self.write_answer()
        mine = approval.with_user(self.leader)
        action = mine.action_change_dialog()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.leader)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.text, approval.body)
        wizard.text = "Better"
        wizard.action_decide()
        self.assertEqual((approval.state, approval.changed_body), ("changed", "Better"))

    def test_an_approval_of_another_company_is_out_of_sight(self):
        _row, approval = self.write_answer()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user(
            "manager", login="social_stranger", company_id=other.id, company_ids=other.ids
        )
        self.assertFalse(self.env["social.crm.approval"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            approval.with_user(stranger).inbox_decide("approve")

    def test_a_confidential_answer_is_shown_and_decided_only_by_named_people(self):
        self.case.write(
            {
                "confidential": True,
                "confidential_user_ids": [Command.set((self.agent | self.manager).ids)],
            }
        )
        _row, approval = self.write_answer()
        self.assertEqual(approval.activity_ids.user_id, self.manager)
        with self.assertRaises(AccessError):
            approval.with_user(self.leader).inbox_decide("approve")
        approval.with_user(self.manager).inbox_decide("approve")
