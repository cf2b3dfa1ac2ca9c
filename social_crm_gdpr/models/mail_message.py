# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from array import array

from odoo import models
from odoo.tools import SQL, html2plaintext

from ..tools.package import Column
from .social_crm_privacy_export import NUMBER, ORIGIN

#: What people wrote; notices of the system repeat what the records themselves tell.
WRITTEN = ("comment", "email", "email_outgoing")


class MailMessage(models.Model):
    """Mails and notes on a person's records, for the copy they ask for.

    How they are erased is the matter of the records they hang on.
    """

    _inherit = "mail.message"

    def _privacy_columns(self, portable=False):
        """As of other records, see ``social.crm.personal.data``.

        :rtype: list
        """
        return [
            Column(NUMBER, self.env._("Record"), is_technical=True),
            Column("date", self.env._("Date")),
            Column("author", self.env._("Author")),
            Column("subject", self.env._("Subject")),
            Column("body", self.env._("Words")),
            Column(ORIGIN, self.env._("Origin")),
        ]

    def _privacy_rows(self, columns, identities, partners):
        """These mails and notes in plain values; other people's words are masked.

        :rtype: list[dict]
        """
        foreign = self._privacy_foreign(identities, partners)
        rows = []
        for message in self:
            row = {NUMBER: f"{self._name},{message.id}", "date": f"{message.date} UTC"}
            if message in foreign:
                row["author"] = self.env._("another person")
                row["body"] = self.env._("(words of another person)")
            else:
                own = message.author_id & partners
                row["author"] = own.name or self.env._("our staff")
                row["subject"] = message.subject
                row["body"] = html2plaintext(message.body or "")
            row[ORIGIN] = (
                self.env._("E-mail")
                if message.message_type.startswith("email")
                else self.env._("Note of our staff")
            )
            rows.append(row)
        return rows

    def _privacy_foreign(self, identities, partners):
        """Words of neither the person nor us.

        :rtype: recordset
        """
        addresses = {email for email in partners.mapped("email_normalized") if email}
        return self.filtered(
            lambda message: message.message_type == "email"
            and not message.author_id & partners
            and not message.author_id.user_ids
            and not any(address in (message.email_from or "").lower() for address in addresses)
        )

    def _privacy_files(self):
        """Files that came with them.

        :rtype: recordset
        """
        return self.attachment_ids

    def _privacy_ids_of(self, ids_by_model, partners, company):
        """The ids of what was written on a person's records, and by them elsewhere.

        :param dict ids_by_model: model to ids of a person's records
        :param recordset partners: the person's contacts
        :param recordset company: whose records
        :rtype: array
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM mail_message WHERE author_id = ANY(%s) AND message_type = ANY(%s)"
                " AND COALESCE(record_company_id, %s) = %s %s ORDER BY id",
                partners.ids, list(WRITTEN), company.id, company.id,
                SQL(" ").join(
                    SQL(
                        "AND NOT (COALESCE(model, '') = %s AND COALESCE(res_id, 0) = ANY(%s))",
                        model, list(ids),
                    )
                    for model, ids in ids_by_model.items()
                ),
            )
        )  # fmt: skip
        found = array("q", (row for (row,) in iter(self.env.cr.fetchone, None)))
        for model, ids in ids_by_model.items():
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM mail_message WHERE model = %s AND res_id = ANY(%s)"
                    " AND message_type = ANY(%s) ORDER BY id",
                    model, list(ids), list(WRITTEN),
                )
            )  # fmt: skip
            found.extend(row for (row,) in iter(self.env.cr.fetchone, None))
        return found
