# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..tools.activity import Activity, Target
from .common import SocialCrmCommon, comment, know, message, person


@tagged("post_install", "-at_install")
class TestTellSalesperson(SocialCrmCommon):
    """The salesperson of a customer hears when the customer speaks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "told", groups="sales_team.group_sale_salesman,social_crm_base.group_viewer"
        )
        cls.ana = cls.env["res.partner"].create({"name": "Ana", "user_id": cls.seller.id})
        cls.now = fields.Datetime.now()
        cls.ingest(cls._word("first", -600))
        cls.identity = cls.said("first").identity_id
        know(cls.identity, cls.ana)
        cls.interactions._run_second_stage()

    @classmethod
    def _word(cls, external_id, minutes=-1, who="ana", **facts):
        facts.setdefault("text", f"I want chairs {external_id}")
        word = message(external_id, person(who), **facts)
        values = {name: getattr(word, name) for name in word.__dataclass_fields__}
        values["occurred_at"] = cls.now + timedelta(minutes=minutes)
        return Activity(**values)

    def news(self, *words):
        """What the seller is told when these words come in."""
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self.ingest(*words)
        self.interactions._run_second_stage()
        return self.env["mail.message"].search(
            [("id", ">", last), ("partner_ids", "in", self.seller.partner_id.ids)]
        )

    def an_hour_later(self):
        told = fields.Datetime.now() - timedelta(minutes=61)
        self.said("first").conversation_id.salesperson_told_at = told

    def setUp(self):
        super().setUp()
        self.said("first").conversation_id.salesperson_told_at = False

    def test_the_salesperson_of_the_contact_is_told_on_the_contact_without_the_words(self):
        told = self.news(self._word("m1"))
        self.assertEqual(len(told), 1)
        self.assertEqual(told.subject, "Ana spoke on Mastodon")
        self.assertEqual((told.model, told.res_id), ("res.partner", self.ana.id))
        self.assertNotIn("chairs", told.body)

    def test_once_an_hour_and_conversation(self):
        self.assertEqual(len(self.news(self._word("m1"), self._word("m2"))), 1)
        self.assertFalse(self.news(self._word("m3")))
        self.an_hour_later()
        self.assertEqual(len(self.news(self._word("m4"))), 1)

    def test_the_salesperson_of_an_open_lead_is_told_of_a_stranger(self):
        self.ana.user_id = False
        self.identity.link_ids.action_end()
        lead = self.env["crm.lead"].create(
            {
                "name": "Chairs",
                "user_id": self.seller.id,
                "social_interaction_ids": self.said("first").ids,
                "social_identity_id": self.identity.id,
            }
        )
        told = self.news(self._word("m1"))
        self.assertIn("Chairs", told.body)
        lead.action_set_won()
        self.an_hour_later()
        self.assertFalse(self.news(self._word("m2")))

    def test_two_conversations_of_one_customer_make_one_message(self):
        self.ingest(comment("c0", person("ana"), minutes=0))
        self.interactions._run_second_stage()
        self.an_hour_later()
        public = Activity(
            "create",
            self.now,
            kind="comment",
            external_id="c1",
            actor=person("ana"),
            parent=Target("c0"),
            text="Here too",
        )
        self.assertEqual(len(self.news(self._word("m1"), public)), 1)

    def test_two_customers_make_a_message_each(self):
        self.ingest(self._word("b0", -3000, who="bob"))
        bob = self.env["res.partner"].create({"name": "Bob", "user_id": self.seller.id})
        know(self.said("b0").identity_id, bob)
        self.interactions._run_second_stage()
        told = self.news(self._word("m1"), self._word("b1", who="bob"))
        self.assertEqual(
            sorted(told.mapped("subject")), ["Ana spoke on Mastodon", "Bob spoke on Mastodon"]
        )

    def test_an_activity_where_the_company_wants_one(self):
        self.env.company.social_crm_tell_salesperson = "activity"
        told = self.news(self._word("m1"))
        self.assertNotIn("Ana spoke on Mastodon", told.mapped("subject"))
        activity = self.ana.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.summary, "Ana spoke on Mastodon")

    def test_nobody_where_the_company_wants_nobody(self):
        self.env.company.social_crm_tell_salesperson = "nobody"
        self.assertFalse(self.news(self._word("m1")))

    def test_history_likes_and_our_own_words_are_no_news(self):
        self.assertFalse(self.news(self._word("old", -60 * 24 * 2)))
        self.assertFalse(self.news(self._word("ours", direction="out")))
        self.assertFalse(
            self.news(
                Activity(
                    "react", self.now, actor=person("ana"), target=Target("first"), reaction="♥"
                )
            )
        )

    def test_a_confidential_matter_is_for_named_people(self):
        self.news(self._word("m0"))
        self.an_hour_later()
        case = self.said("m0").case_id
        case.write({"confidential": True, "confidential_user_ids": self.agent.ids})
        self.assertFalse(self.news(self._word("m1")))
        case.confidential_user_ids += self.seller
        self.an_hour_later()
        self.assertEqual(len(self.news(self._word("m2"))), 1)

    def test_what_one_wrote_down_oneself_is_no_news(self):
        seller = new_test_user(
            self.env, "logs", groups="sales_team.group_sale_salesman,social_crm_base.group_agent"
        )
        self.ana.user_id = seller
        log = self.env["social.crm.interaction.log"].with_user(seller).create(
            {
                "channel_id": self.channel.id,
                "who": "known",
                "identity_id": self.identity.id,
                "text": "She rang",
            }
        )
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        log.action_log()
        self.assertFalse(
            self.env["mail.message"].search(
                [("id", ">", last), ("partner_ids", "in", seller.partner_id.ids)]
            )
        )
