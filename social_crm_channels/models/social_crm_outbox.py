# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
import random
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    NotSupported,
    PermanentError,
    RateLimited,
    RecipientGone,
    TransientError,
)
from odoo.addons.social_crm_base.models.social_crm_conversation_send import AUTOMATIC
from odoo.addons.social_crm_base.tools.activity import Actor, Target
from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..const import (
    BATCH_TRIES,
    FIND_SENT_SECONDS,
    REPEATABLE_OPERATIONS,
    SEND_BACKOFF_SECONDS,
    SEND_LEASE_SECONDS,
)
from ..tools.contract import MODERATION, OutMedia, OutMessage
from .social_crm_worker import CLAIM_OUTBOX, CLAIM_SENDING, is_lost_race, races_expected

_logger = logging.getLogger(__name__)


class SocialCrmOutbox(models.Model):
    """The workers that send.

    That a row is being sent is committed before the call. So whatever ends a worker, the row
    tells afterwards that the outcome is unknown, and nobody says the same thing twice.
    """

    _name = "social.crm.outbox"
    _inherit = ["social.crm.outbox", "social.crm.worker"]

    first_tried_at = fields.Datetime(readonly=True)

    @api.model
    def _wake_sending(self, at=None):
        self._wake("_cron_send", at)
        return super()._wake_sending(at)

    @api.model
    def _cron_send(self):
        """One sender. Any number of scheduled actions may run this at once."""
        busy = set()
        seconds_left = 1
        while seconds_left > 0:
            row = self._next_row(busy)
            if not row:
                self._progress(0)
                return
            seconds_left = self._send_row(row)

    # === CLAIMING === #

    def _next_row(self, busy):
        """The oldest due row of a channel that nobody else sends for, marked as being sent.

        Within a conversation nothing overtakes, but nobody waits for a reading mark; a row left
        by a worker that died comes back.

        :param set busy: channels others are at, filled here
        :rtype: recordset
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT o.id, o.channel_id FROM social_crm_outbox o
              JOIN social_crm_channel c ON c.id = o.channel_id
              LEFT JOIN social_crm_channel_sync s ON s.channel_id = c.id
             WHERE o.state IN ('queued', 'held', 'unknown', 'sending')
               AND (o.state = 'queued' OR o.not_before IS NOT NULL)
               AND COALESCE(o.not_before, '-infinity') <= %(now)s
               AND c.active AND c.is_connected AND c.connector != 'manual'
               AND NOT COALESCE(s.sending_stopped, false)
               AND COALESCE(s.send_not_before, '-infinity') <= %(now)s
               AND NOT o.channel_id = ANY(%(busy)s)
               AND NOT EXISTS (
                   SELECT 1 FROM social_crm_outbox p
                    WHERE p.conversation_id = o.conversation_id AND p.id < o.id
                      AND p.operation != 'mark_read'
                      AND p.state IN ('queued', 'held', 'unknown', 'sending')
                      AND (p.state != 'unknown' OR p.not_before IS NOT NULL))
             ORDER BY o.id LIMIT 20
            """,
            {"now": fields.Datetime.now(), "busy": list(busy)},
        )
        for row_id, channel_id in self.env.cr.fetchall():
            if channel_id in busy:
                continue
            self._start_over()
            if not self._claim(CLAIM_OUTBOX, channel_id):
                busy.add(channel_id)
                continue
            row = self.browse(row_id).try_lock_for_update()
            if row and row._is_due() and self._claim(CLAIM_SENDING, row.id):
                return row
        return self.browse()

    def _is_due(self):
        """Whether the row is still as it was when it was found."""
        due = not self.not_before or self.not_before <= fields.Datetime.now()
        return due and self.state in ("queued", "held", "unknown", "sending")

    # === SENDING === #

    def _send_row(self, row):
        """Do what one row asks for, and settle what became of it.

        :return: seconds left for this run
        :rtype: float
        """
        unsure = row.state in ("unknown", "sending")  # an earlier try may have got through
        first_tried = row.first_tried_at or fields.Datetime.now()
        lease = timedelta(seconds=SEND_LEASE_SECONDS)
        row.write(
            {
                "state": "sending",
                "attempts": row.attempts + 1,
                "first_tried_at": first_tried,
                "not_before": fields.Datetime.now() + lease,
            }
        )
        self._progress(0, remaining=1)
        self._claim(CLAIM_SENDING, row.id)  # for as long as the call takes
        row = row.with_company(row.company_id)
        try:
            row.channel_id._refresh_credentials()
            message = row._out_message()
            receipt = row._find_sent(message) if unsure else None
            unsure = False
            if not receipt:
                row._look_anew()
                receipt = row._perform(message)
        except ConnectorError as error:
            self._start_over()
            row._settle_error(error, unsure)
        except Exception as error:
            self._start_over()
            _logger.exception("Outbox row %s ended without an outcome", row.id)
            row._settle_unknown(f"{type(error).__name__}: {error}"[:500])
        else:
            row._settle_done(receipt)
        return self._progress(1, remaining=1)

    def _find_sent(self, message):
        """Look whether an earlier try, whose end nobody saw, got through.

        :return: the receipt if it did, None if it surely did not
        :raise PermanentError: when nobody can tell
        """
        channel = self.channel_id
        repeatable = self.operation in REPEATABLE_OPERATIONS
        if repeatable or channel._can("native_idempotency"):
            return None
        try:
            return channel._connector()._find_sent(channel, message)
        except NotSupported as error:
            raise _NobodyKnows(
                self.env._(
                    "The connection broke off while this was sent, and this network does not let "
                    "us look. See there: if it arrived, press It Is There, else Try Again."
                )
            ) from error

    def _look_anew(self):
        """Begin a transaction that sees what people decided while the network was asked.

        A new token or a look for an earlier try may have taken minutes, and a transaction only
        sees what was there when it began.
        """
        self._start_over()
        self._claim(CLAIM_SENDING, self.id)

    def _perform(self, message):
        """The call itself.

        :rtype: Receipt | None
        :raise PermanentError: when it may not be said any more
        """
        if reason := self._sending_refusal():
            raise PermanentError(reason)
        channel, connector = self.channel_id, self.channel_id._connector()
        payload = self.payload or {}
        if self.operation == "send":
            return connector._send(channel, message)
        if self.operation == "publish":
            return connector._publish(channel, message)
        if self.operation == "edit":
            return connector._update_remote(channel, message)
        if self.operation in ("delete", "revoke", "erase"):
            return connector._delete_remote(channel, message.target)
        if self.operation in MODERATION:
            person = self.operation in ("ban", "unban")
            target = actor_of(self.identity_id) if person else message.target
            return connector._moderate(
                channel, self.operation, target, reason=payload.get("reason", "")
            )
        if self.operation in ("react", "unreact"):
            return connector._react(
                channel,
                message.target,
                payload.get("reaction", ""),
                remove=self.operation == "unreact",
            )
        return connector._mark_read(channel, message.target)

    # === OUTCOMES === #

    @races_expected()
    def _settle_done(self, receipt):
        """Write the receipt down; who lost a race against the echo does it again.

        Whatever happens here, the words are on the network: the row must not look undone.
        """
        for _attempt in range(BATCH_TRIES):
            try:
                self._mark_done(receipt)
                self.env.flush_all()
                break
            except Exception as error:
                self._start_over()
                if not is_lost_race(error):
                    _logger.exception("Outbox row %s is sent, but not noted down", self.id)
                    break
        if self.state != "done":
            words = self.env._("It was sent, but could not be noted down whole.")
            now = fields.Datetime.now()
            self.write({"state": "done", "sent_at": now, "not_before": False, "error": words})
        self.channel_id._report_works()
        self.env["social.crm.event"]._wake("_cron_second_stage")

    def _settle_error(self, error, unsure=False):
        """What an error means for the next try, by its class.

        :param bool unsure: it came before anybody could look whether an earlier try got through:
            then that has still to be looked for, whatever else is to be done
        """
        channel = self.channel_id
        if isinstance(error, CredentialsError):
            self._postpone(str(error), None, counts=False, unsure=unsure)
            channel._report_credentials(error)
        elif isinstance(error, RateLimited):
            until = error.until or self._backoff()
            self._postpone(str(error), until, counts=False, unsure=unsure)
            channel._sync().send_not_before = until
            self._wake_sending(until)
        elif isinstance(error, TransientError):
            if error.maybe_done or unsure:
                self._settle_unknown(str(error), error.retry_after)
            elif self.attempts > len(SEND_BACKOFF_SECONDS):
                self._mark_failed(str(error))
            else:
                self._postpone(str(error), error.retry_after or self._backoff())
        elif unsure or isinstance(error, _NobodyKnows):
            self.write({"state": "unknown", "error": str(error), "not_before": False})
            self._saying().interaction_id.write({"delivery_state": "unknown"})
        elif isinstance(error, MalformedPayload):  # it was taken, and answered with nonsense
            self._settle_unknown(str(error))
        else:
            self._mark_failed(str(error))
            if isinstance(error, RecipientGone):
                self._saying().conversation_id._mark_unreachable(str(error))

    def _settle_unknown(self, message, moment=None):
        """The call may have been carried out: look before trying again."""
        moment = moment or fields.Datetime.now() + timedelta(seconds=FIND_SENT_SECONDS)
        if self.attempts > len(SEND_BACKOFF_SECONDS):
            moment = None  # a person has to look
        self.write({"state": "unknown", "error": message, "not_before": moment})
        self._saying().interaction_id.write({"delivery_state": "unknown"})
        if moment:
            self._wake_sending(moment)

    def _postpone(self, message, moment, counts=True, unsure=False):
        """Not done now: later. Unless it is unsure, surely not done at all."""
        self.write(
            {
                "state": "unknown" if unsure else "queued",
                "error": message,
                # without a time nobody looks again at what is unknown
                "not_before": moment or (unsure and fields.Datetime.now()),
                "attempts": self.attempts if counts else self.attempts - 1,
            }
        )
        if moment:
            self._wake_sending(moment)

    def _backoff(self):
        """When to try next, spread so that not all wake together after an outage."""
        index = min(self.attempts, len(SEND_BACKOFF_SECONDS)) - 1
        seconds = SEND_BACKOFF_SECONDS[max(index, 0)] * self._jitter()
        return fields.Datetime.now() + timedelta(seconds=seconds)

    def _jitter(self):
        return random.uniform(0.8, 1.2)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("first_tried_at")}

    # === THE MESSAGE === #

    def _out_message(self):
        """What the connector gets, in plain values.

        :rtype: OutMessage
        """
        item, talk = self.interaction_id, self.conversation_id
        return OutMessage(
            text=(self.payload or {}).get("text") or item.body or "",
            conversation_kind=talk.kind or "",
            target=target_of(item),
            parent=target_of(item.parent_id) if self.operation == "send" else None,
            thread=talk.external_id or "",
            recipient=actor_of(talk.identity_id),
            visibility=item.visibility or "public",
            mentions=tuple(filter(None, map(actor_of, item.mention_ids))),
            media=tuple(
                OutMedia(file.name, file.mimetype, file.raw or b"", file.description or "")
                for file in item.attachment_ids
            ),
            idempotency_key=self.idempotency_key,
            language=(item.language or "").partition("_")[0],
            title=item.title or "",
            template=(self.payload or {}).get("template"),
            automatic=item.answer_type_id.code in AUTOMATIC,
            tried_at=self.first_tried_at if self.attempts > 1 else None,
            unsubscribe=self._unsubscribe_url(),
        )

    def _unsubscribe_url(self):
        """Where the person ends such messages at one press; addons that keep consents know.

        :rtype: str
        """
        return ""


class _NobodyKnows(PermanentError):
    """Whether it was sent cannot be found out from here."""


def target_of(item):
    """How the network calls an item of ours.

    :rtype: Target | None
    """
    if not item.external_id:
        return None
    return Target(item.external_id, item.family, item.container or "", item.remote_ref or "")


def actor_of(identity):
    """How the network calls a person.

    :rtype: Actor | None
    """
    if not (identity.external_id or identity.handle):
        return None
    return Actor(
        external_id=identity.external_id or "",
        scope=identity.scope or "",
        handle=identity.handle or "",
        name=identity.name or "",
        profile_url=identity.profile_url or "",
    )
