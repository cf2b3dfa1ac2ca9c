# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import os
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.social_crm_base.tools.http import ENV_ALLOW_PRIVATE

from .wordpress_stub import PASSWORD, USER, WordpressStub

SITE = "https://blog.example"
COMMENT = {
    "id": 7,
    "post": 5,
    "parent": 0,
    "author": 0,
    "author_name": "Ana Marković",
    "author_url": "https://ana.example",
    "date_gmt": "2026-11-01T08:00:00",
    "link": f"{SITE}/mug/#comment-7",
    "status": "approved",
    "type": "comment",
    "content": {"rendered": "<p>Da li je <b>plava</b> tu? 😀</p>"},
}
POST = {
    "id": 5,
    "author": 1,
    "date_gmt": "2026-11-01T07:00:00",
    "modified_gmt": "2026-11-01T07:30:00",
    "title": {"rendered": "Mugs &amp; more"},
    "content": {"rendered": "<p>We have <em>blue</em> ones.</p>"},
    "link": f"{SITE}/mug/",
    "status": "publish",
    "type": "post",
    "base": "posts",
}
SAMPLES = [
    {"type": "post", "post": POST},
    {"type": "comment", "comment": COMMENT, "ours": False, "guest": "guest-1f"},
    {
        "type": "comment",
        "comment": {**COMMENT, "author": 4, "parent": 6, "author_email": "ana@away.example",
                    "status": "hold"},
        "ours": False,
        "edited": "2026-11-01T09:00:00",
    },
    {"type": "comment", "comment": {**COMMENT, "author": 1}, "ours": True},
    {"type": "status", "family": "comment", "id": "7", "hidden": True,
     "at": "2026-11-01T09:00:00"},
    {"type": "gone", "family": "post", "id": "5", "at": "2026-11-01T09:00:00"},
]


class WordpressCase(TransactionCase):
    """A connected blog, and our own WordPress on the other side of a real wire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        allowed = patch.dict(os.environ, {ENV_ALLOW_PRIVATE: "1"})
        allowed.start()
        cls.addClassCleanup(allowed.stop)
        cls.platform = cls.env.ref("social_crm_base.platform_wordpress")
        cls.app = cls.env["social.crm.app"].create(
            {"name": "Blog", "platform_id": cls.platform.id, "connector": "wordpress"}
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Blog",
                "platform_id": cls.platform.id,
                "app_id": cls.app.id,
                "connector": "wordpress",
                "is_connected": True,
                "handle": "shop",
            }
        )
        cls.env["social.crm.credential"]._set_secrets(
            cls.app, {"username": USER, "application_password": PASSWORD}
        )
        cls.connector = cls.env["social.crm.connector.wordpress"]

    def setUp(self):
        super().setUp()
        self.stub = WordpressStub()
        self.addCleanup(self.stub.close)
        self.app.base_url = self.stub.address
        self.channel.external_id = f"{self.stub.address}/?author=1"
        self.cursor = {}

    def fetch(self):
        """Read as the engine does: until nothing comes; the cursor goes through the database."""
        found = []
        for _page in range(50):
            items, cursor = self.connector._fetch(self.channel, self.cursor)
            self.cursor = json.loads(json.dumps(cursor))
            if not items:
                return found
            found += items
        raise AssertionError("reading does not end")

    def look_again(self):
        """The next round over what was read."""
        self.cursor["round"] = 0
        return self.fetch()

    def ingest(self, items):
        """What came, stored and worked off as the engine does it."""
        activities = [
            activity
            for _key, payload in items
            for activity in self.connector._parse(self.channel, payload)
        ]
        result = self.env["social.crm.interaction"]._ingest(self.channel, activities)
        self.env["social.crm.interaction"]._run_second_stage()
        self.env.invalidate_all()
        return result

    def said(self, number, family="comment"):
        return self.env["social.crm.interaction"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "=", str(number)),
                ("family", "=", family),
            ]
        )
