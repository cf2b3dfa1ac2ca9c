# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class SocialCrmCase(models.Model):
    """The inbox names people to those who need to know, and notes who looked."""

    _inherit = "social.crm.case"

    def inbox_open(self, names=None):
        """Override: opening a case opens its person."""
        data = super().inbox_open(names)
        if data:
            self.identity_id._note_opening()
        return self._inbox_people()._mask_in(data) if data else data

    def inbox_talk(self, before=None, limit=None):
        """Override: see :meth:`inbox_open`."""
        page = super().inbox_talk(before, limit) if limit else super().inbox_talk(before)
        return self._inbox_people()._mask_in(page)

    @api.model
    def inbox_queue(self, query=None, cursor=None, limit=None):
        """Override: see :meth:`inbox_open`."""
        found = (
            super().inbox_queue(query, cursor, limit)
            if limit
            else super().inbox_queue(query, cursor)
        )
        return self._mask_rows(found)

    @api.model
    def inbox_queue_rows(self, query, case_ids, post_ids=()):
        """Override: see :meth:`inbox_open`."""
        return self._mask_rows(super().inbox_queue_rows(query, case_ids, post_ids))

    def _inbox_people(self):
        """Whoever may be named on the screen of this case.

        :rtype: recordset
        """
        said = self.env["social.crm.interaction"].search([("case_id", "in", self.ids)])
        return self.identity_id | said.identity_id

    @api.model
    def _mask_rows(self, found):
        rows = found["rows"] if isinstance(found, dict) else found
        cases = self.browse([row["id"] for row in rows if row.get("id")])
        return cases.identity_id._mask_in(found)
