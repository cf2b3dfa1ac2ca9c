# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.tools.mail import email_normalize_all


class MailMail(models.Model):
    """While erasures wait to be replayed, nobody outside gets mail: they may have been erased."""

    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Override: what goes to people outside stays in the queue till then."""
        mails = self
        if mails and self.env["social.crm.erasure"]._behind():
            mails = self._to_colleagues()
        return super(MailMail, mails).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _to_colleagues(self):
        """Those of these mails that go to internal users only.

        :rtype: recordset
        """
        # sudo: whose address it is, whoever sends
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        addresses = set(users.mapped("email_normalized"))

        def stays_inside(mail):
            said = email_normalize_all(", ".join(filter(None, (mail.email_to, mail.email_cc))))
            return mail.recipient_ids <= users.partner_id and addresses.issuperset(said)

        return self.filtered(stays_inside)
