# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facts of WordPress' REST API, from developer.wordpress.org/rest-api (June 2025) and from
WordPress 7.1, against which they were tried."""
from datetime import timedelta

APP_NAME = "Social CRM"
# "Discovering the API": the Link header's relation, and where the API is without pretty addresses.
RELATION = "https://api.w.org/"
PLAIN_ROOT = "?rest_route=/"
PRETTY_ROOT = "wp-json/"

PAGE = 100  # the largest per_page
MAX_PAGES = 50  # of what is known already, gone through in one reading
FIRST_DAYS = 14  # how far back the first reading goes; what is older was dealt with elsewhere
# "after" compares the site's local time, in which one hour of autumn comes twice; what was written
# in the same second as the last one read lies in here too.
OVERLAP = timedelta(hours=2)

# Neither edits of comments, nor their moderation, nor deletions are told: what was said lately is
# looked at again. The trash is emptied after 30 days (EMPTY_TRASH_DAYS).
WATCH_DAYS = 35
WATCHED = 300
WATCH_SECONDS = 240
CONFIRM = 10  # calls a round to make sure that something is gone

# Comments: "approved", "hold", "spam", "trash", and "post-trashed" with their post. "any" is all.
SHOWN = frozenset({"approved", "approve", "1"})
UNTOLD = frozenset({"spam", "trash", "post-trashed"})  # not worth a case while nobody saw them
POST_STATES = "publish,future,draft,pending,private,trash"

# rest-api/reference/comments#schema-content and the table wp_comments: TEXT is 65535 bytes, of
# which WordPress takes 65525 (wp_get_comment_fields_max_lengths).
MAX_BYTES = 65525
# check_comment_flood_db: 15 seconds between two comments of whoever is no administrator.
FLOOD = timedelta(seconds=16)
# The codes by which it says that it does not know us.
LOCKED_OUT = frozenset(
    {
        "rest_not_logged_in",
        "incorrect_password",
        "invalid_username",
        "invalid_email",
        "application_passwords_disabled",
        "application_passwords_disabled_for_user",
        "rest_cannot_access",
    }
)

# The operations of the contract, and the status each asks for.
STATUS_OF = {"approve": "approved", "unhide": "approved", "hide": "hold", "spam": "spam"}
TITLE_LENGTH = 80
METRIC_POSTS = 20
