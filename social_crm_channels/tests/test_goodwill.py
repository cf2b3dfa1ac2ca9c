# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.social_crm_base.tests.common import comment, know, message, person, post

from ..tools.contract import ReplyOptions
from .test_together import TogetherCommon

TEXT_ONLY = ReplyOptions(True)


@tagged("post_install", "-at_install")
class TestGoodwill(TogetherCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "loyalty.program" not in cls.env:
            cls.skipTest(cls, "Loyalty is not installed here")
        cls.company.write({"social_crm_goodwill_limit": 50, "social_crm_goodwill_days": 30})
        programs = cls.env["loyalty.program"]
        cls.gift = programs.create({"name": "Gift", "program_type": "gift_card"})
        cls.loyalty = programs.create({"name": "Stars", "program_type": "loyalty"})
        cls.partner = cls.env["res.partner"].create({"name": "Ana", "email": "ana@example.com"})

    def give(self, program=None, points=20.0, user=None, amount=None, case=None):
        user = user or self.agent
        action = self.as_(user, case or self.case).action_goodwill_dialog()
        form = Form(
            self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        )
        form.program = str((program or self.gift).id)
        form.points = points
        if amount is not None:
            form.amount = amount
        form.reason = "Parcel lost 😞"
        return form.save().action_give()["infos"]

    def given(self):
        return self.env["social.crm.goodwill"].search([("company_id", "=", self.company.id)])

    def prove(self):
        know(self.said("m1").identity_id, self.partner)
        self.said("m1").identity_id.link_ids._prove()

    def test_a_code_is_made_by_an_agent_without_rights_on_programs(self):
        self.assertFalse(self.env["loyalty.program"].with_user(self.agent).has_access("read"))
        told = self.give()
        goodwill = self.given()
        self.assertIn(goodwill.code, told["text"])
        card = self.env["loyalty.card"].browse(goodwill.card_res_id)
        self.assertEqual((card.code, card.points), (goodwill.code, 20))
        self.assertFalse(card.partner_id, "a code is whoever's has it")
        self.assertEqual(card.history_ids.issued, 20)
        entry = self.as_(self.other)._goodwill_entries(None, None)[0]
        self.assertEqual((entry["kind"], entry["state"]), ("goodwill", "given"))
        self.assertIn(goodwill.code, entry["text"])

    def test_points_are_booked_only_for_a_proven_contact(self):
        with self.assertRaisesRegex(UserError, "not proven"):
            self.give(self.loyalty, 5, amount=5)
        know(self.said("m1").identity_id, self.partner)
        with self.assertRaisesRegex(UserError, "not proven"):
            self.give(self.loyalty, 5, amount=5)
        self.said("m1").identity_id.link_ids._prove()
        self.give(self.loyalty, 5, amount=5)
        self.give(self.loyalty, 7, amount=5)
        card = self.env["loyalty.card"].search([("program_id", "=", self.loyalty.id)])
        self.assertEqual((card.partner_id, card.points), (self.partner, 12))

    def test_more_than_the_limit_of_a_person_needs_a_team_leader(self):
        self.assertEqual(self.give(points=40)["state"], "given")
        told = self.give(points=20)
        self.assertEqual(told, {"text": "", "state": "asked"})
        asked = self.given()[:1]
        self.assertFalse(asked.code)
        with self.assertRaises(AccessError):
            asked.with_user(self.agent).action_approve()
        asked.with_user(self.leader).action_approve()
        self.assertEqual((asked.state, asked.decided_by_id), ("given", self.leader))
        self.assertTrue(asked.code)
        with self.assertRaises(UserError):
            asked.with_user(self.leader).action_refuse()
        subjects = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.agent.partner_id.ids)]
        ).mapped("subject")
        self.assertIn("Your goodwill was approved", subjects)

    def test_the_leader_hears_of_it_and_may_refuse(self):
        self.give(points=60)
        told = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.leader.partner_id.ids)], limit=1
        )
        self.assertIn("more goodwill than the limit", told.subject)
        asked = self.given()
        asked.with_user(self.leader).action_refuse()
        self.assertEqual((asked.state, asked.code), ("refused", False))

    def test_the_limit_is_one_for_all_accounts_and_cases_of_a_person(self):
        self.prove()
        self.give(points=40)
        bojan = person("ana2")
        self.ingest(message("x1", bojan, text="Me again"))
        other_case = self.said("x1").case_id
        self.assertEqual(self.env["social.crm.goodwill"]._left(other_case), 50)
        know(self.said("x1").identity_id, self.partner)
        other_case.invalidate_recordset()
        self.assertEqual(self.env["social.crm.goodwill"]._left(other_case), 10)

    def test_old_goodwill_counts_no_more(self):
        self.give(points=50)
        self.assertEqual(self.give(points=10)["state"], "asked")
        self.given().sudo().write({"given_at": "2020-01-01 00:00:00"})
        self.assertEqual(self.give(points=10)["state"], "given")

    def test_nothing_is_no_goodwill_and_who_may_not_work_here_gives_none(self):
        with self.assertRaises(UserError):
            self.give(points=0)
        goodwill = self.env["social.crm.goodwill"]
        for user in (self.viewer, self.stranger):
            with self.assertRaises(AccessError):
                goodwill.with_user(user)._offer(
                    self.as_(user), self.gift.with_user(user), 1, 1, "x"
                )
        self.give()
        with self.assertRaises(AccessError):
            self.given().with_user(self.leader).write({"amount": 0})

    def test_a_leader_gives_more_at_once(self):
        self.assertEqual(self.give(points=60, user=self.leader)["state"], "given")


@tagged("post_install", "-at_install")
class TestHandover(TogetherCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ingest(post("p1"), comment("c1", person("cile"), "p1", text="Where is it?"))
        cls.public = cls.said("c1").case_id

    def test_where_the_network_lets_nobody_answer_in_private_they_are_asked_to_write(self):
        self.channel.connector = "webhook"
        told = self.as_(self.agent, self.public).inbox_handover()
        self.assertEqual((told["mode"], told["interaction_id"]), ("public", self.said("c1").id))
        self.assertIn("https://example.social/@shop", told["text"])
        events = self.as_(self.agent, self.public)._inbox_talk_entries(None, None)
        self.assertIn("Asked the customer to go on in private.", events[0]["text"])
        self.assertEqual(events[0]["kind"], "event")
        self.ingest(message("d1", person("cile"), minutes=9, text="Here I am"))
        self.assertEqual(self.said("d1").case_id, self.public, "both talks are one case")
        with patch.object(
            type(self.env["social.crm.conversation"]), "_reply_options", lambda talk: TEXT_ONLY
        ):
            told = self.as_(self.agent, self.public).inbox_handover()
        self.assertEqual((told["mode"], told["interaction_id"]), ("direct", self.said("d1").id))

    def test_where_it_does_the_private_answer_stays_in_the_case_and_is_noted(self):
        self.platform.private_reply_days = 36500
        self.channel.connector = "sandbox"
        told = self.as_(self.agent, self.public).inbox_handover()
        self.assertEqual((told["mode"], told["interaction_id"]), ("private", self.said("c1").id))
        place = self.said("c1").conversation_id.with_user(self.agent)
        outbox = place._queue_reply("Just for you.", visibility="direct")
        self.assertEqual(outbox.interaction_id.case_id, self.public)
        events = self.as_(self.agent, self.public)._inbox_talk_entries(None, None)
        self.assertIn("Went on in private", events[0]["text"])

    def test_a_private_case_has_nothing_to_hand_over(self):
        with self.assertRaises(UserError):
            self.as_(self.agent).inbox_handover()
