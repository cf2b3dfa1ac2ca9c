# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import tagged

from .erasure_common import ErasureCommon


@tagged("post_install", "-at_install")
class TestErasureHit(ErasureCommon):
    """What a clerk empties by hand, whatever column the name stands in."""

    def hit(self, record, column):
        erasure = self.env["social.crm.erasure"].create({"identity_ids": [(6, 0, self.ana.ids)]})
        erasure.state = "withheld"
        self.env.flush_all()
        return self.env["social.crm.erasure.hit"].create(
            {
                "erasure_id": erasure.id, "table": record._table, "column": column,
                "row": record.id, "place": "(0,1)",
            }
        ).with_user(self.clerk)  # fmt: skip

    def test_every_kind_of_column_can_be_emptied(self):
        named = {"name": "About Ana Anić"}
        for model, column, left in (
            ("crm.lead", "name", "Erased"),  # required
            ("crm.tag", "name", "Erased"),  # required and translated
            ("utm.campaign", "name", "Erased"),  # required and unique
            ("res.partner", "comment", ""),
        ):
            record = self.env[model].create({**named, column: named["name"]})
            with self.subTest(model=model):
                self.hit(record, column).action_erase()
                self.assertNotIn("Ana", record[column] or "")
                self.assertIn(left, record[column] or "")

    def test_where_the_database_refuses_it_is_said_in_words(self):
        row = self.env["social.crm.evidence"].search([], limit=1) or self.env[
            "social.crm.evidence"
        ]._append("consent.given", "00000000-0000-0000-0000-000000000000")
        hit = self.hit(row, "kind")
        with self.assertRaisesRegex(UserError, "does not let this be emptied"):
            hit.action_erase()
        self.assertFalse(hit.verdict)

    def test_another_companys_notes_are_its_own_clerks_matter(self):
        other = self.env["res.company"].create({"name": "Other"})
        lead = self.env["crm.lead"].create({"name": "B deal", "company_id": other.id})
        note = lead.message_post(body="Ana Anić pays late")
        hit = self.hit(note, "body")
        with self.assertRaisesRegex(UserError, "Another company"):
            hit.action_erase()
        self.assertIn("pays late", note.body)

    def test_a_file_nobody_names_is_deleted_from_the_disk(self):
        files = self.env["ir.attachment"]
        name = files.create({"name": "x", "raw": b"Ana Anic, alone"}).store_fname
        self.env.cr.execute("DELETE FROM ir_attachment WHERE store_fname = %s", [name])
        hit = self.hit(files.search([], limit=1), "store_fname")
        hit.sudo().write({"row": 0, "place": name})
        hit.action_erase()
        self.assertFalse(self.env["social.crm.erasure"]._read_file(name))

    def test_only_what_the_program_wrote_itself_is_nobodys(self):
        erasures = self.env["social.crm.erasure"]
        template = self.env["mail.template"].create({"name": "x", "body_html": "Dear Ana Anić"})
        shipped = self.env.ref("auth_signup.mail_template_data_unregistered_users")
        for record, is_program in ((template, False), (shipped, True)):
            row = {"id": record.id, "write_uid": record.write_uid.id}
            self.assertEqual(erasures._is_vocabulary("mail_template", row), is_program)
        row = {"id": shipped.id, "write_uid": self.manager.id}
        self.assertFalse(erasures._is_vocabulary("mail_template", row), "somebody rewrote it")
        self.assertTrue(erasures._is_vocabulary("ir_model_fields", {"id": 1}))
