# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The shop's account of the local servers in Odoo, connected as an administrator would do it."""

from contextlib import contextmanager

from tools.console import progress

from ..session import Session
from ..waiting import wait_until
from .federation import Federation
from .mastodon_oauth import human_login

WELCOME = """
Two local servers are running, and the shop's account on the first one is connected.
Write as a customer:    ./dev live post "Is the blue one in stock?"
                        ./dev live post --visibility direct "My order 1234 is late"
See it arrive:          Social › Cases, in about a minute, without reload; at once with
                        Fetch Now on the channel (Configuration › Channels › Example Shop)
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
            session = Session(address, database)
            read_often(session, connect(session, federation.shop))
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
    return channels[0]['id']


def read_often(session, channel_id):
    """Have the channel read every minute: a server of one's own can be asked more often."""
    session('social.crm.channel', 'write', [channel_id], {'fetch_minutes': 1})
    # The first reading may have begun with the usual pause, which is longer.
    wait_until(lambda: session.read(
        'social.crm.channel', [('id', '=', channel_id)], 'last_read_at')[0]['last_read_at'],
        seconds=120, what='the first reading')
    session('social.crm.channel', 'action_fetch_now', [channel_id])
