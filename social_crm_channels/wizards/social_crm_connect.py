# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import secrets as random_secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq
from odoo.tools.misc import hash_sign

from odoo.addons.social_crm_base.exceptions import ConnectorError, NotSupported, RulebookRefusal
from odoo.addons.social_crm_base.tools.action import dialog_of
from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..const import OAUTH_PATH, OAUTH_SCOPE, OAUTH_STATE_SECONDS


class SocialCrmConnect(models.TransientModel):
    """Connect an account: which network, credentials or consent, which of the accounts they open.

    What is typed here is sealed at once, as credentials are; this table holds nothing readable.
    """

    _name = "social.crm.connect"
    _inherit = ["social.crm.personal.data"]
    _description = "Connect an Account"

    state = fields.Selection(
        [
            ("network", "Network"),
            ("credentials", "Credentials"),
            ("consent", "Consent"),
            ("accounts", "Accounts"),
        ],
        required=True,
        default="network",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    channel_id = fields.Many2one("social.crm.channel", help="Connects this channel anew.")
    platform_id = fields.Many2one("social.crm.platform", string="Network", required=True)
    connector = fields.Selection(
        selection="_selection_connector",
        required=True,
        compute="_compute_connector",
        store=True,
        precompute=True,  # or a create without it, by RPC, fails as incomplete
        readonly=False,
    )
    needs_server = fields.Boolean(compute="_compute_abilities")
    receives_push = fields.Boolean(compute="_compute_abilities")
    is_oauth = fields.Boolean(compute="_compute_abilities")
    base_url = fields.Char(string="Server", help="For example https://server.example")
    app_id = fields.Many2one("social.crm.app")
    webhook_url = fields.Char(related="app_id.webhook_url")
    redirect_uri = fields.Char(compute="_compute_redirect_uri")
    key_warning = fields.Char(compute="_compute_key_warning")
    oauth_nonce = fields.Char()
    secret_ids = fields.One2many("social.crm.connect.secret", "connect_id", string="Credentials")
    account_ids = fields.One2many("social.crm.connect.account", "connect_id", string="Accounts")

    @api.model
    def _selection_connector(self):
        labels = self.env["social.crm.app"]._selection_connector()
        return [(code, label) for code, label in labels if code != "manual"]

    @api.depends("platform_id")
    def _compute_connector(self):
        known = {code for code, _label in self._selection_connector()}
        for wizard in self:
            code = wizard.platform_id.connector_code
            wizard.connector = wizard.connector or (code if code in known else False)

    @api.depends("connector")
    def _compute_abilities(self):
        """What the network asks for: only that is shown."""
        for wizard in self:
            known = bool(wizard.connector)
            speaker = wizard._speaker() if known else self.env["social.crm.connector"]
            able = speaker._capabilities(wizard.channel_id)
            wizard.needs_server = known and speaker._needs_server()
            wizard.receives_push = "receive_push" in able
            wizard.is_oauth = "oauth" in able

    def _compute_redirect_uri(self):
        for wizard in self:
            wizard.redirect_uri = wizard.get_base_url() + OAUTH_PATH

    def _compute_key_warning(self):
        self.key_warning = self.env["social.crm.app"]._key_warning()

    # === STEPS === #

    def action_continue(self):
        """From the network to its credentials, or straight to its consent page."""
        self.ensure_one()
        self._check_manager()
        if self.needs_server:
            self.base_url = self._clean_server(self.base_url)
        self.app_id = self._find_app()
        with self._in_words():
            wanted = self._speaker()._credential_fields(self._app())
        if wanted:
            self.secret_ids.unlink()
            self.secret_ids = [
                fields.Command.create(
                    {"kind": kind, "label": label, "help": words, "is_required": required}
                )
                for kind, label, words, required in wanted
            ]
            self.state = "credentials"
            return self._reopen()
        return self._ask_consent()

    def action_credentials(self):
        """Store what was typed with the app, then look which accounts it opens."""
        self.ensure_one()
        self._check_manager()
        missing = self.secret_ids.filtered(lambda line: line.is_required and not line.is_given)
        if missing:
            raise UserError(
                self.env._("Please fill in: %(names)s", names=", ".join(missing.mapped("label")))
            )
        typed = {line.kind: line._opened() for line in self.secret_ids if line.is_given}
        with self._in_words():
            if self._is_oauth():
                self._credentials()._set_secrets(self._app(), typed)
                return self._ask_consent()
            grant = self._speaker()._grant(self._app(), typed)
            self._credentials()._set_secrets(self._app(), typed)
        self.secret_ids.unlink()
        return self._granted(grant)

    def _ask_consent(self):
        """Send the browser to the network, with a state that only this person can bring back."""
        app = self._app()
        with self._in_words():
            if not self._credentials()._get_secret(app, "client_id"):
                self._credentials()._set_secrets(
                    app, self._speaker()._register_app(app, self.redirect_uri)
                )
            self.oauth_nonce = random_secrets.token_urlsafe(16)
            state = hash_sign(
                self.env(su=True),
                OAUTH_SCOPE,
                {"user": self.env.uid, "wizard": self.id, "nonce": self.oauth_nonce},
                expiration=timedelta(seconds=OAUTH_STATE_SECONDS),
            )
            url = self._speaker()._authorize_url(app, self.redirect_uri, state)
        self.state = "consent"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _oauth_returned(self, code, state, nonce):
        """The network sent the browser back.

        :param str code: to be exchanged for credentials; empty when the person refused
        :param str state: as it was sent there, for connectors that bind the exchange to it
        :param str nonce: from the state; good for one answer
        :return: where to go on
        :rtype: str
        :raise UserError: in words for the person
        """
        self.ensure_one()
        self._check_manager()
        self.check_access("write")
        if self.state != "consent" or not consteq(self.oauth_nonce or "", nonce):
            raise UserError(self.env._("This consent was used already. Connect anew."))
        self.oauth_nonce = False
        if not code:
            raise UserError(self.env._("The network was not allowed to let us in."))
        with self._in_words():
            grant = self._speaker()._exchange_code(
                self._app(), code, self.redirect_uri, state=state
            )
        action = self._granted(grant)
        if action.get("res_model") == self._name:
            return f"/odoo/action-social_crm_channels.social_crm_connect_action/{self.id}"
        base = "/odoo/action-social_crm_base.social_crm_channel_action"
        return f"{base}/{action['res_id']}"

    def _granted(self, grant):
        """One account is connected at once; of several the person chooses."""
        if not grant.accounts:
            raise UserError(self.env._("These credentials open no account."))
        self.account_ids.unlink()
        self.account_ids = [
            fields.Command.create(
                {
                    "external_id": account.external_id,
                    "scope": account.scope,
                    "handle": account.handle,
                    "name": account.name or account.handle or account.external_id,
                    "profile_url": account.profile_url,
                    "avatar_url": account.avatar_url,
                    "expires_at": grant.expires_at,
                    "is_chosen": len(grant.accounts) == 1,
                }
            )
            for account in grant.accounts
        ]
        for line, account in zip(self.account_ids, grant.accounts, strict=True):
            line._keep({**grant.secrets, **account.secrets})
        if len(grant.accounts) > 1 and not self.channel_id:
            self.state = "accounts"
            return self._reopen()
        return self.action_connect()

    def action_connect(self):
        """Make channels of the chosen accounts."""
        self.ensure_one()
        self._check_manager()
        chosen = self.account_ids.filtered("is_chosen")
        if self.channel_id.external_id:
            chosen = self.account_ids.filtered(
                lambda line: line.external_id == self.channel_id.external_id
            )
            if not chosen:
                raise UserError(
                    self.env._(
                        "These credentials are for another account than %(name)s. Connect that "
                        "one as a channel of its own.",
                        name=self.channel_id.name,
                    )
                )
        if not chosen:
            raise UserError(self.env._("Choose at least one account."))
        channels = self.env["social.crm.channel"].union(
            *(self._connect_account(line) for line in chosen)
        )
        self.account_ids.unlink()
        return self._open(channels[:1])

    # === THE CHANNEL === #

    def _connect_account(self, line):
        """Connect one account: a new channel, or the one that has it.

        :rtype: recordset (``social.crm.channel``)
        """
        channel = self.channel_id or self.env["social.crm.channel"].with_context(
            active_test=False
        ).search(
            [
                ("company_id", "=", self.company_id.id),
                ("platform_id", "=", self.platform_id.id),
                ("external_id", "=", line.external_id),
            ],
            limit=1,
        )
        vals = {
            "app_id": self.app_id.id,
            "connector": self.connector,
            "external_id": line.external_id,
            "handle": line.handle,
            "own_identity_id": self._own_identity(line).id,
            "is_connected": True,
            "active": True,
        }
        if channel:
            channel.write(vals)
        else:
            channel = channel.create(
                {
                    **vals,
                    "name": line.name,
                    "company_id": self.company_id.id,
                    "platform_id": self.platform_id.id,
                    "user_id": self.env.uid,
                }
            )
        self._credentials()._set_secrets(channel, line._opened(), line.expires_at)
        self._start(channel)
        return channel

    def _start(self, channel):
        """First steps of a connected channel."""
        channel._sync().write({"next_fetch_at": fields.Datetime.now(), "fetch_failures": 0})
        channel._report_works()
        try:
            channel._connector()._subscribe(channel)
        except ConnectorError as error:
            # The credentials are good and cannot be had again: keep them, and say what is amiss.
            channel._report_trouble(error)
        else:
            channel._check_health_now()
        channel._check_setup_now()
        strays = self.env["social.crm.event"].search(
            [
                ("app_id", "=", channel.app_id.id),
                ("state", "=", "quarantined"),
                ("account_key", "=", channel.external_id),
                ("payload", "!=", False),
            ]
        )
        if strays:
            strays._retry()
        self.env["social.crm.event"]._wake("_cron_fetch")

    def _own_identity(self, line):
        """Our account as others see it, so that our own words are known as ours."""
        identities = self.env["social.crm.identity"]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("platform_id", "=", self.platform_id.id),
            ("scope", "=", line.scope or ""),
            ("external_id", "=", line.external_id),
        ]
        found = identities.search(domain, limit=1)
        vals = {
            "name": line.name,
            "handle": line.handle,
            "profile_url": line.profile_url,
            "avatar_url": line.avatar_url,
            "is_own": True,
        }
        if found:
            found.write(vals)
            return found
        vals.update({name: value for name, _operator, value in domain})
        try:
            return identities.create(vals)
        except RulebookRefusal:
            return identities  # a network whose accounts may not be stored, not even ours

    # === HELP === #

    def _speaker(self):
        return self.env["social.crm.connector"]._of(self.connector)

    def _app(self):
        return self.app_id

    def _credentials(self):
        return self.env["social.crm.credential"]

    def _is_oauth(self):
        return "oauth" in self._speaker()._capabilities(self.channel_id)

    def _find_app(self):
        """The app to connect with: the channel's, for OAuth the server's, else a new one.

        Typed credentials belong to one account mostly, so they do not share an app.
        """
        apps = self.env["social.crm.app"]
        if self.app_id:
            found = self.app_id
        elif self.channel_id.app_id:
            found = self.channel_id.app_id
        elif self._is_oauth():
            found = apps.search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("platform_id", "=", self.platform_id.id),
                    ("connector", "=", self.connector),
                    ("base_url", "=", self.base_url or False),
                ],
                limit=1,
            )
        else:
            found = apps
        if found and found.connector == self.connector:
            if self.needs_server and found.base_url != self.base_url:
                found = apps  # another server is another app
            else:
                return found
        host = (self.base_url or "").partition("://")[2]
        return apps.create(
            {
                "name": " · ".join(filter(None, (self.platform_id.name, host))),
                "company_id": self.company_id.id,
                "platform_id": self.platform_id.id,
                "connector": self.connector,
                "base_url": self.base_url,
            }
        )

    @api.model
    def _clean_server(self, typed):
        """An address as people type it, as the client wants it.

        :raise UserError: when it cannot be one
        """
        typed = (typed or "").strip()
        if not typed:
            raise UserError(self.env._("Please give the server's address."))
        try:
            parts = urlsplit(typed if "://" in typed else f"https://{typed}")
            host, _port = parts.hostname, parts.port  # a bad port raises
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https") or "@" in typed or " " in typed:
            raise UserError(
                self.env._("%(typed)s is no server address. Expected: https://name", typed=typed)
            )
        return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"

    def _check_manager(self):
        if not self.env.user.has_group("social_crm_base.group_manager"):
            raise AccessError(self.env._("Only a manager can connect accounts."))

    def _in_words(self):
        return _InWords(self.env)

    def _open(self, channel):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "social_crm_base.social_crm_channel_action"
        )
        action.update(res_id=channel.id, view_mode="form", views=[(False, "form")])
        return action

    def _reopen(self):
        return dialog_of(self, self.env._("Connect an Account"))

    def _personal_data_fields(self):
        return not_personal(
            "state company_id channel_id platform_id connector base_url app_id oauth_nonce"
        )


class _InWords:
    """What a network did, as the person at the wizard reads it."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, NotSupported):
            raise UserError(
                self.env._("This network cannot be connected this way. %(why)s", why=str(error))
            ) from error
        if isinstance(error, ConnectorError):
            raise UserError(str(error)) from error
