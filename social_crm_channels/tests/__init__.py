# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    test_event,
    test_mastodon_connector,
    test_mastodon_parse,
    test_mastodon_poll,
    test_sandbox,
    test_webhook,
    test_webhook_connector,
)
