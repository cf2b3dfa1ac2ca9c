# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.tests import TransactionCase

from ..connectors.mastodon import api
from .fake_network import FakeNetwork
from .mastodon_entities import HOME, own_account

ME = "/api/v1/accounts/verify_credentials"
STATUSES = "/api/v1/accounts/1/statuses"


class MastodonCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        platform = cls.env.ref("social_crm_base.platform_mastodon")
        cls.app = cls.env["social.crm.app"].create(
            {"name": "shop.example", "platform_id": platform.id, "base_url": HOME}
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Shop",
                "platform_id": platform.id,
                "app_id": cls.app.id,
                "connector": "mastodon",
                "external_id": f"{HOME}/users/shop",
                "handle": "shop@shop.example",
            }
        )
        Credential = cls.env["social.crm.credential"]
        Credential._set_secrets(cls.app, {"client_id": "id1", "client_secret": "hush1"})
        Credential._set_secrets(cls.channel, {"access_token": "token1"})
        cls.connector = cls.env["social.crm.connector.mastodon"]

    def setUp(self):
        super().setUp()
        self.network = FakeNetwork()
        self.network.answer("GET", ME, own_account())
        api.limits.__init__()
        api.uploads.__init__()
        patched = self.network.patched()
        patched.start()
        self.addCleanup(patched.stop)

    def fetch(self, cursor):
        """As the engine does it: the cursor goes through the database."""
        items, cursor = self.connector._fetch(self.channel, cursor)
        return items, json.loads(json.dumps(cursor))
