# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Entities as docs.joinmastodon.org/entities describes them, with what the tests need."""

HOME = "https://shop.example"
AWAY = "https://away.example"
AT = "2026-11-01T08:00:00.000Z"


def account(name="ana", server=AWAY, **other):
    host = server.removeprefix("https://")
    return {
        "id": f"10{len(name)}",
        "username": name,
        "acct": name if server == HOME else f"{name}@{host}",
        "display_name": name.title(),
        "url": f"{server}/@{name}",
        "uri": f"{server}/users/{name}",
        "avatar": f"{server}/avatars/{name}.png",
        "bot": False,
        "followers_count": 12,
        "emojis": [],
        **other,
    }


def own_account(**other):
    return account("shop", HOME, **{"id": "1", **other})


def mention(name="shop", server=HOME):
    full = account(name, server)
    return {key: full[key] for key in ("id", "username", "acct", "url")}


def status(number=1, author=None, **other):
    author = author or account()
    return {
        "id": str(1000 + number),
        "uri": f"{author['uri']}/statuses/{number}",
        "url": f"{author['url']}/{number}",
        "account": author,
        "created_at": AT,
        "edited_at": None,
        "content": "<p>Hello</p>",
        "visibility": "public",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "spoiler_text": "",
        "sensitive": False,
        "media_attachments": [],
        "mentions": [mention()],
        "tags": [],
        "emojis": [],
        "reblog": None,
        "poll": None,
        "language": "en",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        **other,
    }


def notification(kind="mention", number=1, of=None, by=None, **other):
    of = of or status(number)
    return {
        "id": str(5000 + number),
        "type": kind,
        "created_at": "2026-11-01T08:00:05.000Z",
        "account": by or of["account"],
        "status": of,
        **other,
    }


def item(kind="mention", **other):
    """What the event inbox holds of a notification."""
    thread = {"thread": other.pop("thread")} if "thread" in other else {}
    return {"type": "notification", "notification": notification(kind, **other), **thread}
