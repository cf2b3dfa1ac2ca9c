# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Asks for the workers from a web process without slowing down who asks.

One ``ir.cron._trigger()`` per request would cost a webhook 40 % of its rate. So each process asks
at most once a second, from a thread of its own, and never forgets the last one to ask.
"""
import logging
import threading
import time

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from ..const import WAKE_INTERVAL

_logger = logging.getLogger(__name__)


class Waker:
    """Coalesces asks per database."""

    def __init__(self, interval=WAKE_INTERVAL):
        self._interval = interval
        self._lock = threading.Lock()
        self._last = {}
        self._pending = set()

    def ask(self, database):
        """To be called after the commit of what the workers shall see."""
        with self._lock:
            if database in self._pending:
                return
            self._pending.add(database)
            elapsed = time.monotonic() - self._last.get(database, -self._interval)
            timer = threading.Timer(max(0.0, self._interval - elapsed), self._fire, [database])
        timer.daemon = True
        timer.start()

    def _fire(self, database):
        # Whoever asks from here on is not served by the trigger below: they commit later.
        with self._lock:
            self._pending.discard(database)
            self._last[database] = time.monotonic()
        try:
            trigger(database)
        except psycopg2.Error:
            _logger.warning("The workers were not woken; they start within a minute", exc_info=True)


def trigger(database):
    """Wake the event workers of a database, in a transaction of its own."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["social.crm.event"]._wake("_cron_process")


WAKER = Waker()
