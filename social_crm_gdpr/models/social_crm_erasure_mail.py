# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Mails from and to the person that no contact of theirs is written on: found by address."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_tuples, formataddr

#: Where a message of somebody else names whom it went to.
NAMING = ("incoming_email_to", "incoming_email_cc", "outgoing_email_to", "reply_to")


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _addresses(self):
        """The person's e-mail addresses, in normal form.

        :rtype: set[str]
        """
        found = (
            email_normalize(alias["value"], strict=False)
            for alias in self.aliases or []
            if alias["kind"] in ("email", "id")
        )
        return {address for address in found if address}

    def _names_address(self, text):
        """Whether a header names one of the person's addresses.

        :rtype: bool
        """
        addresses = self._addresses()
        return any(email_normalize(one, strict=False) in addresses
                   for _name, one in email_split_tuples(text or ""))  # fmt: skip

    def _erase_mails(self):
        """Erase what was mailed by or to the person's addresses; take them out of others' mails."""
        addresses = self._addresses()
        if not addresses:
            return
        self._erase_mails_sent(addresses)
        self._erase_mails_received(addresses)
        messages = self.env["mail.message"].search(
            _naming(NAMING, addresses) & Domain("date", "<", self.cutoff)
        )
        self._strip(self._not_kept(messages), NAMING)

    def _erase_mails_sent(self, addresses):
        """What came in by mail where no contact was known: it has no author but the address."""
        sent = self.env["mail.message"].search(
            _naming(["email_from"], addresses)
            & Domain("author_id", "in", [False, *self.partner_ids.ids])
            & Domain("date", "<", self.cutoff)
        )
        self._erase_messages(
            self._not_kept(sent).filtered(lambda mail: self._names_address(mail.email_from))
        )

    def _erase_mails_received(self, addresses):
        """Copies to post; one still on its way to others, too, goes to them alone."""
        mails = self.env["mail.mail"].search(_naming(["email_to", "email_cc"], addresses))
        mails -= self.mail_ids
        mails = mails.filtered(
            lambda mail: self._not_kept(mail.mail_message_id)
            and (self._names_address(mail.email_to) or self._names_address(mail.email_cc))
        )
        self._strip(mails, ("email_to", "email_cc"))
        over = mails.filtered(
            lambda mail: mail.state != "outgoing"
            or not (mail.email_to or mail.email_cc or mail.recipient_ids)
        )
        over.unlink()
        self.env["mail.notification"].search(
            _naming(["mail_email_address", "failure_reason"], addresses)
        ).unlink()

    def _not_kept(self, messages):
        """Those that do not hang on what stays: an invoice, a request not answered yet.

        :rtype: recordset
        """
        stays = {
            (model, row)
            for model, grounds in (self.kept or {}).items()
            for ids in grounds.values()
            for row in ids
        }
        return messages.filtered(
            lambda message: (message.model, message.res_id) not in stays
            and (message._name, message.id) not in stays
        )

    def _strip(self, records, names):
        """Leave out the person's addresses where a header names several."""
        addresses = self._addresses()
        for record in records:
            for name in names:
                people = email_split_tuples(record[name] or "")
                left = [
                    one for one in people if email_normalize(one[1], strict=False) not in addresses
                ]
                if len(left) < len(people):
                    record[name] = ", ".join(map(formataddr, left)) or False


def _naming(names, addresses):
    return Domain.OR(
        Domain(name, "ilike", address) for name in names for address in sorted(addresses)
    )
