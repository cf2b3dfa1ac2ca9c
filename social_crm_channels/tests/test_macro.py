# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.social_crm_base.tests.common import message, person

from .test_together import TogetherCommon


class MacroCommon(TogetherCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["social.crm.case.reason"].search([("kind", "=", "reason")], limit=1)
        cls.outcome = cls.env["social.crm.case.reason"].search([("kind", "=", "outcome")], limit=1)

    def macro(self, *steps, user=None, **vals):
        return (
            self.env["social.crm.macro"]
            .with_user(user or self.agent)
            .create(
                {
                    "name": "Parcel lost",
                    "step_ids": [
                        Command.create({"sequence": place, **step})
                        for place, step in enumerate(steps)
                    ],
                    **vals,
                }
            )
        )

    def run_wizard(self, macro, cases=None, user=None):
        cases = cases or self.case
        return (
            self.env["social.crm.macro.run"]
            .with_user(user or self.agent)
            .create({"case_ids": [Command.set(cases.ids)], "macro_id": macro.id})
        )


@tagged("post_install", "-at_install")
class TestMacro(MacroCommon):
    def test_all_steps_are_done_in_order_as_it_was_foreseen(self):
        tag = self.env["social.crm.tag"].create({"name": "Parcel"})
        macro = self.macro(
            {"action": "answer", "text": "Izvinite! We look for it 📦"},
            {"action": "tag", "tag_ids": [Command.set(tag.ids)]},
            {"action": "priority", "priority": "1"},
            {"action": "assign"},
            {"action": "note", "text": "Ask the carrier."},
            {"action": "close", "reason_id": self.reason.id, "outcome_id": self.outcome.id},
        )
        run = self.run_wizard(macro)
        self.assertIn("We look for it 📦", run.preview)
        self.assertFalse(self.case.tag_ids, "a preview does nothing")
        self.assertEqual(run.action_run()["type"], "ir.actions.act_window_close")
        self.assertEqual(
            (self.case.state, self.case.tag_ids, self.case.priority, self.case.user_id),
            ("closed", tag, "1", self.agent),
        )
        self.assertEqual((self.case.reason_id, self.case.outcome_id), (self.reason, self.outcome))
        answer = self.case.interaction_ids.filtered(lambda said: said.direction == "out")
        self.assertEqual(answer.body, "Izvinite! We look for it 📦")
        self.assertEqual(answer.author_id, self.agent)

    def test_names_are_filled_in_and_what_is_missing_stops_it(self):
        self.run_wizard(
            self.macro({"action": "answer", "text": "Dear {{ customer.name }}!"})
        ).action_run()
        answer = self.case.interaction_ids.filtered(lambda said: said.direction == "out")
        self.assertEqual(answer.body, "Dear Ana!")
        run = self.run_wizard(self.macro({"action": "answer", "text": "It is {{ order.number }}"}))
        self.assertIn("Number of the order", run.preview)
        run.action_run()
        self.assertIn("Number of the order", run.result)

    def test_a_saved_answer_is_said_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        lang = self.env["res.lang"].search([("code", "=", "de_DE")])
        saved = self.env["mail.canned.response"].with_user(self.agent)
        english = saved.create({"source": "late", "substitution": "We are sorry."})
        saved.create(
            {"source": "late", "substitution": "Es tut uns leid.", "social_lang_id": lang.id}
        )
        macro = self.macro({"action": "answer", "canned_id": english.id})
        self.assertEqual(macro.step_ids.text, "We are sorry.")
        self.said("m1").sudo().language = "de"
        self.said("m1").identity_id.sudo().language = "de"
        self.assertIn("Es tut uns leid.", self.run_wizard(macro).preview)

    def test_a_case_where_a_step_fails_stays_as_it_was_and_the_others_are_done(self):
        self.ingest(message("b1", person("bojan"), text="Hi"))
        lost = self.said("b1").case_id
        self.said("b1").sudo().identity_id.state = "deleted"
        macro = self.macro(
            {"action": "priority", "priority": "2"}, {"action": "answer", "text": "Hello"}
        )
        run = self.run_wizard(macro, self.case | lost)
        self.assertIn("no longer active", run.preview)
        self.assertEqual(run.action_run()["res_id"], run.id, "the result stays on the screen")
        self.assertEqual((self.case.priority, lost.priority), ("2", "0"))
        self.assertIn("Done in 1 of 2", run.result)
        self.assertIn("no longer active", run.result)

    def test_a_macro_closes_nothing_without_what_the_company_asks(self):
        macro = self.macro({"action": "close", "outcome_id": self.outcome.id})
        run = self.run_wizard(macro)
        run.action_run()
        self.assertIn("why they wrote", run.result)
        self.assertEqual(self.case.state, "open")

    def test_steps_must_be_complete(self):
        with self.assertRaises(ValidationError):
            self.macro({"action": "answer"})
        with self.assertRaises(ValidationError):
            self.macro({"action": "tag"})

    def test_an_empty_macro_says_so(self):
        with self.assertRaises(UserError):
            self.run_wizard(self.macro()).action_run()

    def test_agents_make_their_own_leaders_their_teams_managers_everybodys(self):
        self.macro({"action": "wait"})
        for vals in ({"share": "all"}, {"share": "team", "team_id": self.team.id}):
            with self.assertRaises(AccessError):
                self.macro({"action": "wait"}, **vals)
        theirs = self.macro(
            {"action": "wait"}, user=self.leader, share="team", team_id=self.team.id
        )
        with self.assertRaises(AccessError):
            self.macro({"action": "wait"}, user=self.leader, share="all")
        everybodys = self.macro({"action": "wait"}, user=self.manager, share="all")
        mine = self.env["social.crm.macro"].with_user(self.agent).search([])
        self.assertLessEqual(theirs | everybodys, mine)
        with self.assertRaises(AccessError):
            theirs.with_user(self.agent).name = "Mine now"
        strangers = self.env["social.crm.macro"].with_user(self.stranger).search([])
        self.assertNotIn(theirs, strangers)
        self.assertIn(everybodys, strangers)

    def test_only_managers_put_code_into_macros_and_all_may_run_it(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id("social.crm.case"),
                "state": "code",
                "code": "records.write({'product_ref': env.user.login})",
            }
        )
        step = {"action": "server", "server_action_id": action.id}
        with self.assertRaises(AccessError):
            self.macro(step)
        mine = self.macro({"action": "wait"})
        with self.assertRaises(AccessError):
            mine.step_ids.write(step)
        macro = self.macro(step, user=self.manager, share="all")
        self.run_wizard(macro.with_user(self.agent)).action_run()
        self.assertEqual(self.case.product_ref, self.agent.login, "as whoever runs it")

    def test_snoozing_uses_the_snooze_of_every_day(self):
        self.run_wizard(self.macro({"action": "snooze", "snooze": "hours"})).action_run()
        self.assertEqual(self.case.state, "snoozed")
        self.assertGreater(self.case.snoozed_until, fields.Datetime.now())


