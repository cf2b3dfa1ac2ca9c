# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Views and records as the lexicons ``app.bsky.*`` describe them, with what the tests need."""
import base64
import json

DID = "did:plc:shop"
ANA = "did:plc:ana"
SERVER = "https://pds.example"
AT = "2026-11-01T08:00:00.000Z"
SEEN = "2026-11-01T08:00:05.000Z"


def token(scope="com.atproto.appPass", since=1_793_520_000, seconds=7200, serial=1):
    """An access token as servers make them; nobody checks its signature here."""
    facts = {"scope": scope, "sub": DID, "iat": since, "exp": since + seconds, "jti": serial}
    body = base64.urlsafe_b64encode(json.dumps(facts).encode()).rstrip(b"=").decode()
    return f"eyJ0eXAiOiJhdCtqd3QifQ.{body}.c2lnbmF0dXJl{serial}"


def session(serial=1, **other):
    return {
        "did": DID,
        "handle": "shop.example",
        "accessJwt": token(serial=serial),
        "refreshJwt": f"refresh-{serial}",
        "active": True,
        "didDoc": {
            "id": DID,
            "service": [
                {
                    "id": "#atproto_pds",
                    "type": "AtprotoPersonalDataServer",
                    "serviceEndpoint": SERVER,
                }
            ],
        },
        **other,
    }


def profile(did=ANA, **other):
    name = did.rpartition(":")[2]
    return {
        "did": did,
        "handle": f"{name}.example",
        "displayName": name.title(),
        "avatar": f"https://cdn.example/{name}.jpg",
        "viewer": {"muted": False, "blockedBy": False},
        "labels": [],
        **other,
    }


def uri(number=1, did=ANA, collection="app.bsky.feed.post"):
    return f"at://{did}/{collection}/3k{number:011}"


def strong(address):
    return {"uri": address, "cid": f"bafy{address[-3:]}"}


def record(text="Zdravo", **other):
    return {
        "$type": "app.bsky.feed.post",
        "text": text,
        "createdAt": AT,
        "langs": ["sr"],
        **other,
    }


def facet(text, words, **feature):
    """A facet over some words of a text; its kind is the feature's only key."""
    first = len(text[: text.index(words)].encode())
    kind = {"did": "mention", "uri": "link", "tag": "tag"}[next(iter(feature))]
    return {
        "index": {"byteStart": first, "byteEnd": first + len(words.encode())},
        "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}],
    }


def reply(parent, root=None):
    return {"parent": strong(parent), "root": strong(root or parent)}


def post(number=1, did=ANA, **other):
    address = uri(number, did)
    return {
        **strong(address),
        "author": profile(did),
        "record": other.pop("record", None) or record(**other.pop("of", {})),
        "replyCount": 0,
        "repostCount": 0,
        "likeCount": 0,
        "quoteCount": 0,
        "indexedAt": SEEN,
        "viewer": {},
        "labels": [],
        **other,
    }


def notification(reason="mention", number=1, **other):
    collections = {"like": "like", "repost": "repost"}
    collection = f"app.bsky.feed.{collections.get(reason, 'post')}"
    if reason == "follow":
        collection = "app.bsky.graph.follow"
    return {
        **strong(uri(number, ANA, collection)),
        "author": profile(),
        "reason": reason,
        "record": record(),
        "isRead": False,
        "indexedAt": SEEN,
        "labels": [],
        **other,
    }


def gesture(reason, of, number=1):
    done = {"$type": f"app.bsky.feed.{reason}", "subject": strong(of), "createdAt": AT}
    return notification(reason, number, record=done, reasonSubject=of)


def item(row, **other):
    """What the event inbox holds of a notification."""
    return {"type": "notification", "notification": row, **other}


OURS = uri(7, DID)
SAMPLES = [
    item(
        notification(
            record=record(
                "Zdravo @shop.example",
                facets=[facet("Zdravo @shop.example", "@shop.example", did=DID)],
            )
        )
    ),
    item(
        notification("reply", 2),
        post=post(
            2,
            of={"reply": reply(OURS), "facets": [facet("Zdravo", "Zdravo", uri="https://x.example")]},
            embed={
                "$type": "app.bsky.embed.images#view",
                "images": [{"fullsize": "https://cdn.example/1.jpg", "alt": "A mug"}],
            },
        ),
        context=[post(7, DID)],
    ),
    item(
        notification(
            "quote",
            3,
            record=record(embed={"$type": "app.bsky.embed.record", "record": strong(OURS)}),
        )
    ),
    item(gesture("like", OURS, 4)),
    item(gesture("repost", OURS, 5)),
    item(notification("follow", 6)),
    {
        "type": "post",
        "post": post(
            8,
            DID,
            embed={"media": {"playlist": "https://cdn.example/film.m3u8", "alt": "Our shop"}},
            of={"embed": {"external": {"uri": "https://shop.example", "title": "Shop"}}},
        ),
    },
    {"type": "gone", "uri": uri(9), "at": "2026-11-01T08:00:00"},
    {"type": "counters", "post": post(7, DID), "at": "2026-11-01T08:00:00"},
]
