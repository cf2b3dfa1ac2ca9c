# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.tests.browser_case import BrowserCase
from odoo.addons.social_crm_base.tests.common import comment, person, post

from .common import channel_on


@tagged("post_install", "-at_install")
class TestModerationTour(BrowserCase):
    """Moderation in the open inbox, by keyboard and menu, in a real browser."""

    def test_a_comment_is_hidden_its_author_banned_and_both_undone(self):
        new_test_user(self.env, "moderation_leader", "social_crm_base.group_team_leader")
        channel = channel_on(
            self.env, "sandbox", name="Moderated Shop", external_id="moderated"
        )
        self.env["social.crm.interaction"]._ingest(
            channel,
            [
                post("p1", text="New bicycles are here"),
                comment("c1", person("boris"), parent="p1", text="Buy pills"),
            ],
        )
        words = self.env["social.crm.interaction"].search(
            [("channel_id", "=", channel.id), ("external_id", "=", "c1")]
        )
        address = f"/odoo/social-inbox?case={words.case_id.id}"
        self.start_tour(address, "social_inbox_moderation_tour", login="moderation_leader")
        rows = self.env["social.crm.outbox"].search([("channel_id", "=", channel.id)], order="id")
        self.assertEqual(rows.mapped("operation"), ["hide", "ban"])
        self.send(rows)
        self.assertEqual(words.state, "hidden")
        self.assertEqual(words.identity_id.banned_channel_ids, channel)

        self.start_tour(address, "social_inbox_moderation_undo_tour", login="moderation_leader")
        undone = self.env["social.crm.outbox"].search([("channel_id", "=", channel.id)]) - rows
        self.assertEqual(sorted(undone.mapped("operation")), ["unban", "unhide"])
        self.send(undone)
        self.assertEqual(words.state, "normal")
        self.assertFalse(words.identity_id.banned_channel_ids)

    def send(self, rows):
        """What the senders do with each, short of claiming and committing."""
        for row in rows:
            row._mark_done(row._perform(row._out_message()))
        self.env.invalidate_all()
