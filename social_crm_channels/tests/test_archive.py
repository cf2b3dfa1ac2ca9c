# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import message, person

from .archive_common import ArchiveCommon
from .archive_samples import (
    ANDROID,
    IPHONE,
    TEXT,
    facebook_archive,
    tweet,
    x_archive,
    zipped,
)


@tagged("post_install", "-at_install")
class TestArchive(ArchiveCommon):
    """A download is asked for, looked at, and becomes history that tells nobody."""

    # === ASKED FIRST === #

    def test_ground_and_lifetime_are_asked_before_the_file_is_opened(self):
        archive = self.archive("x", ("x.zip", self.x_zip))
        for vals, word in (
            ({"ground": False}, "Legal Ground"),
            ({"keep_months": 0}, "Keep for"),
            ({"ground": "interest"}, "Reason"),
            ({"attachment_ids": [fields.Command.clear()]}, "Files"),
            ({"channel_id": False}, "Into Channel"),
        ):
            before = {name: archive[name] for name in vals}
            archive.write(vals)
            with self.assertRaisesRegex(UserError, word):
                archive.action_read()
            archive.write(
                {
                    name: [fields.Command.set(value.ids)] if name == "attachment_ids" else value
                    for name, value in before.items()
                }
            )
        archive.action_read()
        self.assertEqual(archive.state, "ready")
        self.assertFalse(self.brought(archive), "a preview stores nothing")

    def test_only_managers_import_archives(self):
        for user in (self.agent, self.leader, self.clerk, self.officer):
            with self.assertRaises(AccessError):
                self.env["social.crm.archive"].with_user(user).create({"format": "x"})
        archive = self.archive("x", ("x.zip", self.x_zip))
        for user in (self.agent, self.leader, self.clerk, self.officer):
            for method in ("action_read", "action_import", "action_undo"):
                with self.assertRaises(AccessError):
                    getattr(archive.with_user(user), method)()
        self.assertTrue(archive.with_user(self.officer).read(["ground", "keep_months"]))

    def test_a_file_somebody_else_uploaded_cannot_be_read_through_an_import(self):
        secret = self.env["ir.attachment"].create({"name": "x.zip", "raw": self.x_zip})
        archive = self.archive("x", ("x.zip", self.x_zip))
        with self.assertRaises(AccessError):
            archive.attachment_ids = [fields.Command.set(secret.ids)]
            archive.with_user(self.manager).action_read()

    def test_a_wrong_file_says_what_is_expected_and_where_to_get_it(self):
        archive = self.archive("x", ("bill.pdf", b"%PDF-1.4"))
        with self.assertRaisesRegex(
            UserError, "(?s)bill.pdf is not a download of X.*Download an archive of your data"
        ):
            archive.action_read()
        archive = self.archive("facebook", ("fb.zip", zipped({"posts/your_posts_1.html": "<p>"})))
        with self.assertRaisesRegex(UserError, "JSON form is needed"):
            archive.action_read()

    # === PREVIEW === #

    def test_the_preview_counts_what_is_there(self):
        self.taken("x", ("x.zip", zipped(x_archive([tweet(1, TEXT)]))))
        archive = self.archive("x", ("x.zip", self.x_zip))
        archive.action_read()
        self.assertEqual(
            (archive.post_count, archive.comment_count, archive.message_count,
             archive.people_count, archive.known_count, archive.problem_count),
            (1, 1, 3, 2, 1, 0),
        )
        self.assertEqual(str(archive.first_date), "2019-03-01 10:11:12")
        self.assertEqual(
            {(part.sort, part.count, part.known_count, part.is_chosen)
             for part in archive.part_ids},
            {("posts", 1, 1, False), ("comments", 1, 0, True), ("messages", 2, 0, True),
             ("messages", 1, 0, True)},
        )

    def test_only_what_is_chosen_comes_in(self):
        archive = self.archive("x", ("x.zip", self.x_zip))
        archive.action_read()
        archive.part_ids.filtered(lambda part: part.sort != "posts").is_chosen = False
        archive.action_import()
        self.run_worker()
        self.assertEqual(self.brought(archive).mapped("body"), [TEXT])
        self.assertEqual(archive.state, "done")

    def test_what_cannot_be_read_is_listed_with_file_and_line(self):
        archive = self.archive("facebook", ("fb.zip", zipped(facebook_archive())))
        archive.action_read()
        self.assertEqual(archive.problem_count, 1)
        table = base64.b64decode(archive.problem_file).decode("utf-8-sig").splitlines()
        self.assertEqual(len(table), 2)
        self.assertIn("your_posts__check_ins", table[1])
        self.assertIn(str(archive.problem_ids.line), table[1])
        self.assertIn("The date cannot be read", table[1])

    # === HISTORY === #

    def test_history_opens_no_case_and_tells_nobody_but_who_imported_it(self):
        cases = self.env["social.crm.case"]
        self.channel_of("x")
        before, mails = cases.search_count([]), self.env["mail.message"].search_count([])
        archive = self.taken("x", ("x.zip", self.x_zip))
        said = self.brought(archive)
        said._run_hooks()
        self.assertEqual(len(said), 5)
        self.assertFalse(said.case_id)
        self.assertEqual(cases.search_count([]), before)
        self.assertEqual(self.env["mail.message"].search_count([]), mails)
        self.assertFalse(said._news_for_sales())

    def test_history_does_not_touch_a_case_that_is_open_with_the_same_person(self):
        channel = self.channel_of("x")
        ana = person("77", external_id="77", handle="ana")
        self.ingest(message("m1", ana, minutes=1), channel=channel)
        self.contact(self.said("m1", channel).identity_id)
        case = self.said("m1", channel).case_id
        case.opened_at = "2019-01-01"  # open since before the archive's words
        turns = self.env["social.crm.case.response"].search([("case_id", "=", case.id)])
        before = turns.read()
        archive = self.taken("x", ("x.zip", self.x_zip))
        self.assertTrue(self.brought(archive).identity_id & case.identity_id)
        self.assertFalse(self.brought(archive).case_id)
        after = self.env["social.crm.case.response"].search([("case_id", "=", case.id)])
        self.assertEqual(after.read(), before)

    def test_words_have_their_own_date_and_end(self):
        archive = self.taken("x", ("x.zip", self.x_zip))
        said = self.brought(archive)
        self.assertEqual(str(said[0].date), "2019-03-01 10:11:12")
        self.assertEqual(set(said.mapped("expires_at")), {archive.keep_until})
        self.assertEqual(said[0].counters, {"likes": 3, "shares": 1})
        self.assertLess(abs(archive.keep_until - fields.Datetime.now() - timedelta(days=730)),
                        timedelta(days=3))
        said.write({"expires_at": fields.Datetime.now() - timedelta(seconds=1)})
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_base.ir_cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(said.mapped("state")), {"expired"})
        self.assertFalse(any(said.mapped("body")))

    # === PEOPLE === #

    def test_who_is_no_contact_is_a_pseudonym_also_in_our_own_words(self):
        archive = self.taken("x", ("x.zip", self.x_zip))
        said = self.brought(archive)
        people = said.identity_id | said.conversation_id.identity_id
        strangers = people.filtered(lambda who: not who.is_own)
        self.assertEqual(len(strangers), 2)
        for who in strangers:
            self.assertRegex(who.name, r"^Person [0-9A-F]{6}$")
            self.assertRegex(who.external_id, "^archive-[0-9a-f]{32}$")
            self.assertFalse(who.handle)
        answer = said.filtered(lambda item: item.kind == "reply")
        self.assertRegex(answer.body, r"^@Person-[0-9A-F]{6} da, šaljemo$")
        talk = said.filtered(lambda item: item.kind == "message").conversation_id
        self.assertEqual(len(talk), 2)
        both = said.filtered(lambda item: item.conversation_id == talk[0])
        self.assertEqual(set(both.mapped("direction")), {"in", "out"})
        everything = json.dumps(
            [said.read(load=None), people.read(load=None), talk.read(load=None)], default=str
        )
        self.assertNotIn('"77"', everything)
        self.assertFalse(archive.person_ids, "names go when the import is over")
        self.assertFalse(archive.attachment_ids, "so does the file")
        talks = archive.part_ids.filtered(lambda part: part.sort == "messages")
        self.assertFalse(any(talks.mapped("name")))

    def test_who_is_linked_to_a_contact_keeps_the_account(self):
        channel = self.channel_of("x")
        self.ingest(message("m1", person("x", external_id="77", handle="ana")), channel=channel)
        ana = self.said("m1", channel).identity_id
        name = ana.name
        unlinked = self.archive("x", ("x.zip", self.x_zip))
        unlinked.action_read()
        self.assertFalse(unlinked.person_ids.identity_id, "known, but no contact of ours")
        self.contact(ana)
        archive = self.taken("x", ("x.zip", self.x_zip))
        said = self.brought(archive)
        self.assertEqual(said.filtered(lambda i: i.body == "Šaljete li u Niš?").identity_id, ana)
        self.assertEqual(said.filtered(lambda i: i.body == "Da! 😀").conversation_id.identity_id,
                         ana)
        self.assertEqual(said.filtered(lambda i: i.kind == "reply").body, "@Ana da, šaljemo")
        self.assertEqual(ana.name, name)

    def test_gates_know_people_before_they_become_pseudonyms(self):
        """Whoever was erased is looked for by the network's id, not by a pseudonym."""
        asked = type(self.interactions)._gate_activities

        def gate(interactions, channel, activities):
            return asked(interactions, channel, activities) + [
                (position, "erased")
                for position, item in enumerate(activities)
                if "77" in [who.external_id for who in (item.actor, item.counterpart) if who]
            ]

        with patch.object(type(self.interactions), "_gate_activities", gate):
            archive = self.taken("x", ("x.zip", self.x_zip))
        self.assertEqual((archive.created_count, archive.refused_count), (3, 2))
        self.assertEqual(set(archive.problem_ids.mapped("detail")), {"erased"})
        self.assertNotIn("Šaljete li u Niš?", self.brought(archive).mapped("body"))

    def test_a_chat_asks_which_name_is_ours_and_may_be_told_who_the_other_is(self):
        platform = self.env.ref("social_crm_base.platform_whatsapp")
        ana = self.env["social.crm.identity"].create(
            {"platform_id": platform.id, "handle": "+381641234567", "name": "Ana"})
        self.contact(ana)
        archive = self.archive("whatsapp", ("_chat.txt", IPHONE.encode()))
        archive.action_read()
        with self.assertRaisesRegex(UserError, "mark which of these is us.*Ana Petrović"):
            archive.action_import()
        archive.person_ids.filtered(lambda who: who.name == "Shop").is_own = True
        archive.person_ids.filtered(lambda who: who.name != "Shop").identity_id = ana
        archive.action_import()
        self.run_worker()
        said = self.brought(archive)
        self.assertEqual(said.mapped("direction"), ["in", "out", "in"])
        self.assertEqual(said.conversation_id.identity_id, ana)
        self.assertEqual(len(said.conversation_id), 1)

    def test_a_chat_of_three_is_a_group_that_is_not_named_after_people(self):
        chat = IPHONE + "[14.03.19, 10:00:00] Boris: I meni jedan 😀\n"
        archive = self.archive("whatsapp", ("WhatsApp Chat mit Ana und Boris.txt", chat.encode()))
        archive.action_read()
        archive.person_ids.filtered(lambda who: who.name == "Shop").is_own = True
        archive.action_import()
        self.run_worker()
        said = self.brought(archive)
        self.assertEqual(said.conversation_id.mapped("kind"), ["group"])
        self.assertEqual(said.mapped("direction"), ["in", "out", "in", "in"])
        self.assertEqual(len(said.identity_id.filtered(lambda who: not who.is_own)), 2)
        stored = f"{said.conversation_id.read(load=None)} {said.identity_id.read(load=None)}"
        self.assertNotIn("Ana", stored)
        self.assertNotIn("Boris", stored)

    def test_a_phone_number_in_a_chat_finds_its_contact_and_the_file_name_us(self):
        platform = self.env.ref("social_crm_base.platform_whatsapp")
        ana = self.env["social.crm.identity"].create(
            {"platform_id": platform.id, "handle": "+381641234567", "name": "Ana"})
        self.contact(ana)
        archive = self.archive(
            "whatsapp", ("WhatsApp Chat with +381 64 123 4567.txt", ANDROID.encode()))
        archive.action_read()
        self.assertEqual(archive.person_ids.identity_id, ana)
        archive.person_ids.filtered(lambda who: who.name == "Shop").is_own = True
        archive.action_import()
        self.run_worker()
        said = self.brought(archive)
        self.assertEqual(len(said), 5, "OK was said twice in one minute")
        self.assertEqual(said.conversation_id.identity_id, ana)
