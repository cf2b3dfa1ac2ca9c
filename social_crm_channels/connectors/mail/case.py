# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import secrets
from base64 import b32encode
from datetime import timedelta
from email.message import Message

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_tuples

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.privacy import CLEAR, CONTACT, classify

from ...tools.mail_text import is_automatic, parts
from .const import ALIAS_BYTES, ALIAS_PREFIX, FAMILY, LOOP_MAILS, LOOP_MINUTES
from .parse import container_of

_logger = logging.getLogger(__name__)


class SocialCrmCase(models.Model):
    """The case's own mail address: who goes on by mail stays in the case."""

    _inherit = "social.crm.case"

    mail_alias_id = fields.Many2one(
        "mail.alias", copy=False, readonly=True, ondelete="set null", index="btree_not_null",
        groups="social_crm_base.group_manager",
    )

    # === THE ADDRESS === #

    def inbox_mail_address(self):
        """The address of this case, made when it is first needed, and words to give it.

        :rtype: dict
        :raise UserError: when the company has no mail domain
        """
        self.ensure_one()
        self.check_access("write")
        address = self._mail_address()
        return {
            "address": address,
            "text": self.env._(
                "You can also write to us by e-mail about this: %(address)s", address=address
            ),
        }

    def _mail_address(self):
        domain = self.company_id.alias_domain_id
        if not domain:
            raise UserError(
                self.env._(
                    "Your company has no mail domain, so this case can have no address. Ask the "
                    "administrator to set one in Settings › Companies › Email Domain."
                )
            )
        # sudo: aliases are the system's; the case was checked
        case_sudo = self.sudo()
        if not case_sudo.mail_alias_id:
            self.company_id._social_mail_channel()
            token = b32encode(secrets.token_bytes(ALIAS_BYTES)).decode().rstrip("=").lower()
            model_id = self.env["ir.model"]._get_id(self._name)
            case_sudo.mail_alias_id = case_sudo.env["mail.alias"].create(
                {
                    "alias_name": ALIAS_PREFIX + token,
                    "alias_domain_id": domain.id,
                    "alias_model_id": model_id,
                    "alias_force_thread_id": self.id,
                    "alias_parent_model_id": model_id,
                    "alias_parent_thread_id": self.id,
                    "alias_contact": "everyone",
                }
            )
        return case_sudo.mail_alias_id.alias_full_name

    def unlink(self):
        aliases_sudo = self.sudo().mail_alias_id  # sudo: see _mail_address
        done = super().unlink()
        aliases_sudo.unlink()
        return done

    # === WHAT COMES === #

    def _take_mail(self, message, message_dict, alias):
        """A mail to this case's address is what its customer says next.

        The address is the proof that it belongs here, whatever address it comes from; who wrote
        it, it does not prove.

        :param message: ``email.message.EmailMessage``, for its headers
        :param dict message_dict: as Odoo's gateway parsed it
        :param recordset alias: ``mail.alias``
        """
        # An address that was taken from its case (erasure) leads nowhere known any more
        case = self._holding() if self.mail_alias_id == alias else None
        company = self.company_id
        channel = company._social_mail_channel()
        payload = self._mail_payload(message, message_dict, alias)
        sender = email_normalize(payload["from"]) or ""
        # sudo: domains are the system's; the gateway only compares with them
        if not sender or self.env["mail.alias.domain"].sudo()._find_aliases([sender]):
            _logger.info("Mail to case %s ignored: it comes from nobody or from ourselves", self.id)
            return
        Interaction = self.env["social.crm.interaction"]
        key = Interaction._dedup_key(
            FAMILY, container_of(payload["alias"], sender), payload["id"]
        )
        known = [("channel_id", "=", channel.id), ("dedup_key", "=", key)]
        if Interaction.search_count(known, limit=1):
            return
        payload["automatic"] = payload["automatic"] or self._is_mail_loop(channel, sender)
        try:
            activities = channel._connector()._parse(channel, payload)
        except MalformedPayload:
            _logger.warning("Mail to case %s could not be read", self.id, exc_info=True)
            return
        said = Interaction._ingest(channel, activities, case=case).interactions
        said._keep_mail_files(message_dict.get("attachments") or ())
        if case:
            case._propose_sender(said.identity_id)
        self.env["social.crm.event"]._wake("_cron_second_stage")

    def _holding(self):
        """The case that holds this one's talk now, if it was joined into another."""
        case, seen = self, set()
        while case.joined_into_id and case.id not in seen:
            seen.add(case.id)
            case = case.joined_into_id
        return case

    def _mail_payload(self, message, message_dict, alias):
        """What the connector reads, in plain values."""
        senders = email_split_tuples(message_dict.get("email_from") or "")
        name, address = senders[0] if senders else ("", "")
        fresh, quoted = parts(str(message_dict.get("body") or ""))
        references = (message_dict.get("references") or "").split()
        return {
            "id": message_dict["message_id"],
            "alias": alias.alias_full_name,
            "from": address,
            "name": name,
            "subject": message_dict.get("subject") or "",
            # When our server took it: what a mail says of its own date may be anything
            "time": fields.Datetime.now().isoformat(),
            "html": fresh,
            "quoted": quoted,
            "references": references + (message_dict.get("in_reply_to") or "").split(),
            "automatic": is_automatic(message),
        }

    def _is_mail_loop(self, channel, sender):
        """Whether somebody writes faster than people do: then nothing answers any more."""
        since = fields.Datetime.now() - timedelta(minutes=LOOP_MINUTES)
        recent = self.env["social.crm.interaction"].search_count(
            [
                ("identity_id.external_id", "=", sender),
                ("identity_id.platform_id", "=", channel.platform_id.id),
                ("channel_id", "=", channel.id),
                ("direction", "=", "in"),
                ("date", ">=", since),
            ],
            limit=LOOP_MAILS,
        )
        return recent >= LOOP_MAILS

    def _propose_sender(self, identity):
        """Who writes to this address is likely its customer: a colleague decides."""
        partner = self.partner_id
        if not partner or not identity or identity.partner_id or identity.link_ids:
            return
        if identity.id not in identity._link_verdicts():
            return
        same = email_normalize(partner.email or "") == identity.external_id
        self.env["social.crm.identity.link"].create(
            {
                "identity_id": identity.id,
                "partner_id": partner.id,
                "score": 0.9 if same else 0.6,
                "evidence_data": [
                    {"code": code, "likeness": 1.0, "holders": 1}
                    for code in (["case_mail", "sender"] if same else ["case_mail"])
                ],
                "evidence_code": "case_mail,sender" if same else "case_mail",
            }
        )

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **classify(CONTACT, CLEAR, "mail_alias_id")}


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _keep_mail_files(self, files):
        """The files of a mail hang on what was said in it.

        :param files: (name, content, info) as Odoo's gateway gives them
        """
        if not self or not files:
            return
        self.ensure_one()
        attachments = self.env["ir.attachment"].with_context(attachments_mime_plainxml=True)
        self.attachment_ids = attachments.create(
            [
                {
                    "name": name or self.env._("File"),
                    "raw": _bytes_of(content),
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content, _info in files
            ]
        )


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    @api.model
    def _evidence_words(self, found):
        if found["code"] == "case_mail":
            return self.env._("Wrote to the mail address of a case of this contact.")
        if found["code"] == "sender":
            return self.env._(
                "The sender's address is the contact's. Anybody can write any sender."
            )
        return super()._evidence_words(found)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _social_mail_channel(self):
        """The channel of this company's mail, made when it is first needed.

        :rtype: recordset (``social.crm.channel``, sudo)
        """
        self.ensure_one()
        # sudo: follows from using a case's address; nobody configures it
        channels_sudo = self.env["social.crm.channel"].sudo().with_context(active_test=False)
        found = channels_sudo.search(
            [("company_id", "=", self.id), ("connector", "=", "mail")], limit=1
        )
        return found or channels_sudo.create(
            {
                "name": self.env._("E-mail"),
                "company_id": self.id,
                "platform_id": self.env.ref("social_crm_channels.platform_email").id,
                "connector": "mail",
                "external_id": f"mail-{self.id}",
                "team_ids": channels_sudo.env["social.crm.team"]
                .search([("company_id", "=", self.id)])
                .ids,
            }
        )


def _bytes_of(content):
    if isinstance(content, Message):
        return content.as_bytes()
    return content.encode() if isinstance(content, str) else content or b""
