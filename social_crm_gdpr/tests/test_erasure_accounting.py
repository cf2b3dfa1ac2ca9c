# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import os

from odoo.tests import new_test_user, tagged

from .erasure_common import ErasureCommon


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureAccounting(ErasureCommon):
    """What tax law keeps stays, and accounting's audit trail is not broken."""

    scans = True

    def setUp(self):
        super().setUp()
        if "account.move" not in self.env:
            self.skipTest("without accounting there is nothing to keep")

    def posted(self, partner):
        """An entry in the books that names the contact."""
        accounts = self.env["account.account"].create(
            [
                {"name": f"Account {number}", "code": f"9990{number}", "account_type": kind}
                for number, kind in enumerate(("asset_current", "income"))
            ]
        )
        journal = self.env["account.journal"].create(
            {"name": "Sales of the test", "code": "TSTE", "type": "general"}
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "line_ids": [
                    (0, 0, {"account_id": accounts[0].id, "debit": 10, "partner_id": partner.id}),
                    (0, 0, {"account_id": accounts[1].id, "credit": 10, "partner_id": partner.id}),
                ],
            }
        )
        move.action_post()
        return move

    def test_books_keep_name_and_address_and_the_audit_trail(self):
        move = self.posted(self.contact)
        self.company.restrictive_audit_trail = True
        message = self.env["mail.message"].create(
            {
                "model": "res.partner", "res_id": self.contact.id, "body": "Name of Ana Anić set",
                "message_type": "notification",
            }
        )  # fmt: skip
        self.env.flush_all()
        self.assertTrue(message.account_audit_log_restricted)
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertTrue(move.exists() and message.exists())
        self.assertEqual((self.contact.name, self.contact.street), ("Ana Anić", "Cara Dušana 1"))
        self.assertFalse(self.contact.email or self.contact.phone or self.contact.image_1920)
        self.assertGreaterEqual(erasure.facts["kept"]["tax"], 2)
        self.assertFalse(self.ana.exists())

    def test_a_posted_bill_stays_whole_with_its_file_and_bank_account(self):
        payable, expense = self.env["account.account"].create(
            [
                {"name": "Payable", "code": "99911", "account_type": "liability_payable",
                 "reconcile": True},
                {"name": "Expense", "code": "99912", "account_type": "expense"},
            ]
        )  # fmt: skip
        journal = self.env["account.journal"].create(
            {"name": "Bills of the test", "code": "TSTB", "type": "purchase",
             "default_account_id": expense.id}
        )  # fmt: skip
        self.contact.property_account_payable_id = payable
        bank, unused = self.env["res.partner.bank"].create(
            [
                {"acc_number": number, "partner_id": self.contact.id, "acc_holder_name": "Ana Anić"}
                for number in ("RS35105008123123123173", "RS35160005010001234505")
            ]
        )
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice", "journal_id": journal.id, "invoice_date": "2026-03-02",
                "partner_id": self.contact.id, "partner_bank_id": bank.id, "ref": "Ana Anić 7",
                "invoice_line_ids": [
                    (0, 0, {"name": "Photos", "account_id": expense.id, "price_unit": 10,
                            "tax_ids": []})
                ],
            }
        )  # fmt: skip
        bill.action_post()
        paper = self.env["ir.attachment"].create(
            {"name": "Ana Anić.txt", "raw": "Bill of Ana Anić".encode(),
             "res_model": bill._name, "res_id": bill.id}
        )  # fmt: skip
        self.addCleanup(os.unlink, paper._full_path(paper.store_fname))
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertEqual((bill.state, bill.partner_id, bill.ref),
                         ("posted", self.contact, "Ana Anić 7"))  # fmt: skip
        self.assertEqual(bill.invoice_partner_display_name, "Ana Anić")
        self.assertEqual((self.contact.name, self.contact.street), ("Ana Anić", "Cara Dušana 1"))
        self.assertFalse(self.contact.email or self.contact.phone)
        self.assertTrue(paper.exists() and bank.exists())
        self.assertEqual(bill.partner_bank_id, bank)
        self.assertFalse(unused.exists(), "no document names it")
        self.assertGreaterEqual(erasure.facts["kept"]["tax"], 4)

    def test_a_confirmed_order_keeps_its_contact_and_nothing_social(self):
        if "sale.order" not in self.env:
            self.skipTest("without sales there are no orders")
        orders = self.env["sale.order"].create([{"partner_id": self.contact.id} for _each in "ab"])
        orders[0].action_confirm()
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "RS35105008123123123173", "partner_id": self.contact.id}
        )
        user = new_test_user(
            self.env, "ana.anic@mail.example", groups="base.group_portal",
            partner_id=self.contact.id, name="Ana Anić",
        )  # fmt: skip
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertEqual((self.contact.name, self.contact.street), ("Ana Anić", "Cara Dušana 1"))
        self.assertFalse(self.contact.email or self.contact.phone or self.contact.image_1920)
        self.assertEqual(orders[0].partner_id, self.contact)
        self.assertFalse(self.ana.exists() or self.said("m1") or bank.exists())
        self.assertFalse(user.active)
        self.assertEqual(user.login, f"erased-{erasure.reference}-{user.id}")
        self.assertGreaterEqual(erasure.facts["kept"]["tax"], 2, "the contact and the order")
