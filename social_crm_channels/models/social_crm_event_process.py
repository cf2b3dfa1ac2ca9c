# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import time
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg2.extras import execute_values

from odoo import api, fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    TransientError,
)

from ..const import (
    BATCH_TRIES,
    EVENT_BATCH,
    HYDRATE_BATCH,
    RACE_LIMIT,
    WAIT_LIMIT_DAYS,
    WAIT_SECONDS,
    WAKE_ATTEMPTS,
)
from .social_crm_event import dump, load
from .social_crm_worker import CLAIM_EVENTS, is_lost_race, races_expected

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Mark:
    """What became of an event."""

    state: str
    error: str | None = None
    not_before: datetime | None = None
    drop_payload: bool = False


class SocialCrmEvent(models.Model):
    """The workers: raw events become interactions.

    Each batch is one transaction: claim the channel, lock the oldest due rows, parse, ingest,
    mark, commit. Whatever ends a worker in the middle leaves the rows as they were.
    """

    _inherit = "social.crm.event"

    @api.model
    def _cron_process(self, batch_size=EVENT_BATCH):
        """One worker. Any number of scheduled actions may run this at once.

        Channels take turns, the one served least in this run first: a long backlog of one does
        not hold up another's news. What comes in meanwhile wakes the workers again: running after
        it would mean a batch for every few events, which costs the server far more.
        """
        served = Counter()
        self.env.cr.execute("SELECT max(id) FROM social_crm_event")
        last_id = self.env.cr.fetchone()[0]
        seconds_left = 1
        while seconds_left > 0:
            channel_id = self._next_channel(served, last_id)
            if not channel_id:
                self._progress(0)
                return
            done, seconds_left = self._process_channel(channel_id, batch_size)
            served[channel_id] += max(done, 1)

    def _next_channel(self, served, last_id):
        """A channel with due events up to an id that nobody else works on, or None."""
        self.env.cr.execute(
            """
            SELECT c.id FROM social_crm_channel c, LATERAL (
                   SELECT e.not_before FROM social_crm_event e
                    WHERE e.channel_id = c.id AND e.state IN ('pending', 'waiting')
                      AND e.id <= %s
                    ORDER BY e.not_before LIMIT 1) oldest
             WHERE oldest.not_before <= %s
             ORDER BY oldest.not_before, c.id
            """,
            [last_id, fields.Datetime.now()],
        )
        due = [channel_id for (channel_id,) in self.env.cr.fetchall()]
        for channel_id in sorted(due, key=served.__getitem__):
            self.env.cr.rollback()  # claim first, look after: see _claim
            if self._claim(CLAIM_EVENTS, channel_id):
                return channel_id
        return None

    @races_expected()
    def _process_channel(self, channel_id, batch_size):
        """Work off the oldest batch of a claimed channel.

        What cannot be ingested together is halved until the culprit stands alone.

        :return: how many events were settled, and the seconds left for this run
        :rtype: tuple[int, float]
        """
        hydrated = self._hydrate_due(channel_id, batch_size)
        if hydrated:
            return hydrated, self._progress(hydrated, remaining=1)
        parts = deque([None])  # None: the oldest due
        settled, tries, left = 0, 0, 1
        while parts:
            ids = parts[0]
            if not self._claim(CLAIM_EVENTS, channel_id):
                break  # lost at a rollback; whoever has it does the work
            taken = []
            try:
                taken = self._take(channel_id, ids, batch_size)
                self._process_batch(channel_id, taken)
                left = self._progress(len(taken), remaining=1)
                settled += len(taken)
            except Exception as error:  # noqa: BLE001 (any addon's hook may fail; one event must not stop all)
                self._start_over()
                tries += 1
                if is_lost_race(error) and tries < BATCH_TRIES:
                    continue
                if len(taken) > 1:
                    parts.popleft()
                    half = len(taken) // 2
                    found = [row[0] for row in taken]
                    parts.extendleft([found[half:], found[:half]])
                    tries = 0
                    continue
                left = self._give_up(taken, error)
                settled += len(taken)
            tries = 0
            parts.popleft()
        return settled, left

    def _take(self, channel_id, ids, batch_size):
        """Lock due rows that nobody else has.

        :param list ids: these only, or None for the oldest
        :return: rows of (id, payload, attempts, received_at)
        :rtype: list[tuple]
        """
        self.env.cr.execute(
            """
            SELECT id, payload, attempts, received_at FROM social_crm_event
             WHERE channel_id = %s AND state IN ('pending', 'waiting')
               AND not_before <= %s AND (%s::int[] IS NULL OR id = ANY(%s))
             ORDER BY not_before, id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            [channel_id, fields.Datetime.now(), ids, ids, batch_size],
        )
        return self.env.cr.fetchall()

    def _process_batch(self, channel_id, taken):
        """Parse, ingest and mark, all in the caller's transaction.

        :raise Exception: whatever ingest raises; parse errors stay with their event
        """
        channel = self.env["social.crm.channel"].browse(channel_id)
        channel = channel.with_company(channel.company_id)
        connector = channel._connector()
        activities, owners, marks, said = [], [], {}, {}
        for event_id, payload, attempts, received_at in taken:
            try:
                parsed = connector._parse(channel, self._read(payload))
            except ConnectorError as error:
                marks[event_id] = Mark("failed", str(error))
                continue
            except Exception as error:
                _logger.warning("Event %s cannot be read", event_id, exc_info=True)
                marks[event_id] = Mark("failed", self._unreadable_words(error))
                continue
            if not parsed:
                marks[event_id] = Mark("ignored", self.env._("Nothing in it concerns us."))
            for activity in parsed:
                activities.append(activity)
                owners.append((event_id, attempts, received_at))
                said.setdefault(event_id, []).append(activity)
        if activities:
            result = channel.env["social.crm.interaction"]._ingest(channel, activities)
            marks.update(self._marks_from(owners, result))
            kept = {
                event_id: found
                for event_id, found in said.items()
                if not marks[event_id].drop_payload
            }
            self._relate_people(channel, kept)
            self._relate_interactions(channel, kept)
            self._mark(marks)
            if result.interactions:
                self._wake_waiting(channel_id, marks)
                self._wake("_cron_second_stage")
        else:
            self._mark(marks)

    def _read(self, payload):
        try:
            return load(payload or "")
        except (ValueError, RecursionError) as error:
            raise MalformedPayload(self.env._("Its content is not there or no JSON.")) from error

    def _unreadable_words(self, error):
        return self.env._(
            "The connector could not read it (%(error)s). The server's log says where; try again "
            "once that is mended.",
            error=f"{type(error).__name__}: {error}"[:500],
        )

    # === SECOND STAGE === #

    @api.model
    @races_expected()
    def _cron_second_stage(self, batch_size=EVENT_BATCH):
        """Matching, mood, routing, deadlines and the news to open screens, after the commit.

        A worker that takes in events may be quicker at the same case. The less one does at once,
        the sooner one is done before the other comes; and what was lost each time waits for the
        next turn, for nothing is wrong with it.
        """
        tries, seconds_left = 0, 1
        while seconds_left > 0:
            limit = max(1, batch_size // 4**tries)
            try:
                done = self.env["social.crm.interaction"]._run_second_stage(limit=limit)
                seconds_left = self._progress(done, remaining=1 if done else 0)
            except Exception as error:
                self._start_over()
                if not is_lost_race(error):
                    raise
                tries += 1
                if tries < BATCH_TRIES:
                    continue
                _logger.info("Others were quicker %s times: the second stage goes on later", tries)
                self._wake("_cron_second_stage", fields.Datetime.now() + timedelta(minutes=1))
                return
            tries = 0
            if not done:
                return

    # === WHAT BECOMES OF EVENTS === #

    def _marks_from(self, owners, result):
        """What became of each event, from what became of its activities.

        :param list owners: (event id, attempts, received at) of each activity
        :param IngestResult result:
        :return: event id to :class:`Mark`
        :rtype: dict
        """
        waiting = set(result.waiting)
        dropped = dict(result.dropped)
        total = Counter(owner[0] for owner in owners)
        refused = Counter(owners[position][0] for position in dropped)
        marks = {}
        now = fields.Datetime.now()
        for position, (event_id, attempts, received_at) in enumerate(owners):
            if position in waiting:
                marks[event_id] = self._mark_waiting(attempts, received_at, now)
            elif event_id not in marks:
                marks[event_id] = Mark("done")
        for position, reason in result.dropped:
            event_id = owners[position][0]
            if refused[event_id] == total[event_id]:
                # Nothing of it may be kept, so its raw form may not either.
                marks[event_id] = Mark("ignored", reason, drop_payload=True)
            elif marks[event_id].state == "done":
                marks[event_id] = Mark("done", reason)
        return marks

    def _mark_waiting(self, attempts, received_at, now):
        if received_at < now - timedelta(days=WAIT_LIMIT_DAYS):
            words = self.env._(
                "What it speaks of did not come within %(days)s days.", days=WAIT_LIMIT_DAYS
            )
            return Mark("ignored", words)
        delay = WAIT_SECONDS[min(attempts, len(WAIT_SECONDS) - 1)]
        words = self.env._("Waits for what it speaks of: that has not come yet.")
        return Mark("waiting", words, now + timedelta(seconds=delay))

    def _mark(self, marks):
        """Write what became of events, in one statement."""
        if not marks:
            return
        now = fields.Datetime.now()
        execute_values(
            self.env.cr._obj,
            """
            UPDATE social_crm_event e
               SET state = v.state, error = v.error, attempts = e.attempts + 1,
                   not_before = COALESCE(v.not_before::timestamp, e.not_before),
                   done_at = v.done_at::timestamp,
                   payload = CASE WHEN v.drop_payload THEN NULL ELSE e.payload END
              FROM (VALUES %s) AS v(id, state, error, not_before, drop_payload, done_at)
             WHERE e.id = v.id
            """,
            [
                (
                    event_id,
                    mark.state,
                    mark.error,
                    mark.not_before,
                    mark.drop_payload,
                    now if mark.state in ("done", "ignored") else None,
                )
                for event_id, mark in marks.items()
            ],
            page_size=len(marks),
        )
        times = [mark.not_before for mark in marks.values() if mark.not_before]
        if times:
            self._wake("_cron_process", min(times))

    def _give_up(self, taken, error):
        """One event that cannot be ingested even alone.

        :return: seconds left for this run
        :rtype: float
        """
        for event_id, _payload, attempts, _received_at in taken:
            if is_lost_race(error) and attempts < RACE_LIMIT:
                delay = WAIT_SECONDS[min(attempts, len(WAIT_SECONDS) - 1)]
                words = self.env._("Another worker was quicker each time; it is tried again.")
                moment = fields.Datetime.now() + timedelta(seconds=delay)
                self._mark({event_id: Mark("pending", words, moment)})
                continue
            _logger.warning("Event %s cannot be stored", event_id, exc_info=error)
            words = self.env._(
                "It was understood but could not be stored (%(error)s). The server's log says why; "
                "try again once that is mended.",
                error=f"{type(error).__name__}: {error}"[:500],
            )
            self._mark({event_id: Mark("failed", words)})
        return self._progress(len(taken), remaining=1)

    def _wake_waiting(self, channel_id, marks):
        """Something new came: what waited may have waited for that, so it is tried at once."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE social_crm_event SET not_before = %s
             WHERE channel_id = %s AND state = 'waiting' AND attempts < %s AND NOT id = ANY(%s)
               AND not_before > %s
            """,
            [now, channel_id, WAKE_ATTEMPTS, list(marks), now],
        )

    # === THIN NOTICES === #

    def _hydrate_due(self, channel_id, batch_size):
        """Fetch what thin notices lack, a few at a time, before the batch is parsed.

        :return: how many events were changed; 0 when nothing thin is due
        :rtype: int
        """
        channel = self.env["social.crm.channel"].browse(channel_id)
        connector = channel._connector()
        if not connector._sends_notices:
            return 0
        thin = []
        for row in self._take(channel_id, None, batch_size):
            try:
                payload = self._read(row[1])
            except MalformedPayload:
                continue  # told when it is parsed
            if connector._is_thin(channel, payload):
                thin.append((row, payload))
        started, changed = time.monotonic(), 0
        for row, payload in thin[:HYDRATE_BATCH]:
            self._hydrate_one(channel, connector, row, payload)
            changed += 1
            if time.monotonic() - started > HYDRATE_BATCH:
                break
        return changed

    def _hydrate_one(self, channel, connector, row, payload):
        event_id, _payload, attempts, received_at = row
        try:
            whole = connector._hydrate(channel, payload)
        except (TransientError, CredentialsError) as error:
            now = fields.Datetime.now()
            mark = self._mark_waiting(attempts, received_at, now)
            moment = getattr(error, "retry_after", None) or mark.not_before
            self._mark({event_id: Mark(mark.state, str(error), moment)})
            if isinstance(error, CredentialsError):
                channel._report_credentials(error)
        except ConnectorError as error:
            self._mark({event_id: Mark("failed", str(error))})
        except Exception as error:
            _logger.warning("Event %s cannot be completed", event_id, exc_info=True)
            self._mark({event_id: Mark("failed", self._unreadable_words(error))})
        else:
            self.env.cr.execute(
                "UPDATE social_crm_event SET payload = %s WHERE id = %s", [dump(whole), event_id]
            )
