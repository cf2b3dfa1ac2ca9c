# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, tagged

from odoo.addons.social_crm_base.tests.common import message, person
from odoo.addons.social_crm_base.tools.business_time import (
    BusinessClock,
    due_moment,
    worked_seconds,
)

from ..tools.deadlines import Facts, Promise, running
from .policy_common import MONDAY, PolicyCommon, later

WEEK = [
    (datetime(2026, 3, day, 9), datetime(2026, 3, day, 17)) for day in (2, 3, 4, 5, 6, 9, 10)
]
FRIDAY_LATE = datetime(2026, 3, 6, 16, 50)


@tagged("post_install", "-at_install")
class TestDeadlineClock(BaseCase):
    """The arithmetic alone."""

    def setUp(self):
        super().setUp()
        self.clock = BusinessClock(WEEK)

    def test_twenty_working_minutes_from_friday_evening_end_on_monday_morning(self):
        """kpi_and_rules D3, the other way round."""
        due = self.clock.after(FRIDAY_LATE, 20 * 60)
        self.assertEqual(due, datetime(2026, 3, 9, 9, 10))
        self.assertEqual(self.clock.seconds(FRIDAY_LATE, due), 20 * 60)

    def test_what_is_asked_at_night_counts_from_the_morning(self):
        self.assertEqual(
            self.clock.after(datetime(2026, 3, 3, 22), 60), datetime(2026, 3, 4, 9, 1)
        )
        self.assertEqual(
            self.clock.after(datetime(2026, 3, 1, 22), 60), datetime(2026, 3, 2, 9, 1)
        )

    def test_exactly_the_rest_of_the_day_ends_with_the_day(self):
        self.assertEqual(self.clock.after(FRIDAY_LATE, 600), datetime(2026, 3, 6, 17))

    def test_beyond_the_hours_read_nothing_is_claimed(self):
        self.assertIsNone(self.clock.after(FRIDAY_LATE, 40 * 3600))
        self.assertIsNone(BusinessClock([]).after(FRIDAY_LATE, 1))

    def test_time_spent_waiting_for_the_customer_does_not_count(self):
        pauses = [(datetime(2026, 3, 6, 16, 55), datetime(2026, 3, 9, 12))]
        due = due_moment(self.clock, FRIDAY_LATE, 20 * 60, pauses)
        self.assertEqual(due, datetime(2026, 3, 9, 12, 15))
        self.assertEqual(worked_seconds(self.clock, FRIDAY_LATE, due, pauses), 20 * 60)

    def test_the_networks_window_runs_by_the_clock_and_wins_where_it_ends_first(self):
        window = datetime(2026, 3, 7, 16, 50)  # on a Saturday
        facts = Facts(FRIDAY_LATE, FRIDAY_LATE, reply_until=window)
        (answer, closing), short = running(facts, Promise(first=20, warning=5), self.clock)
        self.assertFalse(short)
        self.assertEqual((answer.target, answer.source), ("first", "window"))
        self.assertEqual(answer.deadline, window)
        self.assertEqual(closing.stages, {"on_call": window - timedelta(hours=4)})

    def test_our_own_promise_wins_where_it_ends_first(self):
        facts = Facts(FRIDAY_LATE, FRIDAY_LATE, reply_until=datetime(2026, 3, 9, 16, 50))
        (answer, _closing), _short = running(facts, Promise(first=20, warning=5), self.clock)
        self.assertEqual(answer.source, "policy")
        self.assertEqual(
            answer.stages,
            {"breach": datetime(2026, 3, 9, 9, 10), "warning": datetime(2026, 3, 9, 9, 5)},
        )

    def test_nothing_runs_while_we_wait_for_them_or_nobody_waits(self):
        promise = Promise(first=20, next=20, resolution=60)
        paused = Facts(FRIDAY_LATE, FRIDAY_LATE, paused=True)
        self.assertEqual(running(paused, promise, self.clock), ([], False))
        (only,), _short = running(Facts(FRIDAY_LATE, answered=True), promise, self.clock)
        self.assertEqual(only.target, "resolution")


