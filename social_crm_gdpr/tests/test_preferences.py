# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import HttpCase, tagged

from ..tools import token
from ..tools.page_words import LANGUAGES
from ..tools.public import SECURITY_HEADERS
from .erasure_common import ErasureCommon
from .privacy_common import PrivacyCommon
from .test_consent import ConsentCommon

SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~%²١"


@tagged("post_install", "-at_install")
class TestToken(ConsentCommon):
    """Links are signed, bound to one person, company and use, and end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = token.make("p", cls.ana)

    def open_with(self, text, kind="p", **options):
        return token.read(self.env(su=True), text, kind, **options)

    def test_it_says_whose_it_is(self):
        self.assertEqual(self.open_with(self.secret), (self.ana, self.company))
        mine = token.make("p", self.contact, self.company)
        self.assertEqual(self.open_with(mine), (self.contact, self.company))

    def test_it_opens_one_use_only(self):
        consent = self.decide("given", "marketing")
        self.assertFalse(self.open_with(token.make("c", consent)))
        self.assertFalse(self.open_with(self.secret, "c"))

    def test_it_ends(self):
        after = time.time() + token.DAYS * 86400
        self.assertTrue(self.open_with(self.secret, now=after - 60))
        self.assertFalse(self.open_with(self.secret, now=after + 60))

    def test_it_never_opens_a_row_that_got_the_same_number_later(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE social_crm_identity SET create_date = create_date + interval '1 day'"
            " WHERE id = %s",
            [self.ana.id],
        )
        self.ana.invalidate_recordset()
        self.assertFalse(self.open_with(self.secret))

    def test_another_person_or_company_is_another_signature(self):
        parts = self.secret.split("-", 4)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for changed in (
            ["p", f"i{self.bo.id}", *parts[2:]],
            [*parts[:2], str(other.id), *parts[3:]],
            [*parts[:3], str(int(parts[3]) + 86400), *parts[4:]],
            ["c", *parts[1:]],
            ["p", f"r{self.contact.id}", *parts[2:]],
        ):
            self.assertFalse(self.open_with("-".join(changed)), changed)

    @settings(max_examples=150, deadline=None)
    @given(
        st.integers(min_value=0, max_value=60),
        st.sampled_from(SIGNS),
        st.sampled_from(("replace", "insert", "remove")),
    )
    def test_whatever_is_altered_opens_nothing(self, place, sign, how):
        secret, place = self.secret, place % len(self.secret)
        rest = secret[place:] if how == "insert" else secret[place + 1 :]
        altered = secret[:place] + ("" if how == "remove" else sign) + rest
        if altered != secret:
            self.assertFalse(self.open_with(altered))

    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=80))
    def test_whatever_is_made_up_opens_nothing(self, text):
        self.assertFalse(self.open_with(text))


@tagged("post_install", "-at_install")
class TestPreferences(ConsentCommon):
    """What the page decides, without a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = cls.env["social.crm.preferences"]

    def choices(self, who=None, lang="en"):
        found = self.page._choices(who or self.ana, self.company, lang)
        return {choice["code"]: choice for choice in found}

    def decide_here(self, *wanted, who=None):
        who = who or self.ana
        read = {choice["text"] for choice in self.choices(who, "de").values()}
        return self.page._decide(who, self.company, set(wanted), "de", read)

    def test_it_shows_what_holds_and_asks_nothing_of_answers(self):
        choices = self.choices()
        self.assertNotIn("answer", choices)
        self.assertNotIn("contract", choices)
        self.assertFalse(choices["marketing"]["may"])
        self.assertTrue(choices["profiling"]["may"])
        self.assertIn(self.company.name, choices["marketing"]["statement"])

    def test_saving_without_a_change_writes_nothing(self):
        wanted = [code for code, choice in self.choices().items() if choice["may"]]
        for more, count in ((), 0), (("marketing",), 2), (("marketing",), 2):
            self.assertTrue(self.decide_here(*more, *wanted))
            rows = self.consents.search([("identity_id", "=", self.ana.id)])
            self.assertEqual(len(rows), count)
        self.assertTrue(self.ana._may("marketing"), "the link is the second step")
        row = self.consents.search([("event", "=", "confirmed")])
        self.assertEqual((row.way, row.text_id.lang), ("page", "de"))

    def test_nobody_agrees_to_words_they_did_not_read(self):
        shown = self.choices()["marketing"]["text"]
        text = self.env["social.crm.purpose.text"].browse(shown)
        text.action_new_version()
        newest = text.purpose_id.text_ids.filtered(
            lambda one: one.lang == text.lang and one.state == "draft"
        )
        newest.action_put_in_force()
        args = (self.ana, self.company, {"marketing"}, "en")
        self.assertFalse(self.page._decide(*args, {shown}))
        self.assertNotEqual(self.status("marketing"), "agreed")
        self.page._decide(*args, {self.choices()["marketing"]["text"]})
        row = self.consents.search([("event", "=", "given")], limit=1)
        self.assertEqual(row.text_id, newest)

    def test_switching_off_withdraws_or_objects(self):
        self.decide("given")
        self.decide_here()
        self.assertEqual(self.status("feedback"), "withdrawn")
        self.assertEqual(self.status("profiling"), "objected")
        self.assertFalse(self.ana._may_profile())
        self.decide_here("profiling", "linking", "listening")
        self.assertTrue(self.ana._may_profile())

    def test_stop_all_is_once_and_for_contacts_too(self):
        self.decide("given")
        self.assertTrue(self.page._stop(self.ana, self.company, "en"))
        self.assertFalse(self.page._stop(self.ana, self.company, "en"))
        bo = self.env["res.partner"].create({"name": "Bo", "email": "bo@example.com"})
        self.assertTrue(self.page._stop(bo, self.company, "en"))
        self.assertFalse(self.page._stop(bo, self.company, "en"))
        self.assertIn("bo•••@example.com", self.page._about(bo))

    def test_an_objection_from_another_account_is_said_and_stays(self):
        self.decide("objected", "profiling", self.ana2)
        self.assertTrue(self.choices()["profiling"]["is_elsewhere"])
        self.decide_here("profiling", "linking", "listening")
        self.assertEqual(self.status("profiling"), "objected")

    def test_a_child_can_stop_and_not_agree(self):
        self.ana.minor = "known"
        self.decide_here("marketing", "profiling", "linking", "listening")
        self.assertFalse(self.ana._may("marketing"))
        self.decide_here()
        self.assertEqual(self.status("profiling"), "objected")

    def test_the_receipt_holds_their_own_rows_and_nobody_elses(self):
        self.decide("given", lang="de")
        self.decide("given", who=self.ana2)
        self.decide("withdrawn", who=self.bo)
        receipt = self.page._receipt(self.ana, self.company)
        (record,) = receipt["records"]
        self.assertEqual(record["notice_language"], "de")
        self.assertIn("zufrieden", record["notice_text"])
        self.assertEqual(record["event"], "given")
        self.assertTrue(json.dumps(receipt))
        self.assertEqual(len(self.page._receipt(self.contact, self.company)["records"]), 2)

    def test_the_page_speaks_the_persons_language(self):
        self.ana.language = "sr"
        self.assertEqual(self.page._language_of(self.ana), "sr")
        self.assertEqual(self.page._language_of(self.ana, "id"), "id")
        self.assertEqual(self.page._language_of(self.ana, "xx"), "sr")
        for lang in LANGUAGES:
            titles = [choice["title"] for choice in self.choices(lang=lang).values()]
            self.assertEqual(len(titles), len(set(titles)))
        self.assertEqual(self.choices(lang="de")["marketing"]["title"], "Angebote und Neuigkeiten")

    def test_marketing_by_mail_can_be_ended_in_the_mail_program(self):
        for code in ("given", "confirmed"):
            self.decide(code, "marketing")
        talk = self.talk.with_user(self.agent)
        offer = talk._queue_reply("20 %", purpose="marketing")
        self.assertRegex(offer._out_message().unsubscribe, r"/privacy/preferences/p-i.+/stop$")
        self.assertFalse(talk._queue_reply("Evo")._out_message().unsubscribe)