@tagged("post_install", "-at_install")
class TestClosing(MacroCommon):
    def close(self, cases, **vals):
        return (
            self.env["social.crm.case.close"]
            .with_user(self.agent)
            .create({"case_ids": [Command.set(cases.ids)], **vals})
        )

    def test_reason_and_outcome_are_asked_in_bulk_too(self):
        self.ingest(message("b1", person("bojan"), text="Hi"))
        both = self.case | self.said("b1").case_id
        self.said("b1").case_id.reason_id = self.reason
        closing = self.close(both, outcome_id=self.outcome.id)
        self.assertTrue(closing.needs_reason)
        with self.assertRaisesRegex(UserError, "why they wrote"):
            closing.action_close()
        closing.reason_id = self.reason
        closing.action_close()
        self.assertEqual(set(both.mapped("state")), {"closed"})

    def test_what_is_known_already_is_not_asked_again(self):
        self.case.write({"reason_id": self.reason.id, "outcome_id": self.outcome.id})
        self.close(self.case).action_close()
        self.assertEqual(self.case.state, "closed")

    def test_a_company_may_not_ask(self):
        self.company.social_crm_ask_at_closing = False
        self.close(self.case).action_close()
        self.assertEqual(self.case.state, "closed")


@tagged("post_install", "-at_install")
class TestTransfer(MacroCommon):
    def transfer(self, **vals):
        action = self.as_(self.agent).action_transfer_dialog()
        with Form(
            self.env[action["res_model"]].with_user(self.agent).with_context(**action["context"])
        ) as form:
            for name, value in vals.items():
                setattr(form, name, value)
        return form.save()

    def other_team(self):
        return self.env["social.crm.team"].create(
            {"name": "Repairs", "member_ids": [Command.set(self.stranger.ids)]}
        )

    def test_another_team_gets_it_with_a_note_though_the_giver_sees_it_no_more(self):
        team = self.other_team()
        self.case.user_id = self.other
        self.transfer(team_id=team, note="Promised a call on <Monday>.").action_transfer()
        self.assertEqual((self.case.team_id, self.case.user_id.ids), (team, []))
        self.assertFalse(self.as_(self.agent).has_access("read"))
        note = self.as_(self.stranger)._inbox_talk_entries(None, None)[0]
        self.assertEqual(note["text"], "Promised a call on <Monday>.")
        self.assertEqual(note["who"], self.agent.name)

    def test_a_person_gets_it_and_hears_of_it(self):
        self.transfer(user_id=self.other).action_transfer()
        self.assertEqual(self.case.user_id, self.other)
        told = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.other.partner_id.ids)], limit=1
        )
        self.assertEqual(told.subject, "A case was assigned to you")

    def test_nobody_is_no_receiver(self):
        with self.assertRaises(UserError):
            self.transfer().action_transfer()

    def test_who_could_not_open_it_cannot_get_it(self):
        self.as_(self.agent).action_make_confidential()
        with self.assertRaisesRegex(UserError, "could not open"):
            self.transfer(user_id=self.other).action_transfer()
