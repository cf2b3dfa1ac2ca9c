# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.exceptions import ConnectorError
from odoo.addons.social_crm_base.tools.action import notice
from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..const import FETCH_MINUTES, RENEWAL_SECONDS, TOKEN_MARGIN_SECONDS

ROUTING_FIELDS = frozenset(
    {"active", "company_id", "connector", "app_id", "external_id", "is_connected"}
)


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    is_connected = fields.Boolean(
        default=True, copy=False, help="Off: nothing is read, taken in or sent."
    )
    fetch_minutes = fields.Integer(
        string="Read Every (minutes)", default=FETCH_MINUTES, required=True,
        help="How often a network that does not call us is asked for news.",
    )
    sync_ids = fields.One2many("social.crm.channel.sync", "channel_id")
    last_read_at = fields.Datetime(related="sync_ids.last_read_at", string="Last Read")
    health_level = fields.Selection(related="sync_ids.health_level", string="Health")
    health_message = fields.Char(related="sync_ids.health_message", string="What Is the Matter")
    health_todo = fields.Char(related="sync_ids.health_todo", string="What to Do")
    health_checked_at = fields.Datetime(related="sync_ids.health_checked_at", string="Checked")
    sending_stopped = fields.Boolean(related="sync_ids.sending_stopped")
    can_fetch = fields.Boolean(compute="_compute_abilities")
    receives_push = fields.Boolean(compute="_compute_abilities")
    webhook_url = fields.Char(related="app_id.webhook_url", groups="social_crm_base.group_manager")
    key_warning = fields.Char(related="app_id.key_warning", groups="social_crm_base.group_manager")
    trouble_event_count = fields.Integer(
        compute="_compute_trouble_event_count", groups="social_crm_base.group_manager"
    )

    _fetch_positive = models.Constraint(
        "CHECK(fetch_minutes > 0)", "A network is asked every so many minutes, at least one."
    )

    # === COMPUTE === #

    @api.depends("connector", "is_connected")
    def _compute_abilities(self):
        for channel in self:
            able = (
                channel._connector()._capabilities(channel)
                if channel.id and channel.is_connected
                else frozenset()
            )
            channel.can_fetch = "receive_poll" in able
            channel.receives_push = "receive_push" in able

    def _compute_trouble_event_count(self):
        counts = dict(
            self.env["social.crm.event"]._read_group(
                [("channel_id", "in", self.ids), ("state", "in", ("failed", "quarantined"))],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.trouble_event_count = counts.get(channel, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        # sudo: the engine's own row; whoever may make a channel makes it
        self.env["social.crm.channel.sync"].sudo().create(
            [{"channel_id": channel.id} for channel in channels]
        )
        return channels

    def _touches_cache(self, vals):
        # webhooks find their channel in a cache
        return super()._touches_cache(vals) or bool(vals.keys() & ROUTING_FIELDS)

    # === CONNECTOR === #

    def _connector(self):
        """What speaks with this channel's network, see ``social.crm.connector._of``."""
        self.ensure_one()
        return self.env["social.crm.connector"]._of(self.connector)

    def _can(self, capability):
        """Whether this account can do something, see ``tools.contract.CAPABILITIES``."""
        return capability in self._connector()._capabilities(self)

    def _sync(self):
        """The engine's row about this channel, for the system to read and write.

        :rtype: recordset (``social.crm.channel.sync``, sudo)
        """
        self.ensure_one()
        # sudo: workers' state, which people read but never write
        sync_sudo = self.sudo().sync_ids[:1]
        return sync_sudo or sync_sudo.create({"channel_id": self.id})  # from before the engine

    def _ensure_app(self):
        """The app its events hang on: a channel that nobody gave one gets one of its own.

        :rtype: recordset (``social.crm.app``)
        """
        self.ensure_one()
        if not self.app_id:
            # sudo: a technical row that follows from reading a channel
            self.sudo().app_id = self.env["social.crm.app"].sudo().create(
                {
                    "name": self.name,
                    "company_id": self.company_id.id,
                    "platform_id": self.platform_id.id,
                    "connector": self.connector,
                }
            )
        return self.app_id

    def _refresh_credentials(self, rejected=""):
        """Get new credentials before the old ones end.

        In a transaction of its own, committed before use: a network that rotates refresh tokens
        gives each one once, and a rollback of ours must not lose it. Other workers wait.

        :param str rejected: the access token that the network no longer takes, whatever its end
        """
        self.ensure_one()
        if not self._credentials_are_over(rejected):
            return
        registry = self.env.registry
        with registry.cursor() as turn:
            # not lock_for_update(), which gives up where another worker has it: this one waits
            turn.execute("SET LOCAL lock_timeout = %s", [f"{RENEWAL_SECONDS}s"])
            turn.execute(
                "SELECT 1 FROM social_crm_channel_sync WHERE channel_id = %s FOR NO KEY UPDATE",
                [self.id],
            )
            # A transaction sees what was committed before its first query: one that waited for
            # its turn would not see what the worker before it has got, so it takes another.
            with registry.cursor() as cr:
                registry.clear_cache()
                channel = self.with_env(self.env(cr=cr))
                if channel._credentials_are_over(rejected):
                    channel._renew_credentials()
            # Whoever asked began before that commit and would read the old ones: into the cache.
            with registry.cursor() as cr:
                registry.clear_cache()
                self.with_env(self.env(cr=cr))._secrets_in_cache()

    def _credentials_are_over(self, rejected=""):
        credentials = self.env["social.crm.credential"]
        if rejected:
            return credentials._get_secret(self, "access_token") == rejected
        ends = credentials._expires(self, "access_token")
        return bool(ends) and ends <= fields.Datetime.now() + timedelta(
            seconds=TOKEN_MARGIN_SECONDS
        )

    def _renew_credentials(self):
        grant = self._connector()._refresh_token(self)
        self.env["social.crm.credential"]._set_secrets(self, dict(grant.secrets), grant.expires_at)

    def _secrets_in_cache(self):
        credentials = self.env["social.crm.credential"]
        # sudo: nobody may read credentials; they stay sealed
        for kind in credentials.sudo().search([("channel_id", "=", self.id)]).mapped("kind"):
            credentials._sealed(self._name, self.id, kind)

    # === ACTIONS === #

    def action_fetch_now(self):
        """Ask the network now instead of at the next turn; what comes appears by itself."""
        self.check_access("read")
        able = self.filtered("can_fetch")
        if not able:
            raise UserError(
                self.env._("This network calls us by itself: there is nothing to fetch.")
            )
        for channel in able:
            channel._sync().next_fetch_at = fields.Datetime.now()
        self.env["social.crm.event"]._wake("_cron_fetch")
        return self._notice(
            "info", self.env._("The network is being asked. What is new appears by itself.")
        )

    def action_check_health(self):
        """Ask the network whether it still accepts us."""
        self.ensure_one()
        self.check_access("read")
        self._check_health_now()
        level = {"green": "success", "yellow": "warning", "red": "danger"}[self.health_level]
        words = [self.health_message or self.env._("The connection works."), self.health_todo]
        return self._notice(level, " ".join(filter(None, words)))

    def action_open_events(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "social_crm_channels.social_crm_event_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        action["context"] = {"search_default_trouble": 1 if self.trouble_event_count else 0}
        return action

    def action_connect(self):
        """Open the wizard that connects this channel, or connects it anew."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "social_crm_channels.social_crm_connect_action"
        )
        action["context"] = {
            "default_channel_id": self.id,
            "default_platform_id": self.platform_id.id,
            "default_connector": self.connector if self.connector != "manual" else False,
            "default_base_url": self.app_id.base_url,
        }
        return action

    def action_disconnect(self):
        """Stop reading, taking in and sending, and forget the credentials. History stays."""
        self.check_access("write")
        for channel in self:
            try:
                channel._connector()._unsubscribe(channel)
            except ConnectorError as error:
                channel.message_post(
                    body=self.env._(
                        "The network could not be told that we leave: %(reason)s", reason=str(error)
                    )
                )
            channel.is_connected = False
            self.env["social.crm.credential"]._forget(channel)
            channel._sync().write(
                {
                    "health_level": "yellow",
                    "health_message": self.env._("Disconnected."),
                    "health_todo": self.env._("Connect it again to read and answer here."),
                    "incidents": False,
                    "sending_stopped": False,
                }
            )

    def _notice(self, level, message):
        return notice(message, level)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("is_connected fetch_minutes")}
