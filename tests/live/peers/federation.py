# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Two federating servers: the shop has its account on the first, its customers on the second."""

import dataclasses
import ipaddress
import json

from ..waiting import wait_until
from . import PeerUnavailable
from .program import CACHE, snac_program
from .snac import NEEDS_ROOT, SnacServer, check_address

LIVE_HOSTS = ('127.0.0.21', '127.0.0.22')
# Tests use addresses of their own, so that they can run beside `./dev run --live`.
FIRST_TEST_HOST = ipaddress.ip_address('127.0.0.31')
TEST_PAIRS = 20


class Federation:
    """The pair of servers with the people on it.

    :param Path home: folder for both servers' data and ``credentials.json``.
    :param tuple hosts: the two loopback addresses.
    """

    def __init__(self, home=CACHE / 'live', hosts=LIVE_HOSTS):
        self.home = home
        self.hosts = hosts
        self.credentials_file = home / 'credentials.json'
        self.servers = []
        self.shop = self.customer = self.second_customer = None

    def start(self):
        """Bring both servers up with their people, as often as one likes.

        :raise PeerUnavailable: see its text.
        """
        self._load()
        try:
            for server in self.servers:
                server.prepare()
                server.start()
            first, second = self.servers
            self.shop = first.add_account('shop', 'Example Shop')
            self.customer = second.add_account('ana', 'Ana Marković')
            self.second_customer = second.add_account('budi', 'Budi Santoso')
            self._let_shop_follow(first, second)
        except BaseException:
            self.stop()
            raise
        self.credentials_file.write_text(json.dumps(self.credentials(), indent=2))
        self.credentials_file.chmod(0o600)

    def _let_shop_follow(self, first, second):
        """Without it the customers' deletions would never be told to the shop's server."""
        new = [account for account in (self.customer, self.second_customer)
               if not second.followers(account)]
        for account in new:
            first.follow(self.shop, account)
        wait_until(lambda: all(second.followers(account) for account in new),
                   what='the shop following its customers')

    def stop(self):
        """End both servers; their data stays."""
        for server in self.servers or self._load():
            server.stop()

    def running(self):
        """:return: whether both servers are up."""
        return all(server.pid() for server in self.servers or self._load())

    def credentials(self):
        """:return: address, login, password and token of each person, and the process ids."""
        people = {role: getattr(self, role) for role in ('shop', 'customer', 'second_customer')}
        return {
            **{role: {**dataclasses.asdict(account), 'base_url': account.base_url,
                      'address': account.address} for role, account in people.items()},
            'pids': [server.pid() for server in self.servers],
        }

    def _load(self):
        program = snac_program()
        self.servers = [SnacServer(program, self.home / host, host) for host in self.hosts]
        return self.servers


def start_test_federation(home):
    """Start a pair of fresh servers on addresses nobody uses.

    :raise PeerUnavailable: when the program, the right or a free pair is missing.
    """
    for number in range(TEST_PAIRS):
        hosts = tuple(str(FIRST_TEST_HOST + 2 * number + offset) for offset in (0, 1))
        try:
            for host in hosts:
                check_address(host)
        except PermissionError:
            raise PeerUnavailable(NEEDS_ROOT) from None
        except OSError:
            continue
        federation = Federation(home, hosts)
        federation.start()
        return federation
    raise PeerUnavailable(f'no free pair of addresses from {FIRST_TEST_HOST} on')
