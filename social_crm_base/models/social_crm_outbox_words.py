# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmOutbox(models.Model):
    _inherit = "social.crm.outbox"

    def _state_in_words(self):
        """What happens with it now, for whoever has just pressed Send.

        :rtype: str
        """
        self.ensure_one()
        return {
            "approval": self.env._("Waiting for somebody to approve it."),
            "held": self.env._("Will be sent in a moment."),
            "queued": self.env._("On its way."),
            "sending": self.env._("On its way."),
            "done": self.env._("Sent."),
            "by_hand": self.env._("Noted. Now send it yourself:"),
            "unknown": self.env._("The network did not say whether it arrived; we look again."),
            "failed": self.env._("Not sent: %(error)s", error=self.error or ""),
            "cancelled": self.env._("Taken back."),
        }[self.state]
