# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

# Long enough for two lines on a card.
EXCERPT = 160


class SocialCrmInteraction(models.Model):
    """What the screens of an interaction show besides its own columns."""

    _inherit = "social.crm.interaction"

    platform_icon = fields.Char(related="platform_id.icon_url", string="Network Icon")
    partner_id = fields.Many2one(related="identity_id.partner_id", string="Contact")
    said_by = fields.Char(compute="_compute_said_by")
    excerpt = fields.Char(compute="_compute_excerpt", string="Words")
    earlier_wordings = fields.Html(compute="_compute_earlier_wordings", sanitize=False)
    thread_count = fields.Integer(
        compute="_compute_thread_count", string="People Talking Below"
    )

    @api.depends("direction", "identity_id", "author_id", "channel_id")
    def _compute_said_by(self):
        for interaction in self:
            if interaction.direction == "out":
                us = interaction.channel_id.name
                who = interaction.author_id.name
                interaction.said_by = f"{who} · {us}" if who else us
            else:
                interaction.said_by = interaction.identity_id.display_name or self.env._(
                    "Unknown person"
                )

    @api.depends("title", "body", "state", "reaction", "rating", "kind")
    def _compute_excerpt(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for interaction in self:
            words = " ".join(
                " ".join(filter(None, (interaction.title, interaction.body))).split()
            )
            if not words and interaction.state == "deleted":
                words = self.env._("Deleted by its author")
            elif not words and interaction.state == "expired":
                words = self.env._("No longer kept: the network's rules end its storage")
            words = words or interaction.reaction or kinds.get(interaction.kind, "")
            interaction.excerpt = (
                words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…"
            )

    @api.depends("versions")
    def _compute_earlier_wordings(self):
        """What was said before it was edited, the latest first; escaped, not trusted."""
        wording = Markup("<p><strong>%s</strong> %s<br/>%s</p>")
        for interaction in self:
            interaction.earlier_wordings = Markup().join(
                wording
                % (
                    format_datetime(self.env, datetime.fromisoformat(version["at"])),
                    "★" * round(version.get("rating") or 0),
                    version.get("body") or "",
                )
                for version in reversed(interaction.versions or [])
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_thread_count(self):
        counts = dict(
            self.env["social.crm.conversation"]._read_group(
                [("root_id", "in", self.ids)], ["root_id"], ["__count"]
            )
        )
        for interaction in self:
            interaction.thread_count = counts.get(interaction._origin, 0)

    @api.model
    def _last_words(self, column, records):
        """The last words said in each conversation or case, in one query.

        :param str column: ``conversation_id`` or ``case_id``
        :param recordset records: conversations or cases
        :return: record id to text; records without words are missing
        :rtype: dict[int, str]
        """
        if not records.ids:
            return {}
        query = self._search(
            [
                (column, "in", records.ids),
                ("kind", "not in", ("reaction", "follow", "system")),
            ]
        )
        owner = self._field_to_sql(query.table, column, query)
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (%(owner)s) %(owner)s, %(title)s, left(%(body)s, 400) "
                "FROM %(source)s WHERE %(where)s ORDER BY %(owner)s, %(date)s DESC, %(id)s DESC",
                owner=owner,
                title=self._field_to_sql(query.table, "title", query),
                body=self._field_to_sql(query.table, "body", query),
                date=self._field_to_sql(query.table, "date", query),
                id=SQL.identifier(query.table, "id"),
                source=query.from_clause,
                where=query.where_clause,
            )
        )
        said = {}
        for record_id, title, body in rows:
            words = " ".join(" ".join(filter(None, (title, body))).split())
            said[record_id] = words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…"
        return said

    def action_open_thread(self):
        """Open what people say below this post, one row a person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "social_crm_base.social_crm_conversation_action"
        )
        action["domain"] = [("root_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_open_on_network(self):
        """Open the item where it was said."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.permalink, "target": "new"}
