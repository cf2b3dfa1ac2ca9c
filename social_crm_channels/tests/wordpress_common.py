# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from .network_case import SiteCase
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


class WordpressCase(SiteCase):
    """A connected blog, and our own WordPress on the other side."""

    code = "wordpress"
    account = {"handle": "shop", "is_connected": True}
    app_secrets = {"username": USER, "application_password": PASSWORD}
    stub_class = WordpressStub

    def setUp(self):
        super().setUp()
        self.channel.external_id = f"{self.stub.address}/?author=1"

    def look_again(self):
        """The next round over what was read."""
        self.cursor["round"] = 0
        return self.fetch_all()

    def said(self, number, family="comment"):
        return self.env["social.crm.interaction"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "=", str(number)),
                ("family", "=", family),
            ]
        )
