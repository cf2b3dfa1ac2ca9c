# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import (
    SocialCrmCommon,
    at,
    comment,
    know,
    message,
    person,
    post,
)
from odoo.addons.social_crm_base.tools.activity import Activity, Target

from ..wizards import social_crm_idea_tell


class IdeaCommon(SocialCrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.connector = "manual"
        cls.ana, cls.bora, cls.ceca = person("ana"), person("bora"), person("ceca")
        cls.ingest(
            post("p"),
            message("m1", cls.ana, 1, text="Could you open the workshop on Sundays?"),
            comment("c1", cls.bora, "p", 2, text="Otvorite radionicu nedeljom 🙏"),
        )
        cls.idea = cls.env["social.crm.idea"].create({"name": "Workshop open on Sundays"})

    def ideas(self, user=None):
        return self.env["social.crm.idea"].with_user(user or self.agent)

    def collect(self, external_id, user=None):
        """Open the dialogue at a message, as a person does."""
        action = self.said(external_id).with_user(user or self.agent).action_make_idea()
        return self.env[action["res_model"]].with_user(user or self.agent).browse(action["res_id"])

    def support(self, *external_ids, idea=None):
        idea = (idea or self.idea).with_user(self.agent)
        return idea._support(self.interactions.browse(self.said(one).id for one in external_ids))

    def like(self, target, who, reaction="favourite", minutes=5, verb="react"):
        self.ingest(
            Activity(
                verb, at(minutes), kind="reaction", actor=who, target=Target(target),
                reaction=reaction,
            )
        )  # fmt: skip


@tagged("post_install", "-at_install")
class TestIdea(IdeaCommon):
    def test_a_message_becomes_an_idea_with_its_author_as_supporter(self):
        dialog = self.collect("m1")
        dialog.name = "Child seats for rent"
        done = dialog.action_create_idea()
        idea = self.ideas().search([("name", "=", "Child seats for rent")])
        self.assertEqual(idea.supporter_ids.interaction_id, self.said("m1"))
        self.assertEqual(idea.supporter_count, 1)
        self.assertEqual(idea.user_id, self.agent)
        self.assertEqual(done["params"]["links"][0]["label"], idea.name)
        self.assertNotIn("Could you open", idea.search_key, "words that may be taken back")

    def test_likely_ideas_are_found_first_over_scripts_and_accents(self):
        other = self.ideas().create({"name": "Радионица отворена недељом"})
        self.ideas().create({"name": "Green helmets"})
        self.assertEqual(self.collect("m1").likely_ids[:1], self.idea)
        self.assertIn(other, self.collect("c1").likely_ids)
        self.assertFalse(self.ideas()._likely("Completely different words", self.company))
        for odd in ("", False, "   ", "🙏" * 50, "x" * 50_000, "100% _ \\ ' \" ;--"):
            self.ideas()._likely(odd, self.company)

    def test_the_name_typed_is_compared_too(self):
        form = Form(self.collect("c1"))
        form.name = "Sunday workshop"
        self.assertIn(self.idea, self.env["social.crm.idea"].browse(form.likely_ids.ids))

    def test_a_later_message_supports_the_idea_there_is_once(self):
        dialog = self.collect("m1")
        self.idea.with_user(self.agent).with_context(
            social_idea_dialog=dialog.id
        ).action_support()
        self.assertEqual(self.idea.supporter_count, 1)
        again = self.collect("m1")
        again.idea_id = self.idea
        self.assertIn("already", again.action_support()["params"]["message"])
        self.assertEqual(self.idea.supporter_count, 1)
        self.ingest(message("m2", self.ana, 9, text="Sundays, please!"))
        self.support("m2")
        self.assertEqual(self.idea.supporter_count, 1)

    def test_somebody_with_two_accounts_counts_once(self):
        self.support("m1", "c1")
        self.assertEqual(self.idea.supporter_count, 2)
        ana = self.env["res.partner"].create({"name": "Ana"})
        know(self.said("m1").identity_id | self.said("c1").identity_id, ana)
        self.assertEqual(self.idea.supporter_count, 1)

    def test_likes_count_once_a_person_and_only_while_they_last(self):
        self.support("m1", "c1")
        self.like("c1", self.ceca)
        self.like("c1", self.bora)  # a supporter already
        self.like("c1", person("dule"), reaction="👎")
        self.assertEqual((self.idea.supporter_count, self.idea.vote_count), (2, 3))
        self.like("c1", self.ceca, minutes=6, verb="unreact")
        self.idea.invalidate_recordset()
        self.assertEqual(self.idea.vote_count, 2)

    def test_press_competitors_bots_and_colleagues_do_not_count(self):
        identity = self.said("m1").identity_id
        for role in ("press", "competitor", "bot", "employee"):
            identity.role = role
            dialog = self.collect("m1")
            self.assertIn("not counted", dialog.note)
            dialog.idea_id = self.idea
            with self.assertRaises(UserError):
                dialog.action_support()
            with self.assertRaises(ValidationError):
                self.env["social.crm.idea.supporter"].create(
                    {"idea_id": self.idea.id, "identity_id": identity.id}
                )
        dialog = self.collect("m1")
        dialog.name = "A good one all the same"
        dialog.action_create_idea()
        self.assertFalse(
            self.ideas().search([("name", "=", "A good one all the same")]).supporter_ids
        )

    def test_our_own_words_make_no_idea(self):
        with self.assertRaises(UserError):
            self.said("p").with_user(self.agent).action_make_idea()

    def test_a_nameless_idea_says_what_to_do(self):
        dialog = self.collect("m1")
        dialog.name = "  "
        with self.assertRaisesRegex(UserError, "few words of your own"):
            dialog.action_create_idea()

    def test_ideas_are_joined_and_nothing_is_lost(self):
        self.support("m1")
        other = self.ideas().create({"name": "Sunday opening"})
        self.support("m1", "c1", idea=other)
        dialog = self.env["social.crm.idea.join"].with_user(self.agent).create(
            {"idea_ids": [(6, 0, (self.idea | other).ids)], "target_id": self.idea.id}
        )
        dialog.action_join()
        self.assertEqual(self.idea.supporter_count, 2)
        self.assertFalse(other.active)
        self.assertEqual(other.merged_into_id, self.idea)
        self.assertIn("Workshop open", other.message_ids[:1].body)
        with self.assertRaises(UserError):
            self.idea.with_user(self.agent)._join_into(self.idea)

    def test_status_has_its_history(self):
        self.cr.precommit.run()  # what stood there at the beginning is no change
        self.idea.with_user(self.agent).status = "planned"
        self.env.flush_all()
        self.cr.precommit.run()
        values = self.idea.message_ids.sudo().tracking_value_ids
        self.assertIn("Planned", values.mapped("new_value_char"))

    def test_the_pane_shows_what_a_person_supports(self):
        self.support("m1")
        case = self.said("m1").case_id.with_user(self.agent)
        [row] = case.inbox_open(["person"])["person"]["ideas"]
        self.assertEqual((row["name"], row["status"]), (self.idea.name, "new"))
        self.assertEqual(
            case.with_user(self.viewer).inbox_open(["person"])["person"]["can"]["idea"], False
        )

    # === WHO MAY === #

    def test_viewers_read_agents_write_leaders_delete(self):
        self.ideas(self.viewer).browse(self.idea.id).read(["name"])
        with self.assertRaises(AccessError):
            self.ideas(self.viewer).create({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.ideas(self.viewer).browse(self.idea.id).action_tell()
        with self.assertRaises(AccessError):
            self.ideas(self.agent).browse(self.idea.id).unlink()
        self.ideas(self.leader).browse(self.idea.id).unlink()

    def test_another_company_has_its_own_ideas(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "idea_stranger", "social_crm_base.group_team_leader",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.support("m1")
        self.assertNotIn(self.idea, self.ideas(stranger).search([]))
        self.assertFalse(self.env["social.crm.idea.supporter"].with_user(stranger).search([]) &
                         self.idea.supporter_ids)
        self.assertFalse(
            self.ideas()._likely("workshop open on sundays", other)
        )
        with self.assertRaises(AccessError):
            self.said("m1").with_user(stranger).action_make_idea()

    def test_who_spoke_in_a_confidential_case_stays_confidential(self):
        self.support("m1", "c1")
        case = self.said("m1").case_id
        case.write({"confidential": True, "confidential_user_ids": [(6, 0, self.manager.ids)]})
        self.env.flush_all()
        self.env.invalidate_all()
        idea = self.idea.with_user(self.agent)
        self.assertEqual(idea.supporter_ids.interaction_id, self.said("c1"))
        self.assertEqual(idea.supporter_count, 2, "the number says nothing of who")
        self.assertFalse(idea._support(self.said("m1").with_user(self.agent).sudo()))
        other = self.ideas().create({"name": "Sunday opening"})
        (idea | other)._join_into(other)
        moved = other.sudo().supporter_ids.interaction_id
        self.assertEqual(set(moved.mapped("external_id")), {"c1", "m1"})
        self.assertEqual(other.supporter_count, 2)

    def test_words_on_another_teams_channel_are_not_shown(self):
        self.support("m1")
        self.channel.team_ids = self.env["social.crm.team"].create({"name": "Others"})
        self.env.invalidate_all()
        supporter = self.idea.supporter_ids.with_user(self.agent)
        self.assertFalse(supporter.words)
        self.assertTrue(supporter.with_user(self.manager).words)


@tagged("post_install", "-at_install")
class TestIdeaDemo(TransactionCase):
    def test_the_demo_shop_has_ideas_of_every_status_with_supporters(self):
        demo = self.env.ref("social_crm_channels.social_crm_idea_sunday_demo", False)
        if not demo:
            self.skipTest("the database has no demo data")
        ideas = self.env["social.crm.idea"].search([("company_id", "=", demo.company_id.id)])
        self.assertEqual(
            set(ideas.mapped("status")), {"new", "review", "planned", "done", "declined"}
        )
        self.assertGreaterEqual(demo.supporter_count, 2)
        self.assertTrue(all(one.interaction_id for one in demo.supporter_ids))


@tagged("post_install", "-at_install")
class TestIdeaTold(IdeaCommon):
    """The result goes to each supporter where they spoke, once."""

    def setUp(self):
        super().setUp()
        self.support("m1", "c1")
        self.idea.with_user(self.agent).status = "done"

    def tell(self, user=None):
        action = self.idea.with_user(user or self.agent).action_tell()
        return self.dialog(action)

    def dialog(self, action):
        return self.env[action["res_model"]].with_user(self.agent).browse(action["res_id"])

    def answers(self):
        return self.interactions.search(
            [("direction", "=", "out"), ("body", "like", "what you suggested")], order="id"
        )

    def test_a_preview_sends_nothing(self):
        dialog = self.tell()
        self.assertEqual((dialog.can_count, dialog.skip_count), (2, 0))
        self.assertIn("Workshop open on Sundays", dialog.body)
        self.assertFalse(self.answers())

    def test_each_is_answered_where_they_spoke(self):
        self.assertEqual(self.idea.untold_count, 2)
        done = self.tell().action_tell()
        self.assertEqual(done["params"]["type"], "success")
        answers = self.answers()
        self.assertEqual(
            {(one.parent_id.external_id, one.visibility) for one in answers},
            {("m1", "direct"), ("c1", "public")},
        )
        self.assertEqual(set(answers.mapped("purpose")), {"answer"})
        self.idea.invalidate_recordset()
        self.assertEqual(self.idea.untold_count, 0)
        self.assertEqual(set(self.idea.supporter_ids.mapped("told_status")), {"done"})
        self.assertIn("Told 2 supporters", self.idea.message_ids[:1].body)

    def test_each_hears_it_in_their_own_language_where_somebody_wrote_it(self):
        self.said("m1").language = "de"
        self.said("c1").language = "sr@latin"
        dialog = self.tell()
        self.assertEqual(dialog.text_ids.mapped("language"), ["de", "sr"])
        self.assertEqual(dialog.text_ids[0].language_name, "German")
        dialog.text_ids[0].body = "Wir haben jetzt sonntags offen."
        dialog.text_ids[1].body = False
        dialog.action_tell()
        told = {
            one.interaction_id.external_id: one.outbox_id.interaction_id.body
            for one in self.idea.supporter_ids
        }
        self.assertEqual(told["m1"], "Wir haben jetzt sonntags offen.")
        self.assertIn("what you suggested is there now", told["c1"])

    def test_nobody_hears_the_same_twice_but_hears_of_the_next_step(self):
        self.tell().action_tell()
        with self.assertRaisesRegex(UserError, "Nobody here can be told"):
            self.tell().action_tell()
        self.idea.with_user(self.agent).status = "declined"
        self.assertEqual(self.tell().can_count, 2)

    def test_two_presses_on_the_same_preview_say_it_once(self):
        dialog = self.tell()
        dialog.action_tell()
        dialog.action_tell()
        self.assertEqual(len(self.answers()), 2)

    def test_one_person_is_told_on_one_account(self):
        ana = self.env["res.partner"].create({"name": "Ana"})
        know(self.said("m1").identity_id | self.said("c1").identity_id, ana)
        dialog = self.tell()
        self.assertEqual((dialog.can_count, dialog.skip_count), (1, 1))
        self.assertIn("another account", dialog.line_ids.filtered("reason").reason)

    def test_who_cannot_be_answered_is_listed_with_the_reason(self):
        self.said("m1").identity_id.state = "deleted"
        self.said("c1")._blank_content("deleted")
        dialog = self.tell()
        self.assertEqual(dialog.can_count, 0)
        reasons = " ".join(dialog.line_ids.mapped("reason"))
        self.assertIn("no longer active", reasons)
        self.assertIn("words are gone", reasons)

    def test_supporters_added_by_hand_have_nothing_to_answer(self):
        self.ingest(message("m9", self.ceca, 9))
        self.idea.with_user(self.agent).supporter_ids = [
            (0, 0, {"identity_id": self.said("m9").identity_id.id})
        ]
        self.assertIn("no message of theirs", " ".join(
            filter(None, self.tell().line_ids.mapped("reason"))
        ))

    def test_a_review_that_has_our_answer_keeps_it(self):
        self.platform.one_reply_slot = True
        self.ingest(
            Activity("create", at(3), kind="review", external_id="r1", actor=self.ceca,
                     text="Open on Sundays!", rating=3)
        )  # fmt: skip
        review = self.said("r1")
        review.conversation_id.with_user(self.agent)._queue_reply("Thank you!", parent=review)
        self.support("r1")
        dialog = self.tell()
        self.assertIn("one answer already", " ".join(
            filter(None, dialog.line_ids.mapped("reason"))
        ))
        dialog.action_tell()
        self.assertEqual(review.child_ids.mapped("body"), ["Thank you!"])

    def test_who_refuses_late_is_left_out_and_the_others_are_told(self):
        dialog = self.tell()
        Conversation = type(self.env["social.crm.conversation"])
        queue = Conversation._queue_reply

        closed = "The window has just closed."

        def refuse_one(place, body, **options):
            if place.kind == "direct":
                raise UserError(closed)
            return queue(place, body, **options)

        with patch.object(Conversation, "_queue_reply", refuse_one):
            dialog.action_tell()
        self.assertEqual(self.answers().parent_id, self.said("c1"))
        self.assertIn("window has just closed", self.idea.message_ids[:1].body)
        self.assertEqual(self.tell().can_count, 1, "the other can be tried again")

    def test_many_supporters_are_told_in_batches(self):
        self.ingest(*(message(f"x{n}", person(f"x{n}"), 10 + n) for n in range(3)))
        self.support("x0", "x1", "x2")
        with patch.object(social_crm_idea_tell, "BATCH", 2):
            dialog = self.tell()
            self.assertEqual((len(dialog.line_ids), dialog.more_count), (2, 3))
            dialog.line_ids[0].is_chosen = False
            shown = dialog.line_ids.supporter_id
            dialog = self.dialog(dialog.action_tell())
            self.assertFalse(dialog.line_ids.supporter_id & shown)
            shown |= dialog.line_ids.supporter_id
            dialog = self.dialog(dialog.action_tell())
            shown |= dialog.line_ids.supporter_id
            self.assertEqual(dialog.more_count, 0)
            dialog.action_tell()
        self.assertEqual(shown, self.idea.supporter_ids)
        self.assertEqual(len(self.answers()), 4)

    def test_a_channel_of_another_team_is_not_answered_for_it(self):
        self.channel.team_ids = self.env["social.crm.team"].create({"name": "Others"})
        self.env.invalidate_all()
        dialog = self.tell()
        self.assertEqual(dialog.can_count, 0)
        self.assertIn("not yours", dialog.line_ids[0].reason)
