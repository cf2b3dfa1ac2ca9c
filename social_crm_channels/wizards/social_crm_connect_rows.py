# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmConnectSealed(models.AbstractModel):
    """A row of the wizard that keeps secrets for some minutes: sealed, as credentials are."""

    _name = "social.crm.connect.sealed"
    _description = "Sealed Row of the Connect Wizard"

    key_name = fields.Char(groups="base.group_system")
    ciphertext = fields.Char(groups="base.group_system")

    def _keep(self, value):
        credentials = self.env["social.crm.credential"]
        # sudo: the row's own columns, which nobody reads by right
        self.sudo().write(
            credentials._seal(
                json.dumps(value), credentials._binding(self._name, self.id, "wizard")
            )
        )

    def _opened(self):
        credentials = self.env["social.crm.credential"]
        # sudo: see _keep
        row_sudo = self.sudo()
        if not row_sudo.ciphertext:
            return {}
        binding = credentials._binding(self._name, self.id, "wizard")
        return json.loads(credentials._open(row_sudo.key_name, row_sudo.ciphertext, binding))


class SocialCrmConnectSecret(models.TransientModel):
    """One credential to be typed."""

    _name = "social.crm.connect.secret"
    _inherit = ["social.crm.connect.sealed", "social.crm.personal.data"]
    _description = "Credential to Be Typed"

    connect_id = fields.Many2one("social.crm.connect", required=True, ondelete="cascade")
    kind = fields.Char(required=True)
    label = fields.Char(required=True, readonly=True)
    help = fields.Char(readonly=True)
    is_required = fields.Boolean(readonly=True)
    is_given = fields.Boolean(compute="_compute_is_given", compute_sudo=True)
    value = fields.Char(compute="_compute_value", inverse="_inverse_value")

    @api.depends("ciphertext")
    def _compute_is_given(self):
        for line in self:
            line.is_given = bool(line.ciphertext)

    def _compute_value(self):
        self.value = False  # what was typed is not shown again

    def _inverse_value(self):
        for line in self:
            if line.value:
                line._keep(line.value.strip())

    def _personal_data_fields(self):
        return not_personal("connect_id kind label help is_required key_name ciphertext")


class SocialCrmConnectAccount(models.TransientModel):
    """One account that the credentials open."""

    _name = "social.crm.connect.account"
    _inherit = ["social.crm.connect.sealed", "social.crm.personal.data"]
    _description = "Account to Be Connected"

    connect_id = fields.Many2one("social.crm.connect", required=True, ondelete="cascade")
    is_chosen = fields.Boolean(string="Chosen")
    external_id = fields.Char(required=True, readonly=True, string="Account ID")
    scope = fields.Char(readonly=True)
    handle = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    profile_url = fields.Char(readonly=True)
    avatar_url = fields.Char(readonly=True)
    expires_at = fields.Datetime(readonly=True)

    def _personal_data_fields(self):
        return not_personal(
            "connect_id is_chosen external_id scope handle name profile_url avatar_url "
            "expires_at key_name ciphertext"
        )
