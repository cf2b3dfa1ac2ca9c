# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The independent reader: what a person sees and does on their own server, by Mastodon.py."""

import requests
from mastodon import Mastodon


class FreshConnections(requests.Session):
    """A session that never reuses a connection.

    snac closes every connection without saying so; on a pooled one, calls fail at random.
    """

    def send(self, request, **options):
        try:
            return super().send(request, **options)
        finally:
            self.close()


def client(account):
    """:return: Mastodon.py for a peer's account.

    :rtype: Mastodon
    """
    return Mastodon(access_token=account.token, api_base_url=account.base_url,
                    version_check_mode='none', session=FreshConnections(), request_timeout=30)
