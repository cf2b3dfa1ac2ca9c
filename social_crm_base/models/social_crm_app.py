# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..exceptions import CredentialsError
from ..tools import keyring
from ..tools.action import notice
from ..tools.privacy import not_personal


class SocialCrmApp(models.Model):
    """A developer app on a network: one webhook address, one to many channels."""

    _name = "social.crm.app"
    _inherit = ["social.crm.personal.data"]
    _description = "Network App"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    platform_id = fields.Many2one(
        "social.crm.platform", required=True, index=True, ondelete="restrict"
    )
    platform_icon = fields.Char(related="platform_id.icon_url", string="Network Icon")
    base_url = fields.Char(
        string="Server",
        help="Address of the server, for networks that have many: https://example.social",
    )
    channel_ids = fields.One2many("social.crm.channel", "app_id")
    key_warning = fields.Char(
        compute="_compute_key_warning", help="What is to be mended about the key of credentials."
    )

    def _compute_key_warning(self):
        self.key_warning = self._key_warning()

    def _key_warning(self):
        """What a manager should know about the keys that credentials are encrypted with.

        :return: words, or False when all is well
        """
        try:
            ring = keyring.current()
        except keyring.KeyringError as error:
            return self.env._(
                "The keys for stored credentials cannot be read. %(reason)s", reason=str(error)
            )
        if not ring.is_provisional:
            return False
        return self.env._(
            "Credentials are encrypted with a key made for a first try, in %(path)s. Before real "
            "use, ask your administrator to keep a key of your own: a file named by "
            "social_crm_key_file in Odoo's configuration, backed up apart from the database.",
            path=ring.source,
        )

    def action_rotate_credentials(self):
        """Encrypt all stored credentials with the newest key."""
        if not self.env.user.has_group("social_crm_base.group_manager"):
            raise AccessError(self.env._("Only a manager can encrypt credentials anew."))
        try:
            done = self.env["social.crm.credential"]._rotate()
        except CredentialsError as error:
            raise UserError(str(error)) from error
        return notice(
            self.env._("%(count)s credentials are encrypted with the newest key now.", count=done)
        )

    def _personal_data_fields(self):
        return not_personal("name active company_id platform_id base_url")
