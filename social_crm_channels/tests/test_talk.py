# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    answer,
    at,
    comment,
    message,
    person,
    post,
)
from odoo.addons.social_crm_base.tools.activity import Activity, Media, Target


class TalkCommon(SocialCrmCommon):
    """A post of ours on the pretended network, with Ana below it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.use_sandbox()
        cls.ana, cls.boris = person("ana"), person("boris")
        cls.ingest(
            post("p1", text="Novi bicikli su stigli 🚲"),
            comment("c1", cls.ana, parent="p1", minutes=1, text="Koliko koštaju?"),
            answer("a1", "c1", minutes=2, text="Od 400 evra."),
            comment("c2", cls.ana, parent="a1", minutes=3, text="Hvala!"),
        )
        cls.case = cls.said("c1").case_id

    @classmethod
    def use_sandbox(cls):
        platform = cls.env.ref("social_crm_base.platform_sandbox")
        app = cls.env["social.crm.app"].create(
            {"name": "Sandbox", "platform_id": platform.id, "connector": "sandbox"}
        )
        cls.channel.write(
            {"platform_id": platform.id, "app_id": app.id, "connector": "sandbox"}
        )

    def talk(self, user=None, case=None, **options):
        return (case or self.case).with_user(user or self.agent).inbox_talk(**options)

    def entry(self, external_id, user=None, case=None):
        return self.entry_of(self.said(external_id), user, case)

    def entry_of(self, words, user=None, case=None):
        wanted = words.id
        page = self.talk(user, case)
        return next(entry for entry in page["entries"] if entry["id"] == wanted)

    def work(self):
        """Let the senders work, as their scheduled action does."""
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_send").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestTalk(TalkCommon):
    def test_a_comment_stands_below_its_post_also_where_the_post_has_no_case(self):
        page = self.talk()
        self.assertEqual(
            [entry["body"] for entry in page["entries"]],
            ["Koliko koštaju?", "Od 400 evra.", "Hvala!"],
        )
        (root,) = page["roots"].values()
        self.assertEqual(root["body"], "Novi bicikli su stigli 🚲")
        place = page["places"][page["entries"][0]["place_id"]]
        self.assertEqual((place["kind"], place["root_id"]), ("thread", root["id"]))
        self.assertEqual(page["entries"][1]["parent_id"], page["entries"][0]["id"])

    def test_one_time_line_over_all_conversations_of_the_case(self):
        self.ingest(message("m1", self.ana, minutes=10, text="Privatno: broj 12"))
        case = self.said("m1").case_id
        self.assertEqual(case, self.case)
        kinds = {place["kind"] for place in self.talk()["places"].values()}
        self.assertEqual(kinds, {"thread", "direct"})

    def test_pages_go_backwards_and_leave_nothing_out_nor_say_anything_twice(self):
        self.ingest(
            *(message(f"m{number}", self.ana, minutes=20 + number // 4) for number in range(23))
        )
        seen, before = [], None
        while True:
            page = self.talk(before=before, limit=7)
            seen = [entry["id"] for entry in page["entries"]] + seen
            before = page["before"]
            if not page["more"]:
                break
        expected = self.case.interaction_ids.sorted(lambda said: (said.date, said.id)).ids
        self.assertEqual(len(seen), 26)
        self.assertEqual(sorted(seen), sorted(expected))
        self.assertFalse(before)

    def test_words_of_one_second_keep_their_order_over_pages(self):
        self.ingest(
            *(
                message(f"f{part}", self.ana, minutes=20 + part * 137_000 / 60e6)
                for part in (3, 1, 5, 0, 2, 4)
            )
        )
        seen, before = [], None
        for _page in range(6):
            page = self.talk(before=before, limit=1)
            before = page["before"]
            seen.insert(0, page["entries"][0]["body"])
        expected = [f"Message f{part}" for part in range(6)]
        self.assertEqual(seen, expected)
        self.assertEqual([entry["body"] for entry in self.talk()["entries"]][-6:], expected)

    def test_a_page_nobody_gave_is_refused(self):
        for forged in ("x", "2026-13-01|5", "2026-01-01", "|"):
            with self.assertRaises(ValidationError):
                self.talk(before=forged)

    def test_what_is_quoted_but_not_on_the_page_is_told_in_a_line(self):
        page = self.talk(limit=1)
        (entry,) = page["entries"]
        parent = page["parents"][entry["parent_id"]]
        self.assertEqual(parent["excerpt"], "Od 400 evra.")

    def test_edits_keep_the_earlier_words_and_deletions_the_place(self):
        said = Target("c1")
        self.ingest(
            Activity("edit", at(5), target=said, text="Koliko košta?", edited_at=at(5)),
            Activity("delete", at(6), target=Target("c2")),
        )
        edited = self.entry("c1")
        self.assertEqual((edited["state"], edited["body"]), ("edited", "Koliko košta?"))
        self.assertEqual(edited["versions"][0]["body"], "Koliko koštaju?")
        gone = [entry for entry in self.talk()["entries"] if entry["state"] == "deleted"]
        [body] = [entry["body"] for entry in gone]
        self.assertEqual(body, "")
        self.assertFalse({"reply", "like", "edit", "delete"} & set(gone[0]["can"]))

    def test_reactions_are_gathered_under_what_they_are_about(self):
        self.ingest(
            Activity("react", at(4), actor=self.ana, target=Target("a1"), reaction="like"),
            Activity("react", at(4), actor=self.boris, target=Target("a1"), reaction="like"),
            Activity("react", at(5), actor=self.boris, target=Target("a1"), reaction="love"),
        )
        self.assertEqual(
            self.entry("a1")["reactions"],
            [
                {"reaction": "like", "count": 2, "mine": False},
                {"reaction": "love", "count": 1, "mine": False},
            ],
        )
        self.assertEqual(len(self.talk()["entries"]), 3, "no line of their own")

    def test_our_like_is_shown_as_ours_and_can_be_taken_back(self):
        words = self.said("c1").with_user(self.agent)
        words.talk_react("like")
        self.work()
        entry = self.entry("c1")
        self.assertEqual(entry["reactions"], [{"reaction": "like", "count": 1, "mine": True}])
        self.assertIn("unlike", entry["can"])
        self.assertNotIn("like", entry["can"])
        words.talk_react("like", remove=True)
        self.work()
        self.assertFalse(self.entry("c1")["reactions"])

    def test_our_words_can_be_changed_and_deleted_but_not_theirs(self):
        ours, theirs = self.said("a1").with_user(self.agent), self.said("c1").with_user(self.agent)
        with self.assertRaises(UserError):
            theirs.talk_edit("Something else")
        with self.assertRaises(UserError):
            theirs.talk_delete()
        with self.assertRaisesRegex(UserError, "Too long"):
            ours.talk_edit("x" * 1001)
        with self.assertRaises(UserError):
            ours.talk_edit("  ")
        ours.talk_edit("Od 350 evra.")
        self.work()
        self.assertEqual(self.entry("a1")["body"], "Od 350 evra.")
        self.assertEqual(self.entry("a1")["versions"][0]["body"], "Od 400 evra.")
        ours.talk_delete()
        self.work()
        self.assertEqual(self.entry_of(ours)["state"], "deleted")

    def test_what_waits_to_leave_says_so_until_when_and_whose_it_is(self):
        talk = self.said("c2").conversation_id.with_user(self.agent)
        row = talk._queue_reply("Prijatno!", hold_seconds=10)
        entry = next(e for e in self.talk()["entries"] if e["body"] == "Prijatno!")
        self.assertEqual(entry["outbox"]["state"], "held")
        self.assertEqual(
            entry["outbox"]["not_before"], fields.Datetime.to_string(row.not_before)
        )
        self.assertTrue(entry["outbox"]["mine"])
        self.assertEqual(entry["author"]["user"]["name"], self.agent.name)
        other = self.talk(self.leader)["entries"]
        self.assertFalse(next(e for e in other if e["id"] == entry["id"])["outbox"]["mine"])
        row.action_take_back()
        entry = next(e for e in self.talk()["entries"] if e["id"] == entry["id"])
        self.assertEqual((entry["delivery"], entry["outbox"]), ("cancelled", False))

    def test_pictures_are_shown_where_the_network_lets_us_and_linked_to_elsewhere(self):
        picture = Media("https://cdn.example/slika.png", "image/png", "slika.png", "Bicikl")
        script = Media("javascript:alert(1)", "image/png", "x", "x")
        self.ingest(comment("c3", self.ana, parent="p1", minutes=7, media=(picture, script)))
        (medium,) = self.entry("c3")["media"]
        self.assertEqual((medium["url"], medium["alt"]), (picture.url, "Bicikl"))
        self.assertTrue(medium["shown"])
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.channel.platform_id.id,
                "action": "cache_media",
                "verdict": "refuse",
                "reason": "Not here",
                "source": "Test",
            }
        )
        self.assertFalse(self.entry("c3")["media"][0]["shown"])

    def test_files_are_shown_to_who_may_open_them_and_no_others_are_looked_at(self):
        ours = self.said("a1")
        files = self.env["ir.attachment"].with_user(self.agent).create(
            [
                {"name": "price.pdf", "raw": b"1", "res_model": ours._name, "res_id": ours.id},
                {"name": "scratch.pdf", "raw": b"2"},
            ]
        )
        ours.attachment_ids = files
        self.assertEqual(self.files_of("a1"), ["price.pdf", "scratch.pdf"])
        self.assertEqual(self.files_of("a1", self.leader), ["price.pdf"])
        looked = []
        search = type(files)._search

        def watch(attachments, domain, *args, **kwargs):
            if not attachments.env.su:  # for a user Odoo reads every row, to judge each
                looked.append(domain)
            return search(attachments, domain, *args, **kwargs)

        self.env.invalidate_all()
        with patch.object(type(files), "_search", watch):
            self.talk()
        self.assertFalse([domain for domain in looked if Domain(domain).is_true()])

    def files_of(self, external_id, user=None):
        return [medium["name"] for medium in self.entry(external_id, user)["media"]]

    def test_what_came_since_one_looked_is_known_to_each_alone(self):
        with freeze_time(at(60)):
            self.assertFalse(self.talk()["looked_at"])
            self.case.with_user(self.agent).inbox_looked()
        with freeze_time(at(90)):
            self.case.with_user(self.agent).inbox_looked()
        self.assertEqual(self.talk()["looked_at"], fields.Datetime.to_string(at(90)))
        self.assertFalse(self.talk(self.leader)["looked_at"])
        looks, here = self.env["social.crm.case.look"], [("case_id", "=", self.case.id)]
        self.assertEqual(looks.search_count(here), 1)
        self.assertFalse(looks.with_user(self.manager).search(here), "nobody watches colleagues")
        with freeze_time(at(0) + timedelta(days=200)):
            looks._gc_looks()
        self.assertFalse(looks.search(here))

    def test_a_lead_is_named_to_those_who_may_open_it(self):
        lead = self.env["crm.lead"].create({"name": "Bicikl za Anu"})
        self.said("c1").lead_ids = lead
        self.assertFalse(self.entry("c1")["leads"], "agents have no pipeline of their own accord")
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.assertEqual(self.entry("c1")["leads"], [{"id": lead.id, "name": "Bicikl za Anu"}])


@tagged("post_install", "-at_install")
class TestTalkAccess(TalkCommon):
    def test_a_viewer_reads_and_can_do_nothing(self):
        page = self.talk(self.viewer)
        self.assertEqual(len(page["entries"]), 3)
        self.assertEqual([entry["can"] for entry in page["entries"]], [[], [], []])
        with self.assertRaises(AccessError):
            self.said("c1").with_user(self.viewer).talk_react("like")

    def test_who_may_not_read_the_case_reads_nothing_of_it(self):
        team = self.env["social.crm.team"].create(
            {"name": "Service", "member_ids": [Command.set(self.leader.ids)]}
        )
        self.case.team_id = team
        with self.assertRaises(AccessError):
            self.talk()
        self.assertEqual(self.case.with_user(self.agent).inbox_open(), {})
        with self.assertRaises(AccessError):
            self.case.with_user(self.agent).inbox_looked()

    def test_a_confidential_case_is_told_to_named_people_only(self):
        self.case.with_user(self.agent).action_make_confidential()
        self.assertEqual(len(self.talk()["entries"]), 3)
        for outsider in (self.leader, self.manager, self.officer):
            with self.assertRaises(AccessError):
                self.talk(outsider)

    def test_a_post_in_a_confidential_case_is_not_shown_above_others_comments(self):
        self.ingest(
            comment("x1", self.boris, kind="mention", minutes=5, text="Secret matter"),
            comment("x2", self.ana, parent="x1", minutes=6, text="Me too"),
        )
        hidden = self.said("x1").case_id
        hidden.write(
            {"confidential": True, "confidential_user_ids": [Command.set(self.manager.ids)]}
        )
        page = self.talk(case=self.said("x2").case_id)
        told = str(page)
        self.assertIn("Me too", told)
        self.assertNotIn("Secret matter", told)

    def test_another_company_reads_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("agent", login="talk_stranger", company_id=other.id,
                              company_ids=[Command.set(other.ids)])
        with self.assertRaises(AccessError):
            self.talk(stranger)

    def test_the_time_line_asks_no_question_for_each_entry(self):
        self.ingest(
            *(message(f"m{number}", self.ana, minutes=20 + number) for number in range(40)),
            *(comment(f"k{n}", self.ana, parent="p1", minutes=90 + n) for n in range(40)),
        )
        case = self.case.with_user(self.agent)
        case.inbox_talk()  # rulebook, groups and answer types come from caches

        def queries(limit):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page = case.inbox_talk(limit=limit)
            self.assertEqual(len(page["entries"]), limit)
            return self.env.cr.sql_log_count - before

        few, many = queries(5), queries(50)
        self.assertLessEqual(many, few + 4, "a few more kinds of things, not more questions")
        self.assertLessEqual(many, 40)

    def test_a_case_of_five_thousand_words_opens_with_one_page(self):
        talk = self.said("c1").conversation_id
        self.env.cr.execute(
            """
            INSERT INTO social_crm_interaction (company_id, channel_id, platform_id,
                   conversation_id, case_id, direction, kind, mode, visibility, state, family,
                   dedup_key, date, date_received, body)
            SELECT %s, %s, %s, %s, %s, 'in', 'comment', 'one_to_one_to_many', 'public', 'normal',
                   'post', 'bulk-' || n, %s + n * interval '1 second', now() at time zone 'UTC',
                   'Word ' || n
              FROM generate_series(1, 5000) AS n
            """,
            [
                self.channel.company_id.id, self.channel.id, self.channel.platform_id.id,
                talk.id, self.case.id, at(10),
            ],
        )
        page = self.talk()
        self.assertEqual(len(page["entries"]), 50)
        self.assertEqual(page["entries"][-1]["body"], "Word 5000")
        self.assertTrue(page["more"])
        with self.assertQueryCount(60):
            self.env.invalidate_all()
            self.talk()
        self.assertLessEqual(len(self.talk(limit=10_000)["entries"]), 300)
