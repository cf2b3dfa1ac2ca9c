# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import io
import json
import zipfile

from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import know

from .privacy_common import PrivacyCommon

PIXEL = b"R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="


@tagged("post_install", "-at_install")
class TestPrivacyBusiness(PrivacyCommon):
    """What Odoo's other apps hold of the person is in the package; of others nothing is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact, cls.other = cls.env["res.partner"].create(
            [
                {"name": "Ada Lovelace", "email": "ada@example.org", "image_1920": PIXEL},
                {"name": "Bob Other", "email": "bob@example.org"},
            ]
        )
        know(cls.ada, cls.contact)

    def package(self, kind="access", **values):
        request = self.request(kind, subject_partner_ids=[(6, 0, self.contact.ids)], **values)
        request.action_check_document()
        request.action_execute()
        while request.sudo()._build_step():
            continue
        self.assertEqual(request.package_state, "ready", request.package_error)
        return zipfile.ZipFile(io.BytesIO(request.sudo().package_id.raw))

    def rows(self, bundle, model):
        name = f"data/{model.replace('.', '_')}.json"
        return json.loads(bundle.read(name)) if name in bundle.namelist() else []

    def text(self, bundle):
        return "\n".join(
            bundle.read(name).decode(errors="replace")
            for name in bundle.namelist()
            if not name.endswith(".pdf")
        )

    def test_leads_meetings_activities_banks_and_mails_are_told(self):
        lead, _theirs = self.env["crm.lead"].create(
            [
                {"name": "Engine", "partner_id": self.contact.id, "description": "Wants two"},
                {"name": "Secret of Bob", "partner_id": self.other.id},
            ]
        )
        lead.action_set_lost()
        lead.activity_schedule("mail.mail_activity_data_call", summary="Call Ada back")
        self.env["calendar.event"].create(
            {
                "name": "Tea",
                "start": "2026-03-02 09:00:00",
                "stop": "2026-03-02 10:00:00",
                "partner_ids": [(6, 0, (self.contact | self.other).ids)],
            }
        )
        self.env["res.partner.bank"].create(
            {"acc_number": "RS35105008123123123173", "partner_id": self.contact.id}
        )
        self.other.message_post(
            body="Ada writes on another's record", message_type="email", author_id=self.contact.id
        )
        bundle = self.package()
        (told,) = self.rows(bundle, "crm.lead")
        self.assertEqual((told["name"], told["description"]), ("Engine", "Wants two"))
        self.assertTrue(told["_origin"])
        (todo,) = self.rows(bundle, "mail.activity")
        self.assertEqual(todo["summary"], "Call Ada back")
        self.assertEqual(self.rows(bundle, "calendar.event")[0]["name"], "Tea")
        self.assertIn("RS35", json.dumps(self.rows(bundle, "res.partner.bank")))
        bodies = [row.get("body") for row in self.rows(bundle, "mail.message")]
        self.assertEqual(bodies.count("Ada writes on another's record"), 1)
        text = self.text(bundle)
        for others in ("Bob", "Secret"):
            self.assertNotIn(others, text)
        self.assertFalse(self.rows(self.package("portability"), "calendar.event"))

    def test_orders_with_lines_tasks_and_cards_are_told_where_the_apps_are(self):
        if not {"sale.order", "project.task", "loyalty.card"} <= set(self.env.registry):
            self.skipTest("without these apps there is nothing to tell")
        product = self.env["product.product"].create({"name": "Punched Card", "list_price": 7})
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3})],
                    "client_order_ref": f"Ref of {partner.name}",
                }
                for partner in (self.contact, self.other)
            ]
        )
        orders.action_confirm()
        self.env["project.task"].create(
            {
                "name": "Mend the engine",
                "partner_id": self.contact.id,
                "project_id": self.env["project.project"].create({"name": "Engines"}).id,
            }
        )
        program = self.env["loyalty.program"].create({"name": "Cards", "program_type": "loyalty"})
        self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.contact.id, "points": 12}
        )
        bundle = self.package()
        (order,) = self.rows(bundle, "sale.order")
        self.assertEqual((order["name"], order["state"]), (orders[0].name, "Sales Order"))
        (line,) = self.rows(bundle, "sale.order.line")
        self.assertEqual((line["order_id"], line["product_uom_qty"]), (orders[0].name, 3.0))
        (task,) = self.rows(bundle, "project.task")
        self.assertEqual(task["project_id"], "Engines")
        self.assertEqual(self.rows(bundle, "loyalty.card")[0]["points"], 12.0)
        self.assertNotIn("Ref of Bob", self.text(bundle))

    def test_invoices_with_lines_are_told(self):
        if "account.move" not in self.env or not self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        ):
            self.skipTest("without a chart of accounts there are no invoices")
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.contact.id,
                "invoice_line_ids": [(0, 0, {"name": "Two engines", "price_unit": 5})],
            }
        )
        bundle = self.package()
        (told,) = self.rows(bundle, "account.move")
        self.assertEqual(told["amount_total"], invoice.amount_total)
        self.assertEqual(self.rows(bundle, "account.move.line")[0]["name"], "Two engines")

    def test_files_on_the_case_and_the_contacts_picture_come_along(self):
        case = self.said("1").case_id
        self.env["ir.attachment"].create(
            {"name": "letter.txt", "raw": b"signed", "res_model": case._name, "res_id": case.id}
        )
        bundle = self.package()
        files = {name: bundle.read(name) for name in bundle.namelist() if "files/" in name}
        self.assertIn(b"signed", files.values())
        self.assertTrue(any("image_1920" in name for name in files), list(files))

    def test_what_hangs_on_a_shared_accounts_talk_is_left_out_with_it(self):
        self.ada.is_shared = True
        talk = self.said("1").conversation_id.with_user(self.agent)
        row = talk._queue_reply("Dear co-user, your IBAN is 123")
        for scope, told in (("none", False), ("all", True)):
            request = self.request(shared_scope=scope).sudo()
            self.assertEqual(row.id in request._section_ids(row._name), told, scope)
            self.assertEqual("IBAN is 123" in self.text(self.package(shared_scope=scope)), told)
        paths = self.env["social.crm.approval"]._privacy_account_paths()
        self.assertIn("conversation_id.identity_id", paths)

    def test_what_nobody_declares_is_counted_on_the_first_page(self):
        self.env["res.partner"].create({"name": "Ada's Office", "parent_id": self.contact.id})
        declared = self.env["base"]._privacy_business()
        left = {name: one for name, one in declared.items() if name != "res.partner.bank"}
        self.env["res.partner.bank"].create({"acc_number": "RS1", "partner_id": self.contact.id})
        self.patch(type(self.env["base"]), "_privacy_business", lambda base: left)
        self.assertIn("Bank Accounts: 1", self.package().read("index.html").decode())
