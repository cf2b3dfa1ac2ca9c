# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon


@tagged("post_install", "-at_install")
class TestInboxFilter(SocialCrmCommon):
    """Saved filters: one's own, and those a team shares."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._user("agent", login="colleague")
        cls.team = cls.env["social.crm.team"].create(
            {
                "name": "Care",
                "user_id": cls.leader.id,
                "member_ids": [Command.set((cls.agent | cls.colleague).ids)],
            }
        )

    def save(self, user, name="Refunds", **vals):
        return (
            self.env["social.crm.inbox.filter"]
            .with_user(user)
            .create({"name": name, "query": {"view": "all", "words": "refund"}, **vals})
        )

    def seen_by(self, user):
        found = self.env["social.crm.case"].with_user(user).inbox_start()["filters"]
        return [saved["name"] for saved in found]

    def test_an_own_filter_is_for_its_owner(self):
        self.save(self.agent)
        self.assertEqual(self.seen_by(self.agent), ["Refunds"])
        self.assertEqual(self.seen_by(self.colleague), [])
        self.assertEqual(self.seen_by(self.manager), [])

    def test_a_shared_filter_is_read_by_the_team_and_changed_by_owner_and_leader(self):
        saved = self.save(self.agent, team_id=self.team.id)
        self.assertEqual(self.seen_by(self.colleague), ["Refunds"])
        self.assertEqual(self.seen_by(self.viewer), [])
        with self.assertRaises(AccessError):
            saved.with_user(self.colleague).name = "Mine now"
        saved.with_user(self.leader).name = "Returns"
        saved.with_user(self.agent).unlink()

    def test_nobody_shares_with_a_team_of_others(self):
        with self.assertRaises(AccessError):
            self.save(self.viewer, team_id=self.team.id)

    def test_one_default_each(self):
        first = self.save(self.agent, is_default=True)
        shared = self.save(self.agent, name="Team's", team_id=self.team.id, is_default=True)
        second = self.save(self.agent, name="Second", is_default=True)
        self.assertFalse(first.is_default)
        self.assertTrue(second.is_default and shared.is_default)

    def test_what_the_queue_would_refuse_is_not_saved(self):
        with self.assertRaises(UserError):
            self.save(self.agent, query={"view": "gone"})
