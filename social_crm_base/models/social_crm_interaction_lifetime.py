# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

EXPIRY_BATCH = 1000


class SocialCrmInteraction(models.Model):
    """Lifetimes: what a network allows us to keep for a time goes when the time is over."""

    _inherit = "social.crm.interaction"

    @api.model
    def _cron_expire(self, batch_size=EXPIRY_BATCH):
        """Blank content whose time is over, and keep the shell.

        That the content is taken at its moment does not wait for a person, a pause of work or a
        screen; batches are committed one by one.
        """
        seconds_left = 1
        while seconds_left > 0:
            due = self.search(
                [("expires_at", "<=", fields.Datetime.now())], order="expires_at", limit=batch_size
            )
            due = due.try_lock_for_update()
            if not due:
                self.env["ir.cron"]._commit_progress(0, remaining=0)
                return
            due._blank_content("expired")
            seconds_left = self.env["ir.cron"]._commit_progress(len(due), remaining=1)
            self.env.invalidate_all(flush=False)
