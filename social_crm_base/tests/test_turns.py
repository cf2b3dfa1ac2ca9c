# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo.tests import BaseCase, new_test_user, tagged

from ..ingest.turns import tell
from ..tools.business_time import BusinessClock
from .common import SocialCrmCommon, at, message, person

FRIDAY = datetime(2026, 3, 6, 16, 50)


def word(moment, number, user=None):
    """A customer's word, or with a user an answer."""
    return moment, user is not None, number, user


@tagged("post_install", "-at_install")
class TestTurns(BaseCase):
    def test_the_first_of_several_words_starts_the_wait_and_the_first_answer_ends_it(self):
        (cycle,) = tell([word(at(1), 1), word(at(2), 2), word(at(5), 3, 7), word(at(6), 4, 8)], [])
        (turn,) = cycle.turns
        self.assertEqual((turn.since, turn.question), (at(1), 1))
        self.assertEqual((turn.answered, turn.answer, turn.user), (at(5), 3, 7))

    def test_each_reopening_is_a_cycle_of_its_own(self):
        """kpi_and_rules D3: closed by bot Monday, reopened Friday 14:00, answered 14:10."""
        monday, friday = datetime(2026, 3, 2, 10), datetime(2026, 3, 6, 14)
        first, second = tell(
            [word(monday, 1), word(friday, 2), word(friday + timedelta(minutes=10), 3, 7)],
            [(monday, monday + timedelta(hours=1))],
        )
        self.assertEqual(first.turns[0].ended, first.closed)
        self.assertIsNone(first.turns[0].answered)
        self.assertEqual(second.opened, friday)
        self.assertEqual(second.turns[0].answered - second.opened, timedelta(minutes=10))

    def test_an_answer_nobody_waits_for_counts_nothing(self):
        self.assertEqual(tell([word(at(1), 1, 7)], []), [])

    def test_a_late_word_from_before_the_closing_belongs_to_the_closed_cycle(self):
        cycles = tell([word(at(1), 1), word(at(9), 2)], [(at(1), at(10))])
        self.assertEqual(len(cycles), 1)
        self.assertEqual(cycles[0].turns[0].ended, at(10))


@tagged("post_install", "-at_install")
class TestAnswerTypes(SocialCrmCommon):
    def test_they_are_cached_and_yet_read_anew_after_each_change(self):
        kinds = self.env["social.crm.answer.type"]
        self.assertNotIn("called_back", kinds._by_code())
        kind = kinds.create({"name": "Called back", "code": "called_back"})
        self.assertEqual(kinds._by_code()["called_back"], kind.id)
        with self.assertQueryCount(0):
            kinds._by_code()
        kind.code = "rang_up"
        self.assertIn("rang_up", kinds._by_code())
        kind.unlink()
        self.assertNotIn("rang_up", kinds._by_code())


@tagged("post_install", "-at_install")
class TestBusinessTime(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office hours",
                "tz": "UTC",
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "morning",
                        },
                    )
                    for day in range(5)
                ],
            }
        )
        cls.team = cls.env["social.crm.team"].create(
            {"name": "Service", "resource_calendar_id": cls.calendar.id}
        )
        cls.channel.team_ids = cls.team

    def test_friday_evening_to_monday_morning_is_twenty_minutes_of_work(self):
        """kpi_and_rules D3: business 20 min, clock 64 h 20 min."""
        monday = datetime(2026, 3, 9, 9, 10)
        offset = (FRIDAY - at(0)).total_seconds() / 60
        ana = person("ana")
        self.ingest(
            message("m1", ana, offset),
            message("m2", ana, offset + (monday - FRIDAY).total_seconds() / 60, direction="out"),
        )
        self.interactions._run_second_stage()
        response = self.said("m1").case_id.response_ids
        self.assertEqual(response.seconds, (64 * 60 + 20) * 60)
        self.assertEqual(response.business_seconds, 20 * 60)
        cycle = self.said("m1").case_id.cycle_ids
        self.assertEqual(cycle.first_response_business_seconds, 20 * 60)

    def test_whoever_answered_is_told_when_the_author_changes(self):
        ana = person("ana")
        self.ingest(message("m1", ana, 0), message("m2", ana, 5, direction="out"))
        case = self.said("m1").case_id
        colleague = new_test_user(self.env, "colleague", "social_crm_base.group_agent")
        self.said("m2").author_id = colleague
        case._recount_turns()
        self.assertEqual(case.response_ids.user_id, colleague)
        self.assertTrue(case.response_ids.seconds)

    def test_public_holidays_are_no_working_time(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, 9),
                "date_to": datetime(2026, 3, 9, 23, 59, 59),
            }
        )
        clock = BusinessClock.of_calendar(self.calendar, FRIDAY, datetime(2026, 3, 12))
        self.assertEqual(clock.seconds(FRIDAY, datetime(2026, 3, 10, 9, 5)), 15 * 60)
        self.assertEqual(clock.seconds(datetime(2026, 3, 10), FRIDAY), 0)

    def test_closing_ends_the_wait_without_an_answer_and_keeps_the_figures(self):
        self.ingest(message("m1", person("ana")))
        case = self.said("m1").case_id
        case.with_user(self.manager).state = "closed"
        self.assertTrue(case.response_ids.ended_at)
        self.assertFalse(case.waiting_since)
        self.assertTrue(case.cycle_ids.closed_at)
        self.assertEqual(case.cycle_ids.closed_by_id, self.manager)
