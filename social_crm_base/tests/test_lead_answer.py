# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import SocialCrmCommon, comment, message, person


@tagged("post_install", "-at_install")
class TestAnswerFromLead(SocialCrmCommon):
    """A lead's person is answered where they spoke, from the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "answers", groups="sales_team.group_sale_salesman,social_crm_base.group_agent"
        )
        cls.ingest(message("m1", person("ana")), comment("c1", person("ana"), minutes=3))
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Chairs",
                "user_id": cls.seller.id,
                "social_identity_id": cls.said("m1").identity_id.id,
                "social_interaction_ids": cls.said("m1").ids,
            }
        )
        cls.place = cls.said("m1").conversation_id

    def places(self, user=None):
        return self.lead.with_user(user or self.seller).social_reply_places()

    def answer(self, place=None, body="Fifty euros", user=None):
        return self.lead.with_user(user or self.seller).action_social_reply(
            (place or self.place).id, body
        )

    def test_places_are_offered_with_who_reads_along(self):
        public, private = self.places()
        self.assertEqual(private["id"], self.place.id)
        self.assertFalse(private["is_public"])
        self.assertTrue(public["is_public"])
        self.assertTrue(private["can_reply"] and private["by_hand"])

    def test_an_answer_is_queued_in_their_place_and_tied_to_the_lead(self):
        outcome = self.answer()
        outbox = self.env["social.crm.outbox"].browse(outcome["id"])
        self.assertEqual(outcome["state"], "by_hand")
        self.assertIn("send it yourself", outcome["label"])
        said = outbox.interaction_id
        self.assertEqual(said.body, "Fifty euros")
        self.assertEqual(said.conversation_id, self.place)
        self.assertEqual(said.parent_id, self.said("m1"))
        self.assertEqual(said.author_id, self.seller)
        self.assertIn(said, self.lead.social_interaction_ids)
        outbox.with_user(self.seller).action_done_by_hand()
        self.assertEqual(said.delivery_state, "sent")

    def test_nobody_answers_a_stranger_by_way_of_a_lead(self):
        self.ingest(message("e1", person("eve")))
        with self.assertRaises(ValueError):
            self.answer(self.said("e1").conversation_id)

    def test_why_one_cannot_answer_is_said(self):
        viewer = new_test_user(
            self.env,
            "looks",
            groups="sales_team.group_sale_salesman_all_leads,social_crm_base.group_viewer",
        )
        self.assertIn("Agent", self.places(viewer)[0]["reason"])
        with self.assertRaises(UserError):
            self.answer(user=viewer)
        self.place.identity_id.sudo().state = "deleted"
        self.assertFalse(any(place["can_reply"] for place in self.places()))
        with self.assertRaises(UserError):
            self.answer()

    def test_an_empty_answer_is_not_sent(self):
        with self.assertRaises(UserError):
            self.answer(body="   ")

    def test_a_seller_without_social_rights_sees_no_places(self):
        plain = new_test_user(self.env, "plain2", groups="sales_team.group_sale_salesman_all_leads")
        self.assertEqual(self.places(plain), [])
