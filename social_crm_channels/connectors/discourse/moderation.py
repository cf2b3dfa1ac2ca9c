# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from . import const


class SocialCrmConnectorDiscourse(models.AbstractModel):
    """What an account may do about others: delete their posts (moderators), flag them.

    It leaves out hiding, approving and suspending; see the connector.
    """

    _inherit = "social.crm.connector.discourse"

    def _capabilities(self, channel):
        return super()._capabilities(channel) | {"remove", "report", "spam"}

    def _moderate(self, channel, operation, target, reason=""):
        if operation == "remove":
            self._delete_remote(channel, target)
        elif operation == "spam":
            self._act(channel, target, const.SPAM)
        elif operation == "report":
            self._act(channel, target, const.FLAGS.get(reason, const.INAPPROPRIATE))
        else:
            raise self._unsupported()
