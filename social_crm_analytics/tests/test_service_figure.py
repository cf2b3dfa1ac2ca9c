# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, message, person


@tagged("post_install", "-at_install")
class TestServiceFigure(SocialCrmCommon):
    def _figures(self, measure):
        self.env.invalidate_all()  # the report's rows have changing numbers
        return self.env["social.crm.service.figure"].search(
            [("channel_id", "=", self.channel.id), ("measure", "=", measure)]
        )

    def _answered_after(self, *minutes):
        for number, waited in enumerate(minutes):
            who = person(f"customer{number}")
            self.ingest(
                message(f"q{number}", who, 0),
                message(f"a{number}", who, waited, direction="out"),
            )
        self.interactions._run_second_stage()

    def test_the_median_stands_beside_the_mean(self):
        """kpi_and_rules D3: 1, 2, 3, 4, 100 minutes have the mean 22 and the median 3."""
        self._answered_after(1, 2, 3, 4, 100)
        figure = self._figures("first")
        self.assertEqual((figure.sample, figure.waiting), (5, 0))
        self.assertAlmostEqual(figure.mean, 22 * 60)
        self.assertAlmostEqual(figure.median, 3 * 60)
        self.assertAlmostEqual(figure.p90, (4 + 0.6 * 96) * 60)

    def test_a_handful_is_counted_and_not_averaged(self):
        self._answered_after(1, 2, 3, 4)
        figure = self._figures("first")
        self.assertEqual((figure.sample, figure.median), (4, 0.0))

    def test_who_still_waits_does_not_vanish(self):
        self._answered_after(1, 2, 3, 4, 100)
        self.ingest(message("open", person("waiting"), 5))
        figure = self._figures("first")
        self.assertEqual((figure.sample, figure.waiting), (5, 1))
        self.assertAlmostEqual(figure.median, 3 * 60)

    def test_later_turns_are_measured_apart_from_the_first(self):
        who = person("talker")
        for number in range(6):
            self.ingest(
                message(f"q{number}", who, number * 100),
                message(f"a{number}", who, number * 100 + number + 1, direction="out"),
            )
        figure = self._figures("next")
        self.assertEqual(figure.sample, 5)
        self.assertAlmostEqual(figure.median, 4 * 60)

    def test_resolution_leaves_out_what_was_not_closed(self):
        self._answered_after(1)
        self.assertEqual(self._figures("resolution").waiting, 1)
        self.said("q0").case_id.with_user(self.leader).state = "closed"
        figure = self._figures("resolution")
        self.assertEqual((figure.sample, figure.waiting), (1, 0))

    def test_an_agent_sees_the_figures_of_their_own_teams(self):
        mine, other = self.env["social.crm.team"].create(
            [{"name": "Mine", "member_ids": self.agent.ids}, {"name": "Other"}]
        )
        self._answered_after(1, 2)
        self.said("q0").case_id.team_id = mine
        self.said("q1").case_id.team_id = other
        self.env.flush_all()
        figures = self.env["social.crm.service.figure"].with_user(self.agent).search(
            [("channel_id", "=", self.channel.id)]
        )
        self.assertEqual(figures.team_id, mine)

    def test_confidential_cases_are_in_no_figure(self):
        self._answered_after(1)
        self.said("q0").case_id.write(
            {"confidential": True, "confidential_user_ids": self.leader.ids}
        )
        self.assertFalse(self._figures("first"))
