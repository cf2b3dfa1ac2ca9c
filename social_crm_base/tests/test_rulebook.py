# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..exceptions import RulebookRefusal
from ..tools import rulebook

REASON = "The network allowed it in writing, see contract 12/2026."


class RulebookCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["social.crm.platform.rule"]
        cls.Override = cls.env["social.crm.platform.override"]
        for login, group in (
            ("manager", "manager"),
            ("second_manager", "manager"),
            ("clerk", "privacy_clerk"),
            ("second_clerk", "privacy_clerk"),
            ("officer", "privacy_officer"),
            ("agent", "agent"),
        ):
            user = new_test_user(
                cls.env, login=f"rulebook_{login}", groups=f"social_crm_base.group_{group}"
            )
            setattr(cls, login, user)

    def platform(self, code):
        return self.env.ref(f"social_crm_base.platform_{code}")

    def rule(self, name):
        return self.env.ref(f"social_crm_base.platform_rule_{name}")

    def verdict(self, code, action, flow="any", **options):
        platform = self.platform(code)
        return self.Rule._verdicts(platform, action, flow, **options)[platform.id]

    def request(self, user, rule, **vals):
        return self.Override.with_user(user).create({"rule_id": rule.id, "reason": REASON, **vals})

    def house_rule(self, **vals):
        return self.Rule.create(
            {
                "platform_id": self.platform("sandbox").id,
                "action": "lead",
                "reason": "We do not sell in the sandbox.",
                "source": "House rule",
                **vals,
            }
        )


