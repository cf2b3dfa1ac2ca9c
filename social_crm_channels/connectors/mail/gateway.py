# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from ...tools.mail_text import is_automatic
from .const import FAMILY, OWN_ID


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Mail to a case's address is what was said, not a message of its chatter."""
        if is_automatic(message):  # a machine's word answers no question either
            self = self.with_context(social_crm_automatic=True)
        others, taken = [], False
        for route in routes or ():
            model, thread_id, _values, _user_id, alias = route
            if model == "social.crm.case" and thread_id and alias:
                # sudo: the gateway's user need not be one of ours
                case_sudo = self.env[model].sudo().browse(thread_id)
                case_sudo._take_mail(message, message_dict, alias.with_env(case_sudo.env))
                taken = thread_id
            else:
                others.append(route)
        if taken and not others:
            return taken
        return super()._message_route_process(message, message_dict, others)

    def _routing_handle_bounce(self, email_message, message_dict):
        super()._routing_handle_bounce(email_message, message_dict)
        self.env["social.crm.interaction"]._mail_failed(
            message_dict.get("bounced_msg_ids") or (),
            self.env._("The mail came back: the address does not take it."),
        )


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type:
            self.env["social.crm.interaction"]._mail_failed(
                self.mapped("message_id"), failure_reason or self.env._("It could not be sent.")
            )
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _mail_failed(self, message_ids, reason):
        """Mails of ours did not arrive: their clocks run on, and who wrote them sees why.

        :param message_ids: of any mails
        :param str reason: in words
        """
        keys = [
            self._dedup_key(FAMILY, "", message_id)
            for message_id in message_ids
            if message_id and message_id.startswith(OWN_ID)
        ]
        if not keys:
            return
        # sudo: the mail queue and the gateway work for everybody
        channels_sudo = self.env["social.crm.channel"].sudo().search([("connector", "=", "mail")])
        # sudo: as above
        failed_sudo = self.sudo().search(
            [("channel_id", "in", channels_sudo.ids), ("dedup_key", "in", keys)]
        )
        failed_sudo.write(
            {
                "delivery_state": "failed",
                "delivery_note": str(reason)[:500],
                "hooks_pending": True,
            }
        )
        failed_sudo.case_id._recount_turns()
        self.env["social.crm.event"]._wake("_cron_second_stage")
