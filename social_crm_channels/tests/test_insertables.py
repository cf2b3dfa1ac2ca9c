# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import unittest
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import know

from .composer_common import ComposerCommon


@tagged("post_install", "-at_install")
class TestInsertables(ComposerCommon):
    """Products, a quotation and coupons go into an answer, each where its app is installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not {"sale.order", "loyalty.program"} <= set(cls.env):
            raise unittest.SkipTest("sale and loyalty are not installed")
        cls.agent.group_ids += cls.env.ref("sales_team.group_sale_salesman")
        cls.bag = cls.env["product.template"].create(
            {"name": "Saddle bag ЗЕЛЕНА 🚲", "list_price": 49.5, "sale_ok": True}
        )
        cls.mara = cls.env["res.partner"].create({"name": "Mara", "email": "mara@example.com"})
        know(cls.private.sudo().identity_id, cls.mara)

    def offered(self, place=None, search=""):
        place = place or self.private
        return {
            item["key"]: item for item in self.mine.inbox_insertables(place.id, search=search)
        }

    def insert(self, key, place=None):
        return self.mine.inbox_insert((place or self.private).id, key)

    def test_a_product_comes_with_its_price(self):
        key = f"product-{self.bag.id}"
        found = self.offered(search="saddle")
        self.assertIn("ЗЕЛЕНА 🚲", found[key]["label"])
        self.assertIn("49.50", found[key]["text"])
        self.assertEqual(self.insert(key)["text"], found[key]["text"])
        self.bag.sale_ok = False
        self.assertNotIn(key, self.offered(search="saddle"))

    def test_what_is_not_there_any_more_is_said(self):
        with self.assertRaisesRegex(UserError, "not there any more"):
            self.insert("quotation-of-nobody")

    def test_a_quotation_is_locked_until_it_is_proven_who_writes(self):
        quotation = self.env["sale.order"].create(
            {
                "partner_id": self.mara.id,
                "user_id": self.agent.id,
                "order_line": [Command.create({"product_id": self.bag.product_variant_id.id})],
            }
        )
        quotation.state = "sent"
        self.assertIn("locked", self.offered()["quotation"]["refusal"])
        self.assertFalse(self.offered()["quotation"]["text"])
        with self.assertRaisesRegex(UserError, "locked"):
            self.insert("quotation")
        self.private.sudo().identity_id.link_ids._prove()
        self.assertIn(f"/my/orders/{quotation.id}", self.insert("quotation")["text"])
        self.assertIn("everybody reads along", self.offered(self.public)["quotation"]["refusal"])

    def test_a_promotion_needs_consent_and_a_coupon_is_made_for_the_customer(self):
        promotion, coupons = self.env["loyalty.program"].create(
            [
                {
                    "name": "Autumn",
                    "program_type": "promo_code",
                    "rule_ids": [Command.create({"mode": "with_code", "code": "AUTUMN10"})],
                    "reward_ids": [Command.create({"discount": 10})],
                },
                {
                    "name": "One for you",
                    "program_type": "coupons",
                    "reward_ids": [Command.create({"discount": 5})],
                },
            ]
        )
        key = f"coupon-{promotion.id}"
        self.private.sudo().identity_id.consent_basis = "none"
        self.assertTrue(self.offered()[key]["refusal"])
        for program in (promotion, coupons):
            with self.assertRaises(UserError):
                self.insert(f"coupon-{program.id}")
        self.assertFalse(coupons.coupon_ids)
        agreed = patch.object(type(self.private), "_opted_in", lambda talk, purpose: True)
        self.startPatcher(agreed)
        self.assertEqual(self.insert(key), {"text": "AUTUMN10", "purpose": "marketing"})
        self.agent.group_ids += self.env.ref("sales_team.group_sale_manager")
        made = self.insert(f"coupon-{coupons.id}")
        self.assertEqual(coupons.coupon_ids.code, made["text"])
        self.assertEqual(coupons.coupon_ids.partner_id, self.mara)
