# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The inbox's queue: pages by position, never by number, so that nothing is skipped or doubled
while cases come and go, and the hundredth page costs what the first does."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

PAGE = 40
LARGEST_PAGE = 200
SOON = timedelta(hours=2)
# Orders of the queue: SQL of each part of a case's position (the id comes last), the type a part
# has in a cursor, and the direction of all. Each has an index below: change both.
DEADLINE = "LEAST(deadline_first, deadline_next, deadline_resolution)"
SORTS = {
    "deadline": (
        (
            (f"COALESCE({DEADLINE}, 'infinity'::timestamp)", "timestamp"),
            ("COALESCE(waiting_since, 'infinity'::timestamp)", "timestamp"),
        ),
        "ASC",
    ),
    "risk": (
        (
            ("COALESCE(risk_score, 0)::float8", "float8"),
            (
                "COALESCE(-EXTRACT(epoch FROM waiting_since)::float8, '-infinity'::float8)",
                "float8",
            ),
        ),
        "DESC",
    ),
    "oldest": ((("COALESCE(waiting_since, 'infinity'::timestamp)", "timestamp"),), "ASC"),
    "newest": ((("COALESCE(last_date, '-infinity'::timestamp)", "timestamp"),), "DESC"),
}
POSITION_FIELDS = (
    "deadline_first", "deadline_next", "deadline_resolution", "waiting_since", "risk_score",
    "last_date", "thread_post_id",
)


def _index(sort, where=""):
    parts, direction = SORTS[sort]
    keys = ", ".join(f"({part}) {direction}" for part, _type in parts)
    return models.Index(f"({keys}, id {direction}) {where}")


