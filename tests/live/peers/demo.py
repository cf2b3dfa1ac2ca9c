# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The shop's account of the local servers in Odoo, connected as an administrator would do it."""

from contextlib import contextmanager

from tools.console import progress

from ..session import Session
from .federation import Federation
from .mastodon_oauth import human_login

WELCOME = """
Two local servers are running, and the shop's account on the first one is connected.
Write as a customer:    ./dev live post "Is the blue one in stock?"
                        ./dev live post --visibility direct "My order 1234 is late"
See it arrive:          Social › Cases, within a minute, without reload (the channel's
                        Fetch Now asks at once)
Answer it in Odoo, then read the answer as the customer:
                        ./dev live read
More:                   ./dev live --help
"""


@contextmanager
def connected(address, database):
    """Start the servers, connect the shop's account to a running Odoo, stop with the block.

    :param str address: where Odoo answers.
    :param str database: its database, whose administrator is ``admin``, password ``admin``.
    :return: what to tell the user, by ``with connected(...) as message``.
    """
    federation = Federation()
    try:
        with progress('start two local servers'):
            federation.start()
        with progress("connect the shop's account"):
            connect(Session(address, database), federation.shop)
        yield WELCOME
    finally:
        federation.stop()


def connect(session, account, *, base_url=None):
    """Connect an account through the wizard and the server's own consent page.

    :param Session session: of a manager.
    :param Account account: whose consent is given.
    :param str base_url: the server's address as Odoo shall know it, for a proxy before it.
    :return: the channel's id; the same one when it is connected already.
    :rtype: int
    """
    platform = session('social.crm.platform', 'search', [('code', '=', 'mastodon')])[0]
    wizard = session('social.crm.connect', 'create', {
        'platform_id': platform, 'connector': 'mastodon',
        'base_url': base_url or account.base_url})
    consent = session('social.crm.connect', 'action_continue', [wizard])['url']
    page = session.get(human_login(consent, account.login, account.password))
    page.raise_for_status()
    channels = session.read('social.crm.channel', [
        ('platform_id', '=', platform), ('handle', '=like', f'{account.login}%'),
        ('is_connected', '=', True)], 'id')
    assert len(channels) == 1, f'{account.address} is not connected: {page.url}'
    channel_id = channels[0]['id']
    # A server of one's own can be asked more often than a network's.
    session('social.crm.channel', 'write', [channel_id], {'fetch_minutes': 1})
    return channel_id
