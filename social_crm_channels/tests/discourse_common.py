# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import hmac
import json

from .discourse_stub import KEY, SECRET, USER, DiscourseStub
from .network_case import SiteCase

AT = "2026-11-01T08:00:00.000Z"
POST = {
    "id": 88, "topic_id": 12, "topic_slug": "mugs", "topic_title": "Blue mugs", "post_number": 3,
    "reply_to_post_number": 2, "user_id": 7, "username": "ana", "name": "Ana", "post_type": 1,
    "cooked": "<p>Same <b>here</b> 😀</p>", "created_at": AT, "version": 2, "hidden": True,
    "updated_at": "2026-11-01T09:00:00.000Z", "reply_count": 1, "reads": 4,
    "actions_summary": [{"id": 2, "count": 3}],
}
PRIVATE = {**POST, "post_number": 1, "topic_archetype": "private_message", "hidden": False}
PERSON = {"id": 8, "username": "budi", "name": "Budi"}
SAMPLES = [
    {"type": "post", "post": POST},
    {"type": "post", "post": {**POST, "post_number": 1, "hidden": False}, "shown": True},
    {"type": "post", "post": PRIVATE, "people": [PERSON], "groups": False},
    {"type": "post", "post": PRIVATE, "people": [PERSON, {**PERSON, "id": 9}], "groups": True},
    {"type": "post", "post": {**POST, "deleted_at": AT}},
    {"type": "like", "post": POST, "user": PERSON, "at": AT},
    {"type": "deleted", "post": {"id": 88, "topic_id": 12, "post_number": 3}, "at": AT},
    {"type": "topic_deleted", "topic": {"id": 12, "deleted_at": AT}},
]


class DiscourseCase(SiteCase):
    """A connected forum, and our own Discourse on the other side."""

    code = "discourse"
    account = {"handle": USER, "is_connected": True}
    app_secrets = {"username": USER, "api_key": KEY, "webhook_secret": SECRET}
    stub_class = DiscourseStub

    def setUp(self):
        super().setUp()
        self.channel.external_id = self.stub.address

    def look_again(self):
        for seen in self.cursor["watched"].values():
            seen[5] = 0
        return self.fetch_all()

    def call(self, event, body):
        """What a webhook brings, checked, cut and completed as the engine does it."""
        raw = json.dumps(body).encode()
        headers = {
            "x-discourse-event-type": event.partition("_")[0] if event != "post_liked" else "like",
            "x-discourse-event": event,
            "x-discourse-event-id": "1",
            "x-discourse-event-signature": self.signed(raw),
        }
        self.connector._webhook_verify(self.app, headers, raw)
        found = []
        for account, key, payload in self.connector._webhook_split(self.app, headers, raw):
            self.assertEqual(account, self.channel.external_id)
            found.append((key, self.completed(payload)))
        return found

    def signed(self, raw):
        return "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()

    def said(self, post):
        return self.env["social.crm.interaction"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("container", "=", str(post["topic_id"])),
                ("external_id", "=", str(post["post_number"])),
            ]
        )
