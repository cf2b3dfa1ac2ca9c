# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from odoo.addons.social_crm_base.tools import names

# What the queue can be narrowed by: the field asked, and whether its values are ids.
FACETS = {
    "channel": ("channel_id", True),
    "platform": ("channel_id.platform_id", True),
    "team": ("team_id", True),
    "user": ("user_id", True),
    "tag": ("tag_ids", True),
    "language": ("identity_id.language", False),
    "relation": ("partner_id.social_relation", False),
    "mood": ("mood", False),
    "priority": ("priority", False),
}
QUERY_KEYS = frozenset({"view", "sort", "words", "filters", "post"})


class SocialCrmCase(models.Model):
    """What a query of the queue means."""

    _inherit = "social.crm.case"

    name = fields.Char(index="trigram")
    order_ref = fields.Char(index="trigram")

    @api.model
    def _inbox_check_query(self, query):
        """Refuse what no version of the queue could have asked.

        :raise UserError: an unknown view, order, facet or value
        """
        filters = query.get("filters") or {}
        sorts = {key for key, _label in self._inbox_sorts()}
        views = {key for key, _label, _domain in self._inbox_queue_views()}
        unknown = (set(query) - QUERY_KEYS) | (set(filters) - set(FACETS))
        if query.get("sort", "deadline") not in sorts:
            unknown.add(query["sort"])
        if query.get("view", "all") not in views:
            unknown.add(query["view"])
        if unknown:
            raise UserError(
                self.env._(
                    "The inbox knows no %(what)s. Choose a view and filters anew.",
                    what=", ".join(sorted(map(str, unknown))),
                )
            )

    @api.model
    def _inbox_sort(self, query):
        self._inbox_check_query(query)
        return query.get("sort") or "deadline"

    @api.model
    def _inbox_domain(self, query):
        """The cases a query asks for.

        :rtype: Domain
        """
        self._inbox_check_query(query)
        key = query.get("view") or "all"
        [domain] = [
            Domain(domain) for view, _label, domain in self._inbox_queue_views() if view == key
        ]
        if key != "closed":
            domain &= Domain("state", "!=", "closed")
        if query.get("post"):
            domain &= Domain("thread_post_id", "=", int(query["post"]))
        return domain & self._inbox_filters(query)

    @api.model
    def _inbox_filters(self, query):
        """What narrows every view: facets and words.

        :rtype: Domain
        """
        self._inbox_check_query(query)
        domain = Domain.TRUE
        for facet, values in (query.get("filters") or {}).items():
            field, is_id = FACETS[facet]
            if values:
                asked = [int(value) or False if is_id else str(value) for value in values]
                domain &= Domain(field, "in", asked)
        words = " ".join((query.get("words") or "").split())
        if words:
            is_open = query.get("view") != "closed"
            domain &= Domain("id", "in", self._inbox_found(words, is_open))
        return domain

    @api.model
    def _inbox_found(self, words, is_open):
        """The cases that hold these words: each branch of the union has an index of its own.

        Talk is looked through where an index carries it, which is in cases that are not closed.

        :param bool is_open: whether cases that are not closed are asked for
        :return: SQL of case ids; the caller applies the user's rights to the cases
        :rtype: SQL
        """
        pattern = escape_psql(words)
        people = Domain("name", "ilike", pattern) | Domain("handle", "ilike", pattern)
        branches = [
            [("name", "ilike", pattern)],
            [("order_ref", "ilike", pattern)],
            [("identity_id", "any", people)],
        ]
        # Odoo stores names as they are written; our key finds them in any script
        if key := names.fold(words):
            branches.append([("partner_id", "any", [("social_name_key", "like", key)])])
        found = [self._search(branch, bypass_access=True).select() for branch in branches]
        if is_open:
            found.append(self._inbox_said(pattern))
        return SQL("(%s)", SQL(" UNION ").join(found))

    @api.model
    def _inbox_said(self, pattern):
        """Cases that are not closed and in which this was said, as far as the user may read it.

        The limit keeps PostgreSQL at walking down each case's index: it would rather read all
        that was ever said.

        :rtype: SQL
        """
        said = self.env["social.crm.interaction"]._search([("body", "ilike", pattern)])
        return SQL(
            "SELECT %(case)s.id FROM %(case)s CROSS JOIN LATERAL (SELECT FROM %(source)s"
            " WHERE %(said)s.case_id = %(case)s.id AND %(where)s LIMIT 1) AS found"
            " WHERE %(case)s.state != 'closed'",
            case=SQL.identifier(self._table),
            source=said.from_clause,
            said=SQL.identifier(said.table),
            where=said.where_clause,
        )


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    name = fields.Char(index="trigram")
    handle = fields.Char(index="trigram")
