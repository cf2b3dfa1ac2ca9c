# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facts and measures of feeds."""

MAX_ENTRIES = 200  # of one document; the newest
REMEMBERED = 1000  # entries whose wording is known, so that only what is new is handed on
MAX_HTML = 200_000  # characters of one entry
MAX_TITLE = 1000
MAX_MEDIA = 10
MAX_FOUND = 20  # feeds of one page to choose from
MAX_OPML_BYTES = 2 * 1024 * 1024
MAX_OPML_FEEDS = 1000
PUBLISHER = "·publisher"  # whoever speaks where an entry names nobody; no author's name looks so

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, application/json;q=0.8, text/xml;q=0.8, text/html;q=0.5, */*;q=0.1"
)
# What a page calls its feeds by (https://www.rssboard.org/rss-autodiscovery,
# https://www.jsonfeed.org/version/1.1/#discovery-a-name-discovery-a).
FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
    }
)

# WebSub (https://www.w3.org/TR/websub/)
LEASE_SECONDS = 10 * 86400  # what we ask for; the hub decides
LEASE_MIN_SECONDS = 300
LEASE_MAX_SECONDS = 90 * 86400
RENEW_SHARE = 4  # renewed when a quarter of the lease is left
ASK_SECONDS = 6 * 3600  # a hub that does not answer is asked again after
ASK_VALID_SECONDS = 86400  # for so long a hub may come with its challenge
LEASE_KIND = "websub_lease"
SIGNATURES = ("sha256", "sha384", "sha512")  # sha1, which the text allows, is no longer safe
