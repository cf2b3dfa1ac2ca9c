# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    def _connector(self):
        """What speaks with this channel's network; by hand: the contract's own safe defaults.

        :rtype: recordset (empty, of a ``social.crm.connector`` model)
        """
        self.ensure_one()
        if self.connector == "manual":
            return self.env["social.crm.connector"]
        return self.env[f"social.crm.connector.{self.connector}"]

    def _can(self, capability):
        """Whether this account can do something, see ``tools.contract.CAPABILITIES``."""
        return capability in self._connector()._capabilities(self)
