# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from ..tools.mail_text import is_automatic


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """A machine's word answers nothing."""
        if is_automatic(message):
            self = self.with_context(social_crm_automatic=True)
        return super()._message_route_process(message, message_dict, routes)
