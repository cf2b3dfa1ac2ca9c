# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.fields import Command
from odoo.tools import plaintext2html
from odoo.tools.mail import formataddr

from odoo.addons.social_crm_base.exceptions import PermanentError

from ...tools.contract import Health, Receipt, ReplyOptions
from .const import FAMILY, OWN_ID
from .parse import parse
from .setup import steps_of


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("mail", "E-mail")], ondelete={"mail": "set default"}
    )


class SocialCrmConnectorMail(models.AbstractModel):
    """Mail to and from the own address of a case, by Odoo's mail gateway.

    What comes is brought by Odoo's own incoming mail servers (see ``gateway``): a mail server
    delivers again what was not taken, so no raw event is kept. What goes is a mail in Odoo's own
    queue, written in the transaction that notes it as sent.

    Left out: everything mail does not know (posts, reactions, edits, taking back), read marks
    (tracking pixels spy on people), polling (Odoo's incoming mail servers do it), writing first
    (the customer writes to the address they were given).
    """

    _name = "social.crm.connector.mail"
    _inherit = ["social.crm.connector"]
    _description = "E-mail Connector"

    def _capabilities(self, channel):
        # The idempotency key becomes the Message-ID of a row that is written once
        return frozenset({"send_direct", "media", "native_idempotency"})

    def _check_health(self, channel):
        if channel.company_id.alias_domain_id:
            return Health("green")
        return Health(
            "red",
            self.env._("The company has no mail domain."),
            self.env._("Set one in Settings › Companies › Email Domain."),
        )

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    def _parse(self, channel, payload):
        return parse(payload, "…")

    # === OUT === #

    def _send(self, channel, message):
        """Put a mail into Odoo's queue, in answer to theirs, from the address of the case.

        :raise PermanentError: when they have not written by mail
        """
        if message.visibility != "direct":
            raise self._unsupported()
        parent, recipient = message.parent, message.recipient
        if not (parent and parent.ref and recipient):
            raise PermanentError(
                self.env._("They have not written by mail yet: give them the address first.")
            )
        address = parent.ref
        message_id = f"{OWN_ID}{message.idempotency_key}@{address.partition('@')[2]}>"
        headers = {"X-Auto-Response-Suppress": "OOF, AutoReply"}
        if message.automatic:
            headers["Auto-Submitted"] = "auto-replied"
        if message.unsubscribe:  # RFC 2369 and RFC 8058
            headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        # sudo: workers send for everybody; the outgoing mail is the system's
        mail_sudo = self.env["mail.mail"].sudo()
        mail_sudo.create(
            {
                "message_id": message_id,
                "subject": message.title or self.env._("Your message"),
                "body_html": plaintext2html(message.text),
                "email_from": formataddr((channel.company_id.name, address)),
                "email_to": formataddr((recipient.name, recipient.external_id)),
                "reply_to": address,
                "references": parent.external_id,
                "headers": repr(headers),
                "record_alias_domain_id": channel.company_id.alias_domain_id.id,
                "record_company_id": channel.company_id.id,
                "auto_delete": True,  # no second copy of the words
                "attachment_ids": [
                    Command.create({"name": file.name, "raw": file.content})
                    for file in message.media
                ],
            }
        )
        # sudo: as above
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return Receipt(
            message_id, occurred_at=fields.Datetime.now(), family=FAMILY, ref=address
        )

    # === ALLOWED NOW === #

    def _reply_options(self, channel, conversation):
        if channel.company_id.alias_domain_id:
            return ReplyOptions(True)
        return ReplyOptions(
            False,
            modes=frozenset(),
            reason=self.env._(
                "The company has no mail domain, so no answer could come back. Set one in "
                "Settings › Companies › Email Domain."
            ),
        )


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _prepare_reply(self, body, parent, *args, **kwargs):
        """A mail answers under the subject of the one before."""
        vals = super()._prepare_reply(body, parent, *args, **kwargs)
        if self.channel_id.connector == "mail" and parent.title:
            subject = parent.title
            vals["title"] = (
                subject if subject[:3].lower() == "re:" else self.env._("Re: %s", subject)
            )
        return vals
