# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facts of the AT Protocol and of Bluesky's lexicons (github.com/bluesky-social/atproto, lexicons/
as of August 2026; docs.bsky.app as of April 2026)."""
import re

# docs.bsky.app, advanced-guides/api-directory. The first answers createSession for every account
# on Bluesky's own servers, the second resolves any handle, the third knows every did:plc.
ENTRYWAY = "https://bsky.social"
APPVIEW = "https://public.api.bsky.app"
DIRECTORY = "https://plc.directory"
HANDLE_ENDING = ".bsky.social"  # what Bluesky's own apps add to a name without a dot
WEBSITE = "https://bsky.app"

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
BLOCK = "app.bsky.graph.block"
THREADGATE = "app.bsky.feed.threadgate"
DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
# at://<did>/<collection>/<record key>, atproto.com/specs/at-uri-scheme
AT_URI = re.compile(
    r"at://(?P<did>did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-])"
    r"/(?P<collection>[A-Za-z0-9.-]+)/(?P<rkey>[A-Za-z0-9._:~-]{1,512})"
)

# app.bsky.notification.listNotifications#notification, reason: what says something to us ...
POST_REASONS = frozenset({"mention", "reply", "quote"})
# ... and what does something to a post of ours.
GESTURE_REASONS = frozenset({"like", "repost"})

# app.bsky.feed.post: "text" maxGraphemes and maxLength (bytes of UTF-8).
MAX_GRAPHEMES = 300
MAX_BYTES = 3000
# app.bsky.richtext.facet#tag
MAX_TAG_GRAPHEMES = 64
MAX_TAG_BYTES = 640
MAX_RESOLVED = 10  # names in one text that we ask for; who names more wants to be seen, not heard
# app.bsky.embed.images: maxLength, image.maxSize
MAX_IMAGES = 4
MAX_IMAGE_BYTES = 2_000_000
MAX_FILE_BYTES = 20 * 1024 * 1024  # what we make smaller ourselves
IMAGE_SIDE = 2000  # pixels; Bluesky's apps show no more
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
# app.bsky.feed.threadgate: hiddenReplies maxLength
MAX_HIDDEN = 300

# app.bsky.feed.defs#postView
COUNTERS = {
    "replyCount": "replies",
    "repostCount": "shares",
    "likeCount": "likes",
    "quoteCount": "quotes",
    "bookmarkCount": "bookmarks",
}
# app.bsky.actor.defs#profileViewDetailed
ACCOUNT_COUNTERS = {
    "followersCount": "followers",
    "followsCount": "following",
    "postsCount": "posts",
}
REACTIONS = {"like": LIKE, "favourite": LIKE, "share": REPOST}
# postView.viewer: where our own record about the post is
VIEWER = {LIKE: "like", REPOST: "repost"}

# com.atproto.moderation.defs#reasonType
REPORT_REASONS = {
    "spam": "reasonSpam",
    "fraud": "reasonMisleading",
    "insult": "reasonRude",
    "illegal": "reasonViolation",
    "personal": "reasonViolation",
}

# Errors of XRPC calls, by the "error" of the answer's body. A dead token is answered with 400.
DEAD_TOKEN = frozenset({"ExpiredToken", "InvalidToken"})
DEAD_ACCOUNT = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended"})
BROKEN_HANDLE = "handle.invalid"  # com.atproto.identity: it does not lead to its DID
GONE = frozenset({"RecordNotFound", "NotFound", "RepoNotFound"})
NARROW_TOKEN = "Bad token scope"  # the app password may not do this
FULL_SCOPE = "com.atproto.access"  # of a token got with the account's own password

PAGE = 100  # listNotifications, getAuthorFeed: largest
POSTS = 25  # getPosts: "maxLength": 25
THREAD_DEPTH = 5  # so far down the network itself tells of answers (its REPLY_NOTIF_DEPTH)
FIRST_DAYS = 14  # how far back the first reading goes; what is older was dealt with elsewhere
OVERLAP_SECONDS = 3600  # lists are sorted by the writer's clock too, which may be late
RECENT = 500  # entries known by their key; more than a page
WATCHED = 400  # posts looked at again for deletions and figures, the newest
WATCH_DAYS = 14
WATCH_BATCH = 100  # posts a round, in four calls
WATCH_SECONDS = 60
FIGURE_DAYS = 90  # whose figures are read daily: posts of ours not older than this, at most ...
FIGURE_POSTS = 500
