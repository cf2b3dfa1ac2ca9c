# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.tests import HttpCase, tagged

from .composer_common import ComposerCommon


@tagged("post_install", "-at_install")
class TestComposerTour(ComposerCommon, HttpCase):
    """In a real browser: answer a comment in public, then in private, in one case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        team = cls.env["social.crm.team"].create(
            {"name": "Shop", "member_ids": [Command.link(cls.agent.id)]}
        )
        cls.env["mail.canned.response"].create(
            {
                "source": "parcel",
                "substitution": "Hello {{ customer.first_name }}, we look for it.",
                "social_team_ids": [Command.link(team.id)],
            }
        )

    @property
    def address(self):
        return f"/odoo/social-inbox?case={self.case.id}"

    def test_a_comment_is_answered_in_public_and_then_in_private(self):
        self.env["social.crm.protocol"].create(
            {"name": "Comments", "text": "<p>Be kind in public</p>"}
        )
        self.start_tour(self.address, "social_inbox_answer_tour", login="social_agent")
        said = self.env["social.crm.interaction"].search(
            [("case_id", "=", self.case.id), ("direction", "=", "out")], order="id"
        )
        cancelled, public, private = said
        self.assertEqual(cancelled.delivery_state, "cancelled")
        self.assertEqual(public.visibility, "public")
        self.assertEqual(public.conversation_id, self.public)
        self.assertEqual(private.visibility, "direct")
        self.assertEqual(private.conversation_id, self.private)
        self.assertEqual((public | private).parent_id, self.said("c1"))
        rows = self.env["social.crm.outbox"].search([("interaction_id", "in", said.ids)])
        self.assertEqual(sorted(rows.mapped("state")), ["cancelled", "queued", "queued"])
        self.assertFalse(self.env["social.crm.draft"].search([("case_id", "=", self.case.id)]))

    def test_what_was_begun_is_there_again_on_a_phone(self):
        self.mine.inbox_draft({"conversation_id": self.public.id, "body": "Begun on the train"})
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.start_tour(self.address, "social_inbox_draft_tour", login="social_agent")
