# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from contextlib import suppress
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tests.common import message, person

from ..models import social_crm_archive_read as reading
from ..models import social_crm_archive_work as working
from .archive_common import ArchiveCommon
from .archive_samples import (
    GPLUS,
    GPLUS_HTML,
    IPHONE,
    TEXT,
    facebook_archive,
    gplus_post,
    mastodon_archive,
    tweet,
    x_archive,
    zipped,
)


@tagged("post_install", "-at_install")
class TestArchiveWork(ArchiveCommon):
    """Twice, killed, stopped and undone: each thing is there once, or not at all."""

    def test_twice_and_overlapping_makes_no_doubles(self):
        first = self.taken("x", ("x.zip", self.x_zip))
        again = self.archive("x", ("x.zip", self.x_zip))
        again.action_read()
        self.assertEqual(again.known_count, 5)
        again.part_ids.is_chosen = True
        again.action_import()
        self.run_worker()
        self.assertEqual((first.created_count, again.created_count), (5, 0))
        more = zipped(x_archive([tweet(1, TEXT), tweet(9, "new", 9)]))
        overlapping = self.taken("x", ("later.zip", more))
        self.assertEqual(self.brought(overlapping).mapped("body"), ["new"])

    def test_every_network_comes_in_twice_without_doubles(self):
        for code, content, number in (
            ("facebook", zipped(facebook_archive()), 6),
            ("google_plus", zipped({GPLUS + "json": json.dumps(gplus_post())}), 3),
            ("mastodon", zipped(mastodon_archive()), 4),
        ):
            with self.subTest(code):
                archive = self.taken(code, ("a.zip", content))
                self.assertEqual((archive.created_count, archive.refused_count), (number, 0))
                again = self.archive(code, ("a.zip", content))
                again.action_read()
                self.assertEqual(again.known_count, number)
        html = self.archive("google_plus", ("a.zip", zipped({GPLUS + "html": GPLUS_HTML})))
        html.action_read()
        self.assertEqual(html.known_count, 2, "the other form of the same posts")

    def test_google_plus_comments_hang_on_their_post(self):
        archive = self.taken(
            "google_plus", ("a.zip", zipped({GPLUS + "json": json.dumps(gplus_post())})))
        post, question, answer = self.brought(archive)
        self.assertEqual((question | answer).parent_id, post)
        self.assertRegex(post.body, r"Person-[0-9A-F]{6}")
        self.assertRegex(question.identity_id.name, "^Person ")
        self.assertEqual(str(post.date), "2014-03-01 10:00:00")

    def test_a_worker_that_is_killed_goes_on_where_the_last_batch_ended(self):
        tweets = [tweet(n, f"No {n}") for n in range(1, 26)]
        archive = self.archive("x", ("x.zip", zipped(x_archive(tweets))))
        archive.action_read()
        archive.action_import()
        take, done = type(archive)._take, []

        def killed(self, said, plan):
            if len(done) == 2:
                raise SystemExit("killed")
            done.append(len(said))
            return take(self, said, plan)

        # Not assertRaises: Odoo's takes back all that was committed before.
        with patch.object(working, "TAKE_BATCH", 10), patch.object(
            type(archive), "_take", killed
        ), suppress(SystemExit):
            self.run_worker()
        self.env.invalidate_all()
        self.assertEqual((archive.state, archive.position), ("importing", 20))
        self.assertEqual(len(self.brought(archive)), 20)
        self.run_worker()
        self.assertEqual((archive.state, archive.created_count), ("done", 25))
        self.assertEqual(len(self.brought(archive)), 25)

    def test_it_can_be_stopped_and_go_on(self):
        tweets = [tweet(n, f"No {n}") for n in range(1, 26)]
        archive = self.archive("x", ("x.zip", zipped(x_archive(tweets))))
        archive.action_read()
        archive.action_import()
        take = type(archive)._take

        def stops(self, said, plan):
            take(self, said, plan)
            self.action_stop()

        with patch.object(working, "TAKE_BATCH", 10), patch.object(type(archive), "_take", stops):
            self.run_worker()
        self.assertEqual((archive.state, archive.position), ("stopped", 10))
        self.run_worker()
        self.assertEqual(len(self.brought(archive)), 10, "stopped is stopped")
        archive.action_import()
        self.run_worker()
        self.assertEqual((archive.state, len(self.brought(archive))), ("done", 25))

    def test_undo_takes_back_what_this_import_brought_and_nothing_else(self):
        channel = self.channel_of("x")
        self.ingest(message("5", person("x", external_id="77")), channel=channel)
        talks = self.env["social.crm.conversation"].search_count([])
        people = self.env["social.crm.identity"].search_count([])
        archive = self.taken("x", ("x.zip", self.x_zip))
        with self.assertRaisesRegex(UserError, "Undo the import"):
            archive.unlink()
        said = self.brought(archive)
        kept = said.filtered(lambda item: item.body == "Hello")
        kept.case_id = self.said("5", channel).case_id
        archive.action_undo()
        self.run_worker()
        self.assertEqual((archive.state, archive.kept_count), ("undone", 1))
        self.assertEqual(said.exists(), kept)
        self.assertTrue(self.said("5", channel))
        self.assertEqual(self.env["social.crm.conversation"].search_count([]), talks + 1)
        self.assertEqual(self.env["social.crm.identity"].search_count([]), people + 1)

    def test_files_of_imports_nobody_began_do_not_lie_about(self):
        archive = self.archive("x", ("x.zip", self.x_zip))
        archive.action_read()
        kept = self.archive("x", ("x.zip", self.x_zip))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE social_crm_archive SET write_date = now() - interval '8 days' WHERE id = %s",
            [archive.id],
        )
        self.env.invalidate_all()
        file = archive.attachment_ids
        self.env["social.crm.archive"]._gc_archives()
        self.assertFalse(file.exists())
        self.assertFalse(archive.person_ids)
        self.assertEqual(archive.state, "draft")
        self.assertTrue(kept.attachment_ids)

    def test_what_decides_how_a_file_is_read_asks_for_a_new_preview(self):
        archive = self.archive("whatsapp", ("_chat.txt", IPHONE.encode()))
        archive.action_read()
        archive.ground_note = "known before"
        self.assertEqual(archive.state, "ready")
        archive.tz = "Europe/Berlin"
        self.assertEqual(archive.state, "draft")
        archive.action_read()
        self.assertEqual(str(archive.first_date), "2019-03-01 08:15:10")

    def test_what_cannot_be_stored_stands_alone_in_the_list(self):
        tweets = [tweet(n, f"No {n}") for n in range(1, 9)]
        archive = self.archive("x", ("x.zip", zipped(x_archive(tweets))))
        archive.action_read()
        archive.action_import()
        take_in = type(self.env["social.crm.import.line"])._take_in

        def fails(lines, channel, activities, needs_answer, **options):
            if any(item.text == "No 5" for item in activities):
                raise RuntimeError("poison")
            return take_in(lines, channel, activities, needs_answer, **options)

        with patch.object(type(self.env["social.crm.import.line"]), "_take_in", fails), (
            mute_logger(working.__name__)
        ):
            self.run_worker()
        self.assertEqual((archive.state, archive.created_count, archive.refused_count),
                         ("done", 7, 1))
        self.assertEqual(archive.problem_ids.reason, "failed")
        self.assertTrue(archive.problem_ids.line)

    def test_ten_times_as_much_needs_no_more_statements_a_batch(self):
        def statements(count, start):
            tweets = [tweet(n, f"No {n}") for n in range(start, start + count)]
            archive = self.archive("x", ("x.zip", zipped(x_archive(tweets))))
            archive.action_read()
            archive.action_import()
            archive_sudo = archive.sudo()
            before = self.env.cr.sql_log_count
            archive_sudo._take(list(archive_sudo._items())[:count], archive_sudo._plan())
            return self.env.cr.sql_log_count - before

        statements(5, 1000)
        few, many = statements(20, 2000), statements(200, 3000)
        self.assertLessEqual(many, few + 3)

    def test_big_files_are_read_in_the_background(self):
        with patch.object(reading, "AT_ONCE_BYTES", 10):
            archive = self.archive("x", ("x.zip", self.x_zip))
            archive.action_read()
            self.assertEqual(archive.state, "reading")
            self.run_worker()
            self.assertEqual((archive.state, archive.message_count), ("ready", 3))
            wrong = self.archive("x", ("bill.pdf", b"%PDF-1.4 a bill"))
            wrong.action_read()
            self.run_worker()
        self.assertEqual(wrong.state, "draft")
        self.assertIn("bill.pdf is not a download of X", wrong.failure)
