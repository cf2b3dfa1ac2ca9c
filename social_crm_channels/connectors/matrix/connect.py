# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.exceptions import ConnectorError
from odoo.addons.social_crm_base.tools.http import HttpClient
from odoo.addons.social_crm_base.tools.privacy import not_personal

from ...tools import payload as read
from ...tools.contract import Account, Grant
from . import const, service

TYPED = ("access_token", "login", "password")


class SocialCrmConnect(models.TransientModel):
    """A Matrix account is connected by a login of ours, or as an application service."""

    _inherit = "social.crm.connect"

    matrix_way = fields.Selection(
        [
            ("sync", "We read: with a login of the account"),
            ("service", "The homeserver calls us: as an application service"),
        ],
        string="News",
        default="sync",
        help="An application service needs a file in the homeserver's settings; news then come at "
        "once. With a login we ask every few minutes, on any homeserver.",
    )
    matrix_user = fields.Char(
        string="Matrix ID",
        help="The name of the account the service will have, which nobody has yet: "
        "@shop:server.example",
    )

    def action_continue(self):
        if self.connector != "matrix":
            return super().action_continue()
        self.ensure_one()
        self._check_manager()
        self.base_url = self._homeserver(self._clean_server(self.base_url))
        if self.matrix_way != "service":
            return super().action_continue()
        user = (self.matrix_user or "").strip()
        if not const.USER.fullmatch(user):
            raise UserError(
                self.env._("Please give the whole Matrix ID, for example @shop:server.example")
            )
        self.app_id = self._find_app()
        credentials = self._credentials()
        if not credentials._get_secret(self.app_id, "as_token"):
            credentials._set_secrets(self.app_id, service.new_tokens())
        ours = Account(
            external_id=user,
            handle=user[1:],
            name=user,
            profile_url=f"https://matrix.to/#/{user}",
        )
        return self._granted(Grant({}, (ours,)))

    def action_credentials(self):
        """What was typed is of no use once there is a token of the channel's own."""
        result = super().action_credentials()
        if self.connector == "matrix":
            kinds = (*TYPED, "as_token", "hs_token")
            self._credentials()._set_secrets(self.app_id, dict.fromkeys(kinds, ""))
        return result

    def _homeserver(self, address):
        """Where a server's Matrix is, as it publishes it; the address itself if it does not.

        :raise UserError: when there is none
        """
        client = HttpClient(address)
        try:
            told = client.get("/.well-known/matrix/client").json()
            base = read.url(read.nested(read.expect_object(told), "m.homeserver"), "base_url")
        except ConnectorError:
            base = ""
        found = base.rstrip("/") or address
        try:
            versions = read.expect_object(
                HttpClient(found).get(f"{const.CLIENT}/versions").json(), "the versions"
            )
        except ConnectorError as error:
            raise UserError(
                self.env._(
                    "There is no Matrix homeserver at %(address)s. %(why)s",
                    address=found,
                    why=str(error),
                )
            ) from error
        if not versions.get("versions"):
            raise UserError(
                self.env._("There is no Matrix homeserver at %(address)s.", address=found)
            )
        return found

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("matrix_way matrix_user")}
