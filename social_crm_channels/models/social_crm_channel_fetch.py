# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import random
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    RateLimited,
    TransientError,
)

from ..const import FETCH_BACKOFF_SECONDS, FETCH_PAGES
from .social_crm_worker import CLAIM_FETCH, is_lost_race, races_expected

_logger = logging.getLogger(__name__)


class SocialCrmEvent(models.Model):
    """Reading networks that do not call us. What they give goes through the same table."""

    _inherit = "social.crm.event"

    @api.model
    def _cron_fetch(self):
        """One reader. Any number of scheduled actions may run this at once."""
        tried = set()
        seconds_left = 1
        while seconds_left > 0:
            channel = self._claim_channel("next_fetch_at", CLAIM_FETCH, "receive_poll", tried)
            if not channel:
                self._progress(0)
                return
            tried.add(channel.id)
            seconds_left = self._fetch_channel(channel)

    @races_expected()
    def _fetch_channel(self, channel):
        """Read pages until there is none, and settle when to read again.

        :return: seconds left for this run
        :rtype: float
        """
        left = 1
        try:
            channel._refresh_credentials()
            for _page in range(FETCH_PAGES):
                count, left = self._fetch_page(channel)
                if not count or left <= 0 or not self._claim(CLAIM_FETCH, channel.id):
                    break
            self._fetched(channel)
        except ConnectorError as error:
            self._start_over()
            self._fetch_failed(channel, error)
        except Exception as error:
            self._start_over()
            if not is_lost_race(error):  # that one is read again at the next turn
                _logger.exception("Channel %s cannot be read", channel.id)
                self._fetch_failed(channel, error)
        return self._progress(1, remaining=1)

    def _fetch_page(self, channel):
        """One call: its items and the new cursor are stored together.

        :return: how many items came, and seconds left
        :rtype: tuple[int, float]
        """
        sync = channel._sync()
        items, cursor = channel._connector()._fetch(channel, sync.cursor or {})
        app = channel._ensure_app()
        account = channel.external_id or f"channel-{channel.id}"
        if items:
            self._accept_polled(channel, app, account, items)
        sync.write({"cursor": cursor, "last_read_at": fields.Datetime.now()})
        return len(items), self._progress(len(items), remaining=1)

    def _accept_polled(self, channel, app, account, items):
        """Polled items need no routing: we know whose they are."""
        self._store(
            app,
            [(account, event_key, payload) for event_key, payload in items],
            "poll",
            {account: channel.id},
        )
        self._wake("_cron_process")

    def _fetched(self, channel):
        channel._sync().write(
            {
                "next_fetch_at": self._next_turn(timedelta(minutes=channel.fetch_minutes)),
                "fetch_failures": 0,
            }
        )
        channel._report_works()

    def _fetch_failed(self, channel, error):
        sync = channel._sync()
        failures = sync.fetch_failures + 1
        index = min(failures, len(FETCH_BACKOFF_SECONDS)) - 1
        wait = timedelta(seconds=FETCH_BACKOFF_SECONDS[index])
        moment = getattr(error, "retry_after", None) or self._next_turn(
            max(wait, timedelta(minutes=channel.fetch_minutes))
        )
        sync.write({"fetch_failures": failures, "next_fetch_at": moment})
        if isinstance(error, CredentialsError):
            channel._report_credentials(error)
        elif isinstance(error, RateLimited):
            channel._report_waiting(error)
        elif isinstance(error, TransientError):
            channel._report_outage(error, failures)
        else:
            channel._report_trouble(error)

    def _next_turn(self, wait):
        """Spread, so that channels read together once do not stay together for ever."""
        return fields.Datetime.now() + wait * random.uniform(0.9, 1.0)
