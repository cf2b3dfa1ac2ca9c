# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import know, message, person

from .privacy_common import PrivacyCommon

MORE = "More is concerned"


@tagged("post_install", "-at_install")
class TestPrivacyProof(PrivacyCommon):
    """Ada is the victim, Mallory asks: no proof of Mallory's opens anything of Ada's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(message("m", person("mallory"), minutes=9, text="Hello"))
        cls.mallory = cls.said("m").identity_id
        partners = cls.env["res.partner"]
        cls.evil = partners.create({"name": "M", "email": "mallory@evil.example"})
        cls.contact = partners.create({"name": "Ada", "email": "ada@example.org"})
        cls.requests = cls.env["social.crm.privacy.request"]

    def asked(self, kind="access", source="web", **said):
        return self.requests._receive(kind, source, **said).with_user(self.clerk)

    def mails(self):
        return self.env["mail.mail"].search([], order="id desc")

    def press_the_link(self, request):
        """As whoever reads the mail that went out last."""
        token = self.mails()[:1].body_html.split("/privacy/confirm/")[1].split("<")[0].split('"')[0]
        found = self.env["social.crm.privacy.token"]._redeem(token, "email")
        found.request_id._confirmed_by_link(found)
        return request

    def tell_the_code(self, request):
        """As whoever reads the private talk the code was sent to."""
        request.action_check_send_code()
        said = self.interactions.search([("direction", "=", "out")], order="id desc", limit=1)
        code = next(word for word in said.body.split() if word.isdigit() and len(word) == 6)
        check = self.env["social.crm.privacy.check"].with_user(self.clerk)
        check.create({"request_id": request.id, "code": code}).action_enter()
        return said.conversation_id.identity_id

    # === WHAT A PROOF OPENS === #

    def test_a_victims_name_beside_an_own_address_opens_nothing(self):
        request = self.asked(
            said_handle="ada@example.social", said_email="mallory@evil.example"
        )
        self.assertFalse(request.subject_identity_ids or request.subject_partner_ids)
        self.assertIn("nothing links it to", request.ambiguous_note)
        with self.assertRaisesRegex(UserError, "Find the person"):
            request.action_check_send_link()
        # a clerk who takes both for one person does not get further either
        request.write(
            {
                "subject_identity_ids": [(6, 0, self.ada.ids)],
                "subject_partner_ids": [(6, 0, self.evil.ids)],
            }
        )
        sent = self.mails()
        with self.assertRaisesRegex(UserError, MORE):
            request.action_check_send_link()
        with self.assertRaisesRegex(UserError, MORE):
            request.action_check_send_code()
        self.assertEqual(self.mails(), sent)

    def test_a_code_to_one_account_opens_no_other(self):
        request = self.request(who=self.ada | self.mallory)
        with self.assertRaisesRegex(UserError, MORE):
            request.action_check_send_code()
        know(self.ada | self.bob, self.contact)
        linked = self.request(who=self.ada)
        self.assertEqual(linked.subject_identity_ids, self.ada | self.bob)
        proved = self.tell_the_code(linked)
        self.assertEqual(linked.state, "identified")
        self.assertIn(proved, self.ada | self.bob)
        self.assertEqual((linked.proved_identity_id, linked.answer_way), (proved, "channel"))

    def test_who_it_is_about_is_looked_at_again_when_the_proof_comes(self):
        request = self.request(who=self.mallory)
        self.evil.email = "mallory@evil.example"
        know(self.mallory, self.evil)
        request.action_find()
        request.action_check_send_link()
        request.write({"subject_identity_ids": [(4, self.ada.id)]})
        self.press_the_link(request)
        self.assertEqual(request.state, "received")
        self.assertTrue(
            request.message_ids.filtered(lambda note: "more is concerned" in (note.body or ""))
        )
        with self.assertRaisesRegex(UserError, MORE):
            self.tell_the_code(request)

    def test_one_person_with_linked_accounts_takes_no_further_step(self):
        know(self.ada | self.bob, self.contact)
        request = self.asked(said_handle="@ada@example.social", said_email="ada@example.org")
        self.assertEqual(request.subject_identity_ids, self.ada | self.bob)
        request.action_check_send_link()
        self.press_the_link(request)
        self.assertEqual(
            (request.state, request.proved_email, request.answer_email, request.answer_way),
            ("identified", "ada@example.org", "ada@example.org", "email"),
        )
        request.action_execute()
        wrote = self.asked(kind="restriction", source="message", interaction_id=self.said("1").id,
                           subject_identity_ids=[(6, 0, self.ada.ids)])  # fmt: skip
        wrote.action_check_account()
        self.assertEqual(wrote.proved_identity_id, self.ada)

    def test_our_own_words_prove_nothing(self):
        self.ingest(message("o", person("ada"), minutes=9, direction="out", text="Hello"))
        request = self.request(interaction_id=self.said("o").id)
        with self.assertRaisesRegex(UserError, "more is concerned"):
            request.action_check_account()

    def test_a_shared_account_proves_nothing_but_is_part_of_the_person(self):
        self.ada.is_shared = True
        know(self.ada | self.bob, self.contact)
        request = self.request(who=self.bob)
        self.assertEqual(request.subject_identity_ids, self.ada | self.bob)
        self.assertEqual(self.tell_the_code(request), self.bob)
        shared = self.request(who=self.ada, interaction_id=self.said("1").id)
        with self.assertRaisesRegex(UserError, "Several people"):
            shared.action_check_send_code()
        shared.action_check_document()
        self.assertFalse(shared.proved_identity_id, "a document of one opens no shared inbox")

    def test_of_several_known_addresses_the_named_one_is_proven_and_answered(self):
        other = self.env["res.partner"].create({"name": "Ada", "email": "ada@work.example"})
        self.ada.verified_email = "ada@forum.example"
        know(self.ada, self.contact)
        know(self.bob, self.contact)
        know(self.bob, other)
        request = self.asked(said_handle="ada@example.social", said_email="Ada@Forum.example")
        request.action_check_send_link()
        self.assertEqual(self.mails()[:1].email_to, "ada@forum.example")
        self.press_the_link(request)
        self.assertEqual(request.answer_email, "ada@forum.example")

    # === MERGED SINCE === #

    def test_contacts_merged_after_the_check_are_checked_anew(self):
        know(self.ada, self.contact)
        know(self.mallory, self.evil)
        request = self.request(who=self.mallory)
        request.action_check_document()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge([self.evil.id, self.contact.id], self.evil)
        with self.assertRaisesRegex(UserError, "Check Anew"):
            request.action_execute()
        request.action_check_anew()
        self.assertFalse(request.checked_people)

    def test_a_package_goes_to_nobody_when_accounts_were_linked_meanwhile(self):
        know(self.mallory, self.evil)
        request = self.request(who=self.mallory)
        request.action_check_document()
        request.action_execute()
        while request.sudo()._build_step():
            continue
        know(self.ada, self.evil)
        for step in ("action_package_send", "action_package_download", "action_package_anew"):
            with self.assertRaisesRegex(UserError, "Check Anew", msg=step):
                getattr(request, step)()
        request.action_check_anew()
        self.assertEqual((request.state, request.package_state), ("received", "gone"))
        self.assertFalse(request.sudo().package_id)

    # === WHERE ANSWERS GO === #

    def test_a_package_goes_to_no_claimed_address(self):
        know(self.ada, self.contact)
        request = self.asked(said_handle="ada@example.social")
        request.said_email = "mallory@evil.example"
        request.action_check_document()
        request.action_execute()
        while request.sudo()._build_step():
            continue
        sent = self.mails()
        for address in ("ada@example.org", "mallory@evil.example", "ada@example.org"):
            request.write({"answer_way": "email", "answer_email": address})
            self.assertIn(address, request.way_note)
            with self.assertRaisesRegex(UserError, "Nobody proved"):
                request.action_package_send()
        request.answer_way = "channel"
        with self.assertRaisesRegex(UserError, "No account was proven"):
            request.action_package_send()
        self.assertEqual(self.mails(), sent)
        request.answer_way = "email"
        request.action_vouch_address()
        request.action_package_send()
        self.assertEqual(self.mails()[:1].email_to, "ada@example.org")
        notes = " ".join(request.message_ids.mapped("body"))
        self.assertIn("m***@evil.example", notes)
        self.assertNotIn("mallory@", notes)

    def test_an_address_that_was_proven_is_not_swapped(self):
        know(self.ada, self.contact)
        request = self.asked(kind="complaint", said_email="ada@example.org")
        request.action_check_send_link()
        self.press_the_link(request)
        request.write({"answer_email": "mallory@evil.example", "answer_text": "Done"})
        with self.assertRaisesRegex(UserError, "document"):
            request.action_vouch_address()
        request.action_execute()
        with self.assertRaisesRegex(UserError, "Nobody proved"):
            request.action_answer()

    def test_the_receipt_goes_to_whoever_asks_whether_somebody_is_known_or_not(self):
        know(self.ada, self.contact)
        self.request("access")
        for handle in ("ada@example.social", "nobody@example.social"):
            self.asked(said_handle=handle, said_email="mallory@evil.example")
            mail = self.mails()[:1]
            self.assertEqual(mail.email_to, "mallory@evil.example")
            self.assertIn("received your request", mail.subject)
        know(self.bob, self.env["res.partner"].create({"name": "B", "email": "bob@example.org"}))
        silent = self.asked(said_handle="bob@example.social")
        self.assertTrue(silent.subject_partner_ids)
        self.assertFalse(
            self.mails().filtered(lambda mail: mail.email_to == "bob@example.org"),
            "a form writes to nobody it was not told of",
        )

    def test_a_refusal_that_tells_of_data_goes_to_nobody_unproven(self):
        request = self.request("erasure", said_email="mallory@evil.example")
        request.write({"refusal_ground": "legal_obligation", "refusal_reason": "Invoices."})
        with self.assertRaisesRegex(UserError, "Nobody proved"):
            request.action_refuse()
        request.write({"refusal_ground": "unidentified", "refusal_reason": "Who are you?"})
        request.action_refuse()
        self.assertEqual(request.state, "refused")

    # === JOINING === #

    def test_a_family_with_one_address_stays_two_people(self):
        mother = self.asked(said_handle="ada@example.social", said_email="family@x.example")
        child = self.asked(said_handle="bob@example.social", said_email="family@x.example")
        self.assertNotEqual(mother, child)
        self.assertEqual(mother.subject_identity_ids, self.ada)
        self.assertEqual(child.possible_duplicate_id, mother, "offered, not done")
        unknown = self.asked(said_handle="x@example.social", said_email="family@x.example")
        self.assertEqual(unknown.state, "received")
        again = self.asked(said_email="family@x.example")
        self.assertIn(again, mother | child | unknown)

    def test_a_stranger_adds_nothing_to_a_request_under_way(self):
        request = self.request()
        request.action_check_document()
        joined = self.asked(said_handle="ada@example.social", said_email="joiner@evil.example")
        self.assertEqual(joined, request)
        self.assertFalse(request.answer_email or request.said_email)
        early = self.request("erasure")
        self.asked(kind="erasure", said_handle="ada@example.social", said_email="j@evil.example")
        self.assertEqual((early.said_email, early.answer_email), ("j@evil.example", False))

    def test_two_addresses_that_name_one_account_are_two_who_ask(self):
        first = self.asked(said_handle="ada@example.social", said_email="one@x.example")
        second = self.asked(said_handle="ada@example.social", said_email="other@x.example")
        self.assertNotEqual(first, second)
        self.assertEqual(second.possible_duplicate_id, first)
