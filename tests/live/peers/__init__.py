# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Real servers that speak the networks' own protocols, on loopback, to test and try things with.

None of them is part of the product: each is fetched from a package registry into the project's
cache folder, started and stopped by process id, and says why when it cannot be had.
"""

from tools.console import Fail


class PeerUnavailable(Fail):
    """The peer cannot run on this machine; the text says why and what would help."""
