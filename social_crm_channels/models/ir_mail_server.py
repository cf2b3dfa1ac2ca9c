# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import email.policy

from odoo import models

#: Addresses between angle brackets (RFC 2369), which no mail program reads as encoded words.
ADDRESS_HEADERS = frozenset({"list-unsubscribe", "list-unsubscribe-post"})


class _WholeAddresses(type(email.policy.SMTP)):
    """Odoo's policy, which folds a long address of these headers into encoded words.

    RFC 2047, section 5 forbids it there, and mail programs show no *Unsubscribe* then.
    """

    def _fold(self, name, value, *args, **kwargs):
        if name.lower() in ADDRESS_HEADERS and self.max_line_length:
            return self.clone(max_line_length=None)._fold(name, value, *args, **kwargs)
        return super()._fold(name, value, *args, **kwargs)


_POLICY = _WholeAddresses(linesep=email.policy.SMTP.linesep)


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, *args, headers=None, **kwargs):
        """Override of `base` to leave the address of *Unsubscribe* readable."""
        message = super()._build_email__(*args, headers=headers, **kwargs)
        if any(name.lower() in ADDRESS_HEADERS for name in headers or ()):
            message.policy = _POLICY
        return message
