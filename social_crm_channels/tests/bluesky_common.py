# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from .bluesky_entities import DID, SERVER, session, token
from .network_case import WirelessCase

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


class BlueskyCase(WirelessCase):
    """A connected account, and a network without a wire."""

    code = "bluesky"
    account = {"external_id": DID, "handle": "shop.example"}
    app_secrets = {"identifier": "shop.example", "password": "app-pass-word"}

    def setUp(self):
        super().setUp()
        self.credentials._set_secrets(
            self.channel,
            {"access_token": token(), "refresh_token": "refresh-1", "server_url": SERVER},
        )
        self.network.answer("GET", NOTIFICATIONS, {"notifications": []})
        self.network.answer("GET", FEED, {"feed": []})
        self.network.answer("GET", POSTS, {"posts": []})
        self.network.answer("POST", REFRESH, session(2))

    def secret(self, kind):
        return self.credentials._get_secret(self.channel, kind)
