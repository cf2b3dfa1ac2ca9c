# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import csv
import io
import json
import zipfile

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import (
    answer,
    comment,
    know,
    message,
    person,
    post,
)

from ..models import social_crm_privacy_request_package as package
from .privacy_common import PrivacyCommon

BINARY = b"\x89PNG a picture of Ada"


@tagged("post_install", "-at_install")
class TestPrivacyPackage(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ada Lovelace", "email": "ada@example.org", "street": "St James's Square 12"}
        )
        know(cls.ada, cls.contact)
        cls.ingest(
            message("3", person("ada"), minutes=3, text="Љубав 🙏 <b>=1+1</b>"),
            message("4", person("ada"), minutes=4, direction="out", text="Our answer to Ada"),
            message("5", person("bob"), minutes=5, text="Bob's own secret"),
        )
        cls.said("3").attachment_ids = cls.env["ir.attachment"].create(
            {"name": "../ada.png", "raw": BINARY}
        )

    def build(self, kind="access", **values):
        request = self.request(kind, subject_partner_ids=[(6, 0, self.contact.ids)], **values)
        request.action_check_document()
        if request.can_vouch:
            request.action_vouch_address()
        request.action_execute()
        while request.sudo()._build_step():
            continue
        self.assertEqual(request.package_state, "ready", request.package_error)
        return request

    def test_the_job_builds_what_waits(self):
        requests = self.request() | self.request(who=self.bob)
        for request in requests:
            request.action_check_document()
            request.action_execute()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 1.0)
        self.env["social.crm.privacy.request"]._cron_build_packages()
        self.assertEqual(set(requests.mapped("package_state")), {"ready"})

    def opened(self, request):
        bundle = zipfile.ZipFile(io.BytesIO(request.sudo().package_id.raw))
        self.assertIsNone(bundle.testzip())
        return bundle

    def everything(self, bundle):
        return "\n".join(
            bundle.read(name).decode(errors="replace")
            for name in bundle.namelist()
            if not name.endswith(".pdf")
        )

    def rows(self, bundle, model):
        return json.loads(bundle.read(f"data/{model.replace('.', '_')}.json"))

    def test_one_that_cannot_be_built_does_not_stop_the_others(self):
        bad, good = self.request(), self.request(who=self.bob)
        for request in bad | good:
            request.action_check_document()
            request.action_execute()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 1.0)
        build = type(bad)._build_next

        def _build_next(request):
            if request == bad:
                raise ValueError("Ada's own words")
            return build(request)

        self.patch(type(bad), "_build_next", _build_next)
        with mute_logger("odoo.addons.social_crm_gdpr.models.social_crm_privacy_request_package"):
            self.env["social.crm.privacy.request"]._cron_build_packages()
        self.assertEqual((bad.package_state, bad.package_error), ("failed", "ValueError"))
        self.assertEqual(good.package_state, "ready")

    def test_all_that_is_the_persons_is_there_and_nothing_else(self):
        bundle = self.opened(self.build())
        text = self.everything(bundle)
        for theirs in ("Љубав 🙏", "Our answer to Ada", "Hello", "St James", "ada@example.social"):
            self.assertIn(theirs, text)
        for others in ("Bob", "bob@", "secret"):
            self.assertNotIn(others, text)
        [picture] = [name for name in bundle.namelist() if name.startswith("files/")]
        self.assertEqual(bundle.read(picture), BINARY)
        self.assertNotIn("..", picture)

    def test_it_is_readable_and_for_machines(self):
        bundle = self.opened(self.build())
        rows = self.rows(bundle, "social.crm.interaction")
        self.assertEqual([row["body"] for row in rows][:2], ["Hello", "Љубав 🙏 <b>=1+1</b>"])
        self.assertEqual(rows[0]["platform_id"], "Mastodon")
        self.assertIn("Mastodon", rows[0]["_origin"])
        page = bundle.read("data/social_crm_interaction.html").decode()
        self.assertIn("&lt;b&gt;", page)
        self.assertNotIn("<b>=", page)
        table = csv.DictReader(
            io.StringIO(bundle.read("data/social_crm_interaction.csv").decode("utf-8-sig"))
        )
        self.assertEqual(len(list(table)), len(rows))
        printed = bundle.read("data/social_crm_interaction.pdf")
        self.assertTrue(printed.startswith(b"%PDF") and printed.rstrip().endswith(b"%%EOF"))
        overview = bundle.read("index.html").decode()
        for told in ("No decision about you", "Recipients", "Mood", "Art. 77", "Mastodon"):
            self.assertIn(told, overview)
        self.assertIn("index.pdf", bundle.namelist())

    def test_notes_and_mails_on_the_persons_records_are_told_without_names_of_staff(self):
        case = self.said("3").case_id
        case.with_user(self.agent).message_post(
            body="Called her, no answer", message_type="comment"
        )
        self.contact.message_post(
            body="A mail of hers", message_type="email", author_id=self.contact.id
        )
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "s@example.org"})
        self.contact.message_post(
            body="Gossip about her", message_type="email", author_id=stranger.id
        )
        bundle = self.opened(self.build())
        rows = {row.get("body"): row.get("author") for row in self.rows(bundle, "mail.message")}
        self.assertEqual(rows["Called her, no answer"], "our staff")
        self.assertEqual(rows["A mail of hers"], "Ada Lovelace")
        self.assertEqual(rows["(words of another person)"], "another person")
        self.assertNotIn("Gossip", self.everything(bundle))
        self.assertNotIn("Stranger", self.everything(bundle))

    def test_what_the_person_decided_on_consent_is_told(self):
        self.env["social.crm.consent"]._note(
            "withdrawn", "marketing", identity=self.ada, way="hand", note="By phone in March"
        )
        rows = self.rows(self.opened(self.build()), "social.crm.consent")
        self.assertIn("By phone in March", json.dumps(rows))

    def test_what_an_ended_job_left_lying_is_cleared(self):
        requests = self.request() | self.request(who=self.bob)
        requests = requests.sudo()
        for request in requests:
            request.with_user(self.clerk).action_check_document()
            request.with_user(self.clerk).action_execute()
            request._build_step()
        self.addCleanup(requests._drop_package)
        requests[0].package_state = "gone"
        requests._gc_folders()
        self.assertEqual([r._package_folder().exists() for r in requests], [False, True])

    def test_a_spreadsheet_runs_nothing_of_it(self):
        self.ingest(message("6", person("ada"), minutes=6, text='=HYPERLINK("http://x")'))
        bundle = self.opened(self.build())
        table = bundle.read("data/social_crm_interaction.csv").decode("utf-8-sig")
        self.assertIn("'=HYPERLINK", table)

    def test_others_in_a_shared_thread_and_our_staff_are_masked(self):
        group = self.said("3").conversation_id
        self.said("5").conversation_id = group
        self.said("4").author_id = self.agent
        rows = self.rows(self.opened(self.build()), "social.crm.interaction")
        self.assertEqual(
            [row["body"] for row in rows if row["body"].startswith("(")],
            ["(words of another person)"],
        )
        self.assertNotIn("Bob", json.dumps(rows))
        self.assertNotIn(self.agent.name, json.dumps(rows))

    def test_of_a_public_thread_the_persons_own_comment_only(self):
        self.ingest(
            post("p1", 10),
            comment("c1", person("ada"), "p1", minutes=11, text="Ada's comment"),
            comment("c2", person("bob"), "p1", minutes=12, text="Bob's comment"),
            answer("a1", "c1", minutes=13, text="To Ada in public"),
        )
        text = self.everything(self.opened(self.build()))
        self.assertIn("Ada's comment", text)
        self.assertIn("To Ada in public", text)
        self.assertNotIn("Bob's comment", text)

    def test_portability_holds_what_the_person_gave_and_no_conclusions(self):
        self.said("3").write({"mood": "positive", "mood_score": 0.9})
        bundle = self.opened(self.build("portability"))
        self.assertFalse([name for name in bundle.namelist() if name.endswith(".pdf")])
        rows = self.rows(bundle, "social.crm.interaction")
        self.assertNotIn("mood", rows[1])
        self.assertIn("Љубав", rows[1]["body"])

    # === SHARED ACCOUNTS === #

    def test_of_a_shared_account_it_is_asked_whose_words(self):
        self.ada.is_shared = True
        request = self.request(subject_partner_ids=[(6, 0, self.contact.ids)])
        request.action_check_document()
        with self.assertRaisesRegex(UserError, "whose words"):
            request.action_execute()
        request.shared_scope = "period"
        with self.assertRaisesRegex(UserError, "Whose Words"):
            request.action_execute()

    def test_of_a_shared_account_only_the_period_is_told(self):
        self.ada.is_shared = True
        begin = self.said("3").date
        request = self.build(shared_scope="period", shared_from=begin)
        rows = self.rows(self.opened(request), "social.crm.interaction")
        self.assertEqual([row["body"][:5] for row in rows], ["Љубав", "Our a"])
        left_out = self.build(shared_scope="none")
        self.assertNotIn("Љубав", self.everything(self.opened(left_out)))

    # === BUILDING === #

    def test_it_is_built_in_parts_and_goes_on_where_it_was_ended(self):
        self.patch(package, "PART_ROWS", 2)
        request = self.request(subject_partner_ids=[(6, 0, self.contact.ids)])
        request.action_check_document()
        request.action_execute()
        request_sudo = request.sudo()
        while request_sudo._build_step():
            place = request_sudo.package_place
            request_sudo.invalidate_recordset()  # as another process
            self.assertEqual(request_sudo.package_place, place)
        bundle = self.opened(request)
        parts = sorted(n for n in bundle.namelist() if "interaction" in n and n.endswith(".json"))
        bodies = [row["body"] for part in parts for row in json.loads(bundle.read(part))]
        self.assertGreater(len(parts), 1)
        self.assertEqual(len(bodies), len(set(bodies)))
        self.assertEqual(request.package_done, request.package_total)
        self.assertFalse(request_sudo._package_folder().exists())

    def test_a_job_whose_files_are_gone_begins_anew(self):
        request = self.request()
        request.action_check_document()
        request.action_execute()
        request_sudo = request.sudo()
        for _step in range(3):
            request_sudo._build_step()
        request_sudo._drop_package()
        while request_sudo._build_step():
            continue
        self.assertEqual(request.package_state, "ready")
        self.assertIn("Hello", self.everything(self.opened(request)))

    def test_queries_grow_with_batches_not_with_rows(self):
        self.patch(package, "READ_BATCH", 1000)
        request = self.request().sudo()._in_persons_language()
        (request._package_folder()).mkdir(parents=True)
        self.addCleanup(request._drop_package)
        interactions = request.env["social.crm.interaction"]

        def queries(ids):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = list(request._rows_of(interactions, ids, request._package_folder()))
            self.assertEqual(len(rows), len(ids))
            return self.env.cr.sql_log_count - before

        self.ingest(
            *(message(f"m{n}", person("ada"), minutes=20 + n, text=f"W {n}") for n in range(400))
        )
        ids = interactions._privacy_ids(self.ada, self.contact, self.company)
        self.assertGreater(len(ids), 400)
        queries(ids[:1])  # labels of fields stay in memory
        self.assertEqual(queries(ids), queries(ids[:100]))

    # === HANDING OVER === #

    def test_the_link_works_once_and_the_clerk_who_downloads_is_noted(self):
        request = self.build(said_email="ada@example.org")
        request.action_package_send()
        self.assertEqual(request.state, "answered")
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        token = mail.body_html.split("/privacy/package/")[1].split("<")[0].split('"')[0]
        tokens = self.env["social.crm.privacy.token"]
        self.assertEqual(tokens._redeem(token, "package").request_id, request)
        self.assertFalse(tokens._redeem(token, "package"))
        self.assertIn(str(request.id), request.action_package_download()["url"])
        self.assertEqual(request._hand_out_package(), request.sudo().package_id)
        noted = self.env["social.crm.access.log"].search(
            [("action", "=", "export"), ("purpose", "=", request.name)]
        )
        self.assertEqual((noted.user_id, noted.identity_id), (self.clerk, self.ada))
        self.assertIn("request.package_sent", self.evidence(request))

    def test_the_officer_and_agents_get_no_package(self):
        request = self.build()
        for user in (self.officer, self.agent):
            with self.assertRaises(AccessError):
                request.with_user(user).action_package_download()
            with self.assertRaises(AccessError):
                request.with_user(user)._hand_out_package()
            with self.assertRaises(AccessError):
                request.sudo().package_id.with_user(user).read(["raw"])

    def test_what_nobody_fetches_goes_after_thirty_days(self):
        request = self.build()
        file = request.sudo().package_id
        request.sudo().package_at = fields.Datetime.subtract(fields.Datetime.now(), days=31)
        self.env["social.crm.privacy.request"]._gc_packages()
        self.assertEqual(request.package_state, "gone")
        self.assertFalse(file.exists())
