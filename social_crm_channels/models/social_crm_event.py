# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import json
from datetime import timedelta

from psycopg2.extras import execute_values

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.social_crm_base.tools.privacy import CLEAR, CONTENT, ROW, classify, not_personal

from ..const import EVENT_KEY_LENGTH, EVENT_STATES, PURGE_BATCH, RAW_EVENT_DAYS
from ..tools.wake import WAKER


class SocialCrmEvent(models.Model):
    """What a network gave us, as it came, before anybody understood it.

    A row is here before the network hears that we have it, and stays until what it says is
    stored. The key is unique within the app, so redelivery changes nothing.
    """

    _name = "social.crm.event"
    _inherit = ["social.crm.worker", "social.crm.personal.data"]
    _description = "Network Event"
    _order = "id desc"
    _rec_name = "event_key"
    _log_access = False  # written by the thousand; received_at and done_at say what matters

    company_id = fields.Many2one("res.company", required=True)
    app_id = fields.Many2one("social.crm.app", required=True, ondelete="cascade", readonly=True)
    channel_id = fields.Many2one(
        "social.crm.channel", ondelete="cascade", readonly=True,
        help="Empty while no channel of the app has this account.",
    )
    source = fields.Selection(
        [("push", "Sent to us"), ("poll", "Read by us")], required=True, readonly=True
    )
    account_key = fields.Char(
        string="Account ID", readonly=True, help="Which of our accounts it is for."
    )
    event_key = fields.Char(required=True, readonly=True)
    payload = fields.Text(readonly=True, help="JSON, as the network sent it.")
    state = fields.Selection(EVENT_STATES, required=True, default="pending", readonly=True)
    attempts = fields.Integer(readonly=True)
    not_before = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    error = fields.Text(string="What Happened", readonly=True)
    received_at = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    done_at = fields.Datetime(readonly=True)
    identity_ids = fields.Many2many(
        "social.crm.identity", "social_crm_event_identity_rel", "event_id", "identity_id",
        string="People", readonly=True, help="Whom it speaks of, so that their data can be found.",
    )

    _key_unique = models.UniqueIndex("(app_id, event_key)")
    _due_index = models.Index(
        "(channel_id, not_before, id) WHERE state IN ('pending', 'waiting')"
    )
    _trouble_index = models.Index("(id) WHERE state IN ('failed', 'quarantined')")
    _channel_index = models.Index("(channel_id, received_at)")
    _received_index = models.Index("(received_at)")

    # === IN === #

    @api.model
    def _accept(self, app, items, source):
        """Store items for the workers; those already here are left alone.

        :param recordset app: one ``social.crm.app``
        :param list items: (account key, event key, JSON-able payload)
        :param str source: push or poll
        :return: how many were new
        :rtype: int
        """
        stored = self._store(app, items, source, app._webhook_routes()[1])
        if stored:
            database = self.env.cr.dbname
            self.env.cr.postcommit.add(lambda: WAKER.ask(database))
        return stored

    @api.model
    def _store(self, app, items, source, routes):
        """Insert what is not here yet, in one statement.

        :param dict routes: account key to channel id
        :rtype: int
        """
        company_id = app._webhook_routes()[0]
        now = fields.Datetime.now()
        rows = []
        for account_key, event_key, payload in items:
            channel_id = routes.get(account_key)
            rows.append(
                (
                    company_id,
                    app.id,
                    channel_id,
                    source,
                    fit_key(account_key),
                    fit_key(f"{account_key}:{event_key}"),
                    dump(payload),
                    "pending" if channel_id else "quarantined",
                    None if channel_id else self._unrouted_words(account_key),
                    now,
                    now,
                )
            )
        if not rows:
            return 0
        stored = execute_values(
            self.env.cr._obj,
            """
            INSERT INTO social_crm_event (company_id, app_id, channel_id, source, account_key,
                   event_key, payload, state, error, attempts, not_before, received_at)
            VALUES %s ON CONFLICT (app_id, event_key) DO NOTHING RETURNING id
            """,
            rows,
            template="(%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, %s)",
            page_size=len(rows),
            fetch=True,
        )
        return len(stored)

    @api.model
    def _unrouted_words(self, account_key):
        return self.env._(
            "No connected channel of this app has the account ID %(account)s. Connect it, then "
            "try again.",
            account=account_key,
        )

    # === ACTIONS === #

    def action_retry(self):
        """Try again what failed, was ignored or found no channel, one or many."""
        self._check_manager()
        self._retry()
        return True

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("social_crm_base.group_manager"):
            raise AccessError(self.env._("Only a manager decides about events."))

    def _retry(self):
        stuck = self.filtered(lambda e: e.state in ("failed", "ignored", "quarantined", "waiting"))
        if not stuck:
            raise UserError(
                self.env._("Only events that failed, wait, or were put aside can be tried again.")
            )
        if gone := stuck.filtered(lambda e: not e.payload):
            raise UserError(
                self.env._(
                    "%(count)s of these events no longer have their content: it was dropped by "
                    "retention or at the person's request.",
                    count=len(gone),
                )
            )
        now = fields.Datetime.now()
        # sudo: managers decide what is tried again, but nobody edits what a network sent
        for app, events in stuck.sudo().grouped("app_id").items():
            _company_id, routes = app._webhook_routes()
            for account_key, of_account in events.grouped("account_key").items():
                channel_id = of_account.channel_id[:1].id or routes.get(account_key)
                of_account.write(
                    {
                        "channel_id": channel_id,
                        "state": "pending" if channel_id else "quarantined",
                        "error": False if channel_id else self._unrouted_words(account_key),
                        "attempts": 0,
                        "not_before": now,
                    }
                )
        self._wake("_cron_process")

    def action_ignore(self):
        """Put events aside for good: a person has looked at them."""
        self._check_manager()
        # sudo: see _retry
        self.sudo().filtered(lambda e: e.state in ("failed", "quarantined", "waiting")).write(
            {
                "state": "ignored",
                "done_at": fields.Datetime.now(),
                "error": self.env._("Put aside by %(user)s.", user=self.env.user.name),
            }
        )

    # === RETENTION === #

    @api.model
    def _raw_event_days(self):
        """For how many days raw events are kept.

        :rtype: int
        """
        # sudo: a setting, no secret
        value = self.env["ir.config_parameter"].sudo().get_param("social_crm.raw_event_days")
        return max(1, int(value)) if str(value or "").isdigit() else RAW_EVENT_DAYS

    @api.model
    def _gc_events(self):
        """Drop what has been kept long enough: finished events whole, of others the content.

        Networks whose rules are stricter than ours have theirs: for raw events, or for what was
        said. Hourly, as some of them count in hours.

        :return: how many rows were dropped, and whether there may be more
        :rtype: tuple[int, bool]
        """
        done = sum(
            self._purge(apps, moment) for apps, moment in self._retention_limits()
        )
        return done, done >= PURGE_BATCH

    def _retention_limits(self):
        """Apps, and up to when what came through them has to go."""
        now = fields.Datetime.now()
        days = self._raw_event_days()
        rules = self.env["social.crm.platform.rule"]
        apps = self.env["social.crm.app"].with_context(active_test=False).search([])
        for company, of_company in apps.grouped("company_id").items():
            lifetimes = [
                rules._lifetimes(of_company.platform_id, of, company=company)
                for of in ("raw_event", "content")
            ]
            for platform, of_platform in of_company.grouped("platform_id").items():
                hours = min(filter(None, [days * 24, *(told[platform.id] for told in lifetimes)]))
                yield of_platform, now - timedelta(hours=hours)

    @api.model
    def _purge(self, apps, moment):
        """Drop events received before a moment, at most a batch.

        :rtype: int
        """
        self.flush_model()
        self.env.cr.execute(
            """
            WITH old AS (
                SELECT id, state FROM social_crm_event
                 WHERE app_id = ANY(%(apps)s) AND received_at < %(moment)s
                   AND (state IN ('done', 'ignored') OR payload IS NOT NULL)
                 ORDER BY received_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED),
            gone AS (
                DELETE FROM social_crm_event e USING old
                 WHERE e.id = old.id AND old.state IN ('done', 'ignored') RETURNING e.id),
            emptied AS (
                UPDATE social_crm_event e
                   SET payload = NULL, state = 'failed',
                       error = concat_ws(E'\\n', e.error, %(words)s)
                  FROM old WHERE e.id = old.id AND old.state NOT IN ('done', 'ignored')
                RETURNING e.id)
            SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM emptied)
            """,
            {
                "apps": apps.ids,
                "moment": moment,
                "limit": PURGE_BATCH,
                "words": self.env._("Its content was dropped: it was kept long enough."),
            },
        )
        self.invalidate_model(flush=False)
        return self.env.cr.fetchone()[0]

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id app_id channel_id source account_key event_key state attempts "
                "not_before received_at done_at"
            ),
            **classify(CONTENT, ROW, "payload identity_ids"),
            **classify(CONTENT, CLEAR, "error"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_ids", "in", identities.ids)


def fit_key(key):
    """A key the database can hold and index, whatever a network calls its items.

    :rtype: str
    """
    key = str(key)
    if len(key) > EVENT_KEY_LENGTH or "\x00" in key or not is_text(key):
        return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return key


def is_text(value):
    """Whether it is valid Unicode: JSON can write half a letter."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def dump(payload):
    """The payload as text. What no database can hold (zero characters, half letters) becomes ``?``.

    :rtype: str
    """
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()


def load(text):
    """The payload as it was before :func:`dump`, without zero characters.

    :raise ValueError: it is no JSON
    """
    payload = json.loads(text)
    return _without_zeros(payload) if "\\u0000" in text else payload


def _without_zeros(value):
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_zeros(item) for item in value]
    if isinstance(value, dict):
        return {_without_zeros(key): _without_zeros(item) for key, item in value.items()}
    return value
