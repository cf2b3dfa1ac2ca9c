# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from odoo import api, fields, models
from odoo.tools import ormcache

from ..exceptions import CredentialsError
from ..tools import keyring
from ..tools.privacy import not_personal

NONCE_BYTES = 12  # what NIST SP 800-38D 5.2.1.1 recommends for GCM
PURPOSE = "credential"


class SocialCrmCredential(models.Model):
    """A secret of an app or a channel, encrypted with a key that is not in the database.

    Nobody has access by right: the engine reads, the connect wizard writes, both through the
    methods here. AES-256-GCM; the owner and the kind are authenticated with it, so that a
    ciphertext copied into another row opens nothing.
    """

    _name = "social.crm.credential"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Network Credential"
    _rec_name = "kind"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    app_id = fields.Many2one("social.crm.app", index="btree_not_null", ondelete="cascade")
    channel_id = fields.Many2one("social.crm.channel", index="btree_not_null", ondelete="cascade")
    kind = fields.Char(required=True, help="For example access_token or webhook_secret.")
    key_name = fields.Char(required=True)
    ciphertext = fields.Char(required=True)
    expires_at = fields.Datetime()

    _one_owner = models.Constraint(
        "CHECK((app_id IS NULL) != (channel_id IS NULL))",
        "A credential belongs to an app or to a channel.",
    )
    _app_unique = models.UniqueIndex("(app_id, kind) WHERE app_id IS NOT NULL")
    _channel_unique = models.UniqueIndex("(channel_id, kind) WHERE channel_id IS NOT NULL")
    _key_index = models.Index("(key_name)")

    # === READING === #

    @api.model
    def _get_secret(self, owner, kind):
        """A secret of a channel or app; a channel without one of its own uses its app's.

        :param recordset owner: one ``social.crm.channel`` or ``social.crm.app``
        :return: the secret, "" if there is none
        :rtype: str
        :raise CredentialsError: when its key is missing or another one, in words for a manager
        """
        sealed = self._sealed(owner._name, owner.id, kind)
        if not sealed and owner._name == "social.crm.channel" and owner.app_id:
            return self._get_secret(owner.app_id, kind)
        if not sealed:
            return ""
        key_name, ciphertext, _expires_at = sealed
        return self._open(key_name, ciphertext, self._binding(owner._name, owner.id, kind))

    @api.model
    def _expires(self, owner, kind):
        """Until when a secret holds; None if it does not end or there is none.

        :rtype: datetime | None
        """
        sealed = self._sealed(owner._name, owner.id, kind)
        return sealed[2] if sealed else None

    @api.model
    @ormcache("model", "owner_id", "kind")
    def _sealed(self, model, owner_id, kind):
        """The row as plain values. Cached as it is stored: nothing readable stays in memory."""
        column = "channel_id" if model == "social.crm.channel" else "app_id"
        # sudo: nobody may read credentials; the engine must
        found = self.sudo().search([(column, "=", owner_id), ("kind", "=", kind)])
        return (found.key_name, found.ciphertext, found.expires_at or None) if found else None

    # === WRITING === #

    @api.model
    def _set_secrets(self, owner, secrets, expires_at=None):
        """Store secrets of a channel or app; an empty value removes one.

        :param dict secrets: kind to secret
        :param datetime expires_at: until when they hold
        :raise CredentialsError: when there is no usable key to encrypt with
        """
        owner.ensure_one()
        column = "channel_id" if owner._name == "social.crm.channel" else "app_id"
        # sudo: nobody may write credentials; the callers have checked who asks
        stored_sudo = self.sudo().search([(column, "=", owner.id), ("kind", "in", list(secrets))])
        by_kind = {credential.kind: credential for credential in stored_sudo}
        for kind, secret in secrets.items():
            if not secret:
                by_kind.get(kind, stored_sudo.browse()).unlink()
                continue
            vals = self._seal(secret, self._binding(owner._name, owner.id, kind))
            vals["expires_at"] = expires_at
            if kind in by_kind:
                by_kind[kind].write(vals)
            else:
                vals.update({column: owner.id, "kind": kind, "company_id": owner.company_id.id})
                stored_sudo.create(vals)

    @api.model
    def _forget(self, owner):
        """Remove every secret of a channel or app."""
        column = "channel_id" if owner._name == "social.crm.channel" else "app_id"
        # sudo: nobody may delete credentials; the callers have checked who asks
        self.sudo().search([(column, "in", owner.ids)]).unlink()

    # === ENCRYPTION === #

    @api.model
    def _binding(self, model, owner_id, kind):
        return f"{model},{owner_id},{kind}".encode()

    @api.model
    def _keyring(self):
        try:
            return keyring.current()
        except keyring.KeyringError as error:
            raise CredentialsError(
                self.env._(
                    "The keys for stored credentials cannot be read. %(reason)s", reason=str(error)
                )
            ) from error

    def _seal(self, secret, binding):
        ring = self._keyring()
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(ring.derive(PURPOSE, ring.newest)).encrypt(nonce, secret.encode(), binding)
        return {
            "key_name": ring.newest,
            "ciphertext": base64.b64encode(nonce + sealed).decode(),
        }

    def _open(self, key_name, ciphertext, binding):
        ring = self._keyring()
        if key_name not in ring.keys:
            raise CredentialsError(
                self.env._(
                    "The stored credentials need the key %(key)s, which is not in %(place)s. "
                    "Put the key back, or connect the account anew.",
                    key=key_name,
                    place=ring.source,
                )
            )
        sealed = base64.b64decode(ciphertext)
        cipher = AESGCM(ring.derive(PURPOSE, key_name))
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], binding).decode()
        except InvalidTag as error:
            raise CredentialsError(
                self.env._(
                    "The stored credentials were encrypted with another key named %(key)s than the "
                    "one in %(place)s. Put the right key back, or connect the account anew.",
                    key=key_name,
                    place=ring.source,
                )
            ) from error

    # === ROTATION === #

    @api.model
    def _rotate(self):
        """Encrypt everything with the newest key, after a line was added to the key file.

        A manager presses *Encrypt anew* on the list of apps; an administrator may as well call it
        in ``odoo shell``: ``env["social.crm.credential"]._rotate(); env.cr.commit()``.

        :return: how many credentials were encrypted anew
        :rtype: int
        :raise CredentialsError: when an old key is missing; nothing is changed then
        """
        keyring.forget()
        newest = self._keyring().newest
        done = 0
        # sudo: nobody may read credentials; they stay sealed before and after
        old_sudo = self.sudo().search([("key_name", "!=", newest)])
        for credential in old_sudo:
            owner = credential.channel_id or credential.app_id
            binding = self._binding(owner._name, owner.id, credential.kind)
            secret = self._open(credential.key_name, credential.ciphertext, binding)
            credential.write(self._seal(secret, binding))
            done += 1
        return done

    def _personal_data_fields(self):
        return not_personal(
            "company_id app_id channel_id kind key_name ciphertext expires_at"
        )
