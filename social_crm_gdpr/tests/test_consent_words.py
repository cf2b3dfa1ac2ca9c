# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import at, comment, message, person
from odoo.addons.social_crm_base.tools.activity import Activity, Target

from ..models.social_crm_consent_phrase import plain
from .test_consent import ConsentCommon


@tagged("post_install", "-at_install")
class TestConsentWords(ConsentCommon):
    """What people write on the channel itself."""

    def write_to_us(self, text, who="ana", minutes=30, key=None, **facts):
        key = key or f"w-{who}-{text}-{minutes}"
        self.ingest(message(key, person(who), minutes, text=text, **facts))
        return self.said(key)

    def ask(self, code="feedback"):
        """The question, and that it arrived."""
        outbox = self.talk.with_user(self.agent)._ask_consent(code)
        outbox._mark_done(None)
        return outbox.interaction_id

    def answer(self, text, who="ana", later=5, **facts):
        moment = fields.Datetime.now() + timedelta(minutes=later) - at(0)
        return self.write_to_us(text, who, int(moment.total_seconds() // 60) + 1, **facts)

    def rows(self, *events):
        return self.consents.search(
            [("identity_id", "=", self.ana.id), ("event", "in", events)], order="id"
        )

    # === STOP === #

    def test_it_stops_in_every_language_however_it_is_written(self):
        for text in (
            "STOP", "stop", " Stop! ", "STOP 🛑", "🛑 stop 🛑🛑", "„STOP“", "Stopp", "Abmelden.",
            "ODJAVA", "Odjavi me", "СТОП", "одјава", "Berhenti", "UNSUBSCRIBE", "ｓｔｏｐ",
            "KEINE\nWERBUNG",
        ):  # fmt: skip
            with self.subTest(text=text):
                self.assertEqual(self.env["social.crm.consent.phrase"]._meaning(text), "stop")

    def test_what_mail_programs_and_phones_add_does_not_hide_it(self):
        for number, text in enumerate(
            (
                "stop\n\nSent from my iPhone",
                "Bitte keine Werbung mehr\n-- \nAna",
                "Стоп\n> We have news for you",
            )
        ):
            with self.subTest(text=text):
                self.decide("given", "feedback", happened_at=at(number))
                self.write_to_us(text, key=f"tail{number}", minutes=40 + number)
                self.assertFalse(self.ana._may("feedback"))

    def test_yes_edited_to_stop_is_heard(self):
        self.ask()
        self.answer("Yes")
        self.assertEqual(self.status(), "agreed")
        self.edit(self.rows("given").interaction_id, "STOP")
        self.assertEqual(self.status(), "withdrawn")

    def test_an_edit_counts_from_when_it_was_edited(self):
        said = self.write_to_us("Hello", minutes=1)
        self.decide("given", happened_at=at(20))
        self.edit(said, "STOP", at(40))
        self.assertEqual(self.status(), "withdrawn")

    def edit(self, said, text, moment=None):
        moment = moment or fields.Datetime.now()
        target = Target(said.external_id)
        self.ingest(Activity("edit", moment, target=target, text=text, edited_at=moment))

    def test_inside_a_sentence_it_stops_nothing(self):
        for text in (
            "Please stop the parcel, I moved", "Stop sending broken bikes!", "Bus stop?",
            "non-stop", "nonstop", "Does the e-bike STOP in the rain?", "stopping", "", "🛑",
            "Kada je odjava iz hotela?", "STOP " * 30,
        ):  # fmt: skip
            with self.subTest(text=text):
                self.assertNotEqual(self.env["social.crm.consent.phrase"]._meaning(text), "stop")

    def test_no_word_has_two_meanings(self):
        words = self.env["social.crm.consent.phrase"].search([("key", "!=", False)])
        self.assertEqual(len(set(words.mapped("key"))), len(words))
        self.assertEqual(plain("Ja,  BITTE 👍🏽"), "ja bitte")

    def test_stop_withdraws_what_was_given_and_objects_to_the_rest(self):
        self.decide("given")
        item = self.answer("STOP 🛑")
        self.assertEqual(self.status("feedback"), "withdrawn")
        self.assertEqual(self.status("marketing"), "objected")
        rows = self.rows("withdrawn", "objected")
        self.assertEqual(rows.interaction_id, item)
        self.assertEqual(set(rows.mapped("way")), {"message"})
        self.assertTrue(self.ana._may("answer"))
        self.assertTrue(self.ana._may("profiling"), "what STOP does not name stays")

    def test_twice_is_once_and_a_replay_is_nothing(self):
        self.write_to_us("STOP", key="s1")
        before = self.consents.search_count([])
        self.write_to_us("STOP", key="s1")
        self.write_to_us("stop!", minutes=31)
        self.assertEqual(self.consents.search_count([]), before)

    def test_it_holds_before_the_second_stage_runs(self):
        self.decide("given")
        outbox = self.talk.with_user(self.agent)._queue_reply("Zadovoljni?", purpose="feedback")
        item = self.answer("STOP")
        self.assertTrue(item.hooks_pending)
        self.assertEqual(outbox.state, "failed")

    def test_in_public_it_counts_only_below_such_words_of_ours(self):
        self.ingest(comment("c1", person("ana"), "p1", text="STOP"))
        self.assertFalse(self.rows("withdrawn", "objected"))
        self.said("p1").purpose = "marketing"
        self.ingest(comment("c2", person("ana"), "p1", minutes=3, text="STOP"))
        self.assertTrue(self.rows("objected"))

    def test_our_own_words_and_old_archives_are_understood_for_what_they_are(self):
        self.ingest(message("o1", person("ana"), 40, direction="out", text="STOP"))
        self.assertFalse(self.rows("withdrawn", "objected"))
        self.ingest(message("h1", person("ana"), 41, text="STOP"), opens_cases=False)
        row = self.rows("objected")[:1]
        self.assertEqual(row.happened_at, at(41), "it held since it was said")

    def test_two_companies_are_stopped_apart(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        channel = self.channel.copy(
            {"company_id": other.id, "external_id": "else", "handle": "else@example.social"}
        )
        self.ingest(message("e1", person("ana"), text="Hallo"), channel=channel)
        theirs = self.said("e1", channel).identity_id
        self.write_to_us("STOP")
        self.assertEqual(self.status("marketing", theirs), "none")
        self.assertEqual(self.status("marketing"), "objected")

    def test_it_is_confirmed_once_with_the_way_back(self):
        self.talk.channel_id.lang_id = self.env.ref("base.lang_de")
        item = self.answer("STOP", language="de")
        item._run_hooks()
        item._run_hooks()
        said = self.interactions.search(
            [("conversation_id", "=", self.talk.id), ("direction", "=", "out")]
        )
        self.assertEqual(len(said), 1)
        self.assertIn("Erledigt", said.body)
        self.assertIn("/privacy/preferences/p-i", said.body)
        self.assertEqual(said.answer_type_id.code, "automatic")

    # === ASKING === #

    def test_a_yes_to_the_question_is_consent_with_the_message_as_evidence(self):
        self.ana.language = "sr"
        question = self.ask("marketing")
        self.assertIn("Odgovorite DA", question.body)
        self.assertIn(self.company.name, question.body)
        item = self.answer("Da! 👍")
        self.assertEqual(self.rows("asked").interaction_id, question)
        given, confirmed = self.rows("given", "confirmed")
        self.assertEqual((given.interaction_id, given.event), (item, "given"))
        self.assertEqual(confirmed.event, "confirmed", "nobody else answers from that account")
        self.assertEqual(given.text_id.lang, "sr")
        self.assertEqual(given.wording, question.body, "what they read, not what stands elsewhere")
        self.assertTrue(self.ana._may("marketing"))
        item._run_hooks()
        thanks = self.interactions.search(
            [("conversation_id", "=", self.talk.id), ("direction", "=", "out")], limit=1
        )
        self.assertIn("Ponude i novosti", thanks.body)

    def test_yes_means_yes_in_every_language(self):
        for text in ("YES", "ja", "Ya", "да", "Da.", "Yes please!"):
            self.assertEqual(self.env["social.crm.consent.phrase"]._meaning(text), "yes", text)

    def test_a_yes_nobody_asked_for_means_nothing(self):
        self.answer("Da")
        self.assertFalse(self.rows("given"))

    def test_a_yes_to_another_question_means_nothing(self):
        self.ask()
        other = self.talk.with_user(self.agent)._queue_reply("Da otkažem porudžbinu?")
        other._mark_done(None)
        self.answer("Da")
        self.assertFalse(self.rows("given"))

    def test_a_yes_before_the_question_arrived_means_nothing(self):
        self.talk.with_user(self.agent)._ask_consent("feedback")
        self.answer("Da")
        self.assertFalse(self.rows("given"))

    def test_a_yes_from_somebody_else_means_nothing(self):
        self.ask()
        self.answer("Da", who="bo")
        people = self.ana + self.bo
        given = Domain("event", "=", "given") & Domain("identity_id", "in", people.ids)
        self.assertFalse(self.consents.search(given))

    def test_a_no_is_remembered_and_nobody_asks_again(self):
        self.ask()
        with self.assertRaisesRegex(UserError, "asked already"):
            self.ask()
        self.answer("Ne, hvala")
        self.assertEqual(self.status(), "refused")
        with self.assertRaisesRegex(UserError, "said no"):
            self.ask()
        self.answer("Da", later=9)
        self.assertEqual(self.status(), "refused", "the question was answered")

    def test_nobody_is_asked_in_public_nor_a_child_nor_who_agreed(self):
        self.ingest(comment("c5", person("bo"), "p1"))
        with self.assertRaisesRegex(UserError, "in private"):
            self.said("c5").conversation_id.with_user(self.agent)._ask_consent("feedback")
        self.decide("given")
        with self.assertRaisesRegex(UserError, "agreed already"):
            self.ask()
        self.ana.minor = "likely"
        with self.assertRaisesRegex(UserError, "minor"):
            self.ask("marketing")
        with self.assertRaisesRegex(UserError, "nothing to ask"):
            self.ask("profiling")

    def test_who_is_restricted_is_not_asked(self):
        self.env["social.crm.restriction"].with_user(self.clerk).create(
            {"identity_ids": [Command.set(self.ana.ids)], "reason": "Contested"}
        )
        with self.assertRaisesRegex(UserError, "Art. 18"):
            self.ask()

    # === BESIDE THE COMPOSER === #

    def test_the_composer_shows_it_and_asks_with_one_click(self):
        case = self.said("m1").case_id.with_user(self.agent)
        place = case._inbox_composer()["places"][0]
        shown = {row["code"]: row for row in place["consents"]}
        self.assertEqual(set(shown), {"feedback", "marketing"})
        self.assertTrue(shown["marketing"]["can_ask"])
        self.assertFalse(shown["marketing"]["may"])
        sent = case.inbox_ask_consent(place["id"], "marketing")
        self.assertTrue(sent["outbox_id"])
        shown = {row["code"]: row for row in case._inbox_composer()["places"][0]["consents"]}
        self.assertEqual(shown["marketing"]["status"], "asked")
        self.assertFalse(shown["marketing"]["can_ask"])
        person_shown = {row["code"]: row for row in case._inbox_person()["consents"]}
        self.assertTrue(person_shown["profiling"]["may"])
        self.assertNotIn("answer", person_shown)

    def test_a_viewer_asks_nobody(self):
        case = self.said("m1").case_id.with_user(self.viewer)
        shown = case._inbox_composer()["places"][0]["consents"]
        self.assertFalse(any(row["can_ask"] for row in shown))

    # === THE FIRST ANSWER === #

    def published(self):
        notice = self.env["social.crm.notice"].search([("company_id", "=", self.company.id)])
        notice = notice or self.env["social.crm.notice"].create({"company_id": self.company.id})
        notice.with_user(self.clerk).action_publish()
        return notice

    def test_the_first_private_answer_carries_the_link_once(self):
        talk = self.talk.with_user(self.agent)
        self.assertEqual(talk._queue_reply("Zdravo").interaction_id.body, "Zdravo")
        notice = self.published()
        case = self.said("m1").case_id.with_user(self.agent)
        bare = talk.channel_id._connector()._measure(talk.channel_id, "Zdravo").used
        measured = case.inbox_measure(talk.id, "Zdravo")
        self.assertGreater(measured["used"], bare + 20)
        self.assertIn(notice.code, measured["added"])
        self.assertIn(notice.code, case.inbox_preview(talk.id, "Zdravo")["text"])
        first = talk._queue_reply("Zdravo")
        self.assertIn(f"/privacy/n/{notice.code}", first.interaction_id.body)
        self.assertEqual(talk._queue_reply("Još nešto").interaction_id.body, "Još nešto")
        first.action_take_back()
        self.assertIn(notice.code, talk._queue_reply("Ipak").interaction_id.body)

    def test_never_in_public_and_not_where_it_is_switched_off(self):
        self.published()
        self.ingest(comment("c7", person("bo"), "p1"))
        public = self.said("c7").conversation_id.with_user(self.agent)
        self.assertEqual(public._queue_reply("Hvala").interaction_id.body, "Hvala")
        self.channel.privacy_link = False
        self.assertEqual(
            self.talk.with_user(self.agent)._queue_reply("Zdravo").interaction_id.body, "Zdravo"
        )

    def test_a_text_that_no_longer_fits_with_the_link_is_refused_before_it_is_sent(self):
        self.published()
        case = self.said("m1").case_id.with_user(self.agent)
        measured = case.inbox_measure(self.talk.id, "x" * 480)
        if measured["limit"]:
            self.assertFalse(measured["fits"])

    def test_another_company_links_its_own_notice_or_none(self):
        self.published()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        channel = self.channel.copy(
            {"company_id": other.id, "external_id": "else", "handle": "else@example.social"}
        )
        self.ingest(message("e2", person("cara"), text="Hallo"), channel=channel)
        place = self.said("e2", channel).conversation_id
        self.assertEqual(place._queue_reply("Hallo").interaction_id.body, "Hallo")

    def test_the_notice_is_drafted_from_what_the_company_does(self):
        self.company.email = "shop@example.com"
        notice = self.published()
        english = notice._text("en").body
        for words in (self.company.name, "shop@example.com", "Mastodon", "Offers and news",
                      "only with your consent", "keyed hash", "write STOP"):  # fmt: skip
            self.assertIn(words, english)
        self.assertIn("Angebote und Neuigkeiten", notice._text("de").body)
        with self.assertRaisesRegex(UserError, "People read this now"):
            notice.with_user(self.clerk).action_rebuild()
