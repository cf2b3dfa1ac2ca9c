# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import new_test_user, tagged

from .erasure_common import ErasureCommon


@tagged("post_install", "-at_install")
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
