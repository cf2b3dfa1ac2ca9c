# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .policy_common import MONDAY, PolicyCommon, later


@tagged("post_install", "-at_install")
class TestDeadlineWatch(PolicyCommon):
    """Warned, told, escalated: each once, at its moment, by frozen time."""

    def _whatsapp(self):
        channel = self.env["social.crm.channel"].create(
            {
                "name": "Phone",
                "platform_id": self.env.ref("social_crm_base.platform_whatsapp").id,
                "external_id": "385",
            }
        )
        channel.team_ids = self.team
        return channel

    def asks(self, key, moment, **facts):
        """Cases are made in frozen time: they exist since then."""
        with freeze_time(moment):
            case = super().asks(key, moment, **facts)
        self.env.cr.execute(
            "UPDATE social_crm_case SET create_date = %s WHERE id = %s", [moment, case.id]
        )
        self.env.invalidate_all()
        return case

    def test_the_assignee_is_warned_once_and_in_time(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        case.user_id = self.agent
        before = len(self.told(case))
        self.watch(later(MONDAY, minutes=39))
        self.assertEqual(self.notices(case), [])
        self.watch(later(MONDAY, minutes=41))
        self.watch(later(MONDAY, minutes=50))
        self.assertEqual(self.notices(case), [("first", "warning")])
        self.assertEqual(case.breach_state, "warned")
        self.assertEqual(len(self.told(case)), before + 1)
        activity = case.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("due", activity.summary)

    def test_a_word_that_came_between_two_seconds_is_warned_of_once_too(self):
        self.policy()
        between = MONDAY.replace(microsecond=654321)
        case = self.asks("m1", between)
        self.env.cr.execute(
            "UPDATE social_crm_case SET waiting_since = %s WHERE id = %s", [between, case.id]
        )
        self.env.invalidate_all()
        for minutes in (45, 46, 61, 62):
            self.watch(later(MONDAY, minutes=minutes))
            case._set_deadlines()
        self.assertEqual(self.notices(case), [("first", "warning"), ("first", "breach")])

    def test_where_nobody_has_it_the_team_is_warned(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        self.watch(later(MONDAY, minutes=45))
        self.assertEqual(self.told(case), [self.agent.login, self.leader.login])
        self.assertEqual(case.activity_ids.user_id, self.leader)

    def test_a_missed_deadline_is_escalated_once_as_the_policy_says(self):
        second = self.env["social.crm.team"].create({"name": "Second line"})
        chief = self._user("team_leader", login="social_chief")
        second.member_ids = chief
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id("social.crm.case"),
                "state": "code",
                "code": "record.write({'order_ref': (record.order_ref or '') + 'x'})",
            }
        )
        self.policy(
            escalate_priority="2",
            escalate_team_id=second.id,
            escalate_user_ids=[Command.set(chief.ids)],
            escalate_action_id=action.id,
        )
        case = self.asks("m1", MONDAY)
        for minutes in (61, 62, 90):
            self.watch(later(MONDAY, minutes=minutes))
        self.assertEqual(
            self.notices(case, is_silent=False), [("first", "breach")],
            "the warning after the deadline is not told",
        )
        self.assertEqual(case.breach_state, "breached")
        self.assertEqual(case.breached_at, later(MONDAY, hours=1))
        self.assertEqual((case.priority, case.team_id, case.order_ref), ("2", second, "x"))
        self.assertEqual(self.told(case), [chief.login])
        self.assertEqual(case.activity_ids.user_id, chief)

    def test_an_answer_takes_the_activities_away_and_the_miss_stays_in_the_books(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        self.watch(later(MONDAY, minutes=61))
        self.assertTrue(case.activity_ids)
        own = case.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        self.answers("m2", later(MONDAY, minutes=70))
        self.assertEqual(case.activity_ids, own)
        self.assertEqual((case.breach_state, case.breached_at), ("ok", False))
        self.assertIn(("first", "breach"), self.notices(case))

    def test_each_turn_and_each_reopening_is_warned_anew(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        self.watch(later(MONDAY, minutes=61))
        self.answers("m2", later(MONDAY, minutes=70))
        self.asks("m3", later(MONDAY, minutes=80))
        self.watch(later(MONDAY, minutes=80 + 121))
        with freeze_time(later(MONDAY, minutes=300)):
            case.state = "closed"
        tuesday = later(MONDAY, days=1)
        self.asks("m4", tuesday)
        self.assertEqual(case.breach_state, "ok")
        self.watch(later(tuesday, minutes=45))
        self.watch(later(tuesday, minutes=61))
        self.assertEqual(
            self.notices(case, is_silent=False),
            [("first", "breach"), ("next", "breach"), ("first", "warning"), ("first", "breach")],
        )

    def test_whoever_is_on_call_hears_of_a_closing_window_four_hours_before_also_at_night(self):
        on_call = self._user("agent", login="social_on_call")
        with self.assertRaisesRegex(ValidationError, "is not on the team"):
            self.team.on_call_user_ids = on_call
        self.team.member_ids += on_call
        self.team.on_call_user_ids = on_call
        channel = self._whatsapp()
        night = datetime(2026, 3, 6, 22)
        case = self.asks("w1", night, channel=channel)
        self.watch(later(night, hours=19, minutes=59))
        self.assertEqual(self.notices(case), [])
        self.watch(later(night, hours=20, minutes=1))
        self.assertEqual(self.notices(case), [("window", "on_call")])
        self.assertEqual(self.told(case), [on_call.login])
        self.assertEqual(case.activity_ids.user_id, on_call)
        self.watch(later(night, hours=24, minutes=1))
        self.assertIn(("first", "breach"), self.notices(case))

    def test_without_anybody_on_call_the_team_leader_hears_it(self):
        channel = self._whatsapp()
        case = self.asks("w1", MONDAY, channel=channel)
        self.watch(later(MONDAY, hours=21))
        self.assertEqual(self.told(case), [self.leader.login])

    def test_old_talk_fetched_from_a_network_wakes_nobody(self):
        self.policy()
        case = super().asks("m1", MONDAY)  # it is stored today, months later
        self.watch(later(MONDAY, days=1))
        self.assertEqual(case.breach_state, "breached")
        self.assertEqual(self.told(case), [])

    def test_of_a_confidential_case_only_its_people_hear(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        case.write(
            {"confidential": True, "confidential_user_ids": [Command.set(self.manager.ids)]}
        )
        case.user_id = self.manager
        before = self.told(case)
        self.watch(later(MONDAY, minutes=61))
        self.assertEqual(sorted(before + [self.manager.login]), self.told(case))
        notices = self.env["social.crm.deadline.notice"].with_user(self.leader)
        self.assertFalse(notices.search([("case_id", "=", case.id)]))

    def test_an_action_that_fails_keeps_no_other_case_back(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Break",
                "model_id": self.env["ir.model"]._get_id("social.crm.case"),
                "state": "code",
                "code": "1 / (0 if record.name == 'bad' else 1)",
            }
        )
        self.policy(escalate_action_id=action.id)
        bad = self.asks("m1", MONDAY, who="ana", text="bad")
        good = self.asks("m2", MONDAY, who="mira", text="good")
        with self.assertLogs("odoo.addons.social_crm_channels.models.social_crm_case_watch"):
            self.watch(later(MONDAY, minutes=61))
        failed = self.env["social.crm.deadline.notice"].search([("error", "!=", False)])
        self.assertEqual(failed.case_id, bad)
        self.assertEqual(self.told(good), [self.leader.login])
        self.assertEqual(bad.breach_state, "breached")

    def test_a_snoozed_case_keeps_its_deadline(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        with freeze_time(MONDAY):
            case.write({"state": "snoozed", "snoozed_until": later(MONDAY, days=3)})
        self.watch(later(MONDAY, minutes=61))
        self.assertEqual(case.breach_state, "breached")

    def test_nobody_writes_the_books_by_hand(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        self.watch(later(MONDAY, minutes=61))
        notice = self.env["social.crm.deadline.notice"].search([("case_id", "=", case.id)])
        with self.assertRaises(AccessError):
            notice.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            notice[:1].with_user(self.manager).stage = "warning"
