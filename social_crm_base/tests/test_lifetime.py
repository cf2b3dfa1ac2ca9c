# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..tools.activity import Activity, Actor

BEGIN = datetime(2026, 3, 1, 8, 0, 0)


@tagged("post_install", "-at_install")
class TestLifetime(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        platform = cls.env.ref("social_crm_base.platform_mastodon")
        cls.channel = cls.env["social.crm.channel"].create(
            {"name": "Shop", "platform_id": platform.id}
        )
        cls.interactions = cls.env["social.crm.interaction"]

    def say(self, key, expires_at=None):
        activity = Activity(
            "create", BEGIN, kind="story_mention", external_id=key, text="Samo danas",
            actor=Actor(external_id="ana"), visibility="direct", expires_at=expires_at,
        )
        self.interactions._ingest(self.channel, [activity])
        return self.interactions.search([("external_id", "=", key)])

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_base.ir_cron_expire").method_direct_trigger()
        self.env.invalidate_all()

    def test_content_goes_at_its_moment_and_the_shell_stays(self):
        now = fields.Datetime.now()
        gone = self.say("1", now - timedelta(seconds=1))
        stays = self.say("2", now + timedelta(hours=1))
        self.run_cron()
        self.assertEqual((gone.state, gone.body), ("expired", False))
        self.assertEqual((stays.state, stays.body), ("normal", "Samo danas"))
        self.assertFalse(gone.expires_at, "it is looked at once")

    def test_what_expired_does_not_come_back_by_a_replay(self):
        gone = self.say("1", fields.Datetime.now() - timedelta(seconds=1))
        self.run_cron()
        self.say("1")
        self.assertEqual(self.interactions.search([("channel_id", "=", self.channel.id)]), gone)
        self.assertFalse(gone.body)

    def test_a_network_rule_gives_content_its_lifetime(self):
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.channel.platform_id.id,
                "action": "store",
                "verdict": "allow",
                "lifetime_hours": 1,
                "lifetime_of": "content",
                "reason": "An hour only.",
                "source": "test",
            }
        )
        said = self.say("1")
        ends = said.expires_at - fields.Datetime.now()
        self.assertLessEqual(ends, timedelta(hours=1))
        said.expires_at -= timedelta(hours=2)
        self.run_cron()
        self.assertEqual(said.state, "expired")
