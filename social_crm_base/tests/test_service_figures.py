# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from .common import SocialCrmCommon, message, person


@tagged("post_install", "-at_install")
class TestServiceFigures(SocialCrmCommon):
    """The figures of kpi_and_rules D3 as the reports show them."""

    def answered_after(self, *minutes):
        """A customer for each wait, in minutes on the clock; None for who still waits."""
        for number, waited in enumerate(minutes):
            who = person(f"p{number}")
            self.ingest(message(f"q{number}", who, 1))
            if waited is not None:
                self.ingest(message(f"a{number}", who, 1 + waited, direction="out"))
        self.interactions._run_second_stage()

    def figures(self, model, *measures, user=None, groupby=()):
        """What a pivot would show of this channel."""
        found = self.env[model].with_user(user or self.manager).formatted_read_group(
            [("case_id.channel_id", "=", self.channel.id)],
            list(groupby),
            [f"{name}:{kind}" for name, kind in measures],
        )
        return [
            tuple(group[f"{name}:{kind}"] for name, kind in measures) for group in found
        ]

    def test_mean_and_median_of_one_two_three_four_and_a_hundred_minutes(self):
        self.answered_after(1, 2, 3, 4, 100)
        ((mean, median, p90),) = self.figures(
            "social.crm.case.response",
            ("seconds", "avg"), ("seconds_median", "avg"), ("seconds_p90", "avg"),
        )
        self.assertEqual((mean / 60, median / 60), (22, 3))
        self.assertAlmostEqual(p90 / 60, 4 + 0.6 * 96)

    def test_who_still_waits_is_counted_and_in_no_time(self):
        self.answered_after(1, 2, 3, None, None)
        ((mean, median, waiting),) = self.figures(
            "social.crm.case.response",
            ("seconds", "avg"), ("seconds_median", "avg"), ("waiting_count", "sum"),
        )
        self.assertEqual((mean / 60, median / 60, waiting), (2, 2, 2))

    def test_where_nobody_was_answered_the_times_are_empty_and_not_zero(self):
        self.answered_after(None)
        ((mean, median, waiting),) = self.figures(
            "social.crm.case.response",
            ("seconds", "avg"), ("seconds_median", "avg"), ("waiting_count", "sum"),
        )
        self.assertEqual((mean or None, median or None, waiting), (None, None, 1))

    def test_closed_without_an_answer_is_neither_answered_nor_waiting(self):
        self.answered_after(None, 5)
        self.said("q0").case_id.state = "closed"
        self.env.flush_all()
        ((waiting, ended),) = self.figures(
            "social.crm.case.response", ("waiting_count", "sum"), ("unanswered_count", "sum")
        )
        self.assertEqual((waiting, ended), (0, 1))
        turns = self.env["social.crm.case.response"].search(
            [("case_id.channel_id", "=", self.channel.id)]
        )
        self.assertEqual(sorted(turns.mapped("status")), ["answered", "ended"])

    def test_by_team_and_for_who_may_see_it(self):
        self.answered_after(1, 3)
        groups = self.figures(
            "social.crm.case.response", ("seconds_median", "avg"),
            user=self.viewer, groupby=["waiting_since:month"],
        )
        self.assertEqual(groups, [(120,)])

    def test_the_measures_are_offered_where_one_picks_them(self):
        for model in ("social.crm.case.response", "social.crm.case.cycle"):
            described = self.env[model].with_user(self.viewer).fields_get(
                attributes=["aggregator"]
            )
            measures = [*self.env[model]._percentiles, *self.env[model]._counted]
            for name in measures:
                self.assertTrue(described[name].get("aggregator"), name)

    def test_a_cycle_still_open_is_counted_and_in_no_time(self):
        self.answered_after(1, None)
        self.said("q0").case_id.state = "closed"
        self.env.flush_all()
        ((opened, median),) = self.figures(
            "social.crm.case.cycle", ("open_count", "sum"), ("first_response_median", "avg")
        )
        self.assertEqual(opened, 1)
        self.assertTrue(median is not None)
