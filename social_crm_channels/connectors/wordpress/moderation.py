# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from odoo.addons.social_crm_base.exceptions import PermanentError

from . import const


class SocialCrmConnectorWordpress(models.AbstractModel):
    """What an editor may do about comments: approve, hold, mark as spam, throw into the trash.

    It leaves out banning and reporting: WordPress knows neither.
    """

    _inherit = "social.crm.connector.wordpress"

    def _capabilities(self, channel):
        return super()._capabilities(channel) | {"hide", "remove", "spam", "approve"}

    def _moderate(self, channel, operation, target, reason=""):
        if operation == "remove":
            self._delete_remote(channel, target)
            return
        if operation not in const.STATUS_OF:
            raise self._unsupported()
        if target.family != "comment":
            raise PermanentError(self.env._("Only comments can be moderated."))
        self._api(channel).do(self._path(target), status=const.STATUS_OF[operation])
