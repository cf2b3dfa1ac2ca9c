# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.privacy import not_personal

ROW_FIELDS = (
    "name", "identity_id", "partner_id", "channel_id", "state", "last_date", "last_in_date",
    "waiting_since", "deadline_first", "deadline_next", "deadline_resolution", "snoozed_until",
    "mention_user_ids", "tag_ids", "user_id", "team_id", "risk_score", "mood", "priority",
    "confidential",
)
SAID_FIELDS = (
    "title", "body", "state", "reaction", "rating", "kind", "direction", "author_id", "date",
    "media",
)


class SocialCrmCase(models.Model):
    """What the rows of the queue show."""

    _inherit = "social.crm.case"

    thread_post_id = fields.Many2one(
        "social.crm.interaction",
        string="Under the Post",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="All of this case was said below one post: the queue folds such cases into one row.",
    )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("thread_post_id")}

    def _inbox_rows(self, found, domain, is_folding):
        """Make rows of cases and of folded posts, in the order they were found.

        :param list found: (case id, post id, position)
        :param Domain domain: what the queue asks for: a folded row tells of these only
        :rtype: list[dict]
        """
        posts = {}
        if is_folding:
            post_ids = {post_id for _id, post_id, _position in found if post_id}
            posts = self._inbox_folded(post_ids, domain)
        cases = self.browse([case_id for case_id, _post_id, _position in found])
        cases.fetch(ROW_FIELDS)
        contacts = set(cases.partner_id._filtered_access("read").ids)
        said = cases._inbox_last_words()
        looked = cases._inbox_looks()
        rows = []
        for case, (_id, post_id, position) in zip(cases, found, strict=True):
            contact = case.partner_id if case.partner_id.id in contacts else None
            row = case._inbox_row(contact, said.get(case.id), looked.get(case.id))
            row["sort"] = [*position, case.id]
            row["post_id"] = post_id or False
            if post := posts.get(post_id):
                row.update(post, key=f"post-{post_id}", kind="post")
            rows.append(row)
        return rows

    def _inbox_row(self, contact, said, looked_at):
        """What one row shows.

        :param recordset contact: the contact, where this user may read it
        :param dict said: its last words, see :meth:`_inbox_last_words`
        :param datetime looked_at: when this user looked at it last
        :rtype: dict
        """
        # sudo: whoever may read a case is told where it was opened, whatever channels are theirs
        channel_sudo = self.sudo().channel_id
        return {
            "key": f"case-{self.id}",
            "kind": "case",
            "id": self.id,
            "name": self.name,
            "customer": (
                contact and contact.display_name
                or self.identity_id.name
                or self.identity_id.display_name
                or ""
            ),
            "partner_id": contact.id if contact else False,
            "platform": {
                "name": channel_sudo.platform_id.name or "",
                "icon": channel_sudo.platform_id.icon_url or "",
            },
            "channel": channel_sudo.name or "",
            "said": said or {},
            "state": self.state,
            "last_date": fields.Datetime.to_string(self.last_date) or "",
            "waiting_since": (
                self.state == "open" and fields.Datetime.to_string(self.waiting_since) or ""
            ),
            "deadline": fields.Datetime.to_string(self.deadline) or "",
            "snoozed_until": fields.Datetime.to_string(self.snoozed_until) or "",
            "is_new": bool(
                self.state != "closed"
                and self.last_in_date
                and (not looked_at or looked_at < self.last_in_date)
            ),
            "is_mentioned": self.env.user in self.mention_user_ids,
            "tags": [
                {"id": tag.id, "name": tag.name, "color": tag.color} for tag in self.tag_ids
            ],
            "user": {"id": self.user_id.id, "name": self.user_id.name or ""},
            "team": self.team_id.name or "",
            "risk": round(self.risk_score),
            "mood": self.mood or "",
            "priority": self.priority,
            "confidential": self.confidential,
        }

    def _inbox_looks(self):
        """When the current user looked at these cases last.

        :rtype: dict[int, datetime]
        """
        if not self:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT case_id, looked_at FROM social_crm_case_look"
                    " WHERE user_id = %s AND case_id = ANY(%s)",
                    self.env.uid,
                    self.ids,
                )
            )
        )

    def _inbox_last_words(self):
        """The last words of each case that this user may read, by one walk down the index each.

        :return: case id to ``text``, ``direction``, ``by`` (who of us), ``date``
        :rtype: dict[int, dict]
        """
        if not self:
            return {}
        Interaction = self.env["social.crm.interaction"]
        said = Interaction._search([("kind", "not in", ("reaction", "follow", "system"))])
        rows = self.env.execute_query(
            SQL(
                "SELECT wanted.id, last.* FROM unnest(%(ids)s) AS wanted(id) CROSS JOIN LATERAL "
                "(SELECT %(said)s.id FROM %(source)s WHERE %(said)s.case_id = wanted.id"
                " AND %(where)s ORDER BY %(said)s.date DESC, %(said)s.id DESC LIMIT 1) AS last",
                ids=self.ids,
                said=SQL.identifier(said.table),
                source=said.from_clause,
                where=said.where_clause,
            )
        )
        words = Interaction.browse([said_id for _case_id, said_id in rows])
        words.fetch(SAID_FIELDS)
        by_id = {
            one.id: {
                "text": one.excerpt,
                "direction": one.direction,
                "by": one.author_id.name or "",
                "date": fields.Datetime.to_string(one.date),
                "has_media": bool(one.media),
            }
            for one in words
        }
        return {case_id: by_id[said_id] for case_id, said_id in rows}

    def _inbox_folded(self, post_ids, domain):
        """The posts below which more than one case of the queue was opened.

        :return: post id to what its row shows besides that of its most urgent case
        :rtype: dict[int, dict]
        """
        if not post_ids:
            return {}
        found = self._search(domain & fields.Domain("thread_post_id", "in", list(post_ids)))
        post_id = SQL.identifier(found.table, "thread_post_id")
        case_id = SQL.identifier(found.table, "id")
        found.groupby = post_id
        found.having = SQL("count(*) > 1")
        rows = self.env.execute_query(
            found.select(
                post_id,
                SQL("array_agg(%s ORDER BY %s)", case_id, case_id),
                SQL("max(%s)", SQL.identifier(found.table, "risk_score")),
            )
        )
        posts = {
            post.id: post
            for post in self.env["social.crm.interaction"].search_fetch(
                [("id", "in", [row[0] for row in rows])], ["title", "body", "state", "kind"]
            )
        }
        return {
            post_id: {
                "case_ids": case_ids,
                "count": len(case_ids),
                "risk": round(risk or 0),
                "title": posts[post_id].excerpt if post_id in posts else "",
            }
            for post_id, case_ids, risk in rows
        }

    def _date_from_talk(self):
        super()._date_from_talk()
        self._fill_thread_post()

    def _fill_thread_post(self):
        """Find out which of these cases were talked in below one post only."""
        if not self.ids:
            return
        self.env["social.crm.interaction"].flush_model(["case_id", "conversation_id", "kind"])
        self.env["social.crm.conversation"].flush_model(["kind", "root_id"])
        self.flush_model(["thread_post_id"])
        self.env.execute_query(
            SQL(
                """
                UPDATE social_crm_case c SET thread_post_id = f.post_id FROM (
                    SELECT p.case_id,
                           CASE WHEN bool_and(v.kind = 'thread' AND v.root_id IS NOT NULL)
                                 AND min(v.root_id) = max(v.root_id)
                                THEN min(v.root_id) END AS post_id
                      FROM (SELECT DISTINCT case_id, conversation_id
                              FROM social_crm_interaction
                             WHERE case_id = ANY(%s)
                               AND kind NOT IN ('reaction', 'follow', 'system')) p
                      JOIN social_crm_conversation v ON v.id = p.conversation_id
                     GROUP BY p.case_id) f
                 WHERE c.id = f.case_id AND c.thread_post_id IS DISTINCT FROM f.post_id
             RETURNING c.id
                """,
                self.ids,
            )
        )
        self.invalidate_recordset(["thread_post_id"], flush=False)