class SocialCrmCase(models.Model):
    """The queue of the inbox, left on the screen."""

    _inherit = "social.crm.case"

    _queue_deadline_index = _index("deadline", "WHERE state != 'closed'")
    _queue_risk_index = _index("risk", "WHERE state != 'closed'")
    _queue_oldest_index = _index("oldest", "WHERE state != 'closed'")
    _queue_newest_index = _index("newest")
    _queue_open_newest_index = _index("newest", "WHERE state != 'closed'")

    @api.model
    def _inbox_queue_views(self):
        """The views of the queue, in order; other addons add theirs by ``super()``.

        All but ``closed`` are of cases that are not closed, whatever their domain says.

        :return: key, label, and a domain of cases
        :rtype: list[tuple[str, str, list]]
        """
        now = fields.Datetime.now()
        me = self.env.user
        return [
            ("mine", self.env._("Mine"), [("user_id", "=", me.id), ("state", "=", "open")]),
            (
                "unassigned",
                self.env._("Unassigned"),
                [("user_id", "=", False), ("state", "=", "open")],
            ),
            ("all", self.env._("All"), []),
            (
                "teams",
                self.env._("My teams"),
                [("team_id", "in", me.social_crm_team_ids.ids), ("state", "=", "open")],
            ),
            ("mentions", self.env._("Mentions of me"), [("mention_user_ids", "in", me.ids)]),
            ("overdue", self.env._("Overdue"), _due(before=now)),
            ("due_soon", self.env._("Due soon"), _due(before=now + SOON) & ~_due(before=now)),
            ("waiting", self.env._("Waiting for the customer"), [("state", "=", "waiting")]),
            ("snoozed", self.env._("Snoozed"), [("state", "=", "snoozed")]),
            ("closed", self.env._("Closed"), [("state", "=", "closed")]),
        ]

    @api.model
    def _inbox_sorts(self):
        """The orders of the queue with their labels, the usual one first.

        :rtype: list[tuple[str, str]]
        """
        return [
            ("deadline", self.env._("Next deadline")),
            ("risk", self.env._("Highest risk")),
            ("oldest", self.env._("Waiting longest")),
            ("newest", self.env._("Latest word")),
        ]

    @api.model
    @api.readonly
    def inbox_queue(self, query=None, cursor=None, limit=PAGE):
        """One page of the queue, under the user's own rights.

        Comments under one post are one row, where the most urgent of them stands.

        :param dict query: ``view``, ``sort``, ``words``, ``filters`` by facet, ``post`` to see
            the folded cases of one post; see :meth:`_inbox_domain`
        :param list cursor: where the page before ended, as it came with it
        :param int limit: rows of a page
        :return: ``rows``, and ``cursor`` of the next page, None on the last
        :rtype: dict
        :raise UserError: when the query has a view, order or filter that does not exist
        """
        limit = max(1, min(int(limit), LARGEST_PAGE))
        query = query or {}
        sort = self._inbox_sort(query)
        domain = self._inbox_domain(query)
        after, folded = (cursor[:-1], list(cursor[-1])) if cursor else (None, [])
        is_folding = not query.get("post")
        found, rest = [], True
        # A viral post fills a page with its comments: look further once, then be content with less
        for _attempt in range(2):
            page = self._inbox_positions(domain, sort, after, folded, limit + 1)
            rest = len(page) > limit
            for case_id, post_id, *position in page[:limit]:
                if len(found) == limit:
                    rest = True
                    break
                after = [*position, case_id]
                if is_folding and post_id:
                    if post_id in folded:
                        continue
                    folded.append(post_id)
                found.append((case_id, post_id, position))
            if not rest or len(found) == limit or not is_folding:
                break
        rows = self._inbox_rows(found, domain, is_folding)
        return {"rows": rows, "cursor": [*after, folded] if rest and after else None}

    @api.model
    @api.readonly
    def inbox_queue_rows(self, query, case_ids, post_ids=()):
        """How these cases stand in the queue now: for a screen that has heard of news.

        :param dict query: as of :meth:`inbox_queue`
        :param list case_ids: cases that changed
        :param list post_ids: posts whose folded rows are on the screen and hold such cases
        :return: rows; a case that no longer belongs there is missing
        :rtype: list[dict]
        """
        query = query or {}
        sort = self._inbox_sort(query)
        domain = self._inbox_domain(query)
        changed = Domain("id", "in", [int(case_id) for case_id in case_ids])
        if post_ids:
            changed |= Domain("thread_post_id", "in", [int(post_id) for post_id in post_ids])
        is_folding = not query.get("post")
        found, folded = [], set()
        for case_id, post_id, *position in self._inbox_positions(
            domain & changed, sort, None, [], None
        ):
            if not (is_folding and post_id in folded):
                found.append((case_id, post_id, position))
            if post_id:
                folded.add(post_id)
        return self._inbox_rows(found, domain, is_folding)

    @api.model
    @api.readonly
    def inbox_counts(self, query=None):
        """How many cases each view holds, within the query's filters, in one statement.

        Closed cases are not counted: nobody works them off.

        :return: view to number
        :rtype: dict[str, int]
        """
        views = [view for view in self._inbox_queue_views() if view[0] != "closed"]
        found = self._search(
            self._inbox_filters(query or {}) & Domain("state", "!=", "closed")
        )
        counts = [
            SQL(
                "count(*) FILTER (WHERE %s)",
                Domain(domain).optimize_full(self)._to_sql(self, found.table, found),
            )
            for _key, _label, domain in views
        ]
        [numbers] = self.env.execute_query(found.select(*counts)) or [[0] * len(views)]
        return {view[0]: number for view, number in zip(views, numbers, strict=True)}

    def _inbox_positions(self, domain, sort, after, folded, limit):
        """Where cases stand, in order.

        :param list after: a position and a case id, to go on behind
        :param list folded: posts that had their row already
        :return: case id, post id, and the parts of its position as text
        :rtype: list[tuple]
        """
        parts, direction = SORTS[sort]
        self.flush_model(POSITION_FIELDS)
        found = self._search(domain)
        keys = [SQL(part) for part, _type in parts]
        case_id = SQL.identifier(found.table, "id")
        post_id = SQL.identifier(found.table, "thread_post_id")
        if after:
            bounds = [
                SQL("%s::" + kind, value)
                for (_part, kind), value in zip(parts, after, strict=False)
            ]
            found.add_where(
                SQL(
                    "(%s, %s) > (%s, %s)" if direction == "ASC" else "(%s, %s) < (%s, %s)",
                    SQL(", ").join(keys),
                    case_id,
                    SQL(", ").join(bounds),
                    int(after[-1]),
                )
            )
        if folded:
            found.add_where(
                SQL("(%s IS NULL OR %s != ALL(%s))", post_id, post_id, [int(p) for p in folded])
            )
        found.order = SQL(", ").join(
            SQL("%s " + direction, key) for key in [*keys, case_id]
        )
        found.limit = limit
        return self.env.execute_query(
            found.select(case_id, post_id, *(SQL("(%s)::text", key) for key in keys))
        )


def _due(before):
    """Cases with something due before then."""
    return Domain.OR(
        Domain(field, "<", before)
        for field in ("deadline_first", "deadline_next", "deadline_resolution")
    )
