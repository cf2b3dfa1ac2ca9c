# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import comment, know, person

from .routing_common import RoutingCommon


@tagged("post_install", "-at_install")
class TestRouting(RoutingCommon):
    """Rules take new cases, once, in their order, and never from a person's hands."""

    def test_a_rule_gives_a_new_case_to_its_team_and_person(self):
        other = self.env["social.crm.team"].create({"name": "Other"})
        rule = self.rule(
            team_id=other.id, assign="person", user_id=self.mira.id, priority="2"
        )
        case = self.says("ana")
        self.assertEqual((case.team_id, case.user_id), (other, self.mira))
        self.assertEqual((case.priority, case.routed_rule_id), ("2", rule))
        self.assertTrue(case.assigned_at)
        self.assertFalse(case.hand_assigned)

    def test_which_rule_it_was_stands_in_the_log_without_notifying_anybody(self):
        self.rule("Žalbe & pohvale", team_id=self.team.id)
        case = self.says("ana")
        self.assertIn("Žalbe &amp; pohvale", self.log_of(case))
        self.assertFalse(case.message_ids.notified_partner_ids)

    def test_who_gets_cases_is_told_once_a_batch_and_without_the_customers_words(self):
        self.rule(assign="person", user_id=self.mira.id)
        self.ingest(
            *(comment(f"t{n}", person(f"t{n}"), "p0", text="Tajna reč") for n in range(3))
        )
        self.run_second_stage()
        told = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.mira.partner_id.ids)]
        )
        self.assertEqual(len(told), 1)
        self.assertIn("3 cases were assigned to you", told.subject)
        self.assertNotIn("Tajna", told.body)
        case = self.said("t1").case_id
        self.assertNotIn(self.mira.partner_id, case.message_partner_ids)

    def test_without_a_rule_that_holds_the_case_waits_in_the_queue_of_its_team(self):
        self.rule(keywords="invoice", assign="person", user_id=self.mira.id)
        case = self.says("ana", "Nice bike!")
        self.assertEqual(case.team_id, self.team)
        self.assertFalse(case.user_id | case.routed_rule_id.user_id)
        self.assertFalse(case.message_ids.filtered(lambda m: "By rule" in (m.body or "")))

    def test_the_first_rule_settles_and_later_ones_add(self):
        tags = self.env["social.crm.tag"].create([{"name": "T1"}, {"name": "T2"}, {"name": "T3"}])
        self.rule("First", stop=False, tag_ids=tags[0].ids, priority="1")
        second = self.rule(
            "Second", tag_ids=tags[1].ids, assign="person", user_id=self.jovan.id, priority="2"
        )
        self.rule("Third", tag_ids=tags[2].ids, assign="person", user_id=self.mira.id)
        case = self.says("ana")
        self.assertEqual(case.tag_ids, tags[0] | tags[1])
        self.assertEqual((case.user_id, case.priority), (self.jovan, "1"))
        self.assertEqual(case.routed_rule_id, second, "the one that says who answers took it")

    def test_asked_twice_is_asked_once(self):
        self.rule(assign="person", user_id=self.mira.id)
        case = self.says("ana")
        case.user_id = False
        said = case.interaction_ids
        said.hooks_pending = True
        self.run_second_stage()
        self.assertFalse(case.user_id, "the leader took it back; rules are not asked again")
        self.assertEqual(self.log_of(case).count("By rule"), 1)

    def test_further_words_of_an_open_case_change_nothing(self):
        case = self.says("ana")
        self.rule(assign="person", user_id=self.mira.id)
        self.says("ana", "And another thing", minutes=2)
        self.assertFalse(case.user_id)

    def test_a_reopened_case_is_asked_about_again(self):
        case = self.says("ana")
        case.state = "closed"
        self.rule(assign="person", user_id=self.mira.id)
        self.assertEqual(self.says("ana", "Still broken", minutes=90), case)
        self.assertEqual(case.user_id, self.mira)

    def test_a_person_choice_wins_over_rules_also_after_reopening(self):
        self.rule(team_id=self.team.id, assign="person", user_id=self.mira.id, priority="2")
        case = self.says("ana")
        case.with_user(self.leader).user_id = self.jovan
        case.state = "closed"
        self.says("ana", "Again", minutes=90)
        self.assertEqual(case.state, "open")
        self.assertEqual(case.user_id, self.jovan)
        self.assertTrue(case.hand_assigned)

    def test_a_priority_and_reason_set_by_a_person_stay(self):
        reason, other = self.env["social.crm.case.reason"].create(
            [{"name": "Mine", "kind": "reason"}, {"name": "Rule's", "kind": "reason"}]
        )
        case = self.says("ana")
        case.with_user(self.leader).write({"priority": "1", "reason_id": reason.id})
        case.state = "closed"
        self.rule(priority="2", reason_id=other.id)
        self.says("ana", minutes=90)
        self.assertEqual((case.priority, case.reason_id), ("1", reason))

    def test_a_rule_of_another_company_is_not_asked(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.rule(company_id=company.id, priority="2")
        self.assertEqual(self.says("ana").priority, "0")

    def test_the_salesperson_of_the_contact_gets_the_case(self):
        self.rule(owner="contact", assign="contact_owner")
        case = self.says("ana")
        self.assertFalse(case.user_id)
        case.state = "closed"
        partner = self.env["res.partner"].create({"name": "Ana", "user_id": self.jovan.id})
        know(case.identity_id, partner)
        self.says("ana", minutes=90)
        self.assertEqual(case.user_id, self.jovan)

    def test_a_salesperson_who_may_not_open_cases_does_not_get_one(self):
        seller = self._user("viewer", login="seller", name="Vesna")
        partner = self.env["res.partner"].create({"name": "Ana", "user_id": seller.id})
        self.rule(assign="contact_owner")
        first = self.says("ana")
        first.state = "closed"
        know(first.identity_id, partner)
        case = self.says("ana", minutes=90)
        self.assertFalse(case.user_id)
        self.assertIn("Vesna cannot take it now", self.log_of(case))

    def test_the_salesperson_of_an_open_lead_gets_the_case(self):
        case = self.says("ana")
        case.state = "closed"
        self.env["crm.lead"].create(
            {
                "name": "E-bikes",
                "social_identity_id": case.identity_id.id,
                "user_id": self.mira.id,
                "company_id": self.company.id,
            }
        )
        self.rule(owner="lead", owner_ids=self.mira.ids, assign="lead_owner")
        self.says("ana", minutes=90)
        self.assertEqual(case.user_id, self.mira)

    def test_an_activity_falls_to_who_gets_the_case(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.rule(
            "Call back", assign="person", user_id=self.mira.id,
            activity_type_id=todo.id, activity_days=2,
        )  # fmt: skip
        activity = self.says("ana").activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.mira, "Call back"))
        self.assertEqual(str(activity.date_deadline), "2026-03-04")

    def test_a_server_action_runs_on_the_case(self):
        action = self._action("records.write({'order_ref': 'SO7'})")
        self.rule(action_server_id=action.id)
        self.assertEqual(self.says("ana").order_ref, "SO7")

    def test_a_failing_server_action_holds_up_nothing(self):
        self.rule(action_server_id=self._action("raise UserError('Ne može')").id, priority="1")
        with mute_logger("odoo.addons.social_crm_channels.models.social_crm_case_deeds"):
            case = self.says("ana")
        self.assertEqual(case.priority, "1")
        self.assertIn("Ne može", self.log_of(case))

    def _action(self, code):
        return self.env["ir.actions.server"].create(
            {
                "name": "Own step",
                "model_id": self.env["ir.model"]._get_id("social.crm.case"),
                "state": "code",
                "code": code,
            }
        )

    def test_a_server_action_about_something_else_is_refused(self):
        action = self._action("pass")
        action.model_id = self.env["ir.model"]._get_id("res.partner")
        with self.assertRaisesRegex(ValidationError, "not about cases"):
            self.rule(action_server_id=action.id)

    def test_a_batch_costs_the_same_however_many_cases(self):
        """What rules look at is read for all cases at once; only what differs is written."""
        self.rule(keywords="invoice", lang_ids=self.env.ref("base.lang_en").ids, priority="1")
        self.rule(looks_like_spam=True, priority="1")
        self.rule(hours="outside", owner="contact", category_ids=self._category().ids)
        self.rule(domain="[('risk_score', '>', 90)]")
        self.rule(role="press", assign="person", user_id=self.mira.id)
        self._queries(["warm"])
        few = self._queries([f"few{n}" for n in range(2)])
        many = self._queries([f"many{n}" for n in range(20)])
        self.assertEqual(few, many)
        self.assertLessEqual(few, 40)

    def _category(self):
        return self.env["res.partner.category"].create({"name": "VIP"})

    def _queries(self, names):
        self.ingest(*(comment(f"q-{n}", person(n), "p0", text=f"Word of {n}") for n in names))
        said = self.interactions.search([("external_id", "in", [f"q-{n}" for n in names])])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        said.sudo()._hook_route()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # === WHO MAY === #

    def test_managers_write_rules_and_agents_read_them(self):
        rule = self.rules.with_user(self.manager).create({"name": "Mine", "priority": "1"})
        self.assertIn("its priority is", rule.with_user(self.agent).sentence)
        with self.assertRaises(AccessError):
            rule.with_user(self.leader).name = "Yours"
        with self.assertRaises(AccessError):
            rule.with_user(self.agent).unlink()

    def test_only_administrators_see_and_set_server_actions(self):
        rule = self.rule(action_server_id=self._action("pass").id)
        manager_rule = rule.with_user(self.manager)
        self.assertNotIn("action_server_id", manager_rule.read()[0])
        with self.assertRaises(AccessError):
            manager_rule.action_server_id = False
        self.assertIn("Own step", manager_rule.sentence, "but everybody is told it runs")

    def test_a_person_without_the_role_cannot_be_named(self):
        with self.assertRaisesRegex(ValidationError, "could not open"):
            self.rule(assign="person", user_id=self.viewer.id)
        with self.assertRaisesRegex(ValidationError, "Choose the person"):
            self.rule(assign="person")

    def test_a_domain_that_cannot_be_read_is_refused_with_the_error(self):
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.rule(domain="[('no_such_field', '=', 1)]")

    def test_hours_beyond_the_day_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.rule(hour_from=25)
            self.env.flush_all()

    def test_history_that_arrives_late_is_routed_by_when_it_was_said(self):
        self.rule(hour_from=8, hour_to=9, priority="2", resource_calendar_id=self._utc().id)
        early = comment("h1", person("ana"), "p0", text="Early")
        object.__setattr__(early, "occurred_at", datetime(2026, 3, 2, 8, 30))
        self.ingest(early)
        self.run_second_stage()
        self.assertEqual(self.said("h1").case_id.priority, "2")

    def _utc(self):
        return self.env["resource.calendar"].create({"name": "UTC", "tz": "UTC"})
