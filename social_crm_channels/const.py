# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fixed figures of the engine. Times are in seconds unless the name says otherwise."""

WEBHOOK_PATH = "/social/webhook"
# The largest body a network documents is WhatsApp's: 3 MB (webhooks reference, "Payload size").
WEBHOOK_MAX_BYTES = 4 * 1024 * 1024
MEDIA_PATH = "/social/media"
OAUTH_PATH = "/social/oauth/callback"
GUIDE_PATH = "/social/guide"
OAUTH_SCOPE = "social_crm_channels.oauth"
OAUTH_STATE_SECONDS = 15 * 60

EVENT_STATES = [
    ("pending", "Pending"),
    ("waiting", "Waiting"),
    ("done", "Done"),
    ("ignored", "Ignored"),
    ("failed", "Failed"),
    ("quarantined", "Quarantined"),
]
EVENT_BATCH = 2000
HYDRATE_BATCH = 20  # network calls in one transaction
# What comes before what it speaks of is tried again after these times, the last one repeated.
WAIT_SECONDS = (15, 60, 300, 900, 3600, 14400, 43200, 86400)
WAIT_LIMIT_DAYS = 3
WAKE_ATTEMPTS = 3  # so often a waiting event is tried as soon as anything new came
BATCH_TRIES = 5  # after a lost race
RACE_LIMIT = 10  # lost races of one single event, hours apart, before a person has a look
EVENT_KEY_LENGTH = 200
RAW_EVENT_DAYS = 30
PURGE_BATCH = 5000

WAKE_INTERVAL = 1  # a process asks for the workers at most so often; the first time at once

FETCH_MINUTES = 5
FETCH_BACKOFF_SECONDS = (60, 300, 900, 3600)
FETCH_PAGES = 50  # in one go, before another channel has its turn

FIGURES_RETRY_SECONDS = 2 * 3600  # a network out of reach is asked again the same day

SEND_BACKOFF_SECONDS = (30, 60, 300, 900, 3600, 7200, 14400, 28800)
SEND_LEASE_SECONDS = 120  # a row that is being sent for longer was left by a worker that died
FIND_SENT_SECONDS = 30  # a network shows what it took a little later
# What may be repeated without harm, so that an unknown outcome is simply tried again.
REPEATABLE_OPERATIONS = frozenset(
    {
        "edit", "delete", "hide", "unhide", "react", "unreact", "mark_read", "revoke", "erase",
        "remove", "spam", "approve", "report", "ban", "unban",
    }
)

HEALTH_SELECTION = [
    ("unknown", "Not checked yet"),
    ("green", "Works"),
    ("yellow", "Look at it"),
    ("red", "Broken"),
]
HEALTH_HOURS = 6
TOKEN_MARGIN_SECONDS = 300
RENEWAL_SECONDS = 90  # what one worker may take to renew credentials; others wait so long
SILENCE_DAYS = 28  # the rhythm is learnt from so many days
SILENCE_EVENTS = 20  # fewer say nothing about a rhythm
SILENCE_FACTOR = 2
SILENCE_MIN_HOURS = 12