@tagged("post_install", "-at_install")
class TestVerdicts(RulebookCase):
    def test_linkedin_refuses_a_lead_and_offers_its_lead_form(self):
        with self.assertRaises(RulebookRefusal) as refusal:
            self.Rule.with_user(self.agent)._check(self.platform("linkedin"), "lead", "api")
        message = str(refusal.exception)
        for part in ("LinkedIn", "Make a lead", "forbids", "lead form", "lead-sync", "2026-11-22"):
            self.assertIn(part, message)
        self.assertIsInstance(refusal.exception, UserError)
        verdict = refusal.exception.verdicts[self.platform("linkedin").id]
        self.assertEqual(verdict.alternative_url, self.platform("linkedin").lead_form_url)

    def test_linkedin_forbids_every_use_of_member_data_beyond_the_page(self):
        for action in ("lead", "link", "combine", "profile", "export", "show_outside"):
            verdict = self.verdict("linkedin", action, "api")
            self.assertEqual((verdict.verdict, verdict.strength), ("refuse", "contract"), action)
            self.assertFalse(verdict.permits(consent=True, decision=True))

    def test_what_a_linkedin_member_told_a_colleague_is_decided_case_by_case(self):
        verdict = self.verdict("linkedin", "lead", "by_hand")
        self.assertTrue(verdict.needs_decision)
        self.assertFalse(verdict.allowed)
        self.assertTrue(verdict.permits(decision=True))

    def test_who_does_not_say_how_data_came_gets_the_strictest_answer(self):
        self.assertEqual(self.verdict("linkedin", "lead").verdict, "refuse")
        self.assertEqual(self.verdict("linkedin", "lead", ("public",)).verdict, "refuse")
        self.assertEqual(self.verdict("linkedin", "lead", ("public", "by_hand")).verdict, "ask")

    def test_x_links_only_with_consent(self):
        verdict = self.verdict("x", "link", ("public", "api"))
        self.assertTrue(verdict.needs_consent)
        with self.assertRaisesRegex(RulebookRefusal, "consent"):
            self.Rule._check(self.platform("x"), "link", decision=True)
        self.Rule._check(self.platform("x"), "link", consent=True)

    def test_nobody_infers_special_categories_anywhere(self):
        for platform in self.env["social.crm.platform"].search([]):
            for action in ("sensitive", "minor", "keep_deleted"):
                verdict = self.Rule._verdicts(platform, action)[platform.id]
                self.assertEqual(verdict.verdict, "refuse", f"{platform.code} {action}")
                self.assertFalse(verdict.permits(consent=True, decision=True))

    def test_a_new_network_is_bound_by_the_law_at_once(self):
        platform = self.env["social.crm.platform"].create({"name": "New", "code": "brand_new"})
        verdicts = self.Rule._verdicts(platform, "sensitive")
        self.assertEqual(verdicts[platform.id].strength, "law")
        self.assertTrue(self.Rule._verdicts(platform, "lead")[platform.id].allowed)

    def test_what_nobody_may_is_refused_even_where_no_row_speaks_of_it(self):
        for action in rulebook.FAIL_CLOSED_ACTIONS:
            verdict = rulebook.decide((), 1, action, frozenset(), date.today(), "Nobody may.")
            self.assertEqual((verdict.verdict, verdict.reason), ("refuse", "Nobody may."))

    def test_media_of_private_messages_stay_at_meta_those_of_public_posts_may_be_kept(self):
        for code in ("facebook", "messenger", "instagram"):
            self.assertEqual(self.verdict(code, "cache_media", "private").verdict, "refuse")
            self.assertTrue(self.verdict(code, "cache_media", "public").allowed)

    def test_writing_first_is_answered_for_each_network(self):
        expected = {
            "whatsapp": "consent",
            "messenger": "refuse",
            "instagram": "refuse",
            "telegram": "refuse",
            "tiktok": "refuse",
            "linkedin": "refuse",
            "mastodon": "consent",
        }
        for code, verdict in expected.items():
            self.assertEqual(self.verdict(code, "write_first", "private").verdict, verdict, code)

    def test_lifetimes_are_those_of_the_networks(self):
        hours = self.Rule._content_lifetime_hours
        linkedin, youtube = self.platform("linkedin"), self.platform("youtube")
        self.assertEqual(hours(linkedin), 48)
        self.assertEqual(hours(linkedin, "profile"), 24)
        self.assertEqual(hours(linkedin, "raw_event"), 24)
        self.assertEqual(hours(linkedin, "own_content", "api"), 4320)
        self.assertEqual(hours(linkedin, "statistics"), 8760)
        self.assertEqual(hours(linkedin, "content", "by_hand"), 0)
        self.assertEqual(hours(youtube), 720)
        self.assertEqual(hours(youtube, "statistics"), 0)
        self.assertEqual(hours(self.platform("mastodon")), 0)
        self.assertEqual(hours(self.platform("mastodon"), "raw_event"), 720)
        self.assertEqual(self.verdict("linkedin", "store", "api").lifetime_hours, 48)

    def test_many_networks_are_answered_at_once(self):
        platforms = self.platform("x") + self.platform("linkedin") + self.platform("mastodon")
        self.assertEqual(set(self.Rule._verdicts(platforms, "lead", "api")), set(platforms.ids))
        with self.assertRaises(RulebookRefusal) as refusal:
            self.Rule._check(platforms, "lead", "api")
        self.assertEqual(set(refusal.exception.verdicts), set((platforms[0] + platforms[1]).ids))
        self.assertIn("X (Twitter)", str(refusal.exception))
        self.assertEqual(self.Rule._verdicts(platforms.browse(), "lead"), {})

    def test_a_warm_rulebook_costs_no_query(self):
        platforms = self.env["social.crm.platform"].search([])
        self.Rule._verdicts(platforms, "lead")
        agent_rule = self.Rule.with_user(self.agent)
        platforms = platforms.with_user(self.agent)
        agent_rule.env.lang, agent_rule.env.company  # noqa: B018 (read once a transaction)
        with self.assertQueryCount(0):
            for action in ("lead", "link", "store", "export"):
                agent_rule._verdicts(platforms, action, ("public", "api"))
            agent_rule._lifetimes(platforms)

    def test_an_unknown_question_is_a_mistake_not_a_yes(self):
        for action, flow in (("leed", "any"), ("lead", "apy"), ("lead", ("api", "elsewhere"))):
            with self.assertRaises(ValueError):
                self.verdict("x", action, flow)
        with self.assertRaises(ValueError):
            self.Rule._content_lifetime_hours(self.platform("x"), "everything")

    def test_the_reason_is_told_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("de_DE")
        rule = self.rule("linkedin_lead")
        rule.with_context(lang="de_DE").reason = "LinkedIn verbietet Leads aus Kommentaren."
        german = self.Rule.with_context(lang="de_DE")
        verdicts = german._verdicts(self.platform("linkedin"), "lead")
        self.assertIn("verbietet", verdicts[self.platform("linkedin").id].reason)
        self.assertIn("forbids", self.verdict("linkedin", "lead").reason)

    def test_every_rule_has_source_date_and_a_way_out(self):
        for rule in self.Rule.search([("is_shipped", "=", True)]):
            self.assertTrue(rule.source and rule.checked_on and rule.reason, rule.display_name)
            if rule.verdict != "allow":
                self.assertTrue(rule.alternative, rule.display_name)


