# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError

from ..tools.contract import ReplyOptions


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _reply_options(self):
        """Whether and how one may answer here now, in the network's own rules.

        :rtype: ReplyOptions
        """
        self.ensure_one()
        channel = self.channel_id
        if channel.connector == "manual":
            return ReplyOptions(
                True, reason=self.env._("By hand: copy the text and say it on the network.")
            )
        if not channel.is_connected:
            return ReplyOptions(
                False,
                modes=frozenset(),
                reason=self.env._("%(channel)s is not connected.", channel=channel.name),
            )
        return channel._connector()._reply_options(channel, self)

    def _reply_refusal(self):
        """Add what the network and our connection to it allow."""
        if reason := super()._reply_refusal():
            return reason
        options = self._reply_options()
        if options.can_reply:
            return ""
        return options.reason or self.env._("One cannot answer here.")

    def _check_reply(self, body, attachments, visibility, answer_type):
        """Add how long a text this network takes."""
        super()._check_reply(body, attachments, visibility, answer_type)
        measure = self.channel_id._connector()._measure(self.channel_id, body)
        if not measure.fits:
            raise UserError(
                self.env._(
                    "Too long for this network: %(used)s of %(limit)s %(unit)s.",
                    used=measure.used,
                    limit=measure.limit,
                    unit=measure.unit,
                )
            )
