# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from array import array

from odoo import models
from odoo.tools import SQL

from .social_crm_privacy_export import ORIGIN


class MailActivity(models.Model):
    """What we have to do about a person, for the copy they ask for."""

    _inherit = "mail.activity"

    def _privacy_more_fields(self):
        """Override: what is to be done, and by when."""
        return ["activity_type_id", "summary", "note", "date_deadline", "create_date"]

    def _privacy_ids_of(self, ids_by_model, partners, company):
        """As of mails and notes.

        :rtype: array
        """
        found = array("q")
        for model, ids in ids_by_model.items():
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM mail_activity WHERE res_model = %s AND res_id = ANY(%s)"
                    " ORDER BY id",
                    model, list(ids),
                )
            )  # fmt: skip
            found.extend(row for (row,) in iter(self.env.cr.fetchone, None))
        return found

    def _privacy_rows(self, columns, identities, partners):
        """Override: they are ours, about the person."""
        rows = super()._privacy_rows(columns, identities, partners)
        for row in rows:
            row[ORIGIN] = self.env._("Note of our staff")
        return rows
