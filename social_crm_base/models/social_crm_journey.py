# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.journey import Cursor, Subject

PAGE_LIMIT = 40
MAX_LIMIT = 200
# Filters that only interactions can answer: with one set, nothing else is asked.
INTERACTION_FILTERS = ("channel_ids", "direction", "mood")


class SocialCrmJourney(models.AbstractModel):
    """Everything between a person and us on one line of time.

    A page is one query: for each source the next few rows by its own index, then the newest of
    them. So it does not matter how much there is behind. Each source is read with the reader's
    own rights; one they may not read is not there.
    """

    _name = "social.crm.journey"
    _description = "Customer Journey"

    @api.model
    def get_page(self, res_model, res_id, filters=None, cursor=None, limit=PAGE_LIMIT):
        """The next page of a journey, newest first.

        :param str res_model: a key of :meth:`_subject_methods`
        :param dict filters: any of ``types`` (list), ``channel_ids`` (list), ``direction``,
            ``mood``, ``date_from`` and ``date_to`` (naive UTC, as text; the end is excluded) and
            ``text``
        :param str cursor: as the page before gave it; empty for the first page
        :return: ``entries``, ``cursor`` (empty at the end) and, with the first page, ``options``
            to filter by and ``notice`` in words where something is kept back
        :rtype: dict
        :raise AccessError: when the reader may not read the record itself
        """
        subject = self._subject(res_model, res_id)
        page = self._journey_page(subject, filters or {}, cursor, limit)
        if not cursor:
            page["options"] = self._filter_options(subject)
            page["notice"] = self._notice(subject)
        return page

    @api.model
    def _journey_page(self, subject, filters, cursor=None, limit=PAGE_LIMIT):
        """The work of :meth:`get_page` for a subject already checked."""
        limit = min(max(int(limit), 1), MAX_LIMIT)
        sources = self._readable_sources(subject)
        ranks = {source.code: rank for rank, source in enumerate(sources)}
        try:
            after = Cursor.parse(cursor, ranks) if cursor else None
        except (ValueError, KeyError) as error:
            raise UserError(
                self.env._("This page of the journey is no longer there. Please reload.")
            ) from error
        legs = []
        for rank, source in enumerate(sources):
            if self._is_asked(source, filters):
                legs += self._legs(source, rank, subject, filters, after, limit + 1)
        if not legs:
            return {"entries": [], "cursor": False}
        # UNION drops what two ways led to: a remark by its author and by its conversation.
        rows = self.env.execute_query(
            SQL(
                "SELECT rank, id, date FROM (%s) rows ORDER BY date DESC, rank, id DESC LIMIT %s",
                SQL(" UNION ").join(SQL("(%s)", leg) for leg in legs),
                limit + 1,
            )
        )
        more, rows = len(rows) > limit, rows[:limit]
        entries = self._entries([(sources[rank], res_id, date) for rank, res_id, date in rows])
        last = rows[-1] if more else None
        return {
            "entries": entries,
            "cursor": Cursor.dump(last[2], sources[last[0]].code, last[1]) if last else False,
        }

    # === WHOSE === #

    @api.model
    def _subject(self, res_model, res_id):
        """Whose journey a record's is, as far as the reader may read the record.

        :rtype: Subject
        """
        subjects = self._subject_methods()
        if res_model not in subjects:
            raise UserError(self.env._("There is no journey of this kind of document."))
        record = self.env[res_model].browse(int(res_id)).exists()
        if not record:
            return Subject()
        record.check_access("read")
        return getattr(self, subjects[res_model])(record)

    @api.model
    def _subject_methods(self):
        """Of which documents there is a journey: model to the method that finds whose it is.

        :rtype: dict[str, str]
        """
        return {
            "res.partner": "_subject_of_partner",
            "social.crm.identity": "_subject_of_identity",
            "social.crm.case": "_subject_of_case",
            "crm.lead": "_subject_of_lead",
        }

    @api.model
    def _subject_of_partner(self, partner):
        # A company's journey is that of its people too.
        partners = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("id", "child_of", partner.ids)])
            if partner.is_company
            else partner
        )
        return Subject(
            self._identities_of(partners), partners._ids, disclosed=partners._ids
        )

    @api.model
    def _subject_of_lead(self, lead):
        partner = lead.partner_id
        identities = self._identities_of(partner) if partner else ()
        own = lead.social_identity_id._ids if self._may_read("social.crm.identity") else ()
        return Subject(
            tuple(dict.fromkeys((*own, *identities))),
            partner._ids,
            disclosed=partner._ids,
            leads=lead._ids,
        )

    @api.model
    def _subject_of_identity(self, identity):
        proven = self.env["social.crm.identity.link"].search(
            [
                ("identity_id", "=", identity.id),
                ("state", "=", "confirmed"),
                ("strength", "=", "proven"),
                ("proven_until", ">", fields.Datetime.now()),
            ]
        )
        return Subject(
            identity._ids, identity.partner_id._ids, disclosed=proven.partner_id._ids
        )

    @api.model
    def _subject_of_case(self, case):
        """The customer over all their accounts. What one reads here is soon said to them, so
        orders are there only when it is proven who speaks."""
        identity = case.identity_id
        partner = case.partner_id or identity.partner_id
        others = self._identities_of(partner)
        return Subject(
            tuple(dict.fromkeys((*identity._ids, *others))),
            partner._ids,
            disclosed=case._disclosed_partner()._ids,
        )

    @api.model
    def _identities_of(self, partners):
        if not partners or not self._may_read("social.crm.identity"):
            return ()
        # Shared accounts: an identity has one contact in force, but may be linked to several.
        links = self.env["social.crm.identity.link"].search_fetch(
            [("partner_id", "in", partners.ids), ("state", "=", "confirmed")], ["identity_id"]
        )
        # Ids, not a subquery: with "or" between, PostgreSQL would read all identities for that.
        return self.env["social.crm.identity"].search(
            Domain("partner_id", "in", partners.ids) | Domain("id", "in", links.identity_id.ids)
        )._ids

    @api.model
    def _notice(self, subject):
        """What is kept back and why, in words; empty when nothing is."""
        hidden = set(subject.partners) - set(subject.disclosed)
        if hidden and any(
            self._may_read(model) for model in ("sale.order", "account.move")
        ):
            return self.env._(
                "Orders and invoices are not shown here: it is not proven that this account "
                "belongs to the contact."
            )
        return ""

    # === FROM WHERE === #

    @api.model
    def _may_read(self, model):
        """Whether a model is installed and the reader may read it at all."""
        return model in self.env and self.env[model].has_access("read")

    @api.model
    def _readable_sources(self, subject):
        return [source for source in self._sources(subject) if self._may_read(source.model)]

    @api.model
    def _is_asked(self, source, filters):
        if filters.get("types") and source.type not in filters["types"]:
            return False
        return source.code == "interaction" or not any(map(filters.get, INTERACTION_FILTERS))

    @api.model
    def _filter_options(self, subject):
        """What there is to filter by: the sources one may read, the channels that occur."""
        types = dict.fromkeys(source.type for source in self._readable_sources(subject))
        labels = self._type_labels()
        channels = self.env["social.crm.channel"]
        if subject.identities and self._may_read("social.crm.conversation"):
            groups = self.env["social.crm.conversation"]._read_group(
                [("identity_id", "in", subject.identities)], ["channel_id"]
            )
            channels = channels.browse(channel.id for (channel,) in groups)
        selection = self.env["social.crm.interaction"]._fields["mood"]
        return {
            "types": [{"value": code, "label": labels[code]} for code in types],
            "channels": [
                {"value": channel.id, "label": channel.display_name} for channel in channels
            ],
            "moods": [
                {"value": code, "label": label}
                for code, label in selection._description_selection(self.env)
            ],
        }

    # === ONE QUERY === #

    @api.model
    def _legs(self, source, rank, subject, filters, after, limit):
        """The next rows of one source: rank, id and date, as the reader may see them.

        :rtype: list[SQL]
        """
        domain = (
            source.domain
            & self._filter_domain(source, filters)
            & self._after_domain(source, rank, after)
        )
        if source.code == "interaction":
            return self._interaction_legs(rank, subject, domain, limit)
        query = self._source_query(source.model, domain)
        date = SQL(
            "date_trunc('second', %s::timestamp)",
            self.env[source.model]._field_to_sql(query.table, source.date, query),
        )
        row_id = SQL.identifier(query.table, "id")
        query.order = SQL("%s DESC, %s DESC", date, row_id)
        query.limit = limit
        return [query.select(SQL("%s AS rank", rank), row_id, SQL("%s AS date", date))]

    @api.model
    def _interaction_legs(self, rank, subject, domain, limit):
        """Remarks of a person: a few of each of their conversations, and of what they wrote
        elsewhere (in groups), each by the index made for it. One condition over all of them would
        leave the choice of index to a guess of the planner.
        """
        conversations = self._source_query(
            "social.crm.conversation", Domain("identity_id", "in", subject.identities)
        )
        legs = []
        for places, column in (
            (conversations.select(), "conversation_id"),
            (SQL("SELECT unnest(%s::int[])", list(subject.identities)), "identity_id"),
        ):
            query = self._source_query("social.crm.interaction", domain)
            date = SQL.identifier(query.table, "date")
            row_id = SQL.identifier(query.table, "id")
            query.add_where(SQL("%s = place.id", SQL.identifier(query.table, column)))
            query.order = SQL("%s DESC, %s DESC", date, row_id)
            query.limit = limit
            legs.append(
                SQL(
                    "SELECT %s AS rank, said.id, said.date FROM (%s) place(id) "
                    "CROSS JOIN LATERAL (%s) said ORDER BY said.date DESC, said.id DESC LIMIT %s",
                    rank,
                    places,
                    query.select(row_id, date),
                    limit,
                )
            )
        return legs

    @api.model
    def _source_query(self, model, domain):
        return self.env[model].with_context(active_test=False)._search(domain)

    @api.model
    def _filter_domain(self, source, filters):
        domain = Domain.TRUE
        if start := fields.Datetime.to_datetime(filters.get("date_from")):
            domain &= Domain(source.date, ">=", start)
        if end := fields.Datetime.to_datetime(filters.get("date_to")):
            domain &= self._earlier(source, end)
        if filters.get("text"):
            domain &= Domain.OR(
                Domain(name, "ilike", str(filters["text"])) for name in source.search
            )
        if source.code == "interaction":
            if filters.get("channel_ids"):
                domain &= Domain("channel_id", "in", list(filters["channel_ids"]))
            for key in ("direction", "mood"):
                if filters.get(key):
                    domain &= Domain(key, "=", filters[key])
        return domain

    @api.model
    def _after_domain(self, source, rank, after):
        """What comes after the cursor: earlier, or in its second by rank and then by id."""
        if not after:
            return Domain.TRUE
        earlier = self._earlier(source, after.date)
        if rank < after.rank:
            return earlier
        same = Domain(source.date, "=", after.date)
        if self._is_day(source):
            midnight = after.date.time() == time.min
            same = Domain(source.date, "=", after.date.date()) if midnight else Domain.FALSE
        if rank == after.rank:
            same &= Domain("id", "<", after.id)
        return earlier | same

    @api.model
    def _earlier(self, source, moment):
        """Rows before a moment. A row that knows only its day stands at its midnight."""
        if not self._is_day(source):
            return Domain(source.date, "<", moment)
        operator = "<" if moment.time() == time.min else "<="
        return Domain(source.date, operator, moment.date())

    @api.model
    def _is_day(self, source):
        return self.env[source.model]._fields[source.date].type == "date"
