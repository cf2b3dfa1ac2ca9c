# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import secrets

from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.keyring import keyed_hash
from odoo.addons.social_crm_base.tools.privacy import KEEP, TECHNICAL, classify

from ..tools.signed_request import BadSignature, verify

CODE_BYTES = 16
#: Where Meta's people may have said something to us.
META_PLATFORMS = ("facebook", "messenger", "instagram", "threads", "whatsapp")
SECRET_KIND = "client_secret"


class SocialCrmPrivacyRequest(models.Model):
    """A network tells us to delete somebody, and shows the person how far we are."""

    _inherit = "social.crm.privacy.request"

    confirmation_hash = fields.Char(readonly=True, copy=False, index="btree_not_null")

    @api.model
    def _receive_deletion(self, app, signed_request):
        """Take in a deletion request of Meta's.

        Told twice, it is one request; each telling has a code of its own.

        :param recordset app: ``social.crm.app`` whose secret signed it
        :param bytes signed_request: as it came
        :return: the confirmation code
        :rtype: str
        :raise BadSignature: where it is not the network's
        """
        secret = self.env["social.crm.credential"]._get_secret(app, SECRET_KIND)
        told = verify(signed_request, secret)
        user_id = str(told.get("user_id") or "")
        if not user_id.isascii() or not user_id.isdigit():
            raise BadSignature("no person")
        accounts = self._accounts_of_meta(user_id, app.company_id)
        code = secrets.token_urlsafe(CODE_BYTES)
        request = self._receive(
            "erasure",
            "callback",
            company=app.company_id,
            said_handle=user_id,
            description=self.env._("The network tells that this person asks to be deleted."),
            subject_identity_ids=[fields.Command.set(accounts.ids)],
            answer_way="hand",
            confirmation_hash=self._confirmation_hash(code),
        )
        if request.state == "received" and accounts and request.source == "callback":
            request._identified("network")
        return code

    @api.model
    def _accounts_of_meta(self, user_id, company):
        """Accounts with this id, now or formerly: apps know people by ids of their own.

        :rtype: recordset
        """
        here = fields.Domain("company_id", "=", company.id) & fields.Domain(
            "platform_id.code", "in", META_PLATFORMS
        )
        # sudo: a network asks
        identities_sudo = self.env["social.crm.identity"].sudo()
        return identities_sudo.search(
            here
            & (
                fields.Domain("external_id", "=", user_id)
                | fields.Domain(
                    "alias_ids",
                    "any",
                    [("kind", "=", "id"), ("value", "=", user_id)],
                )
            )
        )

    @api.model
    def _confirmation_hash(self, code):
        return keyed_hash("privacy-confirmation", code)

    @api.model
    def _by_confirmation(self, code):
        """The request a confirmation code belongs to, or the one it was joined into.

        :return: with the system's rights; empty for a code nobody gave
        :rtype: recordset
        """
        if not code or len(code) > 64 or not code.isascii():
            return self.browse()
        # sudo: whoever has the code reads how far we are, and nothing else
        found_sudo = self.sudo().search(
            [("confirmation_hash", "=", self._confirmation_hash(code))], limit=1
        )
        return found_sudo.duplicate_of_id or found_sudo

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(
                TECHNICAL,
                KEEP,
                "confirmation_hash",
                ground="GDPR Art. 12(4): the person can look how far it is",
            ),
        }
