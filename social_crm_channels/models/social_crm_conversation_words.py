# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.tools import format_amount, format_date

from ..tools import placeholders
from ..tools.contract import OutMessage
from .social_crm_outbox import actor_of


class SocialCrmConversation(models.Model):
    """The words of an answer: what stands for a name in them, and how the network shows them."""

    _inherit = "social.crm.conversation"

    def _placeholders(self, case=None):
        """What can be written as ``{{ name }}`` here.

        :param recordset case: the matter spoken of
        :return: name to ``label``, ``value`` ("" when unknown) and ``reason`` why it is not there
        :rtype: dict[str, dict]
        """
        self.ensure_one()
        case = case if case is not None else self._reply_case(self._last_said())
        partner, identity = self.identity_id.partner_id, self.identity_id
        partner = partner._filtered_access("read")
        company, agent = self.company_id, self.env.user
        name = partner.name or identity.name or ""
        # People are called by their first name where the contact is a person.
        first = name.split()[0] if name and not partner.is_company else name
        empty = self.env._("not known")
        plain = {
            "customer.name": (self.env._("Customer's name"), name),
            "customer.first_name": (self.env._("Customer's first name"), first),
            "customer.handle": (self.env._("Customer's handle"), self._handle_words(identity)),
            "company.name": (self.env._("Our name"), company.name),
            "company.phone": (self.env._("Our phone number"), company.phone),
            "company.email": (self.env._("Our e-mail address"), company.email),
            "company.website": (self.env._("Our website"), company.website),
            "agent.name": (self.env._("My name"), agent.name),
            "agent.first_name": (self.env._("My first name"), (agent.name or "").split()[:1]),
            "product.name": (self.env._("Product of the case"), case.product_ref),
        }
        known = {
            key: {
                "label": label,
                "value": (value[0] if isinstance(value, list) and value else value) or "",
                "reason": "" if value else empty,
            }
            for key, (label, value) in plain.items()
        }
        return {**known, **self._order_placeholders(case, partner)}

    def _handle_words(self, identity):
        return f"@{identity.handle}" if identity.handle else ""

    def _order_placeholders(self, case, partner):
        """What is told only to whom it surely belongs."""
        labels = {
            "order.number": self.env._("Number of the order"),
            "order.date": self.env._("Date of the order"),
            "order.total": self.env._("Total of the order"),
            "order.state": self.env._("State of the order"),
            "quotation.link": self.env._("Link to the quotation"),
        }
        reason = self._disclosure_refusal(partner)
        values = {} if reason else self._order_values(case, partner)
        nothing = self.env._("there is none, or you may not see it")
        return {
            key: {
                "label": label,
                "value": values.get(key) or "",
                "reason": "" if values.get(key) else reason or nothing,
                "is_locked": bool(reason),
            }
            for key, label in labels.items()
        }

    def _disclosure_refusal(self, partner):
        """Why orders and addresses may not be told here; empty when they may.

        :rtype: str
        """
        if self.kind not in ("direct", "group"):
            return self.env._("locked: everybody reads along here")
        if not partner or not self.identity_id._is_proven_for_disclosure(partner):
            return self.env._("locked until it is proven whose account this is")
        return ""

    def _order_values(self, case, partner):
        """The order spoken of, else the latest, where Sales is installed and one may read it."""
        if "sale.order" not in self.env or not self.env["sale.order"].has_access("read"):
            return {"order.number": case.order_ref}
        mine = [
            ("partner_id", "child_of", partner.commercial_partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        orders = self.env["sale.order"].search(
            [*mine, ("state", "=", "sale")], order="date_order desc", limit=20
        )
        order = orders.filtered(lambda found: found.name == case.order_ref)[:1] or orders[:1]
        states = dict(order._fields["state"]._description_selection(self.env))
        quotation = self.env["sale.order"].search(
            [*mine, ("state", "=", "sent")], order="date_order desc", limit=1
        )
        return {
            "order.number": order.name,
            "order.date": order and format_date(self.env, order.date_order),
            "order.total": order and format_amount(self.env, order.amount_total, order.currency_id),
            "order.state": order and states.get(order.state),
            "quotation.link": quotation and quotation.get_base_url() + quotation.get_portal_url(),
        }

    def _fill_words(self, text, case=None):
        """A text with its placeholders filled.

        :return: the text, and of what could not be filled: name, label and reason
        :rtype: tuple[str, list[dict]]
        """
        asked = placeholders.names(text)
        if not asked:
            return text or "", []
        known = self._placeholders(case)
        filled = placeholders.fill(text, {key: known[key]["value"] for key in known})
        missing = [
            {
                "name": name,
                "label": known.get(name, {}).get("label") or name,
                "reason": known.get(name, {}).get("reason") or self.env._("no such placeholder"),
            }
            for name in placeholders.names(filled)
        ]
        return filled, missing

    def _render_words(self, text, *, private=False, parent=None):
        """The text as the network is going to show it.

        :rtype: str
        """
        channel = self.channel_id
        if channel.connector == "manual":
            return text
        visibility = "direct" if private else self._reply_visibility(parent or self._last_said())
        named = (parent or self._last_said()).identity_id if not private else self.identity_id
        return channel._connector()._render(
            channel,
            OutMessage(
                text,
                conversation_kind="direct" if private else self.kind,
                recipient=actor_of(self.identity_id),
                visibility=visibility,
                mentions=tuple(filter(None, map(actor_of, named))),
            ),
        )
