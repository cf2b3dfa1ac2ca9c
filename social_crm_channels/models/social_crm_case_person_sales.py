# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from .social_crm_case_person import ROWS, _label

PRODUCTS = 8


class SocialCrmCase(models.Model):
    """Orders, invoices, addresses and products: sent to the screen only when proven who speaks."""

    _inherit = "social.crm.case"

    def _inbox_sales_models(self):
        """Which apps tell of sales: those installed whose documents the user may read.

        :rtype: set[str]
        """
        return {
            model
            for model in ("sale.order", "account.move")
            if model in self.env and self.env[model].has_access("read")
        }

    def _inbox_person_disclosure(self, disclosed):
        """What is told only to the right person, or why it is locked and how to prove it.

        :param recordset disclosed: the contact while it is proven, see ``_disclosed_partner``
        :return: False where there is no contact, so nothing to lock
        :rtype: dict | bool
        """
        partner = self._inbox_partner()
        if not partner:
            return False
        models_read = self._inbox_sales_models()
        kinds = [
            label
            for model, label in (
                ("sale.order", self.env._("Orders")),
                ("account.move", self.env._("Invoices")),
                (None, self.env._("Addresses")),
            )
            if model is None or model in models_read
        ]
        if disclosed != partner:
            return {
                "locked": True,
                "kinds": kinds,
                "reason": self.env._(
                    "It is not proven that %(partner)s is writing here.",
                    partner=partner.display_name,
                ),
                "accounts": self._inbox_person_unproven(),
            }
        told = self._inbox_in_their_language(partner)
        mine = partner | partner.child_ids.filtered(lambda child: child.type != "contact")
        return {
            "locked": False,
            "kinds": kinds,
            "orders": told._inbox_orders(mine) if "sale.order" in models_read else [],
            "invoices": told._inbox_invoices(mine) if "account.move" in models_read else [],
            "addresses": told._inbox_addresses(partner),
        }

    def _inbox_in_their_language(self, partner):
        """The case, with the words that are put into an answer in the contact's language."""
        installed = dict(self.env["res.lang"].get_installed())
        return self.with_context(
            social_answer_lang=partner.lang if partner.lang in installed else self.env.lang
        )

    def _inbox_answer(self):
        """An environment that speaks the contact's language."""
        return self.with_context(lang=self.env.context.get("social_answer_lang")).env

    # === DOCUMENTS === #

    def _inbox_orders(self, partners):
        """The last orders, each with words ready for an answer.

        :rtype: list[dict]
        """
        orders = self.env["sale.order"].search(
            [("partner_id", "in", partners.ids), ("company_id", "=", self.company_id.id)],
            limit=ROWS,
            order="date_order desc, id desc",
        )
        return [
            {
                "id": order.id,
                "name": order.name,
                "date": format_date(self.env, order.date_order),
                "state": self._inbox_order_state(order),
                "total": format_amount(self.env, order.amount_total, order.currency_id),
                "tracking": self._inbox_tracking(order),
                "text": self._inbox_order_text(order),
            }
            for order in orders
        ]

    def _inbox_order_state(self, order):
        """How far the order is; delivery where Inventory tells it."""
        said = _label(order, "state")
        delivery = "delivery_status" in order._fields and _label(order, "delivery_status")
        return " · ".join(filter(None, (said, delivery)))

    def _inbox_tracking(self, order):
        """Numbers of the parcels, where the app Delivery knows them and the user may read them."""
        if "picking_ids" not in order._fields or not self.env["stock.picking"].has_access("read"):
            return ""
        pickings = order.picking_ids
        if "carrier_tracking_ref" not in pickings._fields:
            return ""
        return ", ".join(filter(None, pickings.mapped("carrier_tracking_ref")))

    def _inbox_order_text(self, order):
        env = self._inbox_answer()
        order = order.with_env(env)
        text = env._(
            "Order %(number)s of %(day)s: %(state)s, %(total)s",
            number=order.name,
            day=format_date(env, order.date_order),
            state=self._inbox_order_state(order),
            total=format_amount(env, order.amount_total, order.currency_id),
        )
        if tracking := self._inbox_tracking(order):
            text += env._(", parcel %(number)s", number=tracking)
        return text

    def _inbox_invoices(self, partners):
        """The last invoices and credit notes, each with words ready for an answer.

        :rtype: list[dict]
        """
        moves = self.env["account.move"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ],
            limit=ROWS,
            order="invoice_date desc, id desc",
        )
        return [
            {
                "id": move.id,
                "name": move.name,
                "date": format_date(self.env, move.invoice_date),
                "state": _label(move, "payment_state"),
                "total": format_amount(self.env, move.amount_total, move.currency_id),
                "text": self._inbox_invoice_text(move),
            }
            for move in moves
        ]

    def _inbox_invoice_text(self, move):
        env = self._inbox_answer()
        move = move.with_env(env)
        return env._(
            "%(kind)s %(number)s of %(day)s: %(state)s, %(total)s",
            kind=_label(move, "move_type"),
            number=move.name,
            day=format_date(env, move.invoice_date),
            state=_label(move, "payment_state"),
            total=format_amount(env, move.amount_total, move.currency_id),
        )

    def _inbox_addresses(self, partner):
        """Where we deliver to, as it stands on a parcel.

        :rtype: list[dict]
        """
        deliveries = partner.child_ids.filtered(lambda child: child.type == "delivery") | partner
        return [
            {"id": address.id, "name": address.name or partner.name, "text": words}
            for address in deliveries[:ROWS]
            if (
                words := ", ".join(
                    filter(None, map(str.strip, address._display_address(True).splitlines()))
                )
            )
        ]

    # === PRODUCTS === #

    def _inbox_person_products(self, disclosed):
        """Products this person spoke of, and bought where that may be told.

        :return: dictionaries of ``name``, ``talked`` and ``bought``
        :rtype: list[dict]
        """
        products = {}
        if self.identity_id or self.partner_id:
            talked = self._read_group(
                self._inbox_person_domain() & Domain("product_ref", "not in", (False, "")),
                ["product_ref"],
                ["__count"],
                order="__count desc",
                limit=PRODUCTS,
            )
            for name, _count in talked:
                products[name] = {"name": name, "talked": True, "bought": False}
        for name in self._inbox_bought(disclosed):
            products.setdefault(name, {"name": name, "talked": False})["bought"] = True
        return list(products.values())[:PRODUCTS]

    def _inbox_bought(self, disclosed):
        if not disclosed or "sale.order" not in self._inbox_sales_models():
            return []
        lines = self.env["sale.order.line"].search(
            [
                ("order_partner_id", "=", disclosed.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
                ("product_id", "!=", False),
            ],
            limit=PRODUCTS * 3,
            order="id desc",
        )
        return list(dict.fromkeys(lines.product_id.mapped("display_name")))
