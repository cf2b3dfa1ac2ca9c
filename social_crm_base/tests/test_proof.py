# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import social_crm_proof
from .people_common import PeopleCommon


@tagged("post_install", "-at_install")
class TestProof(PeopleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mara = cls.Partner.create({"name": "Mara", "email": "mara@proof.example"})

    def setUp(self):
        super().setUp()
        self.account = self.identity("Mara on the network")
        self.link = self.linked(self.account, self.mara).with_user(self.agent)

    def send(self, link=None):
        """Send a code; give the proof and the code as it stands in the mail."""
        mails = []
        Mail = type(self.env["mail.mail"])
        with patch.object(Mail, "send", lambda mail, **kw: mails.append(mail)):
            (link or self.link).action_send_code()
        self.assertEqual(mails[0].email_to, "mara@proof.example")
        self.assertTrue(mails[0].auto_delete)
        code = re.search(r">(\d{6})<", mails[0].body_html).group(1)
        return (link or self.link).proof_ids.sorted("id")[-1:], code

    def enter(self, proof, code):
        wizard = self.env["social.crm.proof.enter"].with_user(self.agent).create(
            {"proof_id": proof.id, "code": code}
        )
        action = wizard.action_enter()
        self.assertFalse(wizard.code)
        return action

    def test_the_right_code_proves_for_half_a_year(self):
        proof, code = self.send()
        self.assertFalse(self.account._is_proven_for_disclosure(self.mara))
        self.enter(proof, f" {code[:3]} {code[3:]} ")
        self.assertTrue(self.account._is_proven_for_disclosure(self.mara))
        self.assertEqual(self.link.strength, "proven")
        self.assertEqual(proof.sudo().code_hash, False)
        days = (self.link.proven_until - fields.Datetime.now()).days
        self.assertIn(days, (179, 180))
        self.assertEqual((proof.state, proof.user_id), ("passed", self.agent))
        self.assertIn("Proven by a code", self.account.message_ids[:1].body)
        self.assertFalse(self.account._is_proven_for_disclosure(self.partner("Other")))
        self.assertFalse(self.account._is_proven_for_disclosure(self.Partner))

    def test_how_long_a_proof_holds_is_a_setting(self):
        self.env["res.config.settings"].create({"social_crm_proven_days": 10}).execute()
        proof, code = self.send()
        self.enter(proof, code)
        self.assertIn((self.link.proven_until - fields.Datetime.now()).days, (9, 10))

    def test_a_proof_ends(self):
        proof, code = self.send()
        self.enter(proof, code)
        self.link.sudo().proven_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(self.account._is_proven_for_disclosure(self.mara))
        self.Link._cron_remind()
        self.assertEqual(self.link.strength, "evidenced")

    def test_an_undone_or_ended_link_proves_nothing(self):
        proof, code = self.send()
        self.enter(proof, code)
        self.link.action_end()
        self.assertFalse(self.account._is_proven_for_disclosure(self.mara))

    def test_five_wrong_codes_lock_and_the_right_one_comes_too_late(self):
        proof, code = self.send()
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        for left in (4, 3, 2, 1):
            action = self.enter(proof, wrong)
            self.assertIn(str(left), action["context"]["default_message"])
        self.assertIn("locked", self.enter(proof, wrong)["context"]["default_message"])
        self.enter(proof, code)
        self.assertEqual(proof.state, "failed")
        self.assertEqual(proof.tries, 5)
        self.assertFalse(self.account._is_proven_for_disclosure(self.mara))

    def test_a_day_has_few_codes_however_many_are_asked_for(self):
        for _index in range(social_crm_proof.MAX_SENDS_A_DAY):
            proof, _code = self.send()
        with self.assertRaisesRegex(UserError, "tomorrow"):
            self.send()
        states = self.link.proof_ids.mapped("state")
        self.assertEqual(states.count("open"), 1)
        self.assertEqual(proof.state, "open")

    def test_a_code_is_good_once_and_not_after_fifteen_minutes(self):
        proof, code = self.send()
        proof.sudo().expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertIn("too old", self.enter(proof, code)["context"]["default_message"])
        proof, code = self.send()
        self.enter(proof, code)
        again = self.enter(proof, code)
        self.assertEqual(again["context"]["default_message"], "Proven")
        self.assertEqual(proof.tries, 1)

    def test_a_newer_code_makes_the_older_one_worthless(self):
        old, old_code = self.send()
        self.send()
        self.enter(old, old_code)
        self.assertEqual(old.state, "replaced")
        self.assertFalse(self.account._is_proven_for_disclosure(self.mara))

    def test_the_code_is_nowhere_to_be_read(self):
        proof, code = self.send()
        raw = str(proof.sudo().read()[0])
        self.assertNotIn(code, raw.replace(proof.sudo().code_hash, "").replace(
            proof.sudo().nonce, ""))
        self.assertEqual(proof.sent_to, "m***@proof.example")
        self.assertNotIn("code_hash", proof.fields_get())
        self.assertFalse(
            self.env["mail.message"].search([("body", "ilike", code), ("model", "!=", False)])
        )

    def test_empty_and_odd_input_is_a_wrong_code_not_a_crash(self):
        proof, _code = self.send()
        for typed in (False, "", "🌻", "12345678901234567890", "кôд"):
            self.enter(proof, typed)
        self.assertEqual(proof.state, "failed")

    def test_addresses_that_prove_nothing_are_refused(self):
        with self.subTest("shared"):
            twin = self.partner("Twin", email="mara@proof.example")
            with self.assertRaisesRegex(UserError, "share"):
                self.link.action_send_code()
            twin.unlink()
        with self.subTest("none"):
            self.mara.email = False
            with self.assertRaisesRegex(UserError, "no valid"):
                self.link.action_send_code()
        with self.subTest("from the network"):
            account = self.identity("New", verified_email="circular@proof.example")
            partner = account.with_user(self.agent)._create_partner()
            with self.assertRaisesRegex(UserError, "network itself"):
                self.link_of(account, partner).with_user(self.agent).action_send_code()
        with self.subTest("no number"), self.assertRaisesRegex(UserError, "no valid"):
            self.link.action_send_code_by_phone()

    def test_a_code_goes_to_the_known_phone_number_too(self):
        if "sms.sms" not in self.env:
            with self.assertRaisesRegex(UserError, "SMS app"):
                self.link.action_send_code_by_phone()
            return
        self.mara.phone = "+381641234599"
        self.link.action_send_code_by_phone()
        text = self.env["sms.sms"].search([("number", "=", "+381641234599")])
        self.assertEqual(text.state, "outgoing")
        code = re.search(r"\d{6}", text.body).group()
        proof = self.link.proof_ids.filtered(lambda proof: proof.state == "open")
        self.assertNotIn("234599", proof.sent_to)
        self.enter(proof, code)
        self.assertEqual((proof.state, self.link.strength), ("passed", "proven"))

    def test_a_viewer_sends_and_enters_nothing(self):
        proof, code = self.send()
        with self.assertRaises(AccessError):
            self.link.with_user(self.viewer).action_send_code()
        with self.assertRaises(AccessError):
            proof.with_user(self.viewer)._enter(code)
        with self.assertRaises(AccessError):
            self.env["social.crm.proof"].with_user(self.agent).create({"link_id": self.link.id})
        with self.assertRaises(AccessError):
            proof.with_user(self.agent).write({"state": "passed"})
