# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What networks really send, for the test that spoils it in every way."""
from odoo.addons.social_crm_base.tools.activity import Target

from . import (
    bluesky_entities,
    discourse_common,
    matrix_entities,
    telegram_entities,
    wordpress_common,
)
from .mastodon_entities import AT, account, item, own_account, status

WEBHOOK = {"id": "1", "time": AT, "author": {"id": "7", "handle": "ana"}, "text": "x"}
# What a network really sends, to be spoilt in every way. A connector of another addon is spoilt
# from nothing.
SAMPLES = {
    "mastodon": [
        item(),
        item("favourite", of=status(author=own_account()), by=account()),
        item("reblog", of=status(author=account(), reblog=status(author=own_account()))),
        item("follow", by=account(moved=account("b")), status=None),
        {
            "type": "status",
            "status": status(in_reply_to_id="7", visibility="direct"),
            "thread": {"parent": {"uri": "u"}},
        },
        {"type": "gone", "uri": "https://x/1", "id": "1", "at": "2026-11-01T08:00:00"},
        {"type": "counters", "status": status(), "at": "2026-11-01T08:00:00"},
    ],
    "webhook": [
        {**WEBHOOK, "parent": {"id": "2", "family": "c"}, "media": [{"url": "https://x/a.png"}]},
        {**WEBHOOK, "html": "<b>x</b>", "mentions": [{"id": "8"}], "participants": [{"id": "9"}]},
        {**WEBHOOK, "verb": "edit", "edited_at": AT, "rating": 3, "counters": {"likes": 1}},
        {"verb": "react", "target": "1", "time": AT, "author": {"id": "7"}, "reaction": "👍"},
        {"verb": "receipt", "thread": "t", "read_up_to": AT, "time": AT},
    ],
}
SAMPLES["bluesky"] = bluesky_entities.SAMPLES
SAMPLES["discourse"] = discourse_common.SAMPLES
SAMPLES["telegram"] = telegram_entities.SAMPLES
SAMPLES["wordpress"] = wordpress_common.SAMPLES
SAMPLES["matrix"] = matrix_entities.SAMPLES
SAMPLES["sandbox"] = SAMPLES["webhook"]
SAMPLES["mail"] = [
    {
        "id": "<1@away.example>",
        "alias": "case-x@peer.example",
        "from": "ana@away.example",
        "name": "Ana",
        "subject": "Re: parcel",
        "time": AT,
        "html": "<p>It <b>came</b></p>",
        "quoted": "<blockquote>before</blockquote>",
        "references": ["<0@away.example>", "<social-crm-1@peer.example>"],
        "automatic": False,
    }
]
SAMPLES["feed"] = [
    {
        "feed": "The paper",
        "seen": "2026-11-02T08:00:00",
        "first": "2026-11-02T08:00:00",
        "edited": "2026-11-02T09:00:00",
        "entry": {
            "id": "tag:paper.example,2026:1",
            "link": "https://paper.example/1",
            "title": "Bikes &amp; rain",
            "html": "<p>It <b>rains</b></p>",
            "author": {"name": "Ana", "url": "https://paper.example/ana"},
            "published": "2026-11-01T08:00:00",
            "updated": "2026-11-01T09:00:00",
            "language": "sr-Latn",
            "media": [{"url": "https://paper.example/a.mp3", "type": "audio/mpeg", "name": "a"}],
        },
    },
    {"first": "2026-11-02T08:00:00", "entry": {"text": "x"}},
]
# An item of each network whose names are not simply an address.
TARGETS = {
    "bluesky": Target(bluesky_entities.OURS),
    "discourse": Target("3", container="12", ref="88"),
    "matrix": matrix_entities.TARGET,
    "telegram": Target("12", container="-1001002", ref="album:12,13"),
    "wordpress": Target("12", family="comment", ref="5"),
}
# How a network calls our own account, where the samples say so.
ACCOUNTS = {"bluesky": bluesky_entities.DID, "matrix": matrix_entities.OWN}
