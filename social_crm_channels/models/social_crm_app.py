# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import secrets

from odoo import api, fields, models
from odoo.tools import ormcache

from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..const import WEBHOOK_PATH

TOKEN_BYTES = 32
ROUTING_FIELDS = frozenset(
    {"active", "company_id", "connector", "webhook_token", "webhook_token_hash"}
)


def hash_token(token):
    """What is looked up and compared: an address' token never meets a stored token directly."""
    return hashlib.sha256(token.encode()).hexdigest()


class SocialCrmApp(models.Model):
    _name = "social.crm.app"
    _inherit = ["social.crm.app", "social.crm.cached"]

    connector = fields.Selection(
        selection="_selection_connector",
        required=True,
        default="manual",
        help="What speaks with the network for this app.",
    )
    webhook_token = fields.Char(
        required=True,
        copy=False,
        readonly=True,
        default=lambda self: secrets.token_urlsafe(TOKEN_BYTES),
        groups="social_crm_base.group_manager",
    )
    webhook_token_hash = fields.Char(
        compute="_compute_webhook_token_hash",
        store=True,
        copy=False,
        compute_sudo=True,
        groups="social_crm_base.group_manager",
    )
    webhook_url = fields.Char(
        string="Webhook Address",
        compute="_compute_webhook_url",
        compute_sudo=True,
        groups="social_crm_base.group_manager",
        help="Give it to the network. Who knows it can offer us items, so treat it like a "
        "password; each item must be signed besides.",
    )

    _token_unique = models.UniqueIndex("(webhook_token_hash)")

    @api.model
    def _selection_connector(self):
        return self.env["social.crm.channel"]._fields["connector"]._description_selection(self.env)

    @api.depends("webhook_token")
    def _compute_webhook_token_hash(self):
        for app in self:
            app.webhook_token_hash = hash_token(app.webhook_token or "")

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        for app in self:
            app.webhook_url = f"{app.get_base_url()}{WEBHOOK_PATH}/{app.webhook_token}"

    # === ROUTING: asked by every webhook request, so from memory === #

    @api.model
    @ormcache()
    def _webhook_apps(self):
        """All addresses there are, so that a guessed one does not even reach the database.

        :return: token hash to (app id, connector)
        :rtype: dict
        """
        # sudo: a network calls, which is no user of ours
        return {
            app.webhook_token_hash: (app.id, app.connector)
            for app in self.sudo().search([("connector", "!=", "manual")])
        }

    @api.model
    def _by_webhook_token(self, token):
        """The app an address belongs to.

        :return: app id and connector, or None
        :rtype: tuple[int, str] | None
        """
        return self._webhook_apps().get(hash_token(token))

    @ormcache("self.id")
    def _webhook_routes(self):
        """Where this app's items go.

        :return: the app's company id, and account key to channel id
        :rtype: tuple[int, dict]
        """
        # sudo: a network calls, which is no user of ours
        app_sudo = self.sudo()
        return app_sudo.company_id.id, {
            channel.external_id: channel.id
            for channel in app_sudo.channel_ids
            if channel.external_id and channel.is_connected
        }

    # === CRUD, ACTIONS === #

    def _touches_cache(self, vals):
        return bool(vals.keys() & ROUTING_FIELDS)  # the addresses are cached

    def action_rotate_webhook_token(self):
        """Make a new webhook address; the old one stops working at once."""
        for app in self:
            app.webhook_token = secrets.token_urlsafe(TOKEN_BYTES)

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("connector webhook_token webhook_token_hash"),
        }
