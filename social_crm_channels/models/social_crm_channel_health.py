# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    NotSupported,
    RateLimited,
    TransientError,
)

from ..const import (
    HEALTH_HOURS,
    SILENCE_DAYS,
    SILENCE_EVENTS,
    SILENCE_FACTOR,
    SILENCE_MIN_HOURS,
)

_logger = logging.getLogger(__name__)

OUTAGE_FAILURES = 3  # fewer in a row are nobody's concern


class SocialCrmChannel(models.Model):
    """The traffic light, and telling people: once an incident, not once a minute."""

    _inherit = "social.crm.channel"

    # === THE LIGHT === #

    def _set_health(self, level, message=False, todo=False):
        self._sync().write(
            {
                "health_level": level,
                "health_message": message,
                "health_todo": todo,
                "health_checked_at": fields.Datetime.now(),
            }
        )

    def _report_works(self):
        """A call went through with our credentials: what a dead connection caused is over."""
        sync = self._sync()
        silent = "silence" in (sync.incidents or {})
        if sync.sending_stopped or (sync.health_level != "green" and not silent):
            self._set_health("green")
            sync.write({"sending_stopped": False, "send_not_before": False})
            self.env["social.crm.outbox"]._wake_sending()
        self._close_incidents("credentials", "trouble")

    def _report_credentials(self, error):
        """The network no longer accepts us: stop sending, keep receiving, tell once."""
        self._sync().sending_stopped = True
        todo = self.env._("Connect the account again: Configuration, Channels, Connect.")
        self._set_health("red", str(error), todo)
        self._open_incident(
            "credentials",
            self.env._("%(channel)s: the network no longer accepts us", channel=self.name),
            self.env._(
                "%(reason)s\nNothing is sent until the account is connected again; what is "
                "written meanwhile waits. %(todo)s",
                reason=str(error),
                todo=todo,
            ),
        )

    def _report_waiting(self, error):
        self._set_health(
            "yellow",
            self.env._("The network asked us to slow down. %(reason)s", reason=str(error)),
            self.env._("Nothing: we go on by ourselves."),
        )

    def _report_outage(self, error, failures):
        if failures >= OUTAGE_FAILURES:
            self._set_health(
                "yellow",
                self.env._("The network cannot be reached. %(reason)s", reason=str(error)),
                self.env._("Nothing for now: we try again by ourselves. If it lasts, see whether "
                "the server's address is right and the network reports an outage."),
            )

    def _report_trouble(self, error):
        """Neither outage nor credentials: somebody has to look."""
        words = str(error) if isinstance(error, ConnectorError) else type(error).__name__
        todo = self.env._("See what the network says; the server's log has the details.")
        self._set_health("red", words, todo)
        self._open_incident(
            "trouble",
            self.env._("%(channel)s cannot be read", channel=self.name),
            f"{words}\n{todo}",
        )

    def _check_health_now(self):
        """Ask the network once, and read the answer by the class of its error."""
        self.ensure_one()
        try:
            self._refresh_credentials()
            health = self._connector()._check_health(self)
        except CredentialsError as error:
            self._report_credentials(error)
        except RateLimited as error:
            self._report_waiting(error)
        except TransientError as error:
            self._report_outage(error, OUTAGE_FAILURES)
        except NotSupported:
            self._report_works()
        except ConnectorError as error:
            self._report_trouble(error)
        except Exception as error:
            _logger.exception("Channel %s cannot be checked", self.id)
            self._report_trouble(error)
        else:
            if health.level == "green":
                self._report_works()
            self._set_health(health.level, health.message, health.todo)

    # === INCIDENTS === #

    def _open_incident(self, kind, summary, note):
        """One message and one activity for those who answer for the channel, unless told already.

        :param str kind: what it is about; closed by :meth:`_close_incidents`
        """
        sync = self._sync()
        incidents = sync.incidents or {}
        if kind in incidents:
            return
        # sudo: the engine speaks, whoever happened to press a button when it broke
        channel_sudo = self.sudo()
        people_sudo = channel_sudo._responsible_users()
        body = Markup("<br/>").join(note.splitlines())
        channel_sudo.message_post(
            body=body,
            subject=summary,
            subtype_xmlid="mail.mt_note",
            partner_ids=people_sudo.partner_id.ids,
        )
        # one mail is enough: the activity sends none of its own
        activity = channel_sudo.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=body,
            user_id=people_sudo[:1].id,
        )
        sync.incidents = {**incidents, kind: activity.id}

    def _close_incidents(self, *kinds):
        """What was told about is mended."""
        sync = self._sync()
        incidents = sync.incidents or {}
        closing = incidents.keys() & set(kinds)
        if not closing:
            return
        sync.incidents = {kind: found for kind, found in incidents.items() if kind not in closing}
        # sudo: the engine closes what it opened
        activities_sudo = self.env["mail.activity"].sudo()
        activities_sudo.browse([incidents[kind] for kind in closing]).exists().action_feedback(
            feedback=self.env._("It works again.")
        )

    def _responsible_users(self):
        """Who is told: the channel's owner, else the managers of its company.

        :rtype: recordset (``res.users``)
        """
        self.ensure_one()
        if self.user_id.active:
            return self.user_id
        managers = self.env.ref("social_crm_base.group_manager").all_user_ids
        return managers.filtered(
            lambda u: u.active and not u.share and self.company_id in u.company_ids
        ) or self.env.ref("base.user_admin")

    # === THE WATCH === #

    @api.model
    def _cron_watch(self):
        """Look after the channels: dead credentials, unusual silence, events that failed."""
        channels = self.search([("is_connected", "=", True), ("connector", "!=", "manual")])
        self._watch_silence(channels)
        self._watch_events(channels)
        while self.env["social.crm.event"]._gc_events()[1]:
            self.env["ir.cron"]._commit_progress(1, remaining=1)
        self.env["ir.cron"]._commit_progress(1, remaining=1)
        limit = fields.Datetime.now() - timedelta(hours=HEALTH_HOURS)
        for channel in channels:
            checked = channel._sync().health_checked_at
            if not checked or checked < limit:
                channel._check_health_now()
                if self.env["ir.cron"]._commit_progress(1, remaining=1) <= 0:
                    return
        self.env["ir.cron"]._commit_progress(0, remaining=0)

    @api.model
    def _watch_silence(self, channels):
        """Compare each channel's present silence with the longest it had in four weeks.

        Nights and weekends are in the rhythm learnt; a channel with few events has none.
        """
        self.env.cr.execute(
            """
            WITH received AS (
                SELECT channel_id, received_at, received_at - lag(received_at) OVER (
                       PARTITION BY channel_id ORDER BY received_at) AS gap
                  FROM social_crm_event
                 WHERE channel_id = ANY(%s) AND received_at > %s)
            SELECT channel_id, max(received_at), extract(epoch FROM max(gap))
              FROM received GROUP BY channel_id HAVING count(*) >= %s
            """,
            [
                channels.ids,
                fields.Datetime.now() - timedelta(days=SILENCE_DAYS),
                SILENCE_EVENTS,
            ],
        )
        rows = self.env.cr.fetchall()
        now = fields.Datetime.now()
        for channel_id, last, longest in rows:
            channel = self.browse(channel_id)
            sync = channel._sync()
            if not sync.last_read_at or sync.last_read_at < last:
                sync.last_read_at = last
            usual = timedelta(seconds=float(longest or 0) * SILENCE_FACTOR)
            if now - last > max(usual, timedelta(hours=SILENCE_MIN_HOURS)):
                channel._report_silence(last)
            elif "silence" in (sync.incidents or {}):
                channel._close_incidents("silence")
                channel._report_works()

    def _report_silence(self, last):
        hours = int((fields.Datetime.now() - last).total_seconds() // 3600)
        words = self.env._(
            "Nothing has come for %(hours)s hours, which is unusual for this channel.", hours=hours
        )
        todo = self.env._(
            "See on the network whether there is something new. If so, connect the account again: "
            "that also renews the subscription."
        )
        if self._sync().health_level == "green":
            self._set_health("yellow", words, todo)
        self._open_incident(
            "silence",
            self.env._("%(channel)s is unusually silent", channel=self.name),
            f"{words}\n{todo}",
        )

    @api.model
    def _watch_events(self, channels):
        """Tell about events that failed, and about those no channel was found for."""
        self.env.cr.execute(
            """
            SELECT COALESCE(e.channel_id, (
                       SELECT min(c.id) FROM social_crm_channel c
                        WHERE c.app_id = e.app_id AND c.active)), count(*)
              FROM social_crm_event e WHERE e.state IN ('failed', 'quarantined') GROUP BY 1
            """
        )
        counts = dict(self.env.cr.fetchall())
        for channel in channels:
            count = counts.get(channel.id)
            if not count:
                channel._close_incidents("events")
                continue
            channel._open_incident(
                "events",
                self.env._("%(channel)s: events could not be taken in", channel=channel.name),
                self.env._(
                    "%(count)s events failed or found no channel. Nothing is lost: see "
                    "Configuration, Technical, Events, and try them again.",
                    count=count,
                ),
            )
