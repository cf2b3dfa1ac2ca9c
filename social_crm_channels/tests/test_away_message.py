# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import START, comment, message, person, post

from .policy_common import MONDAY, PolicyCommon, later

FRIDAY_NIGHT = datetime(2026, 3, 6, 20)


@tagged("post_install", "-at_install")
class TestAwayMessage(PolicyCommon):
    """What a channel says by itself while nobody is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.platform.write({"reply_window_hours": 0})
        cls.channel.write({"connector": "sandbox", "is_connected": True})
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env["res.lang"]._activate_lang("sr@latin")
        cls.english = cls.away("We are back on Monday")
        cls.german = cls.away("Wir sind am Montag wieder da", "de_DE")

    @classmethod
    def away(cls, body, code=None, **values):
        lang = cls.env["res.lang"].search([("code", "=", code)]) if code else cls.env["res.lang"]
        return cls.env["social.crm.away.message"].create(
            {"channel_id": cls.channel.id, "body": body, "lang_id": lang.id, **values}
        )

    def said_away(self, channel=None):
        """What was said by itself, oldest first."""
        place = (channel or self.channel).id
        return self.env["social.crm.interaction"].search(
            [("answer_type_id.code", "=", "away"), ("channel_id", "=", place)], order="id"
        )

    def test_outside_working_hours_the_customer_hears_it_and_is_not_answered(self):
        self.policy()
        case = self.asks("m1", FRIDAY_NIGHT)
        said = self.said_away()
        self.assertEqual(said.body, "We are back on Monday")
        self.assertEqual((said.purpose, said.parent_id), ("answer", self.said("m1")))
        self.assertEqual(case.waiting_since, FRIDAY_NIGHT)
        self.assertEqual(case.deadline_first, datetime(2026, 3, 9, 10))
        row = self.env["social.crm.outbox"].search([("interaction_id", "=", said.id)])
        with freeze_time(later(FRIDAY_NIGHT, minutes=1)):
            row._mark_done(None)
        self.assertEqual(case.waiting_since, FRIDAY_NIGHT)
        self.assertFalse(case.response_ids.answered_at)

    def test_during_working_hours_nothing_is_said_and_neither_at_lunch(self):
        self.calendar.attendance_ids.filtered(lambda day: day.dayofweek == "0").write(
            {"hour_to": 12}
        )
        self.calendar.attendance_ids.create(
            {
                "name": "Afternoon",
                "calendar_id": self.calendar.id,
                "dayofweek": "0",
                "hour_from": 13,
                "hour_to": 17,
                "day_period": "afternoon",
            }
        )
        self.asks("m1", later(MONDAY, hours=1))
        self.asks("m2", later(MONDAY, hours=3, minutes=30), who="mira")
        self.assertFalse(self.said_away())

    def test_once_a_conversation_and_closed_period(self):
        self.asks("m1", FRIDAY_NIGHT)
        self.asks("m2", later(FRIDAY_NIGHT, minutes=5))
        self.asks("m3", later(FRIDAY_NIGHT, days=1))
        self.assertEqual(len(self.said_away()), 1)
        self.asks("m4", FRIDAY_NIGHT, who="mira")
        self.assertEqual(len(self.said_away()), 2, "another conversation")
        self.asks("m5", datetime(2026, 3, 9, 20))
        self.assertEqual(len(self.said_away()), 3, "another evening")

    def test_two_words_in_one_batch_are_told_once(self):
        with freeze_time(FRIDAY_NIGHT):
            minutes = (FRIDAY_NIGHT - START).total_seconds() / 60
            ana = person("ana")
            self.ingest(message("m1", ana, minutes), message("m2", ana, minutes + 1))
            self.interactions._run_second_stage()
        self.assertEqual(self.said_away().parent_id, self.said("m2"))

    def test_in_the_customers_language_else_the_channels_else_the_one_for_all(self):
        cases = (
            ({"language": "de"}, "Wir sind am Montag wieder da"),
            ({"language": "de-AT"}, "Wir sind am Montag wieder da"),
            ({"language": "sr"}, "We are back on Monday"),
            ({}, "We are back on Monday"),
        )
        for number, (facts, expected) in enumerate(cases):
            self.asks(f"m{number}", FRIDAY_NIGHT, who=f"p{number}", **facts)
            self.assertEqual(self.said_away()[-1].body, expected, facts)
        self.away("Vraćamo se u ponedeljak 🙂", "sr@latin")
        self.asks("s1", FRIDAY_NIGHT, who="jovan", language="sr")
        self.assertEqual(self.said_away()[-1].body, "Vraćamo se u ponedeljak 🙂")
        self.channel.lang_id = self.german.lang_id
        self.asks("s2", FRIDAY_NIGHT, who="luca", language="it")
        self.assertEqual(self.said_away()[-1].body, "Wir sind am Montag wieder da")

    def test_bots_press_competitors_and_our_own_pages_hear_nothing(self):
        for role in ("bot", "press", "competitor"):
            with freeze_time(MONDAY):
                self.asks(f"{role}-1", later(MONDAY, hours=1), who=role)
            who = self.said(f"{role}-1").identity_id
            who.write({"role": role, "role_reason": "said so"})
            self.asks(f"{role}-2", FRIDAY_NIGHT, who=role)
        self.asks("own-1", later(MONDAY, hours=1), who="sister")
        self.said("own-1").identity_id.is_own = True
        self.asks("own-2", FRIDAY_NIGHT, who="sister")
        self.assertFalse(self.said_away())

    def _under_a_post(self, key, who, channel=None):
        minutes = (FRIDAY_NIGHT - START).total_seconds() / 60
        with freeze_time(FRIDAY_NIGHT):
            self.ingest(post("p1"), comment(key, person(who), "p1", minutes), channel=channel)
            self.interactions._run_second_stage()
        return self.said(key, channel)

    def test_in_public_only_where_the_message_says_so(self):
        page = self.env["social.crm.channel"].create(
            {
                "name": "Page",
                "platform_id": self.env.ref("social_crm_base.platform_facebook").id,
                "external_id": "page",
                "connector": "sandbox",
                "is_connected": True,
                "team_ids": self.team.ids,
            }
        )
        words = self.away("Closed now", channel_id=page.id)
        self._under_a_post("c1", "ana", page)
        self.assertFalse(self.said_away(page))
        words.in_public = True
        said = self._under_a_post("c2", "mira", page)
        self.assertEqual(self.said_away(page).parent_id, said)
        self.assertFalse(words.refusal)

    def test_the_rulebook_is_asked(self):
        """In public, Mastodon's servers take automatic answers from who asked for them only."""
        self.english.in_public = True
        self.assertIn("in public: Many servers", self.english.refusal)
        word = self._under_a_post("c1", "ana")
        self.assertFalse(self.said_away())
        self.assertFalse(word.hook_errors)
        self._under_a_post("c2", "mira").identity_id.consent_basis = "given"
        with freeze_time(later(FRIDAY_NIGHT, days=3, hours=1)):
            self.ingest(
                comment(
                    "c3", person("mira"), "p1",
                    (later(FRIDAY_NIGHT, days=3) - START).total_seconds() / 60,
                )
            )
            self.interactions._run_second_stage()
        self.assertEqual(self.said_away().parent_id, self.said("c3"))

    def test_while_the_whole_team_is_absent_it_is_said_by_day_too(self):
        everybody = self.env["social.crm.agent"]._of(self.agent | self.leader, self.company)
        everybody[0].absent_from = datetime(2026, 3, 1)
        self.asks("m1", later(MONDAY, hours=1))
        self.assertFalse(self.said_away())
        everybody.absent_from = datetime(2026, 3, 1)
        self.asks("m2", later(MONDAY, hours=2))
        self.asks("m3", later(MONDAY, hours=3))
        self.assertEqual(len(self.said_away()), 1)

    def test_who_answers_at_night_is_there(self):
        self.asks("m1", later(MONDAY, hours=7))
        self.answers("m2", datetime(2026, 3, 2, 19))
        self.asks("m3", datetime(2026, 3, 2, 19, 10))
        self.assertFalse(self.said_away())

    def test_old_talk_and_channels_by_hand_get_nothing(self):
        minutes = (MONDAY - START).total_seconds() / 60
        with freeze_time(FRIDAY_NIGHT):
            self.ingest(message("m1", person("ana"), minutes))
            self.interactions._run_second_stage()
        self.channel.connector = "manual"
        self.asks("m2", FRIDAY_NIGHT, who="mira")
        self.assertFalse(self.said_away())

    def test_a_like_or_a_deleted_word_gets_nothing(self):
        minutes = (FRIDAY_NIGHT - START).total_seconds() / 60
        with freeze_time(FRIDAY_NIGHT):
            self.ingest(post("p1"), comment("c1", person("ana"), "p1", minutes))
            self.said("c1").state = "deleted"
            self.interactions._run_second_stage()
        self.assertFalse(self.said_away())

    def test_without_a_message_the_batch_costs_one_query_more(self):
        (self.english | self.german).active = False
        with freeze_time(FRIDAY_NIGHT):
            for number in range(20):
                self.ingest(message(f"q{number}", person(f"p{number}"), number))
            words = self.interactions.search([("channel_id", "=", self.channel.id)])
            words._hook_away()
            self.env.flush_all()
            with self.assertQueryCount(1):
                words._hook_away()

    def test_a_message_that_does_not_fit_and_a_second_in_one_language_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "Too long"):
            self.away("x" * 10001, "sr@latin")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.away("Noch eine", "de_DE")

    def test_managers_write_them_and_nobody_else(self):
        with self.assertRaises(AccessError):
            self.english.with_user(self.leader).body = "Hello"
        self.english.with_user(self.manager).body = "Hello"
        self.assertEqual(self.english.with_user(self.agent).body, "Hello")
