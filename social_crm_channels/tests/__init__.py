# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import (
    test_connect,
    test_connector_contract,
    test_event,
    test_fetch,
    test_health,
    test_macro,
    test_mastodon_connector,
    test_mastodon_parse,
    test_mastodon_poll,
    test_question,
    test_sandbox,
    test_outbox,
    test_together,
    test_reply_options,
    test_webhook,
    test_webhook_connector,
)
