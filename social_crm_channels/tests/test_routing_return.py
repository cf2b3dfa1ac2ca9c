# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import answer, at

from .routing_common import NOW, RoutingCommon


@tagged("post_install", "-at_install")
class TestReturn(RoutingCommon):
    """Nobody's case rests with somebody who does not answer it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create({"name": "Shop", "tz": "UTC"})
        cls.team.write({"return_minutes": 30, "resource_calendar_id": cls.calendar.id})

    def given(self, who="ana", minutes=60, user=None):
        """A case of somebody that was given by hand, in the morning of a Monday."""
        case = self.says(who, minutes=minutes)
        self.clock.move_to(at(minutes))
        case.with_user(self.leader).user_id = user or self.mira
        return case

    def test_a_case_not_answered_in_time_goes_back_and_says_who_had_it(self):
        case = self.given()
        self.share_out(minutes=89)
        self.assertEqual(case.user_id, self.mira)
        self.share_out(minutes=90)
        self.assertFalse(case.user_id)
        self.assertEqual((case.returned_count, case.returned_from_id), (1, self.mira))
        self.assertEqual(case.returned_reason, "no_answer")
        self.assertIn("Give back", self.log_of(case))

    def test_an_answered_case_stays(self):
        case = self.given()
        self.ingest(answer("a1", case.interaction_ids[:1].external_id, minutes=70))
        self.share_out(minutes=600)
        self.assertEqual(case.user_id, self.mira)

    def test_the_clock_stands_still_outside_working_hours(self):
        case = self.given(minutes=470)  # 16:50, the shop closes at 17:00 and opens at 8:00
        self.share_out(minutes=60 * 20)  # 5:00 the next morning
        self.assertEqual(case.user_id, self.mira)
        self.share_out(minutes=60 * 23 + 20)  # 8:20
        self.assertFalse(case.user_id)

    def test_waiting_for_the_customer_or_snoozed_is_no_reason(self):
        case, other = self.given(), self.given("ben")
        case.action_wait()
        other.write({"state": "snoozed", "snoozed_until": at(6000)})
        self.share_out(minutes=600)
        self.assertEqual((case | other).user_id, self.mira)

    def test_a_team_without_the_setting_never_takes_back(self):
        self.team.return_minutes = 0
        case = self.given()
        self.share_out(minutes=60 * 24 * 30)
        self.assertEqual(case.user_id, self.mira)

    def test_the_leader_is_told_once_a_case_and_in_one_message(self):
        cases = self.given() | self.given("ben")
        self.share_out(minutes=90)
        told = self._told(self.leader)
        self.assertEqual(len(told), 1)
        for case in cases:
            self.assertIn(f'data-oe-id="{case.id}"', told.body)
            self.assertNotIn(case.name, told.body, "the customer wrote the subject")
        cases.write({"user_id": self.jovan.id})
        self.share_out(minutes=300)
        self.assertEqual(set(cases.mapped("returned_count")), {2})
        self.assertEqual(len(self._told(self.leader)), 1)

    def _told(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids), ("subject", "like", "back in")]
        )

    def test_giving_back_undoes_it(self):
        case = self.given()
        self.share_out(minutes=90)
        case.with_user(self.leader).action_give_back()
        self.assertEqual(case.user_id, self.mira)
        self.assertFalse(case.returned_from_id)
        self.assertEqual(case.returned_count, 1, "it happened, though")
        with self.assertRaisesRegex(UserError, "Nothing to give back"):
            case.action_give_back()

    def test_the_next_in_turn_is_somebody_else(self):
        self.rule(assign="in_turn")
        self.come_online(self.mira, self.jovan)
        case = self.says("ana", minutes=60)
        self.assertEqual(case.user_id, self.mira)
        case.assigned_at = at(60)
        self.share_out(minutes=90)
        self.assertEqual(case.user_id, self.jovan)

    # === ABSENCE === #

    def test_an_absence_that_begins_now_returns_open_work_at_once(self):
        case, done = self.given(), self.given("ben")
        done.state = "closed"
        self.agent_of(self.mira).with_user(self.mira).write({"absent_from": at(61)})
        self.assertEqual(case.user_id, self.mira, "not yet")
        self.clock.move_to(at(62))
        self.agent_of(self.mira).with_user(self.mira).write({"absent_until": at(2000)})
        self.assertFalse(case.user_id)
        self.assertEqual(case.returned_reason, "absence")
        self.assertEqual(done.user_id, self.mira)

    def test_a_planned_absence_returns_work_when_it_begins(self):
        case = self.given()
        self.team.return_minutes = 0
        self.agent_of(self.mira).write({"absent_from": at(120), "absent_until": at(2000)})
        self.share_out(minutes=119)
        self.assertEqual(case.user_id, self.mira)
        self.share_out(minutes=121)
        self.assertFalse(case.user_id)

    def test_what_a_leader_gives_to_an_absent_colleague_on_purpose_stays(self):
        self.team.return_minutes = 0
        self.agent_of(self.mira).write({"absent_from": NOW, "absent_until": at(2000)})
        case = self.given(minutes=90)
        self.share_out(minutes=200)
        self.assertEqual(case.user_id, self.mira)

    def test_odoos_out_of_office_returns_work_too(self):
        self.team.return_minutes = 0
        case = self.given()
        self.mira.write({"out_of_office_from": at(100), "out_of_office_to": at(600)})
        self.share_out(minutes=101)
        self.assertFalse(case.user_id)

    def test_an_absence_by_mistake_is_undone_for_what_nobody_took(self):
        mine, taken = self.given(), self.given("ben")
        agent = self.agent_of(self.mira).with_user(self.mira)
        agent.write({"absent_from": at(60)})
        taken.with_user(self.jovan).action_assign_to_me()
        with self.assertRaisesRegex(UserError, "End the absence first"):
            agent.action_give_back()
        agent.write({"absent_from": False})
        agent.action_give_back()
        self.assertEqual((mine.user_id, taken.user_id), (self.mira, self.jovan))

    def test_a_confidential_case_is_taken_back_but_not_announced(self):
        case = self.given()
        case.action_make_confidential()
        self.share_out(minutes=90)
        self.assertFalse(case.user_id)
        self.assertFalse(self._told(self.leader))
