# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.tests import TransactionCase

from .bluesky_entities import DID, SERVER, session, token
from .fake_network import FakeNetwork

NOTIFICATIONS = "/xrpc/app.bsky.notification.listNotifications"
FEED = "/xrpc/app.bsky.feed.getAuthorFeed"
POSTS = "/xrpc/app.bsky.feed.getPosts"
PROFILE = "/xrpc/app.bsky.actor.getProfile"
CREATE = "/xrpc/com.atproto.repo.createRecord"
PUT = "/xrpc/com.atproto.repo.putRecord"
DELETE = "/xrpc/com.atproto.repo.deleteRecord"
RECORD = "/xrpc/com.atproto.repo.getRecord"
REFRESH = "/xrpc/com.atproto.server.refreshSession"
LOGIN = "/xrpc/com.atproto.server.createSession"
RESOLVE = "/xrpc/com.atproto.identity.resolveHandle"
WHO = "/xrpc/com.atproto.server.getSession"


def refusal(name, words=""):
    """The body of an error; most are answered with status 400."""
    return {"error": name, "message": words or name}


class BlueskyCase(TransactionCase):
    """A connected account, and a network without a wire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.platform = cls.env.ref("social_crm_base.platform_bluesky")
        cls.app = cls.env["social.crm.app"].create(
            {"name": "Bluesky", "platform_id": cls.platform.id, "connector": "bluesky"}
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Shop",
                "platform_id": cls.platform.id,
                "app_id": cls.app.id,
                "connector": "bluesky",
                "external_id": DID,
                "handle": "shop.example",
            }
        )
        cls.credentials = cls.env["social.crm.credential"]
        cls.credentials._set_secrets(
            cls.app, {"identifier": "shop.example", "password": "app-pass-word"}
        )
        cls.connector = cls.env["social.crm.connector.bluesky"]

    def setUp(self):
        super().setUp()
        self.credentials._set_secrets(
            self.channel,
            {"access_token": token(), "refresh_token": "refresh-1", "server_url": SERVER},
        )
        self.network = FakeNetwork()
        self.network.answer("GET", NOTIFICATIONS, {"notifications": []})
        self.network.answer("GET", FEED, {"feed": []})
        self.network.answer("GET", POSTS, {"posts": []})
        self.network.answer("POST", REFRESH, session(2))
        patched = self.network.patched()
        patched.start()
        self.addCleanup(patched.stop)

    def secret(self, kind):
        return self.credentials._get_secret(self.channel, kind)

    def fetch(self, cursor=None):
        """As the engine does it: the cursor goes through the database."""
        items, cursor = self.connector._fetch(self.channel, cursor or {})
        return items, json.loads(json.dumps(cursor))

    def parse(self, payload):
        return self.connector._parse(self.channel, payload)
