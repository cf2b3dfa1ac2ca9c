# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import threading
from contextlib import contextmanager

import psycopg2
from psycopg2 import errorcodes

from odoo import fields, models
from odoo.exceptions import LockError
from odoo.tools import SQL

# Another transaction was quicker. Nothing is wrong with the data: roll back and do it again.
LOST_RACES = frozenset(
    {
        errorcodes.SERIALIZATION_FAILURE,
        errorcodes.DEADLOCK_DETECTED,
        errorcodes.LOCK_NOT_AVAILABLE,
        errorcodes.UNIQUE_VIOLATION,
    }
)


def is_lost_race(error):
    """Whether another worker was quicker, so that the same work will do in a new transaction."""
    if isinstance(error, psycopg2.Error):
        return error.pgcode in LOST_RACES
    return isinstance(error, LockError) or (
        # Odoo tells a unique violation of a named constraint in its own words
        isinstance(error.__cause__, psycopg2.Error) and error.__cause__.pgcode in LOST_RACES
    )


@contextmanager
def races_expected():
    """Keep lost races of this thread out of the log: what runs here does the work again.

    Odoo logs each statement that fails as an error. Other errors are logged as ever, and a race
    that is lost each time ends as an exception, which is.
    """
    thread, log = threading.get_ident(), logging.getLogger("odoo.sql_db")

    def is_told(record):
        error = record.args[-1] if isinstance(record.args, tuple) and record.args else None
        return record.thread != thread or not (
            isinstance(error, psycopg2.Error) and is_lost_race(error)
        )

    log.addFilter(is_told)
    try:
        yield
    finally:
        log.removeFilter(is_told)


class SocialCrmWorker(models.AbstractModel):
    """What the queues of the engine share: claiming, waking, starting afresh.

    A claim is an advisory lock of the transaction: it ends with it, also when a worker is killed.
    """

    _name = "social.crm.worker"
    _description = "Worker on a Queue"

    def _claim(self, space, key):
        """Try to be the only one at something until the end of the transaction.

        Ask for it in the first statement of a transaction: a snapshot taken before would not
        see what the last holder did.

        :param int space: one of ``CLAIM_*``, so that ids of different tables do not meet
        :param int key: a record's id
        :rtype: bool
        """
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [space, key])
        return self.env.cr.fetchone()[0]

    def _claim_channel(self, due, space, capability, tried):
        """Claim a channel whose turn it is and that nobody else reads.

        :param str due: field of ``social.crm.channel.sync`` that says when its turn is
        :param int space: one of ``CLAIM_*``
        :param str capability: what its connector must be able to
        :param set tried: ids of channels this run had already
        :return: one channel, or an empty recordset
        :rtype: recordset
        """
        turn = SQL.identifier("s", due)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.channel_id FROM social_crm_channel_sync s
                  JOIN social_crm_channel c ON c.id = s.channel_id
                 WHERE c.active AND c.is_connected AND c.connector != 'manual'
                   AND NOT c.id = ANY(%s) AND COALESCE(%s, '-infinity') <= %s
                 ORDER BY %s NULLS FIRST, c.id
                """,
                list(tried), turn, fields.Datetime.now(), turn,
            )
        )
        for (channel_id,) in rows:
            self._start_over()
            channel = self.env["social.crm.channel"].browse(channel_id)
            if self._claim(space, channel_id) and channel._can(capability):
                return channel.with_company(channel.company_id)
        return self.env["social.crm.channel"]

    def _wake(self, method, at=None):
        """Ask for the workers that run a method of this model, as many as there are.

        :param str method: the name of the cron's method
        :param datetime at: not before, to the minute; now by default
        """
        # sudo: whoever has work for the workers may wake them, without seeing scheduled actions
        crons_sudo = (
            self.env["ir.cron"]
            .sudo()
            .search([("model_id.model", "=", self._name), ("code", "=", f"model.{method}()")])
        )
        for cron_sudo in crons_sudo:
            cron_sudo._trigger(at)

    def _progress(self, processed, remaining=0):
        """Commit, and tell how many seconds are left for this run.

        :param int remaining: whether there is more, as far as known
        :rtype: float
        """
        left = self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
        self.env.invalidate_all(flush=False)  # or the cache grows with the backlog
        return left

    def _start_over(self):
        """Forget the transaction: locks, writes and what was read."""
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)


# First keys of advisory locks, any numbers that nobody else uses in an Odoo database.
CLAIM_EVENTS = 0x50C1A1
CLAIM_FETCH = 0x50C1A2
CLAIM_OUTBOX = 0x50C1A3
CLAIM_SENDING = 0x50C1A4
CLAIM_FIGURES = 0x50C1A5
CLAIM_ARCHIVE = 0x50C1A6
