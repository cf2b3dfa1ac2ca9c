# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.tests.browser_case import BrowserCase
from odoo.addons.social_crm_base.tests.common import START, message, person

from .common import channel_on


@tagged("post_install", "-at_install")
class TestApprovalTour(BrowserCase):
    """Approval and a missed deadline in the open inbox, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.crm.response.policy"].search([]).active = False
        role = "social_crm_base.group_%s"
        cls.trainee = new_test_user(cls.env, "tour_trainee", role % "agent", name="Sari Wulandari")
        cls.leader = new_test_user(cls.env, "tour_leader", role % "team_leader", name="Lena Hofer")
        cls.channel = channel_on(
            cls.env, "sandbox", name="Bicycle Shop", external_id="approved", needs_approval=True
        )
        cls.team = cls.env["social.crm.team"].create(
            {
                "name": "Service",
                "user_id": cls.leader.id,
                "member_ids": [Command.set((cls.trainee | cls.leader).ids)],
                "channel_ids": [Command.set(cls.channel.ids)],
            }
        )
        cls.channel.team_ids = cls.team

    def says(self, key, text, ago):
        """The customer writes so many minutes ago."""
        moment = fields.Datetime.now() - timedelta(minutes=ago)
        minutes = (moment - START).total_seconds() / 60
        self.env["social.crm.interaction"]._ingest(
            self.channel, [message(key, person("ana"), minutes, text=text)]
        )
        self.env["social.crm.interaction"]._run_second_stage()
        return self.env["social.crm.interaction"].search(
            [("channel_id", "=", self.channel.id), ("external_id", "=", key)]
        ).case_id

    def test_an_answer_waits_is_changed_and_sent(self):
        case = self.says("m1", "Where is my bicycle?", 30)
        address = f"/odoo/social-inbox?case={case.id}"
        self.start_tour(address, "social_inbox_approval_ask_tour", login="tour_trainee")
        approval = self.env["social.crm.approval"].search([("case_id", "=", case.id)])
        self.assertEqual((approval.state, approval.author_id), ("pending", self.trainee))
        approval.asked_at -= timedelta(minutes=10)
        self.says("m2", "Any news?", 1)
        self.start_tour(address, "social_inbox_approval_decide_tour", login="tour_leader")
        self.assertEqual((approval.state, approval.approver_id), ("changed", self.leader))
        self.assertEqual(approval.outbox_id.state, "queued")
        self.assertEqual(approval.outbox_id._words(), "It comes tomorrow before noon.")

    def test_a_missed_deadline_is_in_sight_and_escalated(self):
        self.env["social.crm.response.policy"].create(
            {
                "name": "Everybody",
                "first_minutes": 60,
                "is_around_clock": True,
                "warning_minutes": 10,
                "escalate_priority": "2",
            }
        )
        case = self.says("m1", "Where is my bicycle?", 0)
        address = f"/odoo/social-inbox?case={case.id}"
        self.start_tour(address, "social_inbox_in_time_tour", login="tour_leader")
        with self.clock_moved_to(fields.Datetime.now() + timedelta(minutes=61)):
            with self.enter_registry_test_mode():
                self.env.ref("social_crm_channels.ir_cron_watch_deadlines").method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual((case.breach_state, case.priority), ("breached", "2"))
            self.assertEqual(case.activity_ids.user_id, self.leader)
            self.start_tour(address, "social_inbox_breach_tour", login="tour_leader")
