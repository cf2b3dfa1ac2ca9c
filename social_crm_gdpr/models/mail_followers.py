# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Chatters tell of people by who follows and by what followers are sent."""

from odoo import api, models
from odoo.fields import Domain


class MailFollowers(models.Model):
    """Odoo shows every colleague who follows what; of our records only to who may know them."""

    _inherit = "mail.followers"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Override: followers from outside are found where their record may be read with names."""
        if not (self.env.su or bypass_access):
            domain = Domain(domain)
            if hidden := self._hidden(domain):
                domain &= Domain("id", "not in", hidden.ids)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        """Override: see :meth:`_search`."""
        result = super()._check_access(operation)
        if self.env.su or not (hidden := self._hidden(Domain("id", "in", self.ids))):
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(operation, forbidden)

    @api.model
    def _hidden(self, domain):
        """Customers who follow records of the suite that the current user may not know them by.

        :param Domain domain: of followers
        :rtype: recordset
        """
        # sudo: only to leave them out
        found_sudo = self.sudo().search_fetch(
            domain
            & Domain("res_model", "=like", "social.crm.%")
            & Domain("partner_id.partner_share", "=", True),
            ["res_model", "res_id"],
        )
        known = set()
        if found_sudo and not self.env["social.crm.identity"]._masks():
            for model, rows in found_sudo.grouped("res_model").items():
                if model in self.env:
                    records = self.env[model].browse(set(rows.mapped("res_id")))
                    known.update((model, one) for one in records._filtered_access("read").ids)
        return self.browse(
            row.id for row in found_sudo if (row.res_model, row.res_id) not in known
        )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override: who sees initials is not sent what colleagues write, unless they are named."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not (self._name.startswith("social.crm.") and self._speaks_of_people()):
            return recipients
        # sudo: whom a colleague named, whoever reads the message
        named = (msg_vals or {}).get("partner_ids", message.sudo().partner_ids.ids)
        return [
            one for one in recipients if one["id"] in named or not self._is_masked_for(one["uid"])
        ]

    @api.model
    def _is_masked_for(self, user_id):
        if not user_id:
            return False
        # sudo: the role of whoever is told
        user = self.env["res.users"].sudo().browse(user_id)
        people = self.env["social.crm.identity"].with_user(user).with_company(user.company_id)
        return not user.share and people._masks()

    def _message_get_suggested_recipients(self, *args, **kwargs):
        """Override: nobody is suggested to who sees initials."""
        if self._name.startswith("social.crm.") and self.env["social.crm.identity"]._masks():
            return []
        return super()._message_get_suggested_recipients(*args, **kwargs)