@tagged("post_install", "-at_install")
class TestPreferencePages(ConsentCommon, HttpCase):
    """The pages as anybody's browser or mail program calls them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = f"/privacy/preferences/{token.make('p', cls.ana)}"

    def test_they_answer_in_private_and_opening_them_changes_nothing(self):
        for path in (self.path, f"{self.path}/stop", f"{self.path}/receipt"):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200)
            for name in SECURITY_HEADERS:
                self.assertIn(name, answer.headers)
            self.assertNotIn("<script", answer.text)
            self.assertNotIn("Set-Cookie", answer.headers)
            self.assertNotIn(self.ana.handle, answer.text)
        self.assertFalse(self.consents.search([("identity_id", "=", self.ana.id)]))

    def test_one_press_ends_all_as_mail_programs_do_it(self):
        self.decide("given")
        answer = self.url_open(f"{self.path}/stop", data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.status(), "withdrawn")
        self.assertEqual(self.status("profiling"), "none", "of what sends no mail it says nothing")

    def test_a_colleague_sees_the_page_and_decides_nothing_on_it(self):
        row = self.decide("given", "marketing")
        self.authenticate(self.agent.login, self.agent.login)
        texts = [str(choice["text"]) for choice in self.env["social.crm.preferences"]._choices(
            self.ana, self.company, "en")]  # fmt: skip
        for path, data in (
            (self.path, {"purpose": "feedback", "read": texts}),
            (f"{self.path}/stop", {"everything": "1"}),
            (f"/privacy/consent/{token.make('c', row)}", {"yes": "1"}),
        ):
            answer = self.url_open(path, data=data)
            self.assertIn("logged in as a colleague", answer.text)
        self.assertEqual(self.consents.search([("identity_id", "=", self.ana.id)]), row)

    def test_forged_and_dead_links_all_get_the_same_answer(self):
        secret = self.path.rsplit("/", 1)[1]
        forged = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        gone = secret.replace(f"i{self.ana.id}-", "i99999999-")
        answers = {
            self.url_open(f"/privacy/preferences/{one}{rest}").text
            for one in (forged, gone, "x", "p-i1-1-9999999999-" + "A" * 22)
            for rest in ("", "/receipt", "/receipt.json")
        }
        self.assertEqual(len(answers), 1)
        answer = self.url_open(f"/privacy/preferences/{forged}", data={"purpose": "marketing"})
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self.consents.search([("identity_id", "=", self.ana.id)]))

    def test_a_mailed_link_confirms_by_a_press_only(self):
        row = self.decide("given", "marketing", lang="de")
        path = f"/privacy/consent/{token.make('c', row)}"
        self.assertIn("Neuigkeiten", self.url_open(path).text)
        self.assertEqual(self.status("marketing"), "given")
        self.assertEqual(self.url_open(path, data={"yes": "1"}).status_code, 200)
        self.assertEqual(self.status("marketing"), "agreed")
        self.decide("withdrawn", "marketing")
        self.assertEqual(self.url_open(path, data={"yes": "1"}).status_code, 404)
        self.assertEqual(self.status("marketing"), "withdrawn")

    def test_the_notice_is_read_in_ones_language_once_it_is_published(self):
        notice = self.env["social.crm.notice"].create({"company_id": self.company.id})
        path = f"/privacy/n/{notice.code}"
        self.assertEqual(self.url_open(path).status_code, 404)
        notice.action_publish()
        self.assertIn("Offers and news", self.url_open(path + "?lang=en").text)
        german = self.url_open(path, headers={"Accept-Language": "de-AT,de;q=0.9"}).text
        self.assertIn('lang="de"', german)
        self.assertIn("Angebote und Neuigkeiten", german)


@tagged("post_install", "-at_install")
class TestConsentPackage(PrivacyCommon):
    def test_decisions_stand_in_the_package_with_what_they_were_about(self):
        self.env["social.crm.consent"]._note(
            "given", "feedback", identity=self.ada, way="hand", note="In the shop"
        )
        rows = self.env["social.crm.consent"].search([("identity_id", "=", self.ada.id)])
        columns = rows._privacy_columns()
        told = rows._privacy_rows(columns, self.ada, self.env["res.partner"])
        text = json.dumps(told, default=str)
        for words in ("Feedback requests", "In the shop", "how satisfied"):
            self.assertIn(words, text)


@tagged("post_install", "-at_install")
class TestConsentErasure(ErasureCommon):
    def test_the_proof_stays_after_erasure_and_says_no_more_whose_it_was(self):
        consents = self.env["social.crm.consent"]
        row = consents._note(
            "given",
            "feedback",
            identity=self.ana,
            way="message",
            interaction_id=self.said("m1").id,
        )
        other = consents._note(
            "withdrawn", "feedback", partner=self.contact, way="hand", note="Ana Anić called"
        )
        reference, words = row.reference, row.wording
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        (row + other).invalidate_recordset()
        for decided in row + other:
            self.assertFalse(
                decided.identity_id or decided.partner_id or decided.interaction_id or decided.note
            )
        self.assertEqual((row.event, row.reference, row.wording), ("given", reference, words))
