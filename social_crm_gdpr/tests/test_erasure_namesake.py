# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from .erasure_common import ErasureCommon, know, message, person


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureNamesake(ErasureCommon):
    """Addresses of the person go with them; a name alone explains nothing."""

    scans = True

    def found(self, erasure):
        return {(hit.table, hit.row) for hit in erasure.hit_ids}

    def test_addresses_below_the_contact_go_with_it(self):
        partners = self.env["res.partner"]
        below = partners.create(
            [
                {"parent_id": self.contact.id, "type": "delivery", "street": "Tajna 7",
                 "name": "Ana Anić"},
                {"parent_id": self.contact.id, "type": "invoice", "street": "Tajna 8"},
            ]
        )  # fmt: skip
        deeper = partners.create({"parent_id": below[0].id, "type": "other", "street": "Tajna 9"})
        mother = partners.create({"parent_id": self.contact.id, "name": "Cveta"})
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "row"]))
        for address in below + deeper:
            self.assertFalse(address.active or address.street, address)
            self.assertEqual(address.complete_name, "Erased contact")
        self.assertEqual((mother.name, mother.complete_name), ("Cveta", "Cveta"))
        self.assertFalse(mother.parent_id)
        self.assertEqual(erasure.line_ids.filtered(
            lambda line: line.model == "res.partner").planned, 4)  # fmt: skip

    def test_people_below_a_company_are_not_its_addresses(self):
        shop = self.env["res.partner"].create({"name": "Shop", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Cveta", "parent_id": shop.id})
        _accounts, contacts = self.env["social.crm.measure"]._everything_of(
            self.env["social.crm.identity"], shop, self.company
        )
        self.assertEqual(contacts, {shop.id})
        self.assertTrue(clerk)

    def test_who_is_a_namesake_and_whom_a_clerk_looks_at(self):
        self.ingest(message("n1", person("ana9", name="Ana Anić"), minutes=20))
        partners = self.env["res.partner"]
        bare, moved, same_street, other_mail, longer, linked = partners.create(
            [
                {"name": "ANA ANIC"},
                {"name": "Ana Anić", "street": "Tajna 7"},
                {"name": "Ana Anić", "email": "a@else.example", "street": "CARA DUSANA 1"},
                {"name": "Ana Anić", "email": "other@else.example", "phone": "+381601112223"},
                {"name": "Ana Petrović"},
                {"name": "Ana Anić"},
            ]
        )
        know(self.said("n1").identity_id, linked)
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "withheld")
        found = self.found(erasure)
        for asked in bare, moved, same_street:
            self.assertIn(("res_partner", asked.id), found)
        for told in other_mail, longer, linked:
            self.assertNotIn(("res_partner", told.id), found)
        self.assertNotIn(("social_crm_identity", linked.social_identity_ids.id), found)
        self.assertGreaterEqual(erasure.hit_ids[:1].erasure_id.open_hit_count, 3)

    def test_another_company_answers_for_what_hangs_on_its_records(self):
        company = self.env["res.company"].create({"name": "Second"})
        lead = self.env["crm.lead"].create({"name": "B deal", "company_id": company.id})
        note = lead.message_post(body="B's own note: Ana Anić pays late")
        file = self.env["ir.attachment"].create(
            {"name": "note.txt", "raw": "Ana Anić pays late", "res_model": lead._name,
             "res_id": lead.id, "company_id": False}
        )  # fmt: skip
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "row"]))
        self.assertTrue(file.exists())
        self.assertIn("Ana Anić", note.body)
        self.assertGreaterEqual(erasure.facts["kept"]["company"], 1)

    def test_uploads_of_colleagues_are_not_taken_away_for_a_name(self):
        company = self.env["res.company"].create({"name": "Second"})
        there = self.env["res.users"].create(
            {"name": "There", "login": "there", "company_id": company.id,
             "company_ids": company.ids}
        )  # fmt: skip
        uploads = self.env["base_import.import"]
        name = uploads.create({"file_name": "Ana Anić.csv", "res_model": "res.partner"})
        mine = uploads.create({"file_name": "ana.anic@mail.example", "res_model": "res.partner"})
        theirs = uploads.with_user(there).sudo().create(
            {"file_name": "ana.anic@mail.example", "res_model": "res.partner"}
        )
        self.erase(self.ana)
        self.assertEqual((name + mine + theirs).exists(), name + theirs)