@tagged("post_install", "-at_install")
class TestRules(RulebookCase):
    def test_a_manager_adds_and_changes_house_rules(self):
        rule = self.house_rule()
        rule.with_user(self.manager).verdict = "ask"
        self.assertTrue(self.verdict("sandbox", "lead").needs_decision)
        rule.with_user(self.manager).unlink()
        self.assertTrue(self.verdict("sandbox", "lead").allowed)
        shipped = self.rule("house_show_public").with_user(self.manager)
        shipped.active = False
        self.assertTrue(self.verdict("sandbox", "show_outside", "public").allowed)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            shipped.unlink()

    def test_contracts_and_laws_that_came_with_the_app_cannot_be_loosened(self):
        for name in ("linkedin_lead", "law_sensitive", "linkedin_life_content"):
            rule = self.rule(name).with_user(self.manager)
            for vals in (
                {"verdict": "allow"},
                {"active": False},
                {"strength": "house"},
                {"platform_id": self.platform("sandbox").id},
                {"flow": "by_hand"},
                {"lifetime_hours": 9999, "lifetime_of": "content"},
                {"is_shipped": False},
            ):
                with self.assertRaisesRegex(UserError, "cannot be changed here"):
                    rule.with_context(install_mode=True, module="social_crm_base").write(vals)
            with self.assertRaises(UserError):
                rule.unlink()

    def test_their_sources_can_be_brought_up_to_date(self):
        rule = self.rule("linkedin_lead").with_user(self.manager)
        rule.write({"checked_on": "2027-01-15", "source": "LinkedIn terms of 2027"})
        self.assertEqual(self.verdict("linkedin", "lead").source, "LinkedIn terms of 2027")

    def test_a_rule_can_only_tighten(self):
        self.house_rule(platform_id=self.platform("linkedin").id, verdict="allow")
        self.assertEqual(self.verdict("linkedin", "lead").verdict, "refuse")
        self.house_rule(platform_id=False, action="export", verdict="refuse")
        self.assertEqual(self.verdict("mastodon", "export").verdict, "refuse")

    def test_nobody_forges_a_shipped_rule(self):
        with self.assertRaisesRegex(UserError, "Only an app"):
            self.Rule.with_user(self.manager).create(
                {"action": "lead", "reason": "r", "source": "s", "is_shipped": True}
            )

    def test_an_agent_reads_rules_and_changes_none(self):
        rule = self.house_rule()
        self.assertTrue(rule.with_user(self.agent).reason)
        with self.assertRaises(AccessError):
            rule.with_user(self.agent).verdict = "allow"

    @mute_logger("odoo.sql_db")
    def test_a_lifetime_says_of_what(self):
        for vals in (
            {"action": "store", "lifetime_hours": 5},
            {"action": "lead", "lifetime_hours": 5, "lifetime_of": "content"},
            {"action": "store", "lifetime_hours": -5, "lifetime_of": "content"},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.house_rule(**vals)


@tagged("post_install", "-at_install")
class TestOverrides(RulebookCase):
    def test_a_manager_overrides_a_house_rule_alone(self):
        rule = self.house_rule()
        override = self.request(self.manager, rule)
        self.assertEqual(override.state, "in_force")
        self.assertEqual(override.approved_by_id, self.manager)
        verdict = self.verdict("sandbox", "lead")
        self.assertEqual((verdict.allowed, verdict.override_id), (True, override.id))
        override.action_end()
        self.assertEqual(override.ended_by_id, self.manager)
        self.assertEqual(self.verdict("sandbox", "lead").verdict, "refuse")

    def test_a_contract_needs_a_clerk_and_a_second_person(self):
        override = self.request(self.clerk, self.rule("linkedin_lead"))
        self.assertEqual(override.state, "requested")
        self.assertEqual(self.verdict("linkedin", "lead", "api").verdict, "refuse")
        self.assertFalse(override.with_user(self.clerk).can_approve)
        for record in (override.with_user(self.clerk), override.with_user(self.clerk).sudo()):
            with self.assertRaisesRegex(AccessError, "second person"):
                record.action_approve()
        self.assertTrue(override.with_user(self.second_clerk).can_approve)
        override.with_user(self.second_clerk).action_approve()
        self.assertEqual(override.approved_by_id, self.second_clerk)
        self.assertEqual(override.requested_by_id, self.clerk)
        self.assertTrue(self.verdict("linkedin", "lead", "api").allowed)

    def test_the_other_clerks_hear_of_a_request(self):
        override = self.request(self.clerk, self.rule("linkedin_lead"))
        told = self.env["mail.message"].search(
            [("model", "=", override._name), ("res_id", "=", override.id)]
        ).notified_partner_ids
        self.assertIn(self.second_clerk.partner_id, told)
        self.assertNotIn(self.clerk.partner_id, told)
        self.assertNotIn(self.agent.partner_id, told)

    def test_a_manager_may_be_the_second_person_but_not_the_first(self):
        rule = self.rule("linkedin_lead")
        with self.assertRaisesRegex(AccessError, "privacy clerk"):
            self.request(self.manager, rule)
        self.request(self.clerk, rule).with_user(self.manager).action_approve()
        self.assertTrue(self.verdict("linkedin", "lead", "api").allowed)

    def test_somebody_who_is_manager_and_clerk_is_still_one_person(self):
        self.clerk.group_ids = [Command.link(self.env.ref("social_crm_base.group_manager").id)]
        override = self.request(self.clerk, self.rule("linkedin_lead"))
        self.assertEqual(override.state, "requested")
        with self.assertRaises(AccessError):
            override.action_approve()

    def test_nobody_overrides_the_law_or_a_lifetime(self):
        for name in (
            "law_sensitive",
            "law_keep_deleted",
            "law_minor",
            "linkedin_life_content",
            "house_raw_event",
        ):
            for user in (self.manager, self.clerk, self.env.ref("base.user_admin")):
                with self.assertRaises(ValidationError) as refusal:
                    self.request(user, self.rule(name))
                self.assertIn(self.rule(name).source, str(refusal.exception))
            with self.assertRaises(ValidationError):
                self.rule(name).with_user(self.clerk).action_request_override()

    def test_other_roles_request_nothing(self):
        rules = self.house_rule() + self.rule("x_lead")
        for user in (self.agent, self.officer):
            for rule in rules:
                with self.assertRaises(AccessError):
                    self.request(user, rule)
        with self.assertRaises(AccessError):
            self.request(self.clerk, rules[0])
        override = self.request(self.clerk, rules[1])
        self.assertTrue(override.with_user(self.officer).reason, "the officer oversees")
        with self.assertRaises(AccessError):
            override.with_user(self.officer).action_approve()
        with self.assertRaises(AccessError):
            override.with_user(self.agent).read(["reason"])

    def test_the_system_is_no_person(self):
        with self.assertRaises(AccessError):
            self.Override.with_user(self.agent).sudo().create(
                {"rule_id": self.house_rule().id, "reason": REASON}
            )

    def test_the_request_cannot_bring_its_own_approval(self):
        override = self.request(
            self.clerk,
            self.rule("linkedin_lead"),
            state="in_force",
            approved_by_id=self.manager.id,
            requested_by_id=self.manager.id,
        )
        self.assertEqual(override.state, "requested")
        self.assertEqual(override.requested_by_id, self.clerk)
        self.assertFalse(override.approved_by_id)

    def test_an_override_ends_with_its_last_day(self):
        rule = self.house_rule()
        self.request(self.manager, rule, until=date.today() + timedelta(days=10))
        self.assertTrue(self.verdict("sandbox", "lead").allowed)
        with freeze_time(date.today() + timedelta(days=10)):
            self.assertTrue(self.verdict("sandbox", "lead").allowed)
            self.assertFalse(
                self.Override.search([("is_expired", "=", True), ("rule_id", "=", rule.id)])
            )
        with freeze_time(date.today() + timedelta(days=11)):
            self.assertEqual(self.verdict("sandbox", "lead").verdict, "refuse")
            expired = self.Override.search([("is_expired", "=", True)])
            self.assertEqual(expired.rule_id, rule)
            self.assertFalse(
                self.Override.search([("is_expired", "=", False), ("rule_id", "=", rule.id)])
            )

    def test_a_request_that_ran_out_is_not_approved(self):
        override = self.request(
            self.clerk, self.rule("x_lead"), until=date.today() + timedelta(days=1)
        )
        with (
            freeze_time(date.today() + timedelta(days=2)),
            self.assertRaisesRegex(UserError, "run out"),
        ):
            override.with_user(self.manager).action_approve()

    def test_it_lasts_a_year_at_most_and_says_why(self):
        rule = self.house_rule()
        for vals in (
            {"until": date.today() - timedelta(days=1)},
            {"until": date.today() + timedelta(days=400)},
            {"reason": "because"},
            {"reason": "   " * 20},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.request(self.manager, rule, **vals)

    def test_it_holds_for_one_company_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.request(self.manager, self.house_rule())
        self.assertTrue(self.verdict("sandbox", "lead").allowed)
        self.assertEqual(self.verdict("sandbox", "lead", company=other).verdict, "refuse")
        with self.assertRaises(AccessError):
            self.request(self.manager, self.house_rule(), company_id=other.id)

    def test_an_override_lifts_its_own_rule_only(self):
        self.request(self.clerk, self.rule("linkedin_lead")).with_user(
            self.manager
        ).action_approve()
        self.assertEqual(self.verdict("linkedin", "link", "api").verdict, "refuse")
        self.house_rule(platform_id=self.platform("linkedin").id)
        self.assertEqual(
            self.verdict("linkedin", "lead", "api").strength, "house", "both rules refuse"
        )

    def test_what_was_decided_is_never_changed_or_deleted(self):
        override = self.request(self.manager, self.house_rule())
        for vals in (
            {"reason": REASON * 2},
            {"until": date.today()},
            {"state": "requested"},
            {"requested_by_id": self.clerk.id},
            {"rule_id": self.rule("x_lead").id},
        ):
            for record in (override, override.sudo()):
                with self.assertRaisesRegex(UserError, "evidence"):
                    record.with_context(social_crm_decision=True).write(vals)
        override.action_end()
        for record in (override, override.sudo()):
            with self.assertRaisesRegex(UserError, "evidence"):
                record.unlink()
        with self.assertRaises(UserError):
            override.action_end()

    def test_a_request_can_be_taken_back_or_turned_down(self):
        first, second = (self.request(self.clerk, self.rule("x_lead")) for _n in range(2))
        first.action_end()
        second.with_user(self.manager).action_refuse()
        self.assertEqual((first.state, second.state), ("ended", "refused"))
        for override in (first, second):
            with self.assertRaisesRegex(UserError, "decided on already"):
                override.with_user(self.manager).action_approve()
        self.assertEqual(self.verdict("x", "lead").verdict, "ask")

    def test_the_discussion_stays_open_and_the_steps_are_logged(self):
        override = self.request(self.clerk, self.rule("x_lead"))
        self.cr.flush()
        override.with_user(self.manager).action_approve()
        self.cr.flush()
        tracked = override.sudo().message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertIn("state", tracked)
        self.assertIn("approved_by_id", tracked)
        override.message_post(body="Contract attached.")

    def test_a_rule_with_overrides_is_kept(self):
        rule = self.house_rule()
        self.request(self.manager, rule)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            rule.with_user(self.manager).unlink()
        self.assertTrue(rule.exists())

    def test_a_rule_that_became_a_law_is_no_longer_lifted(self):
        rule = self.house_rule()
        self.request(self.manager, rule)
        rule.strength = "law"
        self.assertEqual(self.verdict("sandbox", "lead").verdict, "refuse")

    def test_the_wizard_like_form_knows_the_rule(self):
        action = self.rule("x_lead").with_user(self.clerk).action_request_override()
        override = (
            self.Override.with_user(self.clerk)
            .with_context(**action["context"])
            .create({"reason": REASON})
        )
        self.assertEqual(override.rule_id, self.rule("x_lead"))
        self.assertGreater(override.until, fields.Date.today())
