# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import at, know, message, person

from .privacy_common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyIntake(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = cls.env["social.crm.privacy.request"]
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ada", "email": "ada@example.org", "lang": "en_US"}
        )
        know(cls.ada, cls.contact)

    def wrote(self, text, who="carla", external_id="said", minutes_ago=60, **facts):
        """A message of just now, after the second stage."""
        moment = fields.Datetime.now() - timedelta(minutes=minutes_ago)
        minutes = (moment - at(0)).total_seconds() / 60
        self.ingest(message(external_id, person(who), minutes=minutes, text=text, **facts))
        said = self.said(external_id)
        said._run_hooks()
        return said

    def proposed(self, said):
        return self.requests.search([("interaction_id", "=", said.id)])

    # === TRIGGER WORDS === #

    def test_a_message_that_reads_like_a_request_is_proposed_in_each_language(self):
        for number, (kind, text) in enumerate(
            [
                ("erasure", "Please DELETE   my data, now!"),
                ("erasure", "Ich möchte, dass Sie meine Daten löschen."),
                ("erasure", "Molim vas, obrišite moje podatke 🙏"),
                ("erasure", "Молим вас, обришите моје податке"),
                ("erasure", "Tolong hapus data pribadi saya"),
                ("access", "Welche Daten haben Sie über mich?"),
                ("access", "Data apa yang Anda simpan tentang saya?"),
                ("withdrawal", "Povlačim pristanak."),
                ("erasure", "Welche Daten haben Sie über mich? Und: löschen Sie meine Daten!"),
            ]
        ):
            said = self.wrote(text, who=f"p{number}", external_id=f"t{number}")
            found = self.proposed(said)
            self.assertEqual((found.kind, found.state), (kind, "proposed"), text)
            self.assertEqual(found.subject_identity_ids, said.identity_id)

    def test_common_ways_of_asking_are_understood_and_other_talk_is_not(self):
        kind_of = self.env["social.crm.privacy.trigger"]._kind_of
        asked = {
            "erasure": [
                "please delete all my personal data", "Delete all of my data now!",
                "Please erase everything you have about me", "forget me",
                "I want my data deleted", "Bitte löschen Sie alle meine Daten",
                "Loeschen Sie bitte meine Daten", "löscht alles, was ihr über mich habt",
                "Ich will, dass meine Daten sofort gelöscht werden",
                "обришите све моје податке", "Molim da se obrišu... izbrisite moje licne podatke",
                "obrišite sve što imate o meni", "Mohon hapus semua data pribadi saya",
                "Saya ingin data saya dihapus",
            ],
            "access": [
                "GDPR request", "Send me a copy of all my personal data, please",
                "What personal data do you store about me?", "DSGVO-Anfrage",
                "Was haben Sie über mich gespeichert?", "Ich hätte gern eine Kopie meiner Daten",
                "Želim kopiju svojih podataka", "Koje lične podatke čuvate o meni?",
                "Minta salinan data pribadi saya",
            ],
            "rectification": [
                "my address is wrong, please correct it", "Meine Adresse ist leider falsch",
                "Moja adresa je pogrešna", "Alamat saya salah, tolong perbaiki",
            ],
            "": [
                "My order is wrong, please correct it", "How do I delete old photos and save data?",
                "Was denkt ihr über mich?", "Šta mislite o meni?", "Kuota data saya habis",
                "I deleted the app, my data plan is empty", "",
            ],
        }  # fmt: skip
        for kind, texts in asked.items():
            for text in texts:
                self.assertEqual(kind_of(text), kind, text)

    def test_the_clock_started_with_the_message(self):
        said = self.wrote("Delete my data", minutes_ago=3 * 24 * 60)
        self.assertEqual(self.proposed(said).received_at, said.date)

    def test_other_talk_old_talk_and_our_own_words_propose_nothing(self):
        self.assertFalse(self.proposed(self.wrote("My phone lost its data plan")))
        old = self.wrote("Delete my data", external_id="old", minutes_ago=200 * 24 * 60)
        self.assertFalse(self.proposed(old))
        ours = self.wrote("Delete my data", external_id="our", direction="out")
        self.assertFalse(self.proposed(ours))

    def test_run_again_it_proposes_nothing_twice_and_asked_again_it_joins(self):
        first = self.wrote("Delete my data")
        first._run_hooks()
        again = self.wrote("Delete my data!!", external_id="again", minutes_ago=1)
        self.assertEqual(len(self.proposed(first)), 1)
        second = self.proposed(again)
        self.assertEqual(second.state, "joined")
        self.assertEqual(second.duplicate_of_id, self.proposed(first))

    def test_a_clerk_says_whether_it_is_one(self):
        said = self.wrote("Delete my data")
        request = self.proposed(said).with_user(self.clerk)
        request.action_confirm()
        self.assertEqual((request.state, request.user_id), ("received", self.clerk))
        other = self.proposed(self.wrote("Delete my data", who="dan", external_id="dan"))
        other.with_user(self.clerk).action_dismiss()
        self.assertEqual(other.state, "dismissed")
        self.assertEqual(self.evidence(other), ["request.proposed", "request.dismissed"])

    # === BY HAND, BY CLICK === #

    def test_an_agent_makes_one_of_a_message_and_is_told_its_number_only(self):
        said = self.wrote("what do you know about me")
        self.proposed(said)
        action = said.with_user(self.agent).action_privacy_request()
        start = self.env["social.crm.privacy.start"].with_user(self.agent).browse(action["res_id"])
        self.assertEqual((start.kind, start.received_at), ("access", said.date))
        told = start.action_start()
        request = self.proposed(said)
        self.assertEqual(request.state, "received")
        self.assertIn(request.name, told["params"]["message"])
        with self.assertRaises(AccessError):
            request.with_user(self.agent).read(["description"])
        with self.assertRaises(AccessError):
            said.with_user(self.viewer).action_privacy_request()

    def test_nobody_begins_one_elsewhere_of_whom_they_do_not_see_or_in_another_time(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        starts = self.env["social.crm.privacy.start"].with_user(self.agent)
        values = {
            "kind": "erasure", "received_at": "2001-01-01", "identity_id": self.ada.id,
        }  # fmt: skip
        with self.assertRaises(AccessError):
            starts.create({**values, "company_id": elsewhere.id})
        start = starts.create(values)
        self.assertEqual(start.company_id, self.company)
        start.with_context(
            default_check_method="document", default_answer_email="me@evil.example"
        ).action_start()
        request = self.requests.search([("kind", "=", "erasure")], order="id desc", limit=1)
        self.assertEqual((request.company_id, request.source), (self.company, "hand"))
        self.assertFalse(request.is_late or request.check_method)
        self.assertNotEqual(request.answer_email, "me@evil.example")
        stranger = self.env["social.crm.identity"].create(
            {"platform_id": self.ada.platform_id.id, "handle": "eve@example.social",
             "company_id": elsewhere.id}
        )  # fmt: skip
        before = self.requests.search_count([])
        for about in ({"identity_id": stranger.id}, {"partner_id": self.env["res.partner"].create(
                {"name": "Theirs", "company_id": elsewhere.id}).id}):  # fmt: skip
            with self.assertRaises(AccessError):
                starts.create({"kind": "access", **about}).action_start()
        self.assertEqual(self.requests.search_count([]), before)

    def test_a_clerk_begins_one_from_account_contact_and_case(self):
        case = self.said("1").case_id
        for record, method in (
            (self.ada, "action_privacy_request"),
            (self.contact, "action_social_privacy_request"),
            (case, "action_privacy_request"),
        ):
            action = getattr(record.with_user(self.clerk), method)()
            start = self.env["social.crm.privacy.start"].with_user(self.clerk)
            shown = start.browse(action["res_id"]).action_start()
            request = self.requests.browse(shown["res_id"])
            self.assertIn(self.ada, request.subject_identity_ids, method)
            self.assertIn(self.contact, request.subject_partner_ids, method)

    def test_the_inbox_tells_whoever_answers_that_a_request_runs(self):
        self.request("access")
        case = self.said("1").case_id.with_user(self.agent)
        words = " ".join(notice["text"] for notice in case._inbox_person_notices())
        self.assertIn("Go on answering", words)

    # === MAIL === #

    def mail(self, **facts):
        return self.requests.message_new(
            {
                "email_from": "Ada <ADA@example.org>",
                "subject": "Auskunft",
                "body": "<p>Welche Daten haben Sie über mich?</p>",
                "date": "2026-03-02 09:00:00",
                "to": "privacy-request@shop.example",
                **facts,
            }
        )

    @freeze_time("2026-03-03 10:00:00")
    def test_a_mail_is_a_request_since_it_was_sent(self):
        request = self.mail()
        self.assertEqual((request.kind, request.source), ("access", "email"))
        self.assertEqual(str(request.received_at), "2026-03-02 09:00:00")
        self.assertEqual(request.subject_identity_ids, self.ada)
        self.assertIn("Welche Daten", request.description)

    def test_a_mail_cannot_date_itself_into_the_future_nor_speak_html(self):
        request = self.mail(date="2199-01-01 00:00:00", body="<script>x</script><b>Hi</b>")
        self.assertLessEqual(request.received_at, fields.Datetime.now())
        self.assertNotIn("<b>", request.description)
        self.assertTrue(
            request.message_ids.filtered(lambda note: "not understood" in (note.body or ""))
        )

    def test_a_mail_cannot_date_itself_into_the_past_either(self):
        first = self.requests._receive("access", "web", said_email="ada@example.org")
        received = first.received_at
        request = self.mail(date="2001-01-01 00:00:00", email_from="Bob <bob@example.org>")
        self.assertFalse(request.is_late)
        self.assertGreater(request.received_at, fields.Datetime.now() - timedelta(hours=1))
        self.assertTrue(request.message_ids.filtered(lambda note: "2001" in (note.body or "")))
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self.mail(date=fields.Datetime.to_string(yesterday)), first)
        self.assertEqual(first.received_at, received, "a joined mail moves nobody's clock")

    def test_a_mail_without_sender_or_subject_is_still_taken(self):
        request = self.mail(email_from="", subject=None, body=False)
        self.assertEqual(request.state, "received")

    # === JOINING === #

    def test_the_same_person_asking_the_same_on_two_ways_is_one_request(self):
        first = self.requests._receive("erasure", "web", said_handle="ada@example.social")
        second = self.requests._receive(
            "erasure", "web", said_email="ada@example.org", said_phone="123"
        )
        self.assertEqual(second, first)
        self.assertEqual(first.said_phone, "123")
        other = self.requests._receive("access", "web", said_email="ada@example.org")
        self.assertNotEqual(other, first)

    def test_two_strangers_are_two_requests(self):
        first = self.requests._receive("access", "web", said_handle="nobody@example.social")
        second = self.requests._receive("access", "web", said_handle="nobody2@example.social")
        self.assertNotEqual(first, second)
        self.assertFalse(first.subject_identity_ids or second.subject_identity_ids)

    def test_found_later_it_is_offered_to_be_joined(self):
        first = self.request("access")
        late = self.request("access", who=self.env["social.crm.identity"],
                            said_handle="@Ada@example.social")  # fmt: skip
        late.action_find()
        self.assertEqual(late.possible_duplicate_id, first)
        late.action_join()
        self.assertEqual((late.state, late.duplicate_of_id), ("joined", first))

    def test_an_answered_request_is_not_joined_to(self):
        first = self.requests._receive("access", "web", said_email="ada@example.org")
        first._close("withdrawn")
        self.assertNotEqual(
            self.requests._receive("access", "web", said_email="ada@example.org"), first
        )

    def test_finding_is_noted_and_says_who_is_only_perhaps_meant(self):
        self.ada.alias_ids.create(
            {"identity_id": self.ada.id, "kind": "handle", "value": "countess@example.social"}
        )
        request = self.request(who=self.env["social.crm.identity"],
                               said_handle="countess@example.social")  # fmt: skip
        request.action_find()
        self.assertFalse(request.subject_identity_ids)
        self.assertIn("once had this name", request.ambiguous_note)
        request.said_handle = "ada@example.social"
        request.action_find()
        noted = self.env["social.crm.access.log"].search([("purpose", "=", request.name)])
        self.assertEqual((noted.identity_id, noted.user_id), (self.ada, self.clerk))
