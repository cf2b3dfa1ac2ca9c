# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    PermanentError,
    RateLimited,
    TransientError,
)
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target

from ..tools.contract import Metric
from .common import BEGIN, EngineCommon

FIGURES = "odoo.addons.social_crm_channels.models.social_crm_metric"


@tagged("post_install", "-at_install")
class TestFigures(EngineCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()
        cls.env["social.crm.channel"].search([("id", "!=", cls.channel.id)]).is_connected = False
        cls.now = fields.Datetime.now()

    def read_figures(self, *answers, able=("metrics",), **by_channel):
        """Run the reader: each call has the next answer, or its channel's own."""
        script = iter(answers)
        self.asked = []

        def fetch(connector, channel):
            self.asked.append(channel.name)
            answer = by_channel.get(channel.name) if by_channel else next(script, [])
            if isinstance(answer, Exception):
                raise answer
            return answer

        spoken = {
            "_fetch_metrics": fetch,
            "_capabilities": lambda connector, channel: frozenset(able),
        }
        with self.speaking(**spoken):
            self.run_cron("ir_cron_figures")
        return self.stored()

    def stored(self):
        """All figures: name of the post, key, value."""
        rows = self.env["social.crm.metric"].search(
            [("channel_id.connector", "=", "mastodon"), ("create_date", ">=", self.now)]
        )
        return sorted((row.interaction_id.external_id or "", row.key, row.value) for row in rows)

    def figure(self, key, value, target=None):
        return Metric(Target(target) if target else None, key, value, self.now)

    def say(self, *names):
        activities = [
            Activity(
                "create", BEGIN, kind="post", direction="out", external_id=name,
                actor=Actor(external_id="shop"), text="Da",
            )
            for name in names
        ]
        self.interactions._ingest(self.channel, activities)

    def tomorrow(self):
        self.channel._sync().next_figures_at -= timedelta(days=1)

    def test_figures_of_the_account_and_of_our_posts_are_kept(self):
        self.say("p1")
        found = self.read_figures(
            [self.figure("followers", 12), self.figure("likes", 3, "p1"), self.figure("x", 0, "p1")]
        )
        self.assertEqual(found, [("", "followers", 12), ("p1", "likes", 3), ("p1", "x", 0)])

    def test_what_is_unknown_has_no_row_and_zero_has_one(self):
        found = self.read_figures(
            [
                self.figure("followers", None),
                self.figure("views", float("nan")),
                self.figure("likes", 7, "a post we do not have"),
                self.figure("posts", 0),
            ]
        )
        self.assertEqual(found, [("", "posts", 0)])

    def test_a_network_is_asked_once_a_day(self):
        for _time in range(3):
            self.read_figures([self.figure("followers", 12)])
        self.assertEqual(self.asked, [])
        self.assertEqual(len(self.stored()), 1)
        self.tomorrow()
        self.read_figures([])
        self.assertEqual(self.asked, ["shop"])

    def test_the_same_figure_twice_in_one_answer_is_one(self):
        found = self.read_figures([self.figure("followers", 12), self.figure("followers", 13)])
        self.assertEqual(found, [("", "followers", 13)])

    def test_who_cannot_tell_is_not_asked(self):
        self.read_figures([self.figure("followers", 12)], able=("receive_poll",))
        self.assertEqual(self.asked, [])

    @mute_logger(FIGURES)
    def test_one_channel_that_fails_holds_up_no_other(self):
        for name in ("broken", "refused", "far", "dead"):
            self.make_channel(name)
        found = self.read_figures(
            shop=[self.figure("followers", 12)],
            broken=KeyError("id"),
            refused=PermanentError("forbidden"),
            far=TransientError("no connection"),
            dead=CredentialsError("revoked"),
        )
        self.assertEqual(found, [("", "followers", 12)])
        self.assertEqual(sorted(self.asked), ["broken", "dead", "far", "refused", "shop"])
        light = {
            channel.name: channel.health_level
            for channel in self.env["social.crm.channel"].search([("app_id", "=", self.app.id)])
        }
        self.assertEqual(light.pop("dead"), "red", "whoever is told must connect it anew")
        self.assertFalse(set(light.values()) & {"yellow", "red"}, "figures are no one's alarm")

    def test_a_network_out_of_reach_is_asked_again_the_same_day(self):
        self.read_figures(TransientError("no connection"))
        at = self.channel._sync().next_figures_at
        self.assertLess(at, fields.Datetime.now() + timedelta(hours=3))
        until = fields.Datetime.now() + timedelta(minutes=7)
        self.channel._sync().next_figures_at = False
        self.read_figures(RateLimited("slow down", until))
        self.assertEqual(self.channel._sync().next_figures_at, until.replace(microsecond=0))

    def test_many_posts_cost_no_more_queries_than_few(self):
        self.say(*(f"p{number}" for number in range(30)))
        metrics = self.env["social.crm.metric"]
        counts = []
        for number in (2, 30):
            figures = [self.figure(f"likes{number}", 1, f"p{post}") for post in range(number)]
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            metrics._store_figures(self.channel, figures)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
