# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Readers of the downloads networks give; the README tells how to add one."""
from .google_plus import GooglePlusReader
from .linkedin import LinkedInReader
from .mastodon import MastodonReader
from .meta import FacebookReader, InstagramReader
from .whatsapp import WhatsAppReader
from .x import XReader

READERS = {
    reader.code: reader()
    for reader in (
        XReader,
        FacebookReader,
        InstagramReader,
        LinkedInReader,
        WhatsAppReader,
        GooglePlusReader,
        MastodonReader,
    )
}
