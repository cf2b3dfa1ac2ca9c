# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .erasure_common import ErasureCommon


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureTraces(ErasureCommon):
    """What was written about the person while rights were granted stays without a name."""

    scans = True

    def test_ledger_measures_logs_and_requests_stay_and_name_nobody(self):
        users = self.env["res.users"]
        portal = new_test_user(
            self.env, "ana.anic@mail.example", groups="base.group_portal",
            partner_id=self.contact.id,
        )  # fmt: skip
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "RS35105008123123123173", "partner_id": self.contact.id}
        )
        measure = {
            "identity_ids": [Command.set(self.ana.ids)],
            "partner_ids": [Command.set(self.contact.ids)],
            "reason": "Ana Anić asks",
        }
        restriction = self.env["social.crm.restriction"].sudo().create(
            {**measure, "ground": "accuracy", "user_id": self.clerk.id}
        )
        hold = self.env["social.crm.legal.hold"].with_user(self.clerk).create(measure)
        hold.end_reason = "Ana Anić agreed"
        hold.action_end()
        ledger = self.env["social.crm.consent"]
        consents = ledger._note(
            "given", "marketing", identity=self.ana, way="hand", note="Ana Anić said yes"
        ) | ledger._note(
            "withdrawn", "marketing", partner=self.contact, way="hand", note="Ana Anić called"
        )
        opened = self.env["social.crm.access.log"].with_user(self.clerk)
        opened._note("open", self.contact)
        rows = self.env["social.crm.access.log"].sudo().search(
            [("partner_id", "=", self.contact.id)]
        )
        self.assertTrue(rows)
        request = self.env["social.crm.privacy.request"].sudo().create(
            {
                "kind": "access",
                "said_name": "Ana Anić",
                "said_email": "ana.anic@mail.example",
                "description": "I am Ana Anić",
                "subject_identity_ids": [Command.set(self.ana.ids)],
                "subject_partner_ids": [Command.set(self.contact.ids)],
                "state": "answered",
            }
        )
        request.message_post(body="Ana Anić called about it")
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertTrue(consents.exists() and restriction.exists() and rows.exists())
        self.assertEqual(consents.mapped("event"), ["given", "withdrawn"])
        self.assertFalse(consents.identity_id or consents.partner_id)
        self.assertFalse(any(consents.mapped("note")))
        for left in (restriction, hold.sudo()):
            self.assertFalse(left.identity_ids or left.partner_ids)
            self.assertNotIn("Ana", f"{left.reason} {left.end_reason}")
        self.assertFalse(rows.identity_id or rows.partner_id)
        self.assertEqual((request.kind, request.state), ("access", "answered"))
        self.assertFalse(
            request.said_name or request.said_email or request.description
            or request.subject_identity_ids or request.subject_partner_ids
        )  # fmt: skip
        self.assertFalse(
            request.message_ids.filtered(lambda message: "Ana" in (message.body or ""))
        )
        self.assertFalse(bank.exists(), "no document needs it")
        self.assertFalse(portal.active)
        self.assertFalse(users.search([("login", "ilike", "ana.anic")]))

    def test_our_own_words_that_name_the_person_are_no_others_words(self):
        """One name in words of ours of each class, far from the person's own rows."""
        team = self.env["social.crm.team"].create({"name": "Early shift"})
        shift = self.env["social.crm.shift.note"].create(
            {"body": "Watch out for Ana Anić", "team_id": team.id, "user_id": self.leader.id}
        )
        self.said("p1").body = "Ana Anić has won our prize"
        note = self.bo.message_post(
            body="Bo knows Ana Anić", author_id=self.agent.partner_id.id,
            message_type="comment", subtype_xmlid="mail.mt_note",
        )  # fmt: skip
        lead = self.env["crm.lead"].create(
            {"name": "Bo's lead", "description": "A friend of Ana Anić"}
        )
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "withheld")
        found = {(hit.table, hit.row): hit for hit in erasure.hit_ids}
        planted = {
            ("social_crm_shift_note", shift.id),
            ("social_crm_interaction", self.said("p1").id),
            ("mail_message", note.id),
            ("crm_lead", lead.id),
        }
        self.assertLessEqual(planted, found.keys())
        self.assertNotIn(("social_crm_interaction", self.said("c2").id), found, "Bo's own words")
        hits = erasure.hit_ids.with_user(self.clerk)
        hits[1:].action_others()
        self.work(erasure)
        self.assertEqual(erasure.state, "withheld", "one alone withholds it")
        hits[:1].action_erase()
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertGreaterEqual(erasure.facts["kept"]["others"], len(hits))
