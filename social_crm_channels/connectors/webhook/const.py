# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The payload's vocabulary; ``README.md`` and ``schema.json`` beside this file document it."""

DEFAULT_ACCOUNT = "default"
MAX_ITEMS = 1000
MAX_TEXT = 100_000

# What a channel can do once it has an address for answers.
TWO_WAY = frozenset(
    {
        "receive_push",
        "send_direct",
        "send_public",
        "publish",
        "edit",
        "delete",
        "react",
        "media",
        "native_idempotency",
    }
)

ITEM_VERBS = ("create", "edit")
VERBS = (*ITEM_VERBS, "delete", "react", "unreact", "receipt", "counters", "profile")
KINDS = (
    "post",
    "message",
    "comment",
    "reply",
    "mention",
    "share",
    "review",
    "story",
    "story_mention",
    "follow",
    "system",
)
VISIBILITIES = ("public", "unlisted", "followers", "direct", "group")
DIRECTIONS = ("in", "out")

PERSON_FIELDS = frozenset(
    {
        "id",
        "handle",
        "name",
        "url",
        "avatar",
        "verified_email",
        "verified_phone",
        "language",
        "followers",
        "bot",
        "state",
        "former_ids",
    }
)
PERSON_STATES = ("active", "deleted", "suspended")
ITEM_FIELDS = frozenset(
    {
        "account",
        "event_id",
        "verb",
        "id",
        "family",
        "kind",
        "direction",
        "time",
        "edited_at",
        "expires_at",
        "author",
        "counterpart",
        "visibility",
        "thread",
        "parent",
        "root",
        "target",
        "title",
        "text",
        "html",
        "language",
        "url",
        "shared_url",
        "media",
        "mentions",
        "participants",
        "rating",
        "reaction",
        "receipt",
        "read_up_to",
        "counters",
        "automatic",
        "client_key",
    }
)
MEDIA_FIELDS = frozenset({"url", "mimetype", "name", "alt"})
