# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facts of Discourse's API, from its OpenAPI (docs.discourse.org, August 2026), and of its
webhooks, from app/jobs/regular/emit_web_hook_event.rb of github.com/discourse/discourse."""

SIGNATURE = "x-discourse-event-signature"
EVENT, EVENT_TYPE = "x-discourse-event", "x-discourse-event-type"
SIGNATURE_PREFIX = "sha256="
MIN_SECRET = 12  # what the webhook's form asks for

PRIVATE = "private_message"  # archetype of a topic
# post_type: 1 is what somebody said, 2 a moderator's remark; the others are notices and whispers.
SPOKEN = frozenset({1, 2})

# post_action_type_id
LIKE = 2
OFF_TOPIC, INAPPROPRIATE, SPAM = 3, 4, 8
FLAGS = {"spam": SPAM, "fraud": SPAM, "off_topic": OFF_TOPIC, "insult": INAPPROPRIATE}
FLAGS |= {"illegal": INAPPROPRIATE, "personal": INAPPROPRIATE}

# GET /posts.json?before: fifty ids a page, the bound itself by some versions included.
PAGE = 50
FIRST_DAYS = 14  # how far back the first reading goes; what is older was dealt with elsewhere
MAX_PAGES = 20  # of ids without a public post, gone through in one call
# Private messages are read topic by topic; 60 calls a minute are an API key's usual allowance.
TOPICS = 10
POSTS = 15
# Webhooks are not sent again for ever (retry_web_hook_events): what was said lately is looked at.
WATCH_DAYS = 14
WATCHED = 150
WATCH_BATCH = 10
WATCH_SECONDS = 120

# Site settings max_post_length and max_topic_title_length, as they come.
MAX_TEXT = 32000
MAX_TITLE = 255
TOPIC_FIGURES = {"views": "views", "like_count": "likes", "reply_count": "replies"}
SENT_BACK = 8  # newest posts of a topic among which a lost answer is looked for
