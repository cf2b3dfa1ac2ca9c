# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from ..connectors.mastodon import api
from .mastodon_entities import HOME, own_account
from .network_case import WirelessCase

ME = "/api/v1/accounts/verify_credentials"
STATUSES = "/api/v1/accounts/1/statuses"


class MastodonCase(WirelessCase):
    """A connected account, and a server without a wire."""

    code = "mastodon"
    server = HOME
    account = {"external_id": f"{HOME}/users/shop", "handle": "shop@shop.example"}
    app_secrets = {"client_id": "id1", "client_secret": "hush1"}
    channel_secrets = {"access_token": "token1"}

    def setUp(self):
        super().setUp()
        self.network.answer("GET", ME, own_account())
        api.limits.__init__()
        api.uploads.__init__()
