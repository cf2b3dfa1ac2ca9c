# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import comment, know, person

from .routing_common import NOW, RoutingCommon

SPAM = "Free followers and easy likes for you here: https://t.me/nothing"


@tagged("post_install", "-at_install")
class TestSpam(RoutingCommon):
    """Rules hide spam and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sandbox = cls.env["social.crm.channel"].create(
            {
                "name": "Sandbox",
                "platform_id": cls.env.ref("social_crm_base.platform_sandbox").id,
                "connector": "sandbox",
                "external_id": "own",
                "is_connected": True,
            }
        )

    def spam_rule(self):
        return self.rule("Spam", looks_like_spam=True, hide_spam=True)

    def in_sandbox(self, external_id, who, text, minutes=1, **facts):
        self.ingest(
            comment(external_id, person(who), minutes=minutes, text=text, **facts),
            channel=self.sandbox,
        )
        self.run_second_stage()
        return self.said(external_id, self.sandbox)

    def hidden(self):
        """What is asked to be hidden."""
        return self.env["social.crm.outbox"].search([("operation", "=", "hide")]).interaction_id

    def test_spam_is_hidden_and_the_case_stays_open_to_be_looked_at(self):
        self.spam_rule()
        said = self.in_sandbox("s1", "bot1", SPAM)
        self.assertFalse(said.hook_errors)
        self.assertEqual(self.hidden(), said)
        self.assertEqual(said.case_id.state, "open")
        logged = self.env["social.crm.moderation"].search([("interaction_id", "=", said.id)])
        self.assertTrue(logged.is_rule, "and a person can undo it from the log")

    def test_only_the_words_that_look_like_it_are_hidden(self):
        self.spam_rule()
        self.ingest(
            comment("n1", person("eve"), text="You sold me a broken bike!", minutes=1),
            comment("n2", person("eve"), text=SPAM, minutes=2),
            channel=self.sandbox,
        )
        self.run_second_stage()
        self.assertEqual(self.hidden(), self.said("n2", self.sandbox))

    def test_the_same_words_in_three_places_are_spam(self):
        self.spam_rule()
        text = "Visit my profile for the best offers of the year"
        self.in_sandbox("c1", "x1", text)
        self.in_sandbox("c2", "x2", text, minutes=5)
        self.assertFalse(self.hidden())
        third = self.in_sandbox("c3", "x3", text, minutes=9)
        self.assertEqual(self.hidden(), third)

    def test_complaints_are_never_spam_whoever_reads_along(self):
        self.spam_rule()
        said = self.in_sandbox("k1", "angry", "Thieves! Never buy here! 😡😡😡 #scam")
        said.write({"mood": "negative", "mood_score": -1})
        self.assertFalse(self.hidden())

    def test_words_of_contacts_press_and_colleagues_are_never_hidden(self):
        first = self.in_sandbox("h1", "known", "Hello")
        know(first.identity_id, self.env["res.partner"].create({"name": "Known"}))
        self.spam_rule()
        first.case_id.state = "closed"
        self.in_sandbox("h2", "known", SPAM, minutes=90)
        press = self.in_sandbox("h3", "paper", "Hello").identity_id
        press.write({"role": "press", "role_reason": "Newspaper"})
        self.said("h3", self.sandbox).case_id.state = "closed"
        self.in_sandbox("h4", "paper", SPAM, minutes=90)
        self.assertFalse(self.hidden())

    def test_private_words_cannot_be_hidden(self):
        self.spam_rule()
        self.writes("bot", SPAM)
        self.assertFalse(self.hidden())

    def test_where_it_cannot_be_hidden_the_log_says_so(self):
        self.spam_rule()
        self.sandbox.is_connected = False
        case = self.in_sandbox("d1", "bot", SPAM).case_id
        self.assertFalse(self.hidden())
        self.assertIn("could not be hidden", self.log_of(case))

    def test_on_a_channel_worked_by_hand_a_person_is_asked_to_hide_it(self):
        self.spam_rule()
        said = self.says("bot", SPAM).interaction_ids
        self.assertEqual(self.hidden(), said)
        asked = self.env["social.crm.outbox"].search([("interaction_id", "=", said.id)])
        self.assertEqual(asked.state, "by_hand")

    def test_hiding_for_mood_segment_or_reach_is_refused_with_the_reason(self):
        for condition in (
            {"domain": "[('mood', '=', 'negative')]"},
            {"relation": "former"},
            {"loyalty": "lapsed"},
            {"followers_from": 10},
            {"keywords": "scam"},
            {},
        ):
            with self.assertRaisesRegex(ValidationError, "hide spam only"):
                self.rule(hide_spam=True, **condition)

    def test_taking_the_condition_away_later_is_refused_too(self):
        rule = self.spam_rule()
        with self.assertRaisesRegex(ValidationError, "a colleague decides that"):
            rule.with_user(self.manager).looks_like_spam = False


@tagged("post_install", "-at_install")
class TestTemplateAnswer(RoutingCommon):
    """A rule answers with saved words, where the network's rules allow it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.env["mail.canned.response"].create(
            {"source": "hours", "substitution": "Radimo od 9 do 17 časova."}
        )
        cls.rule("Hours", keywords="radno vreme", answer_id=cls.hours.id)

    def sent(self):
        return self.env["social.crm.outbox"].search(
            [("operation", "=", "send"), ("channel_id", "=", self.channel.id)]
        )

    def test_the_answer_is_queued_as_an_automatic_one(self):
        case = self.writes("ana", "Koje vam je radno vreme?")
        said = self.sent().interaction_id
        self.assertEqual(said.body, "Radimo od 9 do 17 časova.")
        self.assertEqual(said.answer_type_id.code, "automatic")
        self.assertEqual(said.case_id, case)
        self.assertEqual(case.state, "open", "an automatic answer closes nothing")

    def test_placeholders_are_filled_in_the_name_of_who_gets_the_case(self):
        self.hours.substitution = "Zdravo {{ customer.first_name }}, {{ agent.first_name }}"
        waiting = self.writes("ben", "Radno vreme?")
        self.assertFalse(self.sent())
        self.assertIn("nobody has the case yet", self.log_of(waiting))
        self.rules.search([], limit=1).write({"assign": "person", "user_id": self.mira.id})
        self.writes("ana", "Radno vreme?")
        self.assertEqual(self.sent().interaction_id.body, "Zdravo Ana, Mira")

    def test_marketing_is_not_sent_to_who_has_not_opted_in(self):
        self.hours.social_purpose = "marketing"
        case = self.writes("ana", "Radno vreme?")
        self.assertFalse(self.sent())
        self.assertIn("has not opted in", self.log_of(case))

    def test_it_is_said_once_however_often_they_ask(self):
        self.writes("ana", "Radno vreme?")
        self.writes("ana", "Radno vreme??", minutes=2)
        self.assertEqual(len(self.sent()), 1)

    def test_old_words_fetched_late_are_not_answered(self):
        self.clock.move_to(NOW + timedelta(days=3))
        self.writes("ana", "Radno vreme?")
        self.assertFalse(self.sent())

    def test_where_the_rulebook_forbids_automatic_answers_the_log_says_why(self):
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.platform.id,
                "action": "automatic_answer",
                "verdict": "refuse",
                "reason": "No automatic answers on this network.",
                "strength": "house",
                "source": "A test",
            }
        )
        case = self.writes("ana", "Radno vreme?")
        self.assertFalse(self.sent())
        self.assertIn("“hours” was not sent", self.log_of(case))
        self.assertTrue(case.routed_rule_id)
