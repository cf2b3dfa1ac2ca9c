# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models

from odoo.addons.social_crm_channels.models.social_crm_case_queue import PAGE
from odoo.addons.social_crm_channels.models.social_crm_case_talk import TALK_PAGE


class SocialCrmCase(models.Model):
    """The inbox names people to those who need to know, and notes who looked."""

    _inherit = "social.crm.case"

    def inbox_open(self, names=None):
        """Override: opening a case opens its person."""
        data = super().inbox_open(names)
        if data:
            self.env["social.crm.access.log"]._note_opening(self.identity_id)
        return self._inbox_people()._mask_in(data) if data else data

    def inbox_talk(self, before=None, limit=TALK_PAGE):
        """Override: see :meth:`inbox_open`."""
        return self._inbox_people()._mask_in(super().inbox_talk(before, limit))

    @api.model
    def inbox_queue(self, query=None, cursor=None, limit=PAGE):
        """Override: see :meth:`inbox_open`."""
        return self._mask_rows(super().inbox_queue(query, cursor, limit))

    @api.model
    def inbox_queue_rows(self, query, case_ids, post_ids=()):
        """Override: see :meth:`inbox_open`."""
        return self._mask_rows(super().inbox_queue_rows(query, case_ids, post_ids))

    @api.model
    def _inbox_setup(self):
        """Override to say why a search for a name finds nothing."""
        setup = super()._inbox_setup()
        if self._masks_for_user():
            setup["search_note"] = self._mask_search_words()
        return setup

    def _inbox_people(self):
        """Whoever may be named on the screen of this case.

        :rtype: recordset
        """
        if not self.env.company.sudo().social_crm_mask_viewers:  # sudo: a setting
            return self.identity_id.browse()
        groups = self.env["social.crm.interaction"]._read_group(
            [("case_id", "in", self.ids)], ["identity_id"]
        )
        return self.identity_id.union(*(who for (who,) in groups))

    @api.model
    def _mask_rows(self, found):
        rows = found["rows"] if isinstance(found, dict) else found
        cases = self.browse([row["id"] for row in rows if row.get("id")])
        return cases.identity_id._mask_in(found)
