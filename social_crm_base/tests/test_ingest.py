# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.activity import Activity, Target
from .common import SocialCrmCommon, answer, at, comment, handle, message, person, post


@tagged("post_install", "-at_install")
class TestIngest(SocialCrmCommon):
    def test_a_comment_makes_identity_conversation_interaction_and_case(self):
        result = self.ingest(post("p1"), comment("c1", person("ana"), "p1", text="Kada stiže? 🚲"))
        said = self.said("c1")
        self.assertEqual(len(result.interactions), 2)
        self.assertEqual(said.identity_id.handle, handle("ana"))
        self.assertEqual(said.body, "Kada stiže? 🚲")
        self.assertEqual(said.parent_id, self.said("p1"))
        self.assertEqual(said.conversation_id.root_id, self.said("p1"))
        self.assertEqual(said.conversation_id.identity_id, said.identity_id)
        self.assertEqual(said.mode, "one_to_one_to_many")
        self.assertEqual(self.said("p1").mode, "one_to_many")
        self.assertEqual(said.case_id.waiting_since, at(1))
        self.assertEqual(said.case_id.cycle_ids.opened_at, at(1))
        self.assertFalse(self.said("p1").case_id)

    def test_the_same_batch_twice_changes_nothing(self):
        batch = [post("p1"), comment("c1", person("ana"), "p1"), answer("a1", "c1")]
        self.ingest(*batch)
        before = self.interactions.search_count([])
        again = self.ingest(*batch)
        self.assertFalse(again.interactions)
        self.assertEqual(self.interactions.search_count([]), before)
        self.assertEqual(len(self.said("c1").case_id.response_ids), 1)

    def test_four_hundred_people_under_one_post_have_a_conversation_each_and_fold_by_root(self):
        people = [person(f"p{number}") for number in range(400)]
        self.ingest(post("p1"), *[comment(f"c{n}", who, "p1") for n, who in enumerate(people)])
        root = self.said("p1")
        conversations = self.env["social.crm.conversation"].search(
            [("root_key", "=", root.root_key), ("identity_id.is_own", "=", False)]
        )
        self.assertEqual(len(conversations), 400)
        self.assertEqual(conversations.root_id, root)
        self.assertEqual(len(conversations.interaction_ids.case_id), 400)

    def test_one_answer_to_three_people_stops_three_clocks(self):
        ana, ben, cem = person("ana"), person("ben"), person("cem")
        self.ingest(
            post("p1"),
            comment("c1", ana, "p1"),
            comment("c2", ben, "p1"),
            comment("c3", cem, "p1"),
            answer("a1", "p1", 10, mentions=(ana, ben, cem)),
        )
        for external_id in ("c1", "c2", "c3"):
            response = self.said(external_id).case_id.response_ids
            self.assertEqual(response.answered_at, at(10), external_id)
            self.assertEqual(response.seconds, 9 * 60)
            self.assertFalse(self.said(external_id).case_id.waiting_since)

    def test_an_answer_that_comes_before_its_question_stops_the_clock_all_the_same(self):
        self.ingest(answer("a1", "c1", 5))
        self.ingest(comment("c1", person("ana"), "p1", 1))
        self.ingest(post("p1"))
        said, ours = self.said("c1"), self.said("a1")
        self.assertEqual(ours.parent_id, said)
        self.assertEqual(ours.conversation_id, said.conversation_id)
        self.assertEqual(ours.case_id, said.case_id)
        self.assertEqual(said.case_id.response_ids.answered_at, at(5))
        self.assertEqual(said.conversation_id.root_id, self.said("p1"))

    def test_an_away_message_does_not_stop_the_clock(self):
        ana = person("ana")
        self.ingest(message("m1", ana), message("m2", ana, 2, direction="out", automatic=True))
        self.assertFalse(self.said("m1").case_id.response_ids.answered_at)
        self.assertEqual(self.said("m1").case_id.waiting_since, at(1))

    def test_edits_keep_every_wording_whatever_came_first(self):
        ana = person("ana")
        first = comment("c1", ana, "p1", text="five")
        edited = Activity(
            "edit",
            at(1),
            kind="comment",
            external_id="c1",
            actor=ana,
            parent=Target("p1"),
            text="one",
            edited_at=at(30),
        )
        self.ingest(edited)
        self.ingest(first)
        said = self.said("c1")
        self.assertEqual((said.body, said.state, said.edited_at), ("one", "edited", at(30)))
        self.assertEqual([version["body"] for version in said.versions], ["five"])

    def test_an_edit_in_the_second_of_its_item_is_later_than_the_item(self):
        first = comment("c1", person("ana"), text="zzz")
        edited = Activity(
            "edit",
            at(1),
            kind="comment",
            external_id="c1",
            actor=person("ana"),
            text="aaa",
            edited_at=at(1),
        )
        for number, batch in enumerate(((first, edited), (edited, first))):
            channel = self.channel.copy({"external_id": f"again-{number}", "handle": False})
            for activity in batch:
                self.ingest(activity, channel=channel)
            said = self.said("c1", channel)
            self.assertEqual((said.body, said.state), ("aaa", "edited"))
            self.assertEqual([version["body"] for version in said.versions], ["zzz"])

    def test_an_edit_without_its_item_waits(self):
        late = Activity("edit", at(9), target=Target("c1"), text="new", edited_at=at(9))
        self.assertEqual(self.ingest(late).waiting, [0])
        self.ingest(comment("c1", person("ana")))
        self.assertEqual(self.ingest(late).waiting, [])
        self.assertEqual(self.said("c1").body, "new")

    def test_a_deletion_blanks_content_and_keeps_the_shell(self):
        gone = Activity("delete", at(9), target=Target("c1"))
        self.assertEqual(self.ingest(gone).waiting, [0])
        self.ingest(comment("c1", person("ana"), text="secret", permalink="https://x.test/1"))
        shell = self.said("c1")
        self.ingest(gone)
        self.assertEqual((shell.state, shell.body, shell.permalink), ("deleted", False, False))
        self.ingest(comment("c1", person("ana"), text="secret", permalink="https://x.test/1"))
        self.assertFalse(shell.body)
        self.assertEqual(self.interactions.search_count([("dedup_key", "=", shell.dedup_key)]), 1)

    def test_a_like_taken_back_is_gone_in_either_order(self):
        like = Activity("react", at(5), actor=person("ana"), target=Target("p1"), reaction="like")
        back = Activity("unreact", at(6), actor=person("ana"), target=Target("p1"), reaction="like")
        self.assertEqual(self.ingest(like).waiting, [0])
        self.ingest(post("p1"), back)
        self.ingest(like)
        liked = self.said("p1").child_ids
        self.assertEqual((liked.kind, liked.state, liked.date), ("reaction", "deleted", at(6)))
        self.assertFalse(liked.case_id)

    def test_receipts_only_climb(self):
        ana = person("ana")
        sent = message("m1", ana, direction="out")
        for receipt in ("read", "delivered"):
            self.ingest(sent, Activity("receipt", at(3), receipt=receipt, target=Target("m1")))
        self.assertEqual(self.said("m1").delivery_state, "read")

    def test_everything_up_to_a_moment_was_read_also_what_is_stored_later(self):
        ana = person("ana")
        self.ingest(message("m1", ana))
        self.ingest(Activity("receipt", at(5), actor=ana, read_up_to=at(4)))
        self.ingest(message("m2", ana, 3, direction="out"), message("m3", ana, 6, direction="out"))
        self.assertEqual(self.said("m2").delivery_state, "read")
        self.assertEqual(self.said("m3").delivery_state, "sent")

    def test_newer_figures_replace_older_ones(self):
        self.ingest(post("p1"))
        newer = Activity("counters", at(9), target=Target("p1"), counters={"likes": 9, "reach": 90})
        older = Activity("counters", at(5), target=Target("p1"), counters={"likes": 5, "reach": 50})
        self.ingest(newer)
        self.ingest(older)
        self.assertEqual((self.said("p1").counters["likes"], self.said("p1").reach), (9, 90))

    def test_a_closed_case_is_reopened_within_seven_days_and_later_another_opens(self):
        ana = person("ana")
        self.ingest(message("m1", ana, 0))
        case = self.said("m1").case_id
        case.state = "closed"
        case.closed_at = at(10)
        case.cycle_ids.closed_at = at(10)
        self.ingest(message("m2", ana, 60))
        self.assertEqual(self.said("m2").case_id, case)
        self.assertEqual((case.state, len(case.cycle_ids)), ("open", 2))
        case.state = "closed"
        case.closed_at = at(70)
        case.cycle_ids[0].closed_at = at(70)
        self.ingest(message("m3", ana, 70 + 8 * 24 * 60))
        self.assertNotEqual(self.said("m3").case_id, case)
        self.assertFalse(case.takes_new)

    def test_our_own_page_commenting_opens_nothing(self):
        ours = person("shop", external_id="shop-id", handle="shop@example.social")
        self.ingest(post("p1"), comment("c1", ours, "p1"))
        self.assertTrue(self.said("c1").identity_id.is_own)
        self.assertFalse(self.said("c1").case_id)

    def test_a_bot_and_imported_history_open_nothing(self):
        self.ingest(comment("c1", person("robot", is_bot=True)))
        self.ingest(comment("c2", person("ana")), opens_cases=False)
        self.assertFalse(self.said("c1").case_id or self.said("c2").case_id)

    def test_two_of_our_pages_in_one_post_are_shown_twice_and_worked_once(self):
        other = self.channel.copy({"external_id": "second-id", "handle": "second@example.social"})
        mention = {"kind": "mention", "remote_key": "https://example.social/1"}
        self.ingest(comment("c1", person("ana"), **mention), channel=other)
        self.ingest(comment("c1", person("ana"), **mention))
        first, second = self.said("c1"), self.said("c1", other)
        self.assertEqual(second.sibling_id, first)
        self.assertFalse(first.sibling_id)
        self.assertEqual(first.case_id, second.case_id)
        self.assertEqual(len(first.case_id.response_ids), 1)

    def test_a_returned_account_with_the_same_id_is_the_same_person_and_old_handles_are_kept(self):
        self.ingest(comment("c1", person("ana")))
        self.ingest(comment("c2", person("ana", handle=handle("ana2")), minutes=5))
        identity = self.said("c1").identity_id
        self.assertEqual(self.said("c2").identity_id, identity)
        self.assertEqual(identity.handle, handle("ana2"))
        self.assertEqual(identity.alias_ids.mapped("value"), [handle("ana")])

    def test_a_new_id_under_an_old_handle_is_somebody_else(self):
        self.ingest(comment("c1", person("ana")))
        self.ingest(comment("c2", person("ana", external_id="id-new"), minutes=5))
        self.assertNotEqual(self.said("c1").identity_id, self.said("c2").identity_id)

    def test_a_hand_logged_handle_gets_its_id_later(self):
        self.ingest(comment("c1", person("ana", external_id="")))
        self.ingest(comment("c2", person("ana"), minutes=5))
        identity = self.said("c1").identity_id
        self.assertEqual(self.said("c2").identity_id, identity)
        self.assertEqual(identity.external_id, "id-ana")

    def test_silent_members_of_a_group_are_not_stored(self):
        chat = {"visibility": "group", "thread": "g1", "kind": "message"}
        members = (person("ana"), person("silent"))
        self.ingest(comment("m1", person("ana"), participants=members, **chat))
        conversation = self.said("m1").conversation_id
        self.assertEqual(conversation.kind, "group")
        self.assertEqual(conversation.participant_ids.mapped("handle"), [handle("ana")])
        self.assertFalse(
            self.env["social.crm.identity"].search([("handle", "=", handle("silent"))])
        )

    def test_the_number_of_queries_does_not_grow_with_the_batch(self):
        def batch(prefix, size):
            return [
                comment(f"{prefix}{n}", person(f"{prefix}{n % 10}"), f"{prefix}post", n)
                for n in range(size)
            ] + [post(f"{prefix}post")]

        self.ingest(*batch("warm", 20))
        self.env.invalidate_all()
        counts = []
        for prefix, size in (("small", 20), ("large", 400)):
            before = self.cr.sql_log_count
            self.ingest(*batch(prefix, size))
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 4, counts)

    def test_a_viewer_may_not_log(self):
        with self.assertRaises(AccessError):
            self.interactions.with_user(self.viewer)._ingest(
                self.channel, [comment("c1", person("ana"))]
            )
        done = self.interactions.with_user(self.agent)._ingest(
            self.channel, [comment("c1", person("ana"))]
        )
        self.assertEqual(len(done.interactions), 1)
