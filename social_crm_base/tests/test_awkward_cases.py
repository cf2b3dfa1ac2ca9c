# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from ..tools.activity import Activity
from .common import SocialCrmCommon, at, comment, know, message, person


@tagged("post_install", "-at_install")
class TestAwkwardCases(SocialCrmCommon):
    """What networks do that does not fit the picture of a message and its answer."""

    def _channel(self, code, **values):
        return self.env["social.crm.channel"].create(
            {
                "name": f"Shop on {code}",
                "platform_id": self.env.ref(f"social_crm_base.platform_{code}").id,
                "external_id": f"shop-on-{code}",
                **values,
            }
        )

    def test_a_review_has_one_slot_for_an_answer_and_a_second_answer_replaces_the_first(self):
        reviews = self._channel("google_business")
        stars = comment("r1", person("ana"), kind="review", rating=5.0, text="Super!")
        self.ingest(stars, channel=reviews)
        review = self.said("r1", reviews)
        talk = review.conversation_id.with_user(self.agent)
        self.assertEqual((talk.kind, review.rating), ("review", 5.0))
        first = talk._queue_reply("Thank you!")
        first.action_done_by_hand()
        self.ingest(
            Activity(
                "edit",
                at(1),
                kind="review",
                external_id="r1",
                actor=person("ana"),
                rating=1.0,
                text="Broke after a week",
                edited_at=at(60),
            ),
            channel=reviews,
        )
        self.assertEqual((review.rating, review.body), (1.0, "Broke after a week"))
        self.assertEqual(review.versions[0]["rating"], 5.0)
        second = talk._queue_reply("We are sorry. Please bring it in.")
        self.assertEqual(second.operation, "edit")
        self.assertEqual(second.interaction_id, first.interaction_id)
        self.assertEqual(len(review.child_ids), 1)

    def _changed(self, minutes, stars, text):
        return Activity(
            "edit",
            at(1),
            kind="review",
            external_id="r1",
            actor=person("ana"),
            rating=stars,
            text=text,
            edited_at=at(minutes),
        )

    def test_a_review_changed_from_five_stars_to_one_opens_its_closed_case_again(self):
        reviews = self._channel("google_business")
        self.ingest(comment("r1", person("ana"), kind="review", rating=5.0), channel=reviews)
        case = self.said("r1", reviews).case_id
        case.state = "closed"
        case.closed_at = case.cycle_ids.closed_at = at(30)
        change = self._changed(60 * 24 * 30, 1.0, "Broke after a month")
        for _again in range(2):
            self.ingest(change, channel=reviews)
        self.assertEqual((case.state, len(case.cycle_ids)), ("open", 2))
        self.assertEqual(case.waiting_since, at(60 * 24 * 30))
        self.assertEqual(self.said("r1", reviews).case_id, case)

    def test_a_review_from_imported_history_gets_a_case_once_it_is_changed(self):
        reviews = self._channel("google_business")
        old = comment("r1", person("ana"), kind="review", rating=5.0)
        self.ingest(old, channel=reviews, opens_cases=False)
        self.assertFalse(self.said("r1", reviews).case_id)
        self.ingest(self._changed(90, 1.0, "Broke"), channel=reviews)
        case = self.said("r1", reviews).case_id
        self.assertEqual((case.waiting_since, case.cycle_ids.opened_at), (at(90), at(90)))

    def test_a_pause_ends_when_the_customer_spoke_not_when_we_heard_of_it(self):
        self.ingest(message("m1", person("ana"), 0))
        case = self.said("m1").case_id
        case.state = "waiting"
        case.cycle_ids.paused_since = at(10)
        self.ingest(message("m2", person("ana"), 40))
        self.assertEqual((case.state, case.cycle_ids.paused_seconds), ("open", 30 * 60))

    def test_elsewhere_a_second_answer_is_a_second_answer(self):
        self.ingest(comment("c1", person("ana")))
        talk = self.said("c1").conversation_id.with_user(self.agent)
        talk._queue_reply("One")
        self.assertEqual(talk._queue_reply("Two").operation, "send")
        self.assertEqual(len(self.said("c1").child_ids), 2)

    def test_a_story_mention_arrives_as_a_direct_message_and_opens_a_case(self):
        story = message("m1", person("ana"), expires_at=at(24 * 60))
        mention = Activity(
            **{
                name: getattr(story, name)
                for name in story.__dataclass_fields__
                if name not in ("kind", "external_id")
            },
            kind="story_mention",
            external_id="s1",
        )
        self.ingest(mention, message("m2", person("ana"), 2))
        said = self.said("s1")
        self.assertEqual(
            (said.kind, said.mode, said.visibility), ("story_mention", "one_to_one", "direct")
        )
        self.assertEqual(said.conversation_id, self.said("m2").conversation_id)
        self.assertEqual(said.case_id, self.said("m2").case_id)
        self.assertEqual(said.expires_at, at(24 * 60))

    def test_one_person_on_three_channels_about_one_matter_is_one_case(self):
        whatsapp, instagram = self._channel("whatsapp"), self._channel("instagram")
        partner = self.env["res.partner"].create({"name": "Ana Anić"})
        said = []
        for number, channel in enumerate((self.channel, whatsapp, instagram)):
            who = person("ana", handle="", external_id=f"ana-{number}")
            self.ingest(Activity("profile", at(0), actor=who), channel=channel)
            identity = self.env["social.crm.identity"].search(
                [("external_id", "=", f"ana-{number}")]
            )
            know(identity, partner)
            self.ingest(message(f"m{number}", who, 10 + number), channel=channel)
            said.append(self.said(f"m{number}", channel))
        case = said[0].case_id
        self.assertEqual(len(case), 1)
        self.assertEqual((said[1].case_id, said[2].case_id), (case, case))
        self.assertEqual(case.partner_id, partner)
        self.assertEqual(len(case.response_ids), 1)
        self.assertEqual(case.response_ids.waiting_since, at(10))

    def test_an_answer_on_one_channel_stops_the_clock_for_the_matter(self):
        self.test_one_person_on_three_channels_about_one_matter_is_one_case()
        self.ingest(
            message("a1", person("ana", handle="", external_id="ana-0"), 30, direction="out")
        )
        case = self.said("a1").case_id
        self.assertEqual(case.response_ids.answered_at, at(30))
        self.assertEqual(case.customer_key, f"p{case.partner_id.id}")

    def test_an_encrypted_message_is_there_and_says_so(self):
        self.ingest(message("m1", person("ana"), text="", encrypted=True))
        self.assertEqual(self.said("m1").state, "encrypted")
        self.assertTrue(self.said("m1").case_id)

    def test_a_ring_of_parents_does_no_harm(self):
        self.ingest(comment("c1", person("ana"), "c2"), comment("c2", person("ben"), "c1"))
        self.ingest(comment("c3", person("cem"), "c3"))
        self.assertEqual(self.said("c1").root_key, self.said("c2").root_key)
        self.assertTrue(self.said("c3").conversation_id)

    def test_a_chain_of_two_hundred_answers_hangs_on_one_post(self):
        chain = [
            comment(f"c{number}", person(f"p{number % 7}"), f"c{number - 1}", number)
            for number in range(1, 200)
        ]
        self.ingest(*chain[100:])
        self.ingest(*chain[:100])
        self.ingest(comment("c0", person("root"), None, 0, kind="mention"))
        roots = {self.said(f"c{number}").root_key for number in (0, 1, 57, 150, 199)}
        self.assertEqual(roots, {self.said("c0").dedup_key})
        self.assertEqual(self.said("c199").conversation_id.root_id, self.said("c0"))
