# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facts of Mastodon's client API, from docs.joinmastodon.org as of July 2026."""

# docs: api/oauth-scopes. What each is for: own account; statuses, notifications and threads;
# finding a status by its address; writing, files, favourites, marking direct messages as read;
# blocking and reporting.
SCOPES = (
    "read:accounts read:statuses read:notifications read:search "
    "write:statuses write:media write:favourites write:conversations write:blocks write:reports"
)
CLIENT_NAME = "Social CRM for Odoo"

# docs: entities/Status#visibility. Servers of other makes have more ("local", "list" ...): what is
# not known is treated as not public.
VISIBILITY_FROM = {
    "public": "public",
    "unlisted": "unlisted",
    "private": "followers",
    "direct": "direct",
}
VISIBILITY_TO = {
    "public": "public",
    "unlisted": "unlisted",
    "followers": "private",
    "direct": "direct",
    "group": "direct",
}

# docs: entities/Notification#type. Each says something about a status of somebody ...
STATUS_NOTICES = frozenset({"mention", "status", "update", "poll", "quote"})
# ... or does something to one of ours; forks have reactions by emoji.
GESTURE_NOTICES = frozenset({"favourite", "reblog", "reaction", "pleroma:emoji_reaction"})
FOLLOW_NOTICES = frozenset({"follow", "follow_request"})
SYSTEM_NOTICES = frozenset({"severed_relationships", "moderation_warning"})

# docs: entities/Status
COUNTERS = {
    "replies_count": "replies",
    "reblogs_count": "shares",
    "favourites_count": "likes",
    "quotes_count": "quotes",
}
ACCOUNT_COUNTERS = {
    "followers_count": "followers",
    "following_count": "following",
    "statuses_count": "posts",
}
# Our names of what can be done to a status, and the API's to do and undo it.
REACTIONS = {
    "favourite": ("favourite", "unfavourite"),
    "like": ("favourite", "unfavourite"),
    "share": ("reblog", "unreblog"),
}

# docs: methods/reports#post, parameter category; what our reasons are called there.
REPORT_CATEGORIES = {"spam": "spam", "fraud": "spam", "illegal": "legal", "personal": "legal"}

# docs: entities/Instance#configuration: what holds where a server does not say.
MAX_CHARACTERS = 500
CHARACTERS_PER_URL = 23

PAGE = 40  # docs: methods/notifications, methods/accounts#statuses: default or largest page
FIRST_DAYS = 14  # how far back the first reading goes; what is older was dealt with elsewhere
WATCHED = 150  # statuses looked at again for edits and deletions, the newest
WATCH_DAYS = 14
WATCH_BATCH = 10  # per round: 10 a minute leave most of the 300 calls in 5 minutes (rate-limits)
WATCH_SECONDS = 30  # between two rounds

# docs: user/posting#media: four files; the server's MediaAttachment::IMAGE_LIMIT (16 MB).
MAX_MEDIA = 4
MAX_IMAGE = 16 * 1024 * 1024
MEDIA_TYPES = ("image/*", "video/mp4", "video/webm", "video/quicktime", "audio/*")
