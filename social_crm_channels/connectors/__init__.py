# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""One package, one network: ``connector`` (the contract), ``parse`` (pure), ``const`` (facts)."""
from . import bluesky, discourse, feed, mail, mastodon, matrix, telegram, webhook, wordpress

# isort: split
# after the webhook, whose language it speaks
from . import sandbox