@tagged("post_install", "-at_install")
class TestResponsePolicy(PolicyCommon):
    """Which policy holds, and what it does to a case."""

    def test_a_word_gets_its_deadlines_from_the_policy_in_the_teams_hours(self):
        policy = self.policy(resolution_minutes=600)
        case = self.asks("m1", FRIDAY_LATE)
        self.assertEqual(case.policy_id, policy)
        self.assertEqual(case.deadline_first, datetime(2026, 3, 9, 9, 50))
        self.assertFalse(case.deadline_next)
        self.assertEqual(case.deadline_resolution, datetime(2026, 3, 10, 10, 50))
        self.assertEqual((case.deadline_source, case.breach_state), ("policy", "ok"))
        self.assertEqual(case.deadline, case.deadline_first)

    def test_an_answer_ends_the_wait_and_the_next_word_starts_the_next_one(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        self.answers("m2", later(MONDAY, minutes=10))
        self.assertFalse(case.deadline)
        self.asks("m3", later(MONDAY, minutes=30))
        self.assertFalse(case.deadline_first)
        self.assertEqual(case.deadline_next, later(MONDAY, minutes=150))

    def test_a_second_word_does_not_put_the_deadline_off(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        self.asks("m2", later(MONDAY, minutes=30))
        self.assertEqual(case.deadline_first, later(MONDAY, minutes=60))

    def test_waiting_for_the_customer_pauses_and_their_word_goes_on(self):
        self.policy(resolution_minutes=120)
        case = self.asks("m1", MONDAY)
        self.answers("m2", later(MONDAY, minutes=10))
        with freeze_time(later(MONDAY, minutes=20)):
            case.with_user(self.agent).action_wait()
        self.assertFalse(case.deadline)
        self.asks("m3", later(MONDAY, days=1))
        self.assertEqual(case.state, "open")
        self.assertEqual(case.deadline_resolution, later(MONDAY, days=1, minutes=100))
        self.assertEqual(case.cycle_ids.paused_seconds, 24 * 3600 - 20 * 60)

    def test_pauses_are_no_working_time_of_the_solution(self):
        self.policy()
        case = self.asks("m1", MONDAY)
        with freeze_time(later(MONDAY, minutes=20)):
            case.action_wait()
        with freeze_time(later(MONDAY, minutes=50)):
            case.action_reopen()
        with freeze_time(later(MONDAY, minutes=60)):
            case.state = "closed"
        self.assertEqual(case.cycle_ids.resolution_seconds, 30 * 60)
        self.assertEqual(case.cycle_ids.resolution_business_seconds, 30 * 60)

    def test_closing_ends_every_deadline_and_reopening_is_a_new_first_answer(self):
        """kpi_and_rules D3: closed on Monday, reopened Friday 14:00."""
        self.policy()
        case = self.asks("m1", MONDAY)
        with freeze_time(later(MONDAY, minutes=5)):
            case.with_user(self.agent).state = "closed"
        self.assertFalse(case.deadline_first or case.deadline_watch_at)
        friday = datetime(2026, 3, 6, 14)
        self.asks("m2", friday)
        self.assertEqual(case.deadline_first, later(friday, minutes=60))
        self.answers("m3", later(friday, minutes=10))
        cycle = case.cycle_ids.filtered(lambda found: found.sequence == 2)
        self.assertEqual(cycle.first_response_seconds, 600)
        self.assertEqual(cycle.first_response_business_seconds, 600)

    def test_public_holidays_are_left_out(self):
        self.policy()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday of everybody",
                "date_from": datetime(2026, 3, 9),
                "date_to": datetime(2026, 3, 9, 23, 59, 59),
            }
        )
        case = self.asks("m1", FRIDAY_LATE)
        self.assertEqual(case.deadline_first, datetime(2026, 3, 10, 9, 50))

    def test_another_companys_holidays_are_nothing_to_us(self):
        self.policy()
        other = self.env["res.company"].create({"name": "Other"})
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday of the others",
                "date_from": datetime(2026, 3, 9),
                "date_to": datetime(2026, 3, 9, 23, 59, 59),
            }
        )
        holiday.company_id = other
        case = self.asks("m1", FRIDAY_LATE)
        self.assertEqual(case.deadline_first, datetime(2026, 3, 9, 9, 50))

    def test_day_and_night_counts_on_the_clock(self):
        self.policy(is_around_clock=True)
        case = self.asks("m1", FRIDAY_LATE)
        self.assertEqual(case.deadline_first, later(FRIDAY_LATE, minutes=60))

    def test_the_first_policy_that_fits_holds(self):
        contact = self.env["res.partner"].create({"name": "Ana"})
        everybody = self.policy(sequence=90)
        urgent = self.policy(name="Urgent", sequence=1, priority="2")
        elsewhere = self.env["social.crm.channel"].create(
            {"name": "Elsewhere", "platform_id": self.platform.id, "external_id": "elsewhere"}
        )
        self.policy(name="Elsewhere", sequence=2, channel_ids=elsewhere.ids)
        self.policy(name="Reviews", sequence=3, kind="review")
        prospects = self.policy(name="Prospects", sequence=4, segment="prospect")
        strangers = self.policy(name="Strangers", sequence=5, segment="unknown", kind="direct")
        other_team = self.env["social.crm.team"].create({"name": "Other"})
        others = self.policy(name="Others", sequence=0, team_ids=other_team.ids)
        case = self.asks("m1", MONDAY)
        self.assertEqual(case.policy_id, strangers)
        case.partner_id = contact
        self.assertEqual(case.policy_id, prospects)
        case.priority = "2"
        self.assertEqual(case.policy_id, urgent)
        case.team_id = other_team
        self.assertEqual(case.policy_id, others)
        (others | urgent | prospects | strangers).active = False
        self.watch(later(fields.Datetime.now(), minutes=1))
        self.assertEqual(case.policy_id, everybody)

    def test_a_new_policy_reaches_open_cases_and_blames_nobody_for_before(self):
        case = self.asks("m1", MONDAY)
        self.assertFalse(case.deadline)
        self.env["social.crm.response.policy"].create({"name": "New", "first_minutes": 60})
        self.watch(later(fields.Datetime.now(), minutes=1))
        self.assertEqual(case.breach_state, "breached")
        self.assertEqual(self.notices(case, is_silent=False), [])
        self.assertEqual(self.told(case), [])

    def test_without_a_policy_the_networks_window_is_the_deadline(self):
        network = self.env.ref("social_crm_base.platform_whatsapp")
        channel = self.env["social.crm.channel"].create(
            {"name": "Phone", "platform_id": network.id, "external_id": "385"}
        )
        channel.team_ids = self.team
        case = self.asks("w1", FRIDAY_LATE, channel=channel)
        talk = self.said("w1", channel).conversation_id
        self.assertEqual(talk.reply_until, later(FRIDAY_LATE, hours=24))
        self.assertEqual(case.deadline_first, later(FRIDAY_LATE, hours=24))
        self.assertEqual(case.deadline_source, "window")
        self.policy()
        self.watch(later(FRIDAY_LATE, minutes=2))
        self.assertEqual(case.deadline_source, "window")
        self.asks("w2", later(FRIDAY_LATE, hours=20), channel=channel)
        self.assertEqual(talk.reply_until, later(FRIDAY_LATE, hours=44))

    def test_a_longer_window_for_people_counts_only_where_the_network_granted_it(self):
        network = self.env["social.crm.platform"].search(
            [("human_window_hours", ">", 24)], limit=1
        )
        channel = self.env["social.crm.channel"].create(
            {"name": "Page", "platform_id": network.id, "external_id": "page"}
        )
        self.asks("f1", MONDAY, channel=channel)
        talk = self.said("f1", channel).conversation_id
        longer = later(MONDAY, hours=network.human_window_hours)
        self.assertEqual(talk.reply_until, longer, "a person answers there by hand")
        channel.connector = "sandbox"
        talk._keep_windows()
        self.assertEqual(talk.reply_until, longer, "the sandbox grants everything")
        without = channel._connector()._capabilities(channel) - {"human_window"}
        connector = type(channel._connector())
        self.patch(connector, "_capabilities", lambda connector, channel: without)
        talk._keep_windows()
        self.assertEqual(talk.reply_until, later(MONDAY, hours=24))
        self.assertEqual(channel._connector()._window_hours(channel), 24)

    def test_a_promise_of_nothing_and_a_warning_before_the_wait_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "promises nothing"):
            self.policy(first_minutes=0, next_minutes=0, warning_minutes=0)
        with self.assertRaisesRegex(ValidationError, "warn before anybody waited"):
            self.policy(first_minutes=20, warning_minutes=20)

    def test_managers_make_policies_and_agents_read_them(self):
        policy = self.policy()
        self.assertEqual(policy.with_user(self.agent).first_minutes, 60)
        with self.assertRaises(AccessError):
            policy.with_user(self.leader).first_minutes = 10
        policy.with_user(self.manager).first_minutes = 90

    def test_a_policy_of_another_company_is_out_of_sight_and_holds_for_nothing_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        policy = self.policy(company_id=other.id)
        case = self.asks("m1", MONDAY)
        self.assertFalse(case.policy_id)
        with self.assertRaises(AccessError):
            policy.with_user(self.manager).read(["name"])

    def test_what_routing_changes_is_worked_out_once_for_the_whole_batch(self):
        urgent = self.policy(name="Urgent", priority="2", sequence=1, first_minutes=30)
        self.policy()
        self.env["social.crm.rule"].search([]).active = False
        self.env["social.crm.rule"].create({"name": "All urgent", "priority": "2"})
        cases = type(self.env["social.crm.case"])
        calls = []
        worked_out = cases._set_deadlines

        def count(found):
            calls.append(len(found))
            return worked_out(found)

        self.patch(cases, "_set_deadlines", count)
        with freeze_time(MONDAY):
            self.ingest(*(message(f"r{n}", person(f"r{n}"), n) for n in range(5)))
            self.interactions._run_second_stage()
        self.assertEqual(self.said("r1").case_id.policy_id, urgent)
        self.assertEqual([found for found in calls if found], [5])

    def test_a_hundred_cases_cost_as_many_queries_as_one(self):
        self.policy(segment="unknown", resolution_minutes=600)
        for number in range(40):
            self.ingest(message(f"q{number}", person(f"p{number}"), number))
        self.interactions._run_second_stage()
        cases = self.env["social.crm.case"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(len(cases.filtered("deadline_first")), 40)
        self.env["social.crm.conversation"].search([])._keep_windows()
        counts = []
        for sample in (cases[:1], cases):
            sample.deadline_first = False
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sample._set_deadlines()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(len(cases.filtered("deadline_first")), 40)

