# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount

OFFERED = 8


class SocialCrmConversation(models.Model):
    """What can be put into an answer from other apps, each where it is installed."""

    _inherit = "social.crm.conversation"

    def _insertables(self, search="", case=None):
        """Products, the quotation and coupons to put into an answer.

        :return: {key, kind, label, text, purpose, refusal}; ``text`` is empty where it is made
            only when it is taken, see :meth:`_insert_words`
        :rtype: list[dict]
        """
        self.ensure_one()
        search = (search or "").strip()
        offered = (
            self._insertable_products(search)
            + self._insertable_quotation(case)
            + self._insertable_coupons(search)
        )
        for item in offered:
            item["refusal"] = item.get("refusal") or self._purpose_refusal(item["purpose"])
        return offered

    def _insertable_products(self, search):
        """Products on sale, with price and, in a shop, their page."""
        if "product.template" not in self.env:
            return []
        Product = self.env["product.template"]
        if not Product.has_access("read"):
            return []
        domain = Domain("sale_ok", "=", True) & Domain(
            "company_id", "in", (False, self.company_id.id)
        )
        if search:
            domain &= Domain("name", "ilike", search) | Domain("default_code", "=ilike", search)
        products = Product.with_company(self.company_id).search(domain, limit=OFFERED)
        return [
            {
                "key": f"product-{product.id}",
                "kind": "product",
                "label": product.display_name,
                "text": self._product_words(product),
                "purpose": "answer",
            }
            for product in products
        ]

    def _product_words(self, product):
        price = format_amount(self.env, product.list_price, product.currency_id)
        page = product.website_url if "website_url" in product._fields else ""
        link = product.get_base_url() + page if page and product.is_published else ""
        return " ".join(filter(None, (product.name, f"({price})", link)))

    def _insertable_quotation(self, case):
        """The link to the customer's quotation, which whoever has it may open."""
        if "sale.order" not in self.env:
            return []
        found = self._placeholders(case)["quotation.link"]
        if not found["value"] and not found["is_locked"]:
            return []
        return [
            {
                "key": "quotation",
                "kind": "quotation",
                "label": found["label"],
                "text": found["value"],
                "purpose": "contract",
                "refusal": found["reason"],
            }
        ]

    def _insertable_coupons(self, search):
        """Codes of running promotions, and coupons made for this customer when they are taken."""
        if "loyalty.program" not in self.env:
            return []
        Program = self.env["loyalty.program"]
        if not Program.has_access("read"):
            return []
        domain = [
            ("program_type", "in", ("promo_code", "coupons")),
            ("company_id", "in", (False, self.company_id.id)),
        ]
        if search:
            domain.append(("name", "ilike", search))
        programs = Program.search(domain, limit=OFFERED)
        offered = []
        for program in programs:
            code = program.rule_ids.filtered("code")[:1].code
            if program.program_type == "promo_code" and not code:
                continue
            offered.append(
                {
                    "key": f"coupon-{program.id}",
                    "kind": "coupon",
                    "label": program.name,
                    "text": code if program.program_type == "promo_code" else "",
                    "purpose": "marketing",
                }
            )
        return offered

    def _insert_words(self, key, case=None):
        """The words of what was chosen; a coupon is made now, for this customer.

        :param str key: of :meth:`_insertables`
        :return: {text, purpose}
        :rtype: dict
        :raise UserError: when it cannot be offered to this customer
        """
        kind, _dash, number = key.partition("-")
        if kind == "coupon" and number.isdigit() and "loyalty.program" in self.env:
            return self._coupon_words(self.env["loyalty.program"].browse(int(number)).exists())
        for item in self._insertables(case=case):
            if item["key"] == key:
                if item["refusal"]:
                    raise UserError(item["refusal"])
                return {"text": item["text"], "purpose": item["purpose"]}
        if kind == "product" and number.isdigit() and "product.template" in self.env:
            product = self.env["product.template"].browse(int(number)).exists()
            return {"text": self._product_words(product), "purpose": "answer"}
        raise UserError(self.env._("This is not there any more."))

    def _coupon_words(self, program):
        if refusal := self._purpose_refusal("marketing"):
            raise UserError(refusal)
        code = program.rule_ids.filtered("code")[:1].code
        if program.program_type == "coupons":
            code = (
                self.env["loyalty.card"]
                .create(
                    {
                        "program_id": program.id,
                        "partner_id": self.identity_id.partner_id.id,
                        "points": 1,
                    }
                )
                .code
            )
        return {"text": code, "purpose": "marketing"}
