# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .test_together import TogetherCommon


@tagged("post_install", "-at_install")
class TestTogetherTour(TogetherCommon, HttpCase):
    def test_ask_run_a_macro_and_snooze_in_the_inbox(self):
        new_test_user(self.env, "tour_bob", groups="base.group_user", name="Bob Lager")
        self.env["social.crm.macro"].create(
            {
                "name": "Parcel lost",
                "share": "all",
                "step_ids": [
                    Command.create({"action": "answer", "text": "We look for it."}),
                    Command.create({"action": "priority", "priority": "1", "sequence": 20}),
                ],
            }
        )
        self.channel.connector = "sandbox"
        self.case.user_id = self.agent
        self.start_tour(
            f"/odoo/social-inbox?case={self.case.id}", "social_together", login=self.agent.login
        )
        self.env.invalidate_all()
        self.assertEqual((self.case.state, self.case.priority), ("snoozed", "1"))
        self.assertEqual(self.case.question_ids.text, "Is it packed?")
        answer = self.case.interaction_ids.filtered(lambda said: said.direction == "out")
        self.assertEqual(answer.body, "We look for it.")

    def test_goodwill_is_given_in_the_inbox(self):
        if "loyalty.program" not in self.env:
            self.skipTest("Loyalty is not installed here")
        self.company.write({"social_crm_goodwill_limit": 50, "social_crm_goodwill_days": 30})
        self.env["loyalty.program"].create({"name": "Sorry card", "program_type": "gift_card"})
        self.start_tour(
            f"/odoo/social-inbox?case={self.case.id}", "social_goodwill", login=self.agent.login
        )
        goodwill = self.env["social.crm.goodwill"].search([("case_id", "=", self.case.id)])
        self.assertEqual((goodwill.points, goodwill.state), (15, "given"))
        card = self.env["loyalty.card"].browse(goodwill.card_res_id)
        self.assertEqual((card.points, card.code), (15, goodwill.code))
