# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import os
import tempfile
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import config

from ..tools.alias_search import AliasSearch
from .erasure_common import ErasureCommon

MAIL = "ana.anic@mail.example"
ABOUT = b"A list of people: Ana Ani\xc4\x87, ana.anic@mail.example"


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureFiles(ErasureCommon):
    """A file is the person's, somebody else's, or a clerk looks at it."""

    scans = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bo_contact = cls.env["res.partner"].create(
            {"name": "Bo Berg", "email": "bo@mail.example"}
        )

    def setUp(self):
        super().setUp()
        # a test that is taken back leaves its files on the disk, where the next one finds them
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")

    def file(self, record=None, content=ABOUT, **values):
        record = record if record is not None else self.env["res.partner"]
        return self.env["ir.attachment"].create(
            {
                "name": "list.txt", "raw": content, "res_model": record._name if record else False,
                "res_id": record.id, **values,
            }
        )  # fmt: skip

    def mail(self, record, sender, **values):
        """A mail as the gateway files it on a record."""
        author = self.env["res.partner"].search([("email", "=", sender)], limit=1)
        return self.env["mail.message"].create(
            {
                "model": record._name, "res_id": record.id, "message_type": "email",
                "email_from": f"Somebody <{sender}>", "author_id": author.id,
                "date": fields.Datetime.now() - timedelta(days=1), **values,
            }
        )  # fmt: skip

    def hits(self, erasure):
        return {(hit.table, hit.row) for hit in erasure.hit_ids}

    def test_the_persons_own_files_go_wherever_they_hang(self):
        lead = self.env["crm.lead"].create({"name": "Bo's lead", "partner_id": self.bo_contact.id})
        mine = [
            self.file(self.contact, b"nothing to find"),
            self.file(self.env["crm.lead"].create(
                {"name": "Hers", "partner_id": self.contact.id}), b"nothing to find"),
        ]  # fmt: skip
        by_contact = self.mail(
            lead, MAIL, attachment_ids=[Command.link(self.file(lead, b"a scan of hers").id)]
        )
        # from an address no contact had then
        by_address = self.mail(
            lead, MAIL, author_id=False, body="Please call me",
            attachment_ids=[Command.link(self.file(lead, b"another scan").id)],
        )  # fmt: skip
        mine += [by_contact.attachment_ids, by_address.attachment_ids]
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertFalse((by_contact | by_address).exists())
        for file in mine:
            self.assertFalse(file.exists())
        self.assertTrue(lead.exists())

    def test_files_of_others_stay_and_those_of_nobody_known_are_looked_at(self):
        lead = self.env["crm.lead"].create({"name": "Bo's lead", "partner_id": self.bo_contact.id})
        bos = self.file(self.said("c2"))
        self.said("c2").attachment_ids = bos
        mailed = self.file(lead)
        self.mail(lead, "bo@mail.example", attachment_ids=[Command.link(mailed.id)])
        stranger = self.file(lead)
        self.mail(lead, "who@mail.example", attachment_ids=[Command.link(stranger.id)])
        ours = self.file(lead, name="Ana Anić.txt")
        exported = self.file(name="res.partner.csv")  # a list somebody exported and kept
        noted = self.file(lead)
        lead.message_post(
            body="See file", author_id=self.agent.partner_id.id, attachment_ids=noted.ids
        )
        self.env["ir.attachment"].flush_model()
        self.env.cr.execute("UPDATE ir_attachment SET create_date = '2026-01-01'")
        self.env.cr.execute("UPDATE mail_message SET create_date = '2026-01-01'")
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "withheld")
        planted = {("ir_attachment", file.id) for file in (ours, exported, noted)}
        self.assertEqual(self.hits(erasure), planted, "one hit for each file")
        hits = erasure.hit_ids.with_user(self.clerk)
        self.assertIn(f"/web/content/{hits[0].row}", hits[0].action_open()["url"])
        hits.filtered(lambda hit: hit.row == noted.id).action_others()
        hits.filtered(lambda hit: not hit.verdict).action_erase()
        self.work(erasure)
        self.assertEqual(erasure.state, "done")
        self.assertFalse((ours | exported).exists())
        stay = bos | mailed | stranger | noted
        self.assertEqual(stay.exists(), stay)
        self.assertGreaterEqual(erasure.facts["kept"]["others"], 4)

    def test_headers_and_copies_of_mails_are_emptied_of_the_person(self):
        lead = self.env["crm.lead"].create({"name": "Bo's lead", "partner_id": self.bo_contact.id})
        both = f'"Ana Anić" <{MAIL}>, "Cy" <cy@mail.example>'
        bos = self.mail(
            lead, "bo@mail.example", body="Hello both", incoming_email_cc=both,
            incoming_email_to=MAIL, reply_to=f"Ana <{MAIL}>", outgoing_email_to=MAIL,
        )  # fmt: skip
        mails = self.env["mail.mail"].create(
            [
                {"email_to": MAIL, "subject": "Alone", "state": "exception",
                 "failure_reason": f"{MAIL} is full"},
                {"email_to": both, "email_cc": MAIL, "subject": "Both", "state": "outgoing"},
                {"email_to": both, "subject": "Was sent", "state": "sent",
                 "headers": repr({"X-To": MAIL})},
            ]
        )  # fmt: skip
        self.env["mail.notification"].create(
            {"mail_message_id": bos.id, "notification_type": "email", "mail_email_address": MAIL}
        )
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertEqual(bos.incoming_email_cc, '"Cy" <cy@mail.example>')
        self.assertFalse(bos.incoming_email_to or bos.reply_to or bos.outgoing_email_to)
        self.assertEqual((bos.body, bos.author_id), ("<span>Hello both</span>", self.bo_contact))
        self.assertEqual(mails.exists().mapped("email_to"), ['"Cy" <cy@mail.example>'])
        self.assertFalse(mails.exists().email_cc)

    def test_a_file_looked_at_for_an_import_goes(self):
        importing = self.env["base_import.import"].create(
            {"res_model": "res.partner", "file": ABOUT, "file_name": "people.csv",
             "file_type": "text/csv"}
        )  # fmt: skip
        other = importing.copy({"file": b"name\nBo"})
        self.env.flush_all()
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertEqual((importing | other).exists(), other)

    def test_packages_of_the_person_go_and_those_of_others_are_looked_into(self):
        self.enterContext(Folder())
        requests = self.env["social.crm.privacy.request"].sudo().create(
            [
                {"kind": "access", "said_name": name, "state": "in_progress",
                 "subject_identity_ids": [Command.set(account.ids)], "package_state": state}
                for name, account, state in (
                    ("One", self.ana, "building"), ("Two", self.ana, "ready"),
                    ("Three", self.bo, "building"),
                )
            ]
        )  # fmt: skip
        folders = [request._package_folder() for request in requests]
        left = folders[0].parent / "nobody"
        for folder in (*folders, left):
            (folder / "data").mkdir(parents=True)
            (folder / "data" / "part.json").write_bytes(ABOUT)
        package = self.file(requests[1], res_field="package_id")
        requests[1].package_id = package
        bos = self.file(requests[2], res_field="package_id")
        erasure = self.erase(self.ana)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertEqual([folder.exists() for folder in folders], [False, False, True])
        self.assertFalse(left.exists() or package.exists())
        self.assertTrue(bos.exists())
        self.assertEqual(requests.mapped("package_state"), ["gone", "gone", "building"])
        self.assertGreaterEqual(erasure.facts["kept"]["others"], 2)

    def test_a_job_that_builds_a_package_ends_when_it_was_taken_away(self):
        self.enterContext(Folder())
        request = self.env["social.crm.privacy.request"].sudo().create(
            {"kind": "access", "said_name": "Ana", "state": "in_progress",
             "subject_identity_ids": [Command.set(self.ana.ids)], "package_state": "waiting"}
        )  # fmt: skip
        self.assertTrue(request._build_step())
        self.erase(self.ana)
        self.assertFalse(request._build_step())
        self.assertFalse(request._package_folder().exists())

    def test_short_names_are_not_found_in_noise(self):
        search = AliasSearch([{"kind": "name", "value": "Ana"}])
        self.assertFalse(search.kinds_in_file(b"\xff\xd8\xff\x00 ana \x00\x9c\xfe"))
        self.assertTrue(search.kinds_in_file(b"\xff\xd8\xff\x00Photo by Ana Ani\xc4\x87\x00\xfe"))

    def test_what_is_mailed_after_the_cut_off_stays(self):
        erasure = self.proposed(self.ana)
        erasure.with_user(self.second).action_approve()
        erasure.sudo().cutoff = fields.Datetime.now() - timedelta(minutes=1)
        lead = self.env["crm.lead"].create({"name": "Bo's lead"})
        new = self.mail(lead, MAIL, author_id=False, date=fields.Datetime.now())
        self.work(erasure)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertTrue(new.exists())


class Folder(tempfile.TemporaryDirectory):
    """Packages of a test lie where nobody else's do."""

    def __enter__(self):
        self.before = config["data_dir"]
        folder = super().__enter__()
        # files of the database are found where they are
        os.symlink(Path(self.before) / "filestore", Path(folder) / "filestore")
        config["data_dir"] = folder
        return folder

    def __exit__(self, *problem):
        config["data_dir"] = self.before
        super().__exit__(*problem)
