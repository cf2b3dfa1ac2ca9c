# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import CLEAR, IDENTITY, classify, not_personal


class SocialCrmPrivacyRequest(models.Model):
    """What was handed to a mail server or a network, and came back: nobody was told, say so."""

    _inherit = "social.crm.privacy.request"

    told_mail_id = fields.Many2one(
        "mail.mail", readonly=True, copy=False, index="btree_not_null", ondelete="set null",
        groups=fields.NO_ACCESS, help="The last mail to the person, until it has left.",
    )
    told_outbox_id = fields.Many2one(
        "social.crm.outbox", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null", help="The last words to the person on their network.",
    )

    def _not_told(self, reason):
        """Tell whoever handles it, loudly, that the person did not get what was sent.

        :param str reason: in words
        """
        for request in self:
            request.message_post(
                body=self.env._("The person was not told: %(reason)s", reason=reason or "?")
            )
            for user in request.user_id or request._clerks():
                request.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=fields.Date.context_today(request),
                    summary=self.env._(
                        "%(request)s: what was sent did not arrive. Tell the person another way",
                        request=request.name,
                    ),
                    user_id=user.id,
                )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("told_mail_id"),
            **classify(IDENTITY, CLEAR, "told_outbox_id"),
        }


class SocialCrmOutbox(models.Model):
    _inherit = "social.crm.outbox"

    def _mark_failed(self, message):
        """Override: an answer by right that did not go is nobody's secret."""
        super()._mark_failed(message)
        # sudo: the sending job knows nothing of requests
        requests_sudo = self.env["social.crm.privacy.request"].sudo()
        requests_sudo.search([("told_outbox_id", "in", self.ids)])._not_told(message)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override: as for the outbox."""
        if failure_type:
            # sudo: mail goes out as anybody
            requests_sudo = self.env["social.crm.privacy.request"].sudo()
            requests_sudo.search([("told_mail_id", "in", self.ids)])._not_told(
                failure_reason or failure_type
            )
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
