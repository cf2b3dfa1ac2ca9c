# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    comment,
    know,
    message,
    person,
    post,
)


class ConsentCommon(SocialCrmCommon):
    """Ana writes from two accounts, which are one contact's; Bo is somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(
            post("p1"),
            message("m1", person("ana"), text="Dobar dan"),
            message("m2", person("ana2")),
            message("m3", person("bo")),
        )
        cls.ana = cls.said("m1").identity_id
        cls.ana2 = cls.said("m2").identity_id
        cls.bo = cls.said("m3").identity_id
        cls.contact = cls.env["res.partner"].create({"name": "Ana Anić"})
        know(cls.ana + cls.ana2, cls.contact)
        cls.consents = cls.env["social.crm.consent"]
        cls.talk = cls.said("m1").conversation_id

    @classmethod
    def decide(cls, event, code="feedback", who=None, **values):
        values = {"way": "hand", "note": "On the phone", **values}
        return cls.consents._note(event, code, identity=who or cls.ana, **values)

    def status(self, code="feedback", who=None):
        who = who or self.ana
        found = self.consents._states(who).get(who.id, {}).get(code)
        return found.status if found else "none"


@tagged("post_install", "-at_install")
class TestConsent(ConsentCommon):
    # === WHAT HOLDS === #

    def test_without_consent_nothing_beyond_the_answer_may_be_said(self):
        talk = self.talk.with_user(self.agent)
        for purpose, words in (("feedback", "has not agreed"), ("marketing", "not opted in")):
            with self.assertRaisesRegex(UserError, words):
                talk._queue_reply("Zadovoljni?", purpose=purpose)
        for purpose in ("answer", "contract"):
            self.assertTrue(talk._queue_reply("Evo odgovora", purpose=purpose))

    def test_what_was_given_from_one_account_counts_for_the_person(self):
        self.decide("given")
        people = self.ana + self.ana2 + self.bo
        self.assertEqual(people._may("feedback"), self.ana + self.ana2)
        self.assertEqual(self.contact._social_may("feedback"), self.contact)
        self.assertTrue(
            self.talk.with_user(self.agent)._queue_reply("Zadovoljni?", purpose="feedback")
        )

    def test_double_opt_in_holds_once_it_is_confirmed(self):
        given = self.decide("given", "marketing")
        self.assertEqual(self.status("marketing"), "given")
        self.assertFalse(self.ana._may("marketing"))
        with self.assertRaisesRegex(UserError, "not confirmed"):
            self.talk.with_user(self.agent)._queue_reply("20 %", purpose="marketing")
        self.assertTrue(given._confirm())
        self.assertTrue(self.ana._may("marketing"))
        self.assertTrue(given._confirm(), "pressing twice is harmless")
        rows = self.consents.search([("identity_id", "=", self.ana.id)])
        self.assertEqual(rows.mapped("event").count("confirmed"), 1)

    def test_a_withdrawal_from_any_account_ends_it_and_it_cannot_be_confirmed_any_more(self):
        given = self.decide("given", "marketing", happened_at=fields.Datetime.now())
        self.decide("withdrawn", "marketing", self.ana2)
        self.assertEqual(self.status("marketing"), "withdrawn")
        self.assertFalse(given._confirm())

    def test_an_objection_beats_a_later_consent_from_elsewhere(self):
        now = fields.Datetime.now()
        self.decide("objected", who=self.ana2, happened_at=now - timedelta(days=2))
        self.decide("given", happened_at=now - timedelta(days=1))
        self.assertEqual(self.status(), "objected")
        self.decide("given", who=self.ana2)
        self.assertEqual(self.status(), "agreed", "who objected takes it back")

    def test_an_older_consent_taken_over_later_changes_nothing(self):
        self.decide("withdrawn")
        self.decide(
            "given", way="import", happened_at=fields.Datetime.now() - timedelta(days=300)
        )
        self.assertEqual(self.status(), "withdrawn")

    def test_it_ends_with_its_lifetime(self):
        row = self.decide("given")
        self.assertEqual(row.expires_at.date(), fields.Date.add(fields.Date.today(), months=24))
        with freeze_time(row.expires_at + timedelta(hours=1)):
            self.assertFalse(self.ana._may("feedback"))
            self.consents._cron_expire()
            self.consents._cron_expire()
        ends = self.consents.search(
            [("event", "=", "expired"), ("identity_id", "in", (self.ana + self.ana2 + self.bo).ids)]
        )
        self.assertEqual(ends.identity_id, self.ana)
        self.assertEqual(len(ends), 1)

    def test_a_shared_account_speaks_for_itself_only(self):
        self.ana2.is_shared = True
        self.decide("given", who=self.ana2)
        self.assertEqual((self.ana + self.ana2)._may("feedback"), self.ana2)
        self.decide("objected", "profiling", self.ana2)
        self.assertFalse(self.ana._may("profiling"), "an objection counts wherever it comes from")

    def test_another_company_knows_nothing_of_it(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.consents._note(
            "given", "feedback", partner=self.contact, way="hand", note="In the shop"
        )
        self.assertTrue(self.contact._social_may("feedback"))
        self.assertFalse(self.contact.with_company(other)._social_may("feedback"))
        self.assertTrue(self.ana._may("feedback"))

    def test_networks_and_channels_that_are_not_covered_are_refused(self):
        self.decide("given")
        purpose = self.env.ref("social_crm_gdpr.purpose_feedback")
        purpose.platform_ids = self.env.ref("social_crm_base.platform_bluesky")
        self.assertFalse(self.ana._may("feedback"))
        with self.assertRaisesRegex(UserError, "does not cover"):
            self.talk.with_user(self.agent)._queue_reply("Zadovoljni?", purpose="feedback")
        purpose.platform_ids = False
        self.assertTrue(self.ana._may("feedback", self.channel))
        purpose.channel_ids = self.channel.copy({"external_id": "other", "handle": "other"})
        self.assertFalse(self.ana._may("feedback", self.channel))

    def test_an_archived_or_unknown_purpose_allows_nothing(self):
        self.decide("given")
        self.assertFalse(self.ana._may("nonsense"))
        self.env.ref("social_crm_gdpr.purpose_feedback").active = False
        self.assertFalse(self.ana._may("feedback"))
        self.assertTrue(self.ana._may("answer"))

    def test_asking_for_a_batch_costs_one_query(self):
        self.decide("given")
        self.decide("objected", who=self.bo)
        people = self.ana + self.ana2 + self.bo
        people._may("feedback")
        self.env.flush_all()
        with self.assertQueryCount(1):
            people._may("feedback")
        people.mapped("platform_id")
        with self.assertQueryCount(1):
            people._may("profiling")

    # === WHERE IT IS ASKED === #

    def test_who_objected_is_not_profiled_nor_linked(self):
        self.assertIn(self.bo, (self.ana + self.bo)._may_profile())
        self.decide("objected", "profiling", self.bo)
        self.decide("objected", "linking", self.bo)
        self.assertNotIn(self.bo, (self.ana + self.bo)._may_profile())
        self.assertFalse(self.bo._to_match(again=True))
        partner = self.env["res.partner"].create({"name": "Bo"})
        with self.assertRaisesRegex(UserError, "objected"):
            know(self.bo, partner)

    def test_a_segment_goes_with_the_objection_and_comes_back(self):
        self.contact._social_refresh_relation()
        self.assertTrue(self.contact.social_relation)
        case = self.said("m1").case_id.with_user(self.agent)
        self.assertTrue(case._inbox_person()["partner"]["relation"])
        self.decide("objected", "profiling")
        self.assertFalse(self.contact.social_relation)
        card = case._inbox_person()["partner"]
        self.assertFalse(card["relation"], "nor is it worked out while one looks")
        self.assertIn("No profile", card["relation_reason"])
        self.decide("given", "profiling")
        self.assertTrue(self.contact.social_relation)

    def test_an_opt_in_to_linking_is_the_ground_the_rulebook_asks_for(self):
        self.decide("given", "linking", self.bo)
        self.assertEqual(self.bo.consent_basis, "opt_in")
        self.decide("objected", "linking", self.bo)
        self.assertEqual(self.bo.consent_basis, "wrote_to_us")

    def test_what_waits_does_not_leave_after_a_withdrawal_and_says_why(self):
        self.decide("given")
        outbox = self.talk.with_user(self.agent)._queue_reply("Zadovoljni?", purpose="feedback")
        answer = self.talk.with_user(self.agent)._queue_reply("Evo odgovora")
        self.decide("withdrawn")
        self.assertEqual(outbox.state, "failed")
        self.assertIn("withdrew", outbox.interaction_id.delivery_note)
        self.assertNotEqual(answer.state, "failed")

    def test_a_worker_asks_again_before_it_sends(self):
        self.decide("given")
        outbox = self.talk.with_user(self.agent)._queue_reply("Zadovoljni?", purpose="feedback")
        self.assertFalse(outbox._sending_refusal())
        outbox.sudo().state = "sending"  # a worker has it in its hands
        self.decide("withdrawn")
        self.assertEqual(outbox.state, "sending")
        self.assertIn("withdrew", outbox._sending_refusal())

    # === THE LEDGER === #

    def test_nobody_writes_it_by_hand(self):
        row = self.decide("given")
        for user in (self.agent, self.leader, self.manager, self.clerk):
            with self.assertRaises(AccessError):
                self.consents.with_user(user).create(
                    {"event": "given", "purpose_id": row.purpose_id.id, "way": "hand"}
                )
            with self.assertRaises(AccessError):
                row.with_user(user).write({"note": "other"})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            self.assertTrue(row.with_user(user).wording)
        with self.assertRaises(AccessError):
            row.with_user(self.viewer).read(["wording"])
        for vals in ({"event": "withdrawn"}, {"note": "other"}, {"identity_id": self.bo.id}):
            with self.assertRaises(AccessError):
                row.sudo().write(vals)
        with self.assertRaises(AccessError):
            row.sudo().unlink()

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_changes(self):
        row = self.decide("given")
        self.env.flush_all()
        for query in (
            "UPDATE social_crm_consent SET event = 'withdrawn' WHERE id = %s",
            "UPDATE social_crm_consent SET wording = 'x' WHERE id = %s",
            "UPDATE social_crm_consent SET note = 'x' WHERE id = %s",
            "UPDATE social_crm_consent SET identity_id = identity_id + 1 WHERE id = %s",
            "UPDATE social_crm_consent SET partner_id = 1 WHERE id = %s",
            "DELETE FROM social_crm_consent WHERE id = %s",
        ):
            with self.assertRaisesRegex(psycopg2.Error, "append-only"), self.env.cr.savepoint():
                self.env.cr.execute(query, [row.id])

    def test_erasure_empties_whose_it_is_and_the_proof_stays(self):
        row = self.decide("given")
        row.sudo().write({"identity_id": False, "note": False, "interaction_id": False})
        self.env.flush_all()
        self.assertFalse(row.identity_id)
        self.assertTrue(row.wording)
        self.assertFalse(self.ana._may("feedback"))

    def test_decisions_follow_a_merged_contact(self):
        row = self.consents._note(
            "given", "feedback", partner=self.contact, way="hand", note="In the shop"
        )
        other = self.env["res.partner"].create({"name": "Ana A."})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.contact + other).ids, other
        )
        self.assertEqual(row.partner_id, other)

    def test_without_evidence_nothing_is_written_down(self):
        for values in (
            {"note": " "},
            {"way": "message"},
            {"wording": " ", "text_id": False},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.decide("given", **values)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.decide("given", "answer")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.consents._note("given", "feedback", way="hand", note="Somebody")

    def test_the_evidence_log_names_nobody(self):
        row = self.decide("given", note="Ana said so")
        proof = self.env["social.crm.evidence"].search([("reference", "=", row.reference)])
        self.assertEqual(proof.kind, "consent.given")
        self.assertEqual(proof.payload["purpose"], "feedback")
        self.assertNotIn("Ana", str(proof.payload))

    # === WORDS === #

    def test_words_somebody_decided_on_stay_and_the_next_version_takes_over(self):
        text = self.env.ref("social_crm_gdpr.purpose_feedback_de").with_user(self.clerk)
        text.statement = "Andere Worte"
        row = self.decide("given", lang="de_AT")
        self.assertEqual((row.text_id, row.wording), (text, "Andere Worte"))
        with self.assertRaisesRegex(UserError, "stay as they are"):
            text.statement = "Noch andere"
        draft = text.browse(text.action_new_version()["res_id"])
        draft.statement = "Neue Worte von {company}"
        self.assertEqual(draft.version, text.version + 1)
        self.assertEqual(self.decide("given", lang="de").text_id, text)
        draft.action_put_in_force()
        self.assertEqual(text.state, "replaced")
        self.assertEqual(
            self.decide("given", lang="de").wording, f"Neue Worte von {self.company.name}"
        )
        self.assertEqual(row.wording, "Andere Worte")

    def test_a_language_without_words_is_asked_in_english(self):
        purpose = self.env.ref("social_crm_gdpr.purpose_marketing")
        self.assertEqual(purpose._text("fr_FR").lang, "en")
        self.assertEqual(purpose._text("sr@latin").lang, "sr")

    def test_a_purpose_people_decided_on_is_archived_and_not_deleted(self):
        self.decide("given")
        purpose = self.env.ref("social_crm_gdpr.purpose_feedback").with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "Archive"):
            purpose.unlink()
        with self.assertRaisesRegex(UserError, "code stays"):
            purpose.code = "other"

    # === BALANCING TESTS === #

    def test_a_legitimate_interest_without_a_test_warns(self):
        purpose = self.env.ref("social_crm_gdpr.purpose_profiling").with_user(self.clerk)
        self.assertTrue(purpose.balance_missing)
        self.assertIn(purpose, purpose.search([("balance_missing", "=", True)]))
        test = self.env["social.crm.balancing.test"].with_user(self.clerk).create(
            {"purpose_id": purpose.id, "interest": "Ours"}
        )
        with self.assertRaisesRegex(UserError, "Write down first"):
            test.action_pass()
        test.write({"necessity": "Nothing milder", "balance": "They expect it"})
        test.action_pass()
        purpose.invalidate_recordset()
        self.assertFalse(purpose.balance_missing)
        self.assertEqual(test.decided_by_id, self.clerk)
        with self.assertRaisesRegex(UserError, "Weigh Anew"):
            test.interest = "Other"
        with freeze_time(test.review_on + timedelta(days=1)):
            purpose.invalidate_recordset()
            self.assertTrue(purpose.balance_missing, "a year later it is looked at again")
        with self.assertRaises(AccessError):
            test.with_user(self.officer).action_reopen()

    def test_the_register_is_prefilled_from_purposes(self):
        activities = self.env["social.crm.processing.activity"].with_user(self.clerk)
        activities.action_prefill()
        entry = activities.search([("prefill_key", "=", "purpose:marketing")])
        self.assertEqual((entry.legal_basis, entry.state), ("consent", "draft"))
        activities.action_prefill()
        self.assertEqual(activities.search_count([("prefill_key", "=", "purpose:marketing")]), 1)

    # === BY HAND, AND FROM BEFORE === #

    def test_an_agent_writes_down_what_was_said_on_the_phone(self):
        action = self.ana.with_user(self.agent).action_record_consent()
        purpose = self.env.ref("social_crm_gdpr.purpose_feedback")
        model = self.env["social.crm.consent.record"].with_user(self.agent)
        with Form(model.with_context(**action["context"])) as form:
            form.purpose_id = purpose
            form.event = "given"
            form.note = "On the phone"
            self.assertEqual(form.text_id, purpose._text("en"))
        wizard = form.record
        wizard.action_record()
        row = self.consents.search([("identity_id", "=", self.ana.id)])
        self.assertEqual((row.event, row.user_id, row.way), ("given", self.agent, "hand"))
        wizard.write({"event": "withdrawn", "note": "On the phone again"})
        wizard.action_record()
        self.assertFalse(self.ana._may("feedback"))

    def test_a_double_opt_in_by_hand_is_confirmed_by_the_link_in_the_mail(self):
        self.contact.email = "ana.anic@mail.example"
        wizard = self.env["social.crm.consent.record"].with_user(self.agent).create(
            {
                "partner_id": self.contact.id,
                "purpose_id": self.env.ref("social_crm_gdpr.purpose_marketing").id,
                "event": "given",
                "note": "In the shop",
                "email": "agent.own@example.com",
            }
        )
        before = self.env["mail.mail"].search([])
        wizard.action_record()
        mail = self.env["mail.mail"].search([]) - before
        self.assertIn("/privacy/consent/c-c", mail.body_html)
        self.assertEqual(mail.email_to, self.contact.email, "nobody confirms for somebody else")
        row = self.consents.search([("partner_id", "=", self.contact.id)], limit=1)
        self.assertIn("•••@", row.note)
        self.assertFalse(self.contact._social_may("marketing"))

    def test_what_is_written_down_stays_in_the_company_and_with_the_words_of_the_purpose(self):
        wizards = self.env["social.crm.consent.record"].with_user(self.agent)
        other = self.env["res.company"].create({"name": "Other"})
        marketing = self.env.ref("social_crm_gdpr.purpose_marketing")
        values = {
            "purpose_id": self.env.ref("social_crm_gdpr.purpose_feedback").id,
            "event": "given", "note": "In the shop", "partner_id": self.contact.id,
        }  # fmt: skip
        with self.assertRaises(AccessError):
            wizards.create({**values, "company_id": other.id}).action_record()
        self.assertFalse(self.consents.search([("company_id", "=", other.id)]))
        self.contact.company_id = other
        with self.assertRaises(AccessError):
            wizards.create(values).action_record()
        self.contact.company_id = False
        with self.assertRaisesRegex(ValidationError, "another purpose"):
            wizards.create({**values, "text_id": marketing._text("en").id}).action_record()

    def test_an_unconfirmed_yes_written_by_a_colleague_lifts_no_objection(self):
        self.decide("objected", "marketing", way="page")
        row = self.decide("given", "marketing", way="hand", note="On the phone")
        self.assertEqual(self.status("marketing"), "objected")
        self.assertTrue(row._confirm())
        self.assertEqual(self.status("marketing"), "agreed")
        self.decide("objected", "marketing", way="page")
        self.assertFalse(row._confirm(), "an older yes takes nothing back")

    def test_offers_rest_on_no_contract_and_on_interest_only_once_it_is_weighed(self):
        marketing = self.env.ref("social_crm_gdpr.purpose_marketing")
        for basis in ("contract", "law"):
            with self.assertRaisesRegex(ValidationError, "consent"):
                marketing.legal_basis = basis
        marketing.legal_basis = "interest"
        self.assertFalse(self.ana._may("marketing"))

    def test_old_consents_are_taken_over_with_evidence_only(self):
        import base64

        self.contact.email = "ana@example.com"
        lines = "\n".join(
            (
                "network;account;email;purpose;event;date;wording;evidence",
                f"mastodon;@{self.ana.handle};;feedback;given;2026-01-31;Smete me pitati;Form 17",
                ";;ana@example.com;marketing;given;2026-01-31;Ponude;",
                ";;nobody@example.com;marketing;given;2026-01-31;Ponude;Form 18",
                ";;ana@example.com;nonsense;given;2026-01-31;Ponude;Form 19",
                ";;ana@example.com;marketing;given;2099-01-31;Ponude;Form 20",
                ";;ana@example.com;marketing;given;2026-01-31;;Form 21",
                ";;ANA@example.com;marketing;withdrawn;2026-02-01 10:00:00;;Mail of 1 February",
            )
        )
        wizard = self.env["social.crm.consent.import"].with_user(self.clerk).create(
            {"file": base64.b64encode(lines.encode())}
        )
        wizard.action_read()
        self.assertEqual((wizard.good_count, wizard.bad_count), (2, 5))
        wizard.action_import()
        self.assertEqual(wizard.bad_count, 5, "the others stay to be mended")
        self.assertEqual(self.status(), "agreed")
        self.assertEqual(self.status("marketing"), "withdrawn")
        row = self.consents.search([("identity_id", "=", self.ana.id)])
        self.assertEqual((row.note, row.wording), ("Form 17", "Smete me pitati"))
        with self.assertRaises(AccessError):
            wizard.with_user(self.agent).action_import()

    def test_what_a_public_comment_says_is_no_way_around_it(self):
        self.ingest(comment("c9", person("ana"), "p1"))
        place = self.said("c9").conversation_id.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "not opted in"):
            place._queue_reply("20 %", purpose="marketing")
