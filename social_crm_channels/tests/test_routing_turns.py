# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import at, comment, person

from .routing_common import NOW, RoutingCommon


@tagged("post_install", "-at_install")
class TestTurns(RoutingCommon):
    """Whose turn it is: who is there, has room, knows the language, and waited longest."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.turn = cls.rule("In turn", assign="in_turn")

    def test_cases_go_round(self):
        self.come_online(self.mira, self.jovan)
        got = [self.says(f"p{n}").user_id for n in range(4)]
        self.assertEqual(got, [self.mira, self.jovan] * 2)

    def test_cases_of_one_batch_go_round_too(self):
        self.come_online(self.mira, self.jovan)
        self.ingest(*(comment(f"b{n}", person(f"b{n}"), "p0") for n in range(6)))
        self.run_second_stage()
        cases = self.interactions.search([("external_id", "like", "b_")]).case_id
        self.assertEqual(len(cases.filtered(lambda case: case.user_id == self.mira)), 3)
        self.assertEqual(len(cases.filtered(lambda case: case.user_id == self.jovan)), 3)

    def test_who_is_offline_or_away_is_not_given_any(self):
        self.come_online(self.mira)
        self.come_online(self.jovan, status="away")
        self.assertEqual({self.says(f"p{n}").user_id for n in range(2)}, {self.mira})

    def test_do_not_disturb_is_minded(self):
        self.come_online(self.mira, self.jovan)
        self.mira.manual_im_status = "busy"
        self.assertEqual({self.says(f"p{n}").user_id for n in range(2)}, {self.jovan})

    def test_working_from_home_is_online_too(self):
        self.come_online(self.mira, self.jovan)
        users = type(self.env["res.users"])
        compute = users._compute_im_status

        def at_home(users):
            compute(users)
            for user in users.filtered(lambda user: user.im_status == "online"):
                user.im_status = "presence_home_online"

        with patch.object(users, "_compute_im_status", at_home):
            self.env.invalidate_all()
            self.assertEqual(self.says("p").user_id, self.mira)

    def test_a_team_may_share_out_also_to_who_is_not_online(self):
        self.team.share_present_only = False
        self.assertEqual(self.says("ana").user_id, self.mira)

    def test_full_everywhere_means_the_queue_until_somebody_has_room(self):
        self.come_online(self.mira, self.jovan)
        cases = [self.says(f"p{n}") for n in range(7)]
        self.assertFalse(cases[6].user_id)
        self.assertIn("it waits", self.log_of(cases[6]))
        self.share_out()
        self.assertFalse(cases[6].user_id)
        cases[1].state = "closed"
        self.share_out()
        self.assertEqual(cases[6].user_id, cases[1].user_id)

    def test_who_comes_online_is_given_what_waits_the_urgent_first(self):
        self.team.capacity = 1
        first, urgent = self.says("p1"), self.says("p2", minutes=2)
        urgent.with_user(self.leader).priority = "2"
        self.come_online(self.mira)
        self.share_out()
        self.assertEqual(urgent.user_id, self.mira)
        self.assertFalse(first.user_id)

    def test_own_capacity_counts_before_the_teams_and_loads_are_compared_by_it(self):
        self.come_online(self.mira, self.jovan)
        self.agent_of(self.mira).capacity = 2
        self.agent_of(self.jovan).capacity = 4
        got = [self.says(f"p{n}").user_id for n in range(7)]
        self.assertEqual(got.count(self.mira), 2)
        self.assertEqual(got.count(self.jovan), 4)
        self.assertFalse(got[6])
        self.assertEqual(got[:3].count(self.jovan), 2, "half of four is as much as half of two")

    def test_no_capacity_means_no_limit(self):
        self.team.capacity = 0
        self.come_online(self.mira)
        self.assertEqual(len({self.says(f"p{n}").user_id for n in range(5)}), 1)

    def test_the_language_goes_before_the_turn(self):
        self.come_online(self.mira, self.jovan)
        self.agent_of(self.mira).lang_ids = self.env.ref("base.lang_de")
        self.agent_of(self.jovan).lang_ids = self.env.ref("base.lang_sr@latin")
        got = [self.says(f"p{n}", language="de-AT").user_id for n in range(2)]
        self.assertEqual(got, [self.mira, self.mira])
        self.assertEqual(self.says("s", language="sr-Cyrl").user_id, self.jovan)
        self.assertTrue(self.says("i", language="id").user_id, "nobody knows it: whoever's turn")

    def test_who_knows_the_language_but_is_away_is_waited_for(self):
        self.come_online(self.mira)
        self.agent_of(self.mira).lang_ids = self.env.ref("base.lang_de")
        self.agent_of(self.jovan).lang_ids = self.env.ref("base.lang_sr@latin")
        self.assertFalse(self.says("s", language="sr").user_id)

    def test_skills_limit_who_takes_turns(self):
        skill = self.env["social.crm.tag"].create({"name": "Brakes"})
        self.agent_of(self.jovan).skill_ids = skill
        self.turn.skill_ids = skill
        self.come_online(self.mira, self.jovan)
        self.assertEqual({self.says(f"p{n}").user_id for n in range(2)}, {self.jovan})

    def test_an_absent_colleague_gets_nothing(self):
        self.come_online(self.mira, self.jovan)
        self.agent_of(self.mira).write({"absent_from": NOW, "absent_until": at(600)})
        self.assertEqual({self.says(f"p{n}").user_id for n in range(2)}, {self.jovan})
        self.clock.move_to(at(601))
        self.assertEqual(self.says("later", minutes=601).user_id, self.mira)

    def test_odoos_own_out_of_office_counts_as_absence(self):
        self.come_online(self.mira, self.jovan)
        self.mira.write({"out_of_office_from": at(0), "out_of_office_to": at(600)})
        self.assertEqual(self.says("p").user_id, self.jovan)

    def test_an_approved_leave_counts_where_time_off_is_installed(self):
        self.come_online(self.mira, self.jovan)
        agents = type(self.env["social.crm.agent"])
        with patch.object(agents, "_on_leave_ids", lambda agents, users: self.mira.ids):
            self.assertEqual(self.says("p").user_id, self.jovan)

    def test_who_lost_the_role_or_left_gets_nothing(self):
        self.come_online(self.mira, self.jovan)
        self.mira.group_ids = [(6, 0, self.env.ref("base.group_user").ids)]
        self.assertEqual(self.says("p").user_id, self.jovan)
        self.jovan.active = False
        self.assertFalse(self.says("q").user_id)

    def test_a_reopened_case_stays_with_who_knows_it(self):
        self.come_online(self.mira, self.jovan)
        case = self.says("ana")
        self.assertEqual(case.user_id, self.mira)
        case.state = "closed"
        self.says("ana", "Again", minutes=90)
        self.assertEqual(case.state, "open")
        self.assertEqual(case.user_id, self.mira, "though it was Jovan's turn")

    def test_a_reopened_case_of_an_absent_colleague_goes_to_another(self):
        self.come_online(self.mira, self.jovan)
        case = self.says("ana")
        case.state = "closed"
        self.agent_of(self.mira).absent_from = NOW
        self.says("ana", "Again", minutes=90)
        self.assertEqual(case.user_id, self.jovan)


@tagged("post_install", "-at_install")
class TestAgent(RoutingCommon):
    """How one colleague works, and who may say so."""

    def test_members_of_a_team_are_known_by_themselves(self):
        self.assertEqual(self.team.agent_ids.user_id, self.mira | self.jovan)
        newcomer = self._user("agent", login="nova")
        self.team.member_ids += newcomer
        self.assertIn(newcomer, self.team.agent_ids.user_id)

    def test_people_set_their_own_absence_and_nothing_else(self):
        mine = self.agent_of(self.mira).with_user(self.mira)
        mine.write({"absent_from": at(100), "absent_until": at(200), "absence_note": "Jovan"})
        with self.assertRaisesRegex(AccessError, "Ask your team leader"):
            mine.needs_approval = False
        with self.assertRaisesRegex(AccessError, "Ask your team leader"):
            mine.capacity = 1
        with self.assertRaises(AccessError):
            self.agent_of(self.jovan).with_user(self.mira).absent_from = at(0)

    def test_leaders_set_how_their_team_works_and_not_other_teams(self):
        self.agent_of(self.mira).with_user(self.leader).write(
            {"capacity": 7, "needs_approval": True}
        )
        stranger = self._user("agent", login="far")
        self.env["social.crm.team"].create({"name": "Far", "member_ids": [stranger.id]})
        with self.assertRaises(AccessError):
            self.agent_of(stranger).with_user(self.leader).capacity = 7

    def test_availability_in_words(self):
        mira = self.agent_of(self.mira).with_user(self.viewer)
        self.assertEqual(mira.availability, "Not online")
        self.come_online(self.mira)
        mira.invalidate_recordset()
        self.assertTrue(mira.is_available)
        self.agent_of(self.mira).write({"absent_from": NOW, "absent_until": at(60 * 48)})
        mira.invalidate_recordset()
        self.assertEqual(mira.availability, "Absent until 2026-03-04")
        self.assertIn(mira, mira.search([("is_absent", "=", True)]))
        self.assertNotIn(mira, mira.search([("is_absent", "=", False)]))

    def test_an_absence_that_ends_before_it_begins_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.agent_of(self.mira).write({"absent_from": at(10), "absent_until": at(5)})
            self.env.flush_all()
