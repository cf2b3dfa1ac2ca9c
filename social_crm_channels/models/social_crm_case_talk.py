# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

TALK_PAGE = 50
TALK_PAGE_MAX = 300
GESTURES = ("reaction",)  # shown with what they are about


class SocialCrmCase(models.Model):
    """The time line of a case: everything said in any of its conversations, page by page."""

    _inherit = "social.crm.case"

    @api.model
    def _inbox_sections(self):
        return {**super()._inbox_sections(), "talk": "inbox_talk"}

    def inbox_talk(self, before=None, limit=TALK_PAGE):
        """A page of the time line, the newest by default.

        :param str before: ``before`` of the page that comes later; pages go backwards
        :param int limit: how many interactions at most
        :return: ``entries`` (oldest first, see :meth:`_inbox_talk_entries`), ``roots`` (the posts
            the talk hangs on) and ``parents`` (what entries answer that is not on the page) by
            id, ``places`` (conversations) by id, ``more`` and ``before`` for the page before,
            ``looked_at`` (when the user was last here)
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        limit = max(1, min(int(limit), TALK_PAGE_MAX))
        until, last_id = self._talk_cursor(before)
        found = self._talk_interactions(until, last_id, limit + 1)
        more, page = len(found) > limit, found[:limit]
        since = page[-1:].date if more else None
        roots = self._talk_roots(page)
        told = {entry["id"]: entry for entry in (page | roots)._talk_data()}
        entries = [told[item.id] for item in page] + [
            {
                "key": f"{entry['kind']}-{entry['id']}",
                "order": f"{entry['date']}.000000|",
                **entry,
            }
            for entry in self._inbox_talk_entries(since, until)
        ]
        return {
            "entries": sorted(entries, key=lambda entry: (entry["order"], entry["key"])),
            "roots": {root.id: told[root.id] for root in roots},
            "parents": page._talk_parents(),
            "places": page.conversation_id._talk_places(),
            "more": more,
            "before": f"{page[-1:].date.isoformat()}|{page[-1:].id}" if more else False,
            "looked_at": fields.Datetime.to_string(self._looked_at()) or False,
        }

    def _inbox_talk_entries(self, since, until):
        """What else stands in the time line: notes, questions and the like; others add theirs.

        An entry has ``kind`` (how it is shown: registry ``social_crm.talk_entries``), ``id``
        (unique within the kind), ``date`` (UTC, as ``fields.Datetime.to_string``) and what its
        component shows.

        :param datetime since: from then on; None from the beginning
        :param datetime until: before then; None to the end
        :rtype: list[dict]
        """
        return []

    @api.model
    def _talk_cursor(self, before):
        """:raise ValidationError: for what no page has given"""
        if not before:
            return None, 0
        try:
            moment, last_id = before.split("|")
            return datetime.fromisoformat(moment), int(last_id)
        except (ValueError, AttributeError) as error:
            raise ValidationError(self.env._("This page of the talk does not exist.")) from error

    def _talk_interactions(self, until, last_id, limit):
        domain = Domain("case_id", "=", self.id) & Domain("kind", "not in", GESTURES)
        if until:
            # Networks tell fractions of a second, which a plain domain would cut off.
            domain &= Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "(%s, %s) < (%s, %s)",
                    SQL.identifier(alias, "date"),
                    SQL.identifier(alias, "id"),
                    until,
                    last_id,
                )
            )
        return self.env["social.crm.interaction"].search(
            domain, limit=limit, order="date desc, id desc"
        )

    def _talk_roots(self, page):
        """The posts above the comments, also those that have no case of their own."""
        roots = page.conversation_id.root_id.filtered(lambda root: root.case_id != self)
        return roots._filtered_access("read")
