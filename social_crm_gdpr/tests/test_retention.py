# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import at, message, person

from ..models import social_crm_retention_rule
from .test_restriction import MeasureCommon

LATER = at(0) + timedelta(days=400)


@tagged("post_install", "-at_install")
class TestRetention(MeasureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.words = cls.said("m1") + cls.said("c1") + cls.said("c2")
        # what other records of this database are does not matter here
        cls.env.cr.execute(
            "UPDATE social_crm_interaction SET date = '2030-01-01' WHERE NOT id = ANY(%s)",
            [cls.words.ids],
        )
        cls.env.invalidate_all()
        cls.close_cases(cls.words.case_id)

    @classmethod
    def close_cases(cls, cases):
        cases.with_context(tracking_disable=True).write({"state": "closed"})
        cls.env.flush_all()

    def rule(self, **values):
        return (
            self.env["social.crm.retention.rule"]
            .with_user(self.clerk)
            .create(
                {
                    "name": "Words, a year",
                    "model": "social.crm.interaction",
                    "category": "content",
                    "days": 365,
                    **values,
                }
            )
        )

    def run_rules(self, *rules):
        for rule in rules:
            rule.action_preview()
            rule.action_put_in_force()
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_gdpr.ir_cron_retention").method_direct_trigger()

    def test_the_preview_counts_and_takes_nothing(self):
        with freeze_time(LATER):
            rule = self.rule()
            rule.action_preview()
            self.assertEqual(rule.preview_count, 3)
            self.assertEqual(rule.preview_oldest, min(self.words.mapped("date")))
            shown = self.env[rule.model].search(rule.action_show()["domain"])
        self.assertEqual(shown, self.words)
        self.assertTrue(all(self.words.mapped("body")))

    def test_without_a_fresh_preview_it_is_not_switched_on(self):
        rule = self.rule()
        with self.assertRaisesRegex(UserError, "preview"):
            rule.action_put_in_force()
        with freeze_time("2026-05-01"):
            rule.action_preview()
        with freeze_time("2026-05-03"), self.assertRaisesRegex(UserError, "preview"):
            rule.action_put_in_force()
        with freeze_time("2026-05-03"):
            rule.action_preview()
            rule.days = 10
            with self.assertRaisesRegex(UserError, "preview"):
                rule.action_put_in_force()

    def test_at_night_what_is_over_goes_and_the_shell_stays(self):
        with freeze_time(LATER):
            rule = self.rule()
            self.run_rules(rule)
        self.assertEqual(set(self.words.mapped("state")), {"expired"})
        self.assertFalse(any(self.words.mapped("body")))
        self.assertEqual(rule.last_count, 3)
        row = self.evidence("retention.run")
        self.assertEqual((row.reference, row.payload["records"]), (rule.reference, 3))

    def test_before_its_time_nothing_goes(self):
        with freeze_time(at(0) + timedelta(days=300)):
            self.run_rules(self.rule())
        self.assertTrue(all(self.words.mapped("body")))

    def test_a_rule_that_is_off_takes_nothing(self):
        with freeze_time(LATER):
            self.rule()
            self.run_rules()
        self.assertTrue(all(self.words.mapped("body")))

    def test_what_is_held_stays_and_goes_when_the_hold_ends(self):
        with freeze_time(LATER):
            hold = self.measure("social.crm.legal.hold", self.ana)
            rule = self.rule()
            self.run_rules(rule)
            self.assertEqual((rule.preview_count, rule.preview_held), (1, 2))
            self.assertTrue(self.said("m1").body)
            self.assertFalse(self.words[2].body)
            hold.end_reason = "The claim was settled"
            hold.action_end()
            with self.enter_registry_test_mode():
                self.env.ref("social_crm_gdpr.ir_cron_retention").method_direct_trigger()
            self.assertFalse(self.said("m1").body)

    def test_what_is_being_worked_on_stays(self):
        self.said("m1").case_id.with_context(tracking_disable=True).state = "open"
        with freeze_time(LATER):
            self.run_rules(self.rule())
        self.assertTrue(self.said("m1").body)
        self.assertFalse(self.words[2].body)

    def test_the_networks_shorter_lifetime_wins_and_the_rule_wins_over_a_longer_one(self):
        self.said("c2").expires_at = at(0) + timedelta(days=1)
        self.said("m1").expires_at = at(0) + timedelta(days=4000)
        with freeze_time(at(0) + timedelta(days=2)):
            rule = self.rule()
            rule.action_preview()
            rule.action_put_in_force()
            with self.enter_registry_test_mode():
                self.env.ref("social_crm_base.ir_cron_expire").method_direct_trigger()
            self.assertFalse(self.said("c2").body)
            self.assertTrue(self.said("m1").body)
        with freeze_time(LATER), self.enter_registry_test_mode():
            self.env.ref("social_crm_gdpr.ir_cron_retention").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.said("m1").body)

    def test_one_rule_that_fails_does_not_stop_the_others(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.rule(days=1000000)
        bad, good = self.rule(sequence=1, name="Bad"), self.rule(sequence=2)
        take = type(bad)._take_away

        def _take_away(rule, records):
            if rule.name == "Bad":
                raise RuntimeError("Ana said it")
            return take(rule, records)

        with freeze_time(LATER), patch.object(type(bad), "_take_away", _take_away), mute_logger(
            "odoo.addons.social_crm_gdpr.models.social_crm_retention_rule"
        ):
            self.run_rules(bad, good)
        self.env.invalidate_all()
        self.assertEqual((bad.last_error, bad.last_run), ("RuntimeError", False))
        self.assertEqual(good.last_count, 3)
        with freeze_time(LATER):
            self.run_rules()
        self.assertFalse(bad.last_error)

    def test_nobody_puts_a_rule_in_force_past_the_preview(self):
        rules = self.env["social.crm.retention.rule"].with_user(self.clerk)
        values = {"name": "x", "model": "social.crm.interaction", "category": "content", "days": 1}
        for step in ({"state": "in_force"}, {"preview_at": "2030-01-01 00:00:00"}):
            with self.subTest(step=step):
                with self.assertRaises(AccessError):
                    rules.create({**values, **step})
                with self.assertRaises(AccessError):
                    self.rule().write(step)
        columns = [*values, "state"]
        row = [str(value) for value in (*values.values(), "in_force")]
        self.assertFalse(rules.load(columns, [row])["ids"])
        self.assertEqual(rules.with_context(default_state="in_force").create(values).state, "draft")

    def request(self, kind, who):
        return self.env["social.crm.privacy.request"].with_user(self.clerk).create(
            {"kind": kind, "said_name": "Ana", "subject_identity_ids": [(6, 0, who.ids)]}
        )

    def test_what_a_right_in_work_needs_is_not_taken(self):
        with freeze_time(at(0)):
            request = self.request("access", self.ana2)
        with freeze_time(LATER):
            rules = (
                self.rule(),
                self.rule(model="social.crm.identity", category="identity"),
                self.rule(model="social.crm.privacy.request", category="identity", days=30),
            )
            self.env["social.crm.identity"].search(
                [("id", "not in", (self.ana + self.ana2 + self.bo).ids)]
            ).last_seen = LATER
            self.run_rules(*rules)
            self.assertEqual((rules[0].preview_count, rules[0].preview_held), (1, 2))
            self.assertTrue(self.said("m1").body and self.ana.external_id and request.said_name)
            self.assertEqual(request.subject_identity_ids, self.ana + self.ana2)
            self.assertFalse(self.words[2].body or self.bo.external_id)
            request.action_withdraw()
            self.run_rules()
            self.assertFalse(self.said("m1").body or self.ana.external_id)
            self.assertTrue(request.said_name, "thirty days from the closing")
        with freeze_time(LATER + timedelta(days=31)):
            self.run_rules()
        self.assertFalse(request.said_name or request.subject_identity_ids)

    def test_a_parked_erasure_keeps_whom_it_is_about(self):
        choices = dict(self.env["social.crm.retention.rule"]._selection_model())
        self.assertFalse({"social.crm.erasure", "social.crm.consent"} & choices.keys())
        second = self._user("privacy_clerk", login="second_retention_clerk")
        hold = self.measure("social.crm.legal.hold", self.ana)
        erasure = self.env["social.crm.erasure"].with_user(self.clerk).create(
            {"identity_ids": [(6, 0, self.ana.ids)]}
        )
        erasure.action_propose()
        erasure.with_user(second).action_approve()
        self.assertEqual(erasure.state, "parked")
        hold.sudo().state = "ended"  # the job that lets it go on has not run yet
        with freeze_time(LATER):
            self.run_rules(self.rule(), self.rule(model="social.crm.identity", category="identity"))
        self.assertTrue(self.said("m1").body and self.ana.handle)
        self.assertFalse(self.words[2].body or self.bo.handle)

    def test_proof_of_a_consent_and_words_for_a_claim_stay(self):
        self.env["social.crm.consent"]._note(
            "withdrawn", "marketing", identity=self.ana, way="message",
            interaction_id=self.said("m1").id,
        )  # fmt: skip
        self.said("c1").sudo().retention_ground = "disputes"
        with freeze_time(LATER):
            self.run_rules(self.rule())
        self.assertTrue(self.said("m1").body and self.said("c1").body)
        self.assertFalse(self.words[2].body)

    def test_whom_we_still_answer_stays_known(self):
        self.said("m1").case_id.with_context(tracking_disable=True).state = "open"
        with freeze_time(LATER):
            talk = self.said("m1").conversation_id
            rules = (
                self.rule(model="social.crm.identity", category="identity"),
                self.rule(model="social.crm.conversation", category="behaviour"),
            )
            self.run_rules(*rules)
        self.assertTrue(self.ana.external_id)
        self.assertTrue(talk.first_date)
        self.assertFalse(self.bo.external_id)

    def test_a_rule_for_strangers_spares_contacts(self):
        with freeze_time(LATER):
            self.run_rules(self.rule(relation="stranger"))
        self.assertTrue(self.said("m1").body)
        self.assertFalse(self.words[2].body)

    def test_a_rule_for_a_segment_takes_that_segment_only(self):
        self.contact._social_refresh_relation()
        self.assertEqual(self.contact.social_relation, "prospect")
        with freeze_time(LATER):
            self.run_rules(self.rule(relation="prospect"))
        self.assertFalse(self.words[0].body)
        self.assertTrue(self.words[2].body)

    def test_accounts_lose_their_names_and_come_back_as_strangers(self):
        with freeze_time(LATER):
            self.env["social.crm.identity"].search(
                [("id", "not in", (self.ana + self.ana2 + self.bo).ids)]
            ).last_seen = LATER
            rule = self.rule(model="social.crm.identity", category="identity")
            self.run_rules(rule)
            self.assertEqual(rule.last_count, 3)
            self.assertFalse(self.ana.external_id or self.ana.handle or self.ana.partner_id)
            self.assertEqual(self.ana.name, "Former account")
            self.ingest(message("m9", person("ana"), minutes=60 * 24 * 400))
            self.assertNotEqual(self.said("m9").identity_id, self.ana)
            with self.enter_registry_test_mode():
                self.env.ref("social_crm_gdpr.ir_cron_retention").method_direct_trigger()
            self.assertEqual(rule.last_count, 0, "nothing is left to take")

    def test_many_batches_are_walked_to_the_end(self):
        with freeze_time(LATER), patch.object(social_crm_retention_rule, "BATCH", 1):
            self.measure("social.crm.legal.hold", self.bo)
            rule = self.rule()
            self.run_rules(rule)
        self.assertEqual(rule.last_count, 2)

    def test_what_does_not_make_sense_is_refused(self):
        for values in (
            {"model": "social.crm.draft", "category": "contact"},
            {"model": "social.crm.identity", "category": "identity", "purpose": "answer"},
        ):
            with self.assertRaises(ValidationError):
                self.rule(**values)

    def test_in_force_it_is_not_changed_behind_the_preview(self):
        rule = self.rule()
        rule.action_preview()
        rule.action_put_in_force()
        with self.assertRaisesRegex(UserError, "draft"):
            rule.days = 1
        rule.action_back_to_draft()
        rule.days = 1

    def test_officer_reads_clerk_decides_others_nothing(self):
        rule = self.rule()
        self.assertTrue(rule.with_user(self.officer).name)
        with self.assertRaises(AccessError):
            rule.with_user(self.officer).action_preview()
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                rule.with_user(user).read(["name"])


@tagged("post_install", "-at_install")
class TestStaff(MeasureCommon):
    def forget(self):
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_gdpr.ir_cron_forget_staff").method_direct_trigger()

    def test_a_year_after_a_colleague_left_the_name_goes_from_what_they_wrote(self):
        talk = self.said("m1").conversation_id
        said = talk.with_user(self.agent)._queue_reply("Evo odgovora").interaction_id
        restriction = self.measure("social.crm.restriction", self.bo)
        case = self.said("m1").case_id
        case.user_id = self.agent
        self.agent.social_also_called = "Veki"
        with freeze_time("2026-04-01"):
            (self.agent + self.clerk).action_archive()
        with freeze_time("2027-03-01"):
            self.forget()
            self.assertEqual(said.author_id, self.agent)
        with freeze_time("2027-05-01"):
            self.forget()
        self.env.invalidate_all()
        self.assertFalse(said.author_id or case.user_id or self.agent.social_also_called)
        self.assertEqual(said.body, "Evo odgovora")
        self.assertEqual(restriction.user_id, self.clerk, "who decided about rights stays")
        self.assertTrue(self.evidence("staff.forgotten"))

    def test_who_had_left_before_is_forgotten_too_and_the_chatter_with_them(self):
        case = self.said("m1").case_id
        case.user_id = self.agent
        name = self.agent.name
        told = self.env["mail.tracking.value"].create(
            {
                "field_id": self.env["ir.model.fields"]._get("social.crm.case", "user_id").id,
                "mail_message_id": case.message_post(body="Given").id,
                "new_value_integer": self.agent.id,
                "new_value_char": name,
            }
        )
        self.agent.active = False
        self.agent.social_left_at = False
        self.forget()
        self.env.invalidate_all()
        self.assertTrue(self.agent.social_left_at)
        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            self.forget()
        self.env.invalidate_all()
        self.assertFalse(case.user_id)
        self.assertNotEqual(told.new_value_char, name)

    def test_who_comes_back_is_not_forgotten(self):
        with freeze_time("2026-04-01"):
            self.agent.action_archive()
            self.agent.action_unarchive()
        self.assertFalse(self.agent.social_left_at)

    def test_every_name_of_a_user_is_reached_or_kept_for_a_reason(self):
        reached = set(self.env["res.users"]._named_in())
        self.assertIn(("social.crm.interaction", "author_id"), reached)
        self.assertIn(("social.crm.case", "user_id"), reached)
        self.assertNotIn(("social.crm.legal.hold", "user_id"), reached)
