# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from ..tools.journey import Source, shorten


class SocialCrmJourney(models.AbstractModel):
    """Where the journey's rows come from and how each is told.

    A source is a method ``_source_<name>(subject)`` in :meth:`_sources` and a method
    ``_entries_<code>(records)`` that tells its rows. Optional apps are asked for by model name
    only, in their own method.
    """

    _inherit = "social.crm.journey"

    @api.model
    def _sources(self, subject):
        """All sources of a subject's rows, in the order in which rows of one second are shown.

        :rtype: list[Source]
        """
        sources = [
            self._source_interaction(subject),
            *self._source_lead(subject),
            self._source_meeting(subject),
            self._source_order(subject),
            self._source_invoice(subject),
            self._source_rating(subject),
            self._source_link(subject),
        ]
        return [source for source in sources if not source.domain.is_false()]

    @api.model
    def _type_labels(self):
        return {
            "interaction": self.env._("Conversations"),
            "lead": self.env._("Leads"),
            "meeting": self.env._("Meetings"),
            "order": self.env._("Orders"),
            "invoice": self.env._("Invoices"),
            "rating": self.env._("Ratings"),
            "link": self.env._("Account links"),
        }

    @api.model
    def _source_interaction(self, subject):
        # A post that reached several accounts of ours is told once.
        domain = Domain("sibling_id", "=", False) if subject.identities else Domain.FALSE
        return Source(
            "interaction", "interaction", "social.crm.interaction", "date", domain,
            ("title", "body"),
        )

    @api.model
    def _source_lead(self, subject):
        whose = (
            Domain("partner_id", "in", subject.partners)
            | Domain("social_identity_id", "in", subject.identities)
            | Domain("id", "in", subject.leads)
        )
        ended = whose & Domain("won_status", "in", ("won", "lost")) & Domain(
            "date_closed", "!=", False
        )
        search = ("name", "contact_name")
        return [
            Source("lead_closed", "lead", "crm.lead", "date_closed", ended, search),
            Source("lead", "lead", "crm.lead", "create_date", whose, search),
        ]

    @api.model
    def _source_meeting(self, subject):
        whose = Domain("partner_ids", "in", subject.partners) | Domain(
            "opportunity_id", "in", subject.leads
        )
        return Source("meeting", "meeting", "calendar.event", "start", whose, ("name",))

    @api.model
    def _source_order(self, subject):
        """Orders of the app Sales, where it is installed."""
        domain = Domain("partner_id", "in", subject.disclosed) & Domain("state", "!=", "draft")
        return Source("order", "order", "sale.order", "date_order", domain, ("name",))

    @api.model
    def _source_invoice(self, subject):
        """Invoices and credit notes of the app Invoicing, where it is installed."""
        domain = (
            Domain("partner_id", "in", subject.disclosed)
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            & Domain("invoice_date", "!=", False)
        )
        return Source("invoice", "invoice", "account.move", "invoice_date", domain, ("name", "ref"))

    @api.model
    def _source_rating(self, subject):
        """Ratings given in Odoo, where an app that asks for them is installed."""
        domain = (
            Domain("partner_id", "in", subject.partners)
            & Domain("consumed", "=", True)
            & Domain("rated_on", "!=", False)
        )
        return Source("rating", "rating", "rating.rating", "rated_on", domain, ("feedback",))

    @api.model
    def _source_link(self, subject):
        domain = (
            (
                Domain("identity_id", "in", subject.identities)
                | Domain("partner_id", "in", subject.partners)
            )
            & Domain("state", "in", ("confirmed", "refused", "ended"))
            & Domain("decided_at", "!=", False)
        )
        return Source(
            "link", "link", "social.crm.identity.link", "decided_at", domain,
            ("identity_id.name", "identity_id.handle"),
        )

    # === TELLING === #

    @api.model
    def _entries(self, rows):
        """Tell the rows of a page, each source's in one go.

        :param list rows: source, id and date, in the order of the page
        :rtype: list[dict]
        """
        told = {}
        for source in {source.code: source for source, _id, _date in rows}.values():
            ids = [res_id for of, res_id, _date in rows if of.code == source.code]
            records = self.env[source.model].browse(ids)
            for res_id, entry in getattr(self, f"_entries_{source.code}")(records).items():
                told[source.code, res_id] = entry
        return [
            {
                "key": f"{source.code}-{res_id}",
                "type": source.type,
                "model": source.model,
                "id": res_id,
                "date": fields.Datetime.to_string(date),
                "is_day": self._is_day(source),
                **told[source.code, res_id],
            }
            for source, res_id, date in rows
        ]

    @api.model
    def _entries_interaction(self, interactions):
        labels = {
            name: dict(interactions._fields[name]._description_selection(self.env))
            for name in ("kind", "state", "mood", "delivery_state", "visibility")
        }
        return {
            interaction.id: {
                "icon_url": interaction.platform_id.icon_url,
                "title": self.env._(
                    "%(kind)s on %(channel)s",
                    kind=labels["kind"][interaction.kind],
                    channel=interaction.channel_id.display_name,
                ),
                "who": (
                    interaction.author_id.name or interaction.channel_id.name
                    if interaction.direction == "out"
                    else interaction.identity_id.display_name
                ),
                "text": shorten(
                    "\n".join(
                        filter(None, (interaction.title, interaction.body or interaction.reaction))
                    )
                ),
                "direction": interaction.direction,
                "is_public": interaction.visibility not in ("direct", "group"),
                "visibility": labels["visibility"][interaction.visibility],
                "mood": interaction.mood or "",
                "mood_label": labels["mood"].get(interaction.mood, ""),
                "stars": interaction.rating,
                "note": (
                    labels["state"][interaction.state] if interaction.state != "normal" else ""
                ),
                "delivery": (
                    labels["delivery_state"].get(interaction.delivery_state, "")
                    if interaction.direction == "out"
                    else ""
                ),
                "permalink": _web_link(interaction.permalink),
            }
            for interaction in interactions
        }

    @api.model
    def _entries_lead(self, leads):
        return {
            lead.id: {
                "icon": "fa-star-o",
                "title": (
                    self.env._("Opportunity opened")
                    if lead.type == "opportunity"
                    else self.env._("Lead opened")
                ),
                "text": lead.name,
                "who": lead.user_id.name or "",
                "note": lead.stage_id.name or "",
            }
            for lead in leads
        }

    @api.model
    def _entries_lead_closed(self, leads):
        return {
            lead.id: {
                "icon": "fa-trophy" if lead.won_status == "won" else "fa-ban",
                "title": (
                    self.env._("Opportunity won")
                    if lead.won_status == "won"
                    else self.env._("Lead lost")
                ),
                "text": lead.name,
                "who": lead.user_id.name or "",
                "note": lead.lost_reason_id.name or "",
                "amount": self._amount(lead.expected_revenue, lead.company_currency),
            }
            for lead in leads
        }

    @api.model
    def _entries_meeting(self, events):
        return {
            event.id: {
                "icon": "fa-calendar",
                "title": self.env._("Meeting"),
                "text": event.display_name,
                "who": event.user_id.name or "",
            }
            for event in events
        }

    @api.model
    def _entries_order(self, orders):
        states = dict(orders._fields["state"]._description_selection(self.env))
        return {
            order.id: {
                "icon": "fa-shopping-cart",
                "title": self.env._("Order %(number)s", number=order.name),
                "text": "",
                "who": order.user_id.name or "",
                "note": states[order.state],
                "amount": self._amount(order.amount_total, order.currency_id),
            }
            for order in orders
        }

    @api.model
    def _entries_invoice(self, moves):
        kinds = dict(moves._fields["move_type"]._description_selection(self.env))
        payments = dict(moves._fields["payment_state"]._description_selection(self.env))
        return {
            move.id: {
                "icon": "fa-file-text-o",
                "title": f"{kinds[move.move_type]} {move.name}",
                "text": move.ref or "",
                "who": move.invoice_user_id.name or "",
                "note": payments.get(move.payment_state, ""),
                "amount": self._amount(move.amount_total, move.currency_id),
            }
            for move in moves
        }

    @api.model
    def _entries_rating(self, ratings):
        return {
            rating.id: {
                "icon": "fa-smile-o",
                "title": self.env._("Rated us"),
                "text": shorten(rating.feedback),
                "who": rating.partner_id.name or "",
                "note": rating.res_name or "",
                "stars": rating.rating,
            }
            for rating in ratings
        }

    @api.model
    def _entries_link(self, links):
        titles = {
            "confirmed": self.env._("Account linked"),
            "refused": self.env._("Account is somebody else's"),
            "ended": self.env._("Account no longer linked"),
        }
        return {
            link.id: {
                "icon": "fa-link" if link.state == "confirmed" else "fa-unlink",
                "title": titles[link.state],
                "text": "\n".join(
                    filter(
                        None,
                        (
                            f"{link.identity_id.display_name} · {link.partner_id.display_name}",
                            shorten(link.evidence),
                        ),
                    )
                ),
                "who": link.decided_by_id.name or "",
            }
            for link in links
        }

    @api.model
    def _amount(self, amount, currency):
        return format_amount(self.env, amount, currency) if amount else ""


def _web_link(link):
    """A stranger's link, only where a browser may safely follow it."""
    return link if link and link.startswith(("https://", "http://")) else ""
