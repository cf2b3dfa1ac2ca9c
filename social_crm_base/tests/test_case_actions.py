# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..exceptions import RulebookRefusal
from .common import START, SocialCrmCommon, at, message, person


@tagged("post_install", "-at_install")
class TestCaseActions(SocialCrmCommon):
    """What people do with cases, as the people who do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana = person("ana")
        cls.ingest(message("m1", cls.ana), message("m2", cls.ana, minutes=2))
        cls.case = cls.said("m1").case_id
        cls.reason = cls.env.ref("social_crm_base.case_reason_money_refund")
        cls.outcome = cls.env.ref("social_crm_base.case_outcome_solved_refunded")

    def _dialog(self, action, user=None):
        return Form(
            self.env[action["res_model"]]
            .with_user(user or self.agent)
            .with_context(**action["context"])
        )

    def _close(self, moment, user=None):
        with freeze_time(moment):
            case = self.case.with_user(user or self.agent)
            dialog = self._dialog(case.action_close_dialog(), user)
            dialog.reason_id = self.reason
            dialog.outcome_id = self.outcome
            dialog.note = "Paid back & settled"
            dialog.save().action_close()
        self.env.invalidate_all()

    def test_closing_asks_why_and_ends_the_clocks(self):
        self._close(at(61))
        self.assertEqual(
            (self.case.state, self.case.reason_id, self.case.outcome_id, self.case.closed_at),
            ("closed", self.reason, self.outcome, at(61)),
        )
        cycle = self.case.cycle_ids
        self.assertEqual((cycle.closed_at, cycle.closed_by_id), (at(61), self.agent))
        self.assertEqual(cycle.resolution_seconds, 3600)
        self.assertFalse(self.case.waiting_since, "nobody waits in a closed case")
        self.assertFalse(self.case.response_ids.answered_at, "closing is no answer")

    def test_the_closing_note_reaches_colleagues_as_written(self):
        self.env.cr.flush()  # changes of what was created a moment ago are not tracked
        self._close(at(61))
        self.env.cr.flush()
        self.assertIn("Paid back &amp; settled", "".join(self.case.message_ids.mapped("body")))

    def test_reopening_begins_another_cycle(self):
        self._close(at(61))
        with freeze_time(at(120)):
            self.case.with_user(self.agent).action_reopen()
        self.assertEqual(self.case.state, "open")
        self.assertFalse(self.case.closed_at)
        self.assertEqual(self.case.cycle_ids.sorted("sequence").mapped("sequence"), [1, 2])
        self.assertEqual(self.case.cycle_ids.filtered(lambda c: not c.closed_at).opened_at, at(120))

    def test_a_state_written_in_a_list_counts_as_much_as_a_button(self):
        with freeze_time(at(31)):
            self.case.with_user(self.agent).write({"state": "closed"})
        self.assertEqual(self.case.cycle_ids.closed_at, at(31))

    def test_waiting_for_the_customer_is_not_our_time(self):
        with freeze_time(at(11)):
            self.case.with_user(self.agent).action_wait()
        with freeze_time(at(41)):
            self.case.with_user(self.agent).action_reopen()
        self._close(at(61))
        self.assertEqual(self.case.cycle_ids.paused_seconds, 30 * 60)
        self.assertEqual(self.case.cycle_ids.resolution_seconds, 30 * 60)

    def test_closing_while_waiting_settles_the_pause(self):
        with freeze_time(at(11)):
            self.case.with_user(self.agent).action_wait()
        self._close(at(61))
        self.assertEqual(self.case.cycle_ids.paused_seconds, 50 * 60)
        self.assertEqual(self.case.cycle_ids.resolution_seconds, 10 * 60)
        self.assertFalse(self.case.cycle_ids.paused_since)

    def test_a_snoozed_case_comes_back_when_its_time_has_come(self):
        with freeze_time(at(10)):
            dialog = self._dialog(self.case.with_user(self.agent).action_snooze_dialog())
            dialog.choice = "hours"
            dialog.save().action_snooze()
            self.assertEqual(self.case.state, "snoozed")
            self.assertEqual(self.case.snoozed_until, at(190))
        with freeze_time(at(189)):
            self.env["social.crm.case"]._cron_wake_snoozed()
            self.assertEqual(self.case.state, "snoozed")
        with freeze_time(at(190)):
            self.env["social.crm.case"]._cron_wake_snoozed()
        self.assertEqual((self.case.state, self.case.snoozed_until), ("open", False))

    def test_mornings_are_the_users_own(self):
        self.agent.tz = "Asia/Jakarta"  # UTC+7
        with freeze_time(START):
            dialog = self._dialog(self.case.with_user(self.agent).action_snooze_dialog())
            dialog.choice = "tomorrow"
            self.assertEqual(dialog.until, START.replace(day=3, hour=1))

    def test_one_cannot_snooze_into_the_past(self):
        dialog = self._dialog(self.case.with_user(self.agent).action_snooze_dialog())
        dialog.choice = "date"
        dialog.until = fields.Datetime.now() - timedelta(hours=1)
        with self.assertRaises(UserError):
            dialog.save().action_snooze()

    def test_no_answer_needed_keeps_an_outcome_reached_before(self):
        self._close(at(61))
        self.ingest(message("m3", self.ana, minutes=70, text="Thank you!"))
        self.assertEqual(self.case.state, "open")
        self.case.with_user(self.agent).action_no_answer_needed()
        self.assertEqual((self.case.state, self.case.outcome_id), ("closed", self.outcome))

    def test_no_answer_needed_says_so_where_nothing_was_reached(self):
        self.case.with_user(self.agent).action_no_answer_needed()
        self.assertEqual(
            self.case.outcome_id, self.env.ref("social_crm_base.case_outcome_no_answer")
        )

    def test_spam_is_closed_as_spam(self):
        self.case.with_user(self.agent).action_spam()
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.outcome_id, self.env.ref("social_crm_base.case_outcome_spam"))

    def test_the_actions_menu_works_on_many_and_only_for_agents(self):
        self.ingest(message("n1", person("ben")))
        cases = self.case | self.said("n1").case_id
        spam = self.env.ref("social_crm_base.social_crm_case_action_spam")
        chosen = {"active_model": cases._name, "active_ids": cases.ids, "active_id": cases[0].id}
        with self.assertRaises(AccessError):
            spam.with_user(self.viewer).with_context(**chosen).run()
        spam.with_user(self.agent).with_context(**chosen).run()
        self.assertEqual(set(cases.mapped("state")), {"closed"})
        snooze = self.env.ref("social_crm_base.social_crm_case_action_snooze")
        dialog = snooze.with_user(self.agent).with_context(**chosen).run()
        self.assertEqual(dialog["res_model"], "social.crm.case.snooze")

    def test_a_viewer_changes_nothing(self):
        for action in ("action_assign_to_me", "action_reopen", "action_wait", "action_spam"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(self.case.with_user(self.viewer), action)()
                self.env.flush_all()

    def test_taking_a_case_brings_it_to_ones_own_team(self):
        team = self.env["social.crm.team"].create(
            {"name": "Evening", "member_ids": self.agent.ids, "channel_ids": self.channel.ids}
        )
        self.env.flush_all()
        self.case.with_user(self.agent).action_assign_to_me()
        self.assertEqual((self.case.user_id, self.case.team_id), (self.agent, team))


@tagged("post_install", "-at_install")
class TestConfidential(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(message("m1", person("ana")), message("n1", person("ben")))
        cls.case = cls.said("m1").case_id
        cls.other = cls.said("n1").case_id

    def _reads(self, user):
        self.env.invalidate_all()
        domain = [("id", "=", self.said("m1").id)]
        return (
            self.env["social.crm.case"].with_user(user).search_count([("id", "=", self.case.id)]),
            self.env["social.crm.interaction"].with_user(user).search_count(domain),
        )

    def test_only_named_people_read_it_not_even_the_manager(self):
        self.case.with_user(self.agent).action_make_confidential()
        self.assertEqual(self._reads(self.agent), (1, 1))
        for user in (self.viewer, self.leader, self.manager, self.officer):
            with self.subTest(user=user.login):
                self.assertEqual(self._reads(user), (0, 0))

    def test_it_can_be_ended_by_those_who_read_it(self):
        self.case.with_user(self.agent).action_make_confidential()
        self.case.with_user(self.agent).action_end_confidential()
        self.assertEqual(self._reads(self.viewer), (1, 1))

    def test_the_mark_follows_however_it_is_written(self):
        self.case.write({"confidential": True, "confidential_user_ids": self.agent.ids})
        self.assertTrue(self.said("m1").confidential)
        self.assertFalse(self.said("n1").confidential)

    def test_somebody_must_be_named(self):
        with self.assertRaises(ValidationError):
            self.case.write({"confidential": True})

    def test_joining_keeps_the_secret(self):
        self.case.with_user(self.agent).action_make_confidential()
        self.other.with_user(self.agent)._join(self.case.with_user(self.agent))
        self.assertTrue(self.other.confidential)
        self.assertEqual(self._reads(self.manager), (0, 0))

    def test_splitting_keeps_the_secret(self):
        self.ingest(message("m2", person("ana"), minutes=5))
        self.case.with_user(self.agent).action_make_confidential()
        new = self.case.with_user(self.agent)._split(self.said("m2"), "Another matter")
        self.assertTrue(new.confidential)
        self.assertTrue(self.said("m2").confidential)
        self.assertFalse(self.manager.with_user(self.manager).env[new._name].search_count(
            [("id", "=", new.id)]
        ))


@tagged("post_install", "-at_install")
class TestJoinAndSplit(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana, cls.ben = person("ana"), person("ben")
        cls.ingest(
            message("a1", cls.ana, minutes=10),
            message("b1", cls.ben, minutes=5),
            message("b2", cls.ben, minutes=20),
        )
        cls.mine, cls.theirs = cls.said("a1").case_id, cls.said("b1").case_id

    def test_joining_moves_the_talk_and_leaves_a_trace(self):
        (self.mine | self.theirs).with_user(self.agent)
        action = (self.mine | self.theirs).with_user(self.agent).action_join_dialog()
        self.assertEqual(action["context"]["default_target_id"], self.theirs.id, "the older one")
        dialog = Form(
            self.env["social.crm.case.join"].with_user(self.agent).with_context(**action["context"])
        )
        dialog.target_id = self.mine
        dialog.save().action_join()
        self.assertEqual(len(self.mine.interaction_ids), 3)
        self.assertFalse(self.theirs.interaction_ids)
        self.assertEqual(
            (self.theirs.state, self.theirs.joined_into_id, self.theirs.takes_new),
            ("closed", self.mine, False),
        )
        self.assertEqual(self.mine.last_date, at(20))

    def test_the_oldest_word_waits_on(self):
        self.mine.with_user(self.agent)._join(self.theirs.with_user(self.agent))
        self.assertEqual(self.mine.waiting_since, at(5))
        self.assertEqual(len(self.mine.response_ids), 1)
        self.assertFalse(self.theirs.response_ids)

    def test_a_joined_matter_is_counted_once(self):
        self.mine.with_user(self.agent)._join(self.theirs.with_user(self.agent))
        self.assertEqual(len((self.mine | self.theirs).cycle_ids), 1)

    def test_the_customers_next_message_opens_no_third_case(self):
        later = self.mine.copy({"customer_key": self.mine.customer_key, "takes_new": False})
        later.with_user(self.agent)._join(self.mine.with_user(self.agent))
        self.assertTrue(later.takes_new)
        self.ingest(message("a2", self.ana, minutes=60))
        self.assertEqual(self.said("a2").case_id, later)

    def test_networks_that_forbid_combining_are_obeyed(self):
        linkedin = self.env["social.crm.channel"].create(
            {
                "name": "Company page",
                "platform_id": self.env.ref("social_crm_base.platform_linkedin").id,
                "external_id": "page",
            }
        )
        self.mine.channel_id = linkedin
        with self.assertRaises(RulebookRefusal):
            self.mine.with_user(self.agent)._join(self.theirs.with_user(self.agent))

    def test_other_companies_cases_stay_apart(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        channel = self.channel.copy({"company_id": company.id, "external_id": "else"})
        self.ingest(message("x1", self.ana), channel=channel)
        with self.assertRaises(UserError):
            self.mine._join(self.said("x1", channel).case_id)

    def test_one_case_alone_is_not_joined(self):
        with self.assertRaises(UserError):
            self.mine.with_user(self.agent).action_join_dialog()

    def test_splitting_gives_each_matter_its_own_clock(self):
        self.ingest(message("r1", self.ben, minutes=30, direction="out"))
        self.ingest(message("b3", self.ben, minutes=40, text="And where is my refund?"))
        action = self.theirs.with_user(self.agent).action_split_dialog()
        dialog = Form(
            self.env["social.crm.case.split"].with_user(self.agent).with_context(**action["context"])
        )
        dialog.name = "Refund"
        dialog.interaction_ids.add(self.said("b3"))
        dialog.save().action_split()
        new = self.said("b3").case_id
        self.assertNotEqual(new, self.theirs)
        self.assertEqual((new.name, new.waiting_since, new.opened_at), ("Refund", at(40), at(40)))
        self.assertFalse(self.theirs.waiting_since, "what was left had been answered")
        self.assertEqual(self.theirs.last_in_date, at(20))
        self.assertEqual((new.takes_new, self.theirs.takes_new), (False, True))

    def test_the_next_message_can_be_sent_to_the_new_case(self):
        new = self.theirs.with_user(self.agent)._split(self.said("b2"), "Refund")
        new.action_take_new()
        self.assertEqual((new.takes_new, self.theirs.takes_new), (True, False))
        self.ingest(message("b4", self.ben, minutes=50))
        self.assertEqual(self.said("b4").case_id, new)

    def test_not_all_of_a_case_is_another_matter(self):
        with self.assertRaises(UserError):
            self.mine.with_user(self.agent)._split(self.said("a1"), "All")
        with self.assertRaises(UserError):
            self.mine.with_user(self.agent)._split(self.said("b1"), "Of another case")
