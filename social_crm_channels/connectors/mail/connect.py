# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmConnect(models.TransientModel):
    """Mail has nothing to type here: domain and servers are Odoo's own settings.

    The channel is made at once; its light and its steps say what is still to do.
    """

    _inherit = "social.crm.connect"

    def action_continue(self):
        if self.connector != "mail":
            return super().action_continue()
        self.ensure_one()
        self._check_manager()
        channel = self.channel_id or self.company_id._social_mail_channel().with_env(self.env)
        channel.write(
            {
                "connector": "mail",
                "is_connected": True,
                "active": True,
                "user_id": channel.user_id.id or self.env.uid,
            }
        )
        channel._check_health_now()
        channel._check_setup_now()
        return self._open(channel)
