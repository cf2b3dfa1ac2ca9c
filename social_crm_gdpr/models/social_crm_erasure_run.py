# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The batches: each is committed by itself and can be done twice, so a kill loses nothing."""

import logging
import traceback
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, split_every

from odoo.addons.social_crm_base.const import PRIVATE_VISIBILITY
from odoo.addons.social_crm_base.ingest.batch import QUIET
from odoo.addons.social_crm_base.tools.privacy import PSEUDONYM

_logger = logging.getLogger(__name__)

BATCH = 500
#: For how long a network may take to delete what we published, before we forget its name.
REMOTE_DAYS = 7
SETTLED = ("done", "failed", "cancelled")
DELETING = "delete"
#: What a hold may keep by itself, without its people.
HOLDABLE = ("social.crm.case", "social.crm.interaction")
#: By what a network knows our words again; needed until it has deleted them.
REMOTE_NAMES = frozenset({"external_id", "container", "remote_ref", "remote_key", "permalink"})


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    @api.model
    def _cron_run(self):
        """Go on with what was begun, one erasure after the other."""
        cron = self.env["ir.cron"]
        for erasure in self._to_work_on():
            if not erasure.try_lock_for_update():
                continue
            erasure = erasure.with_company(erasure.company_id)
            try:
                for done in erasure._work():
                    erasure._note_error(False)
                    if not cron._commit_progress(done, remaining=1):
                        return
                    if not erasure.try_lock_for_update():
                        break
                else:
                    erasure._note_error(False)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()  # somebody was faster: nothing to tell, the next run goes on
            except Exception as error:  # noqa: BLE001 (one erasure must not stop the others)
                self.env.cr.rollback()  # what was done before is committed, batch by batch
                erasure._note_error(error)
            if not cron._commit_progress(0, remaining=1):
                return
        cron._commit_progress(0, remaining=0)

    def _note_error(self, error):
        """Say on the erasure why it does not go on, or that it does again.

        Of what the program itself failed of, only the kind: a database's own words may quote the
        person's.

        :param error: an exception, caught just now; or False
        """
        if not error:
            self.filtered("error").error = False
            return
        where = "".join(traceback.format_tb(error.__traceback__))
        _logger.error(
            "Erasure %s stopped: %s\n%s", self.reference, type(error).__name__, where
        )
        self.error = (
            str(error) if isinstance(error, UserError)
            else self.env._("The program failed (%(kind)s).", kind=type(error).__name__)
        )  # fmt: skip

    @api.model
    def _to_work_on(self):
        """Erasures the job has something to do for.

        :rtype: recordset
        """
        return self.search(
            [
                "|",
                ("state", "in", ("telling", "running", "remote", "scanning")),
                ("to_log", "!=", False),
            ],
            order="id",
        )

    def _work(self):
        """Do what is left, batch by batch.

        :return: a generator of how many rows each batch was about; commit in between
        """
        self.ensure_one()
        self = self.with_context(**QUIET, active_test=False)
        if self.state == "telling":
            if self._behind():
                return
            self._begin()
            yield 1
        if self.to_log:
            if self._behind():
                return  # others come first: their entries must not be passed over
            self._write_log()
            yield 1
        for state, work in (
            ("running", self._erase),
            ("remote", self._forget_remote_names),
            ("scanning", self._prove),
        ):
            if self.state != state or (state == "remote" and not self._remote_is_settled()):
                continue
            if self._park_held():
                yield 1
                return
            for done in work():
                yield done
                if self.state == state and self._park_held():  # held between two batches
                    yield 1
                    return

    def _erase(self):
        if self.step == 0:
            self._drop_packages()
            self.kept = self._kept_rows()
            self._count()
            self._ask_networks()
            self.step = 1
            yield 1
        people = self.identity_ids
        if self.step == 1:
            for words in split_every(BATCH, self._naming_words().ids, self._words):
                words._erase_names(people)
                self._note(words._name, len(words), "replace")
                yield len(words)
            self.step = 2
        steps = self._erasable_models()
        for number, model in enumerate(steps[self.step - 2 :], self.step + 1):
            going = self._going(model)
            for ids in split_every(BATCH, going, list):
                if model in HOLDABLE and self.env[model].browse(ids)._held():
                    self.step = 0  # held since: what stays is found anew, by the next run
                    self._wake_job()
                    return
                self._erase_rows(model, ids)
                self._note(model, len(ids))
                yield len(ids)
            self.step = number
        self.write(
            {"state": "remote", "remote_until": fields.Datetime.now() + timedelta(days=REMOTE_DAYS)}
        )
        yield 1

    def _words(self, ids):
        return self.env["social.crm.interaction"].browse(list(ids))

    def _going(self, model):
        """Ids of rows that go, without those that stay."""
        stays = {row for ids in (self.kept or {}).get(model, {}).values() for row in ids}
        if model == "social.crm.outbox":
            stays |= set(self.outbox_ids.ids)
        if model in ("social.crm.identity", "res.partner"):  # they lose what nothing asks for
            stays = set()
        return [row for row in self._rows_of(model) if row not in stays]

    def _note(self, model, count, action=None):
        """Count what is done; a batch done again after a kill is not counted beyond the plan."""
        line = self.line_ids.filtered(
            lambda line: line.model == model
            and (line.action == action if action else line.action in ("clear", "delete"))
        )[:1]
        line.done = min(line.planned, line.done + count)

    # === ROWS === #

    def _erase_rows(self, model, ids):
        """Erase a batch of rows as their declaration says, with what hangs on them."""
        records = self.env[model].browse(ids)
        self.env.flush_all()
        self._erase_threads(records)
        if special := getattr(self, "_erase_" + model.replace(".", "_"), None):
            special(records)
        elif self._deletes_rows(model):
            self._delete_rows(records)
        else:
            self._clear_rows(records)
        self.env.flush_all()
        self.env.invalidate_all()

    def _delete_rows(self, records):
        for name, field in records._fields.items():
            if field.store and field.type == "many2many" and field.comodel_name == "ir.attachment":
                records[name].unlink()
        records.exists().unlink()

    def _clear_rows(self, records, keep=()):
        """Empty and pseudonymise the declared fields, by SQL: nothing is tracked or computed."""
        sets = []
        for name, personal in self._takes(records._name).items():
            field = records._fields[name]
            if name in keep or not field.store:
                continue
            if field.type == "many2many":
                self._clear_relation(records, field)
            elif field.column_type:
                sets.append(
                    SQL(
                        "%s = %s",
                        SQL.identifier(name),
                        self._blank(field, personal.erasure == PSEUDONYM),
                    )
                )
        self._update(records, sets)

    def _update(self, records, sets):
        if sets and records:
            self.env.flush_all()  # nothing that waits to be written may come after
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = ANY(%s)",
                    SQL.identifier(records._table), SQL(", ").join(sets), records.ids,
                )
            )  # fmt: skip
            records.invalidate_recordset(flush=False)

    def _blank(self, field, is_pseudonym):
        """What a column holds afterwards.

        :rtype: SQL
        """
        column = SQL.identifier(field.name)
        people = {
            "social.crm.identity": self.identity_ids,
            "res.partner": self.partner_ids,
        }.get(field.comodel_name)
        if field.type == "many2one" and people is not None:
            # a row of several people loses this one only
            return SQL("CASE WHEN %s = ANY(%s) THEN NULL ELSE %s END", column, people.ids, column)
        if is_pseudonym and field.type == "datetime":
            return self._day(column)
        if not field.required:
            return SQL("NULL")
        if field.type in ("integer", "float", "monetary"):
            return SQL("0")
        if field.type == "datetime":
            return self._day(column)
        if field.type == "selection":
            return SQL("%s", field.get_values(self.env)[0])
        return SQL("%s", self.env._("Erased"))

    def _day(self, column):
        """A moment as its day in the company's time zone, so that figures by day stay right.

        :rtype: SQL
        """
        zone = self.company_id.resource_calendar_id.tz or "UTC"
        return SQL(
            "date_trunc('day', %s AT TIME ZONE 'UTC' AT TIME ZONE %s) AT TIME ZONE %s"
            " AT TIME ZONE 'UTC'",
            column, zone, zone,
        )  # fmt: skip

    def _clear_relation(self, records, field):
        if field.comodel_name == "ir.attachment":
            records[field.name].unlink()
            return
        people = {
            "social.crm.identity": self.identity_ids,
            "res.partner": self.partner_ids,
        }.get(field.comodel_name)
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s) %s",
                SQL.identifier(field.relation), SQL.identifier(field.column1), records.ids,
                SQL("AND %s = ANY(%s)", SQL.identifier(field.column2), people.ids)
                if people is not None else SQL(),
            )
        )  # fmt: skip

    # === WHAT HAS ITS OWN WAY === #

    def _erase_social_crm_interaction(self, words):
        """A shell stays for figures and replays: no words, no names, days instead of times."""
        waiting = self.outbox_ids.filtered(lambda row: row.state not in SETTLED)
        asked = words & waiting.interaction_id
        self._clear_rows(words - asked)
        self._clear_rows(asked, keep=REMOTE_NAMES)
        self._update(
            words,
            [
                SQL("state = 'deleted'"),
                SQL("hooks_pending = false"),
                SQL("expires_at = NULL"),
                *(
                    SQL("%s = %s", SQL.identifier(name), self._day(SQL.identifier(name)))
                    for name in ("date_received", "counters_at", "create_date", "write_date")
                ),
            ],
        )

    def _erase_social_crm_case(self, cases):
        """Open matters are closed, for nobody is left to answer; figures stay, times are days."""
        cases.filtered(lambda case: case.state != "closed").write({"state": "closed"})
        self.env.flush_all()
        self._clear_rows(cases)
        for model, names in (
            ("social.crm.case", "opened_at counts_from closed_at create_date write_date"),
            (
                "social.crm.case.cycle",
                "opened_at closed_at first_response_at create_date write_date",
            ),
            (
                "social.crm.case.response",
                "waiting_since answered_at ended_at create_date write_date",
            ),
        ):
            rows = (
                cases if model == cases._name
                else self.env[model].search([("case_id", "in", cases.ids)])
            )  # fmt: skip
            days = [
                SQL("%s = %s", SQL.identifier(name), self._day(SQL.identifier(name)))
                for name in names.split()
                if name in rows._fields
            ]
            if model == "social.crm.case.cycle":
                days.append(SQL("pauses = NULL"))
            self._update(rows, days)

    def _erase_social_crm_conversation(self, talks):
        """Emptied; the key too, which holds the account's number and would join their shells."""
        self._clear_rows(talks)
        self._update(
            talks,
            [
                SQL("dedup_key = 'erased:' || gen_random_uuid()"),
                *(
                    SQL("%s = %s", SQL.identifier(name), self._day(SQL.identifier(name)))
                    for name in ("create_date", "write_date")
                ),
            ],
        )

    def _erase_social_crm_event(self, events):
        """Raw events go whole, so does what they tell of others: it was read already."""
        self.env.cr.execute(
            "UPDATE social_crm_event SET payload = NULL, error = NULL WHERE id = ANY(%s)"
            " AND state NOT IN ('done', 'ignored')",
            [events.ids],
        )
        self.env.cr.execute(
            "DELETE FROM social_crm_event WHERE id = ANY(%s) AND state IN ('done', 'ignored')",
            [events.ids],
        )

    def _erase_social_crm_outbox(self, rows):
        """What was not sent yet is not sent any more."""
        self._clear_rows(rows)
        self._update(
            rows.filtered(lambda row: row.state not in SETTLED), [SQL("state = 'cancelled'")]
        )

    def _erase_social_crm_identity(self, identities):
        """Accounts go; one whose words stay on a ground keeps its name with them."""
        stays = {
            row for ids in (self.kept or {}).get(identities._name, {}).values() for row in ids
        }
        kept = identities.filtered(lambda identity: identity.id in stays)
        named = [
            name
            for name, personal in self._takes(identities._name).items()
            if personal.category == "identity"
        ]
        if kept:
            self._clear_rows(kept, keep=named)
        going = identities - kept
        for model, name in (
            ("social.crm.interaction", "identity_id"),
            ("social.crm.case", "identity_id"),
            ("social.crm.conversation", "identity_id"),
        ):
            # what another company's row or a late message left: nothing points at nobody
            rows = self.env[model].search([(name, "in", going.ids)])
            self._update(rows, [SQL("%s = NULL", SQL.identifier(name))])
        going.unlink()

    # === NETWORKS === #

    def _ask_networks(self):
        """Ask networks to delete what we published about the person, where they know how."""
        words = self._naming_words() | self._words(self._rows_of("social.crm.interaction"))
        stays = {
            row
            for ids in (self.kept or {}).get("social.crm.interaction", {}).values()
            for row in ids
        }
        ours = words.search(
            [
                ("id", "in", words.ids),
                ("direction", "=", "out"),
                ("external_id", "!=", False),
                ("visibility", "not in", list(PRIVATE_VISIBILITY)),
                ("state", "in", ["normal", "edited", "hidden"]),
            ]
        ).filtered(lambda said: said.id not in stays)
        rows = self.env["social.crm.outbox"]
        for channel, said in ours.grouped("channel_id").items():
            if channel.connector != "manual" and not channel.is_connected:
                continue
            if channel.connector == "manual" or DELETING in channel._connector()._capabilities(
                channel
            ):
                rows |= said._queue_operation(DELETING)
        self.outbox_ids |= rows  # those a hold kept waiting are asked still

    def _remote_is_settled(self):
        pending = self.outbox_ids.filtered(lambda row: row.state not in SETTLED)
        return not (pending or self.mail_ids.exists()) or self.remote_until <= fields.Datetime.now()

    def _forget_remote_names(self):
        """What networks were asked to delete loses its name there too."""
        words = self.outbox_ids.interaction_id
        answers = self.outbox_ids.grouped("state")
        self.facts = {
            **(self.facts or {}),
            "networks": {
                "asked": len(self.outbox_ids),
                "done": len(answers.get("done", ())),
                "by_hand": len(answers.get("by_hand", ())),
                "failed": len(answers.get("failed", ())),
            },
        }
        # what nobody did in time is given up: without its name nobody could do it any more
        self.outbox_ids.filtered(lambda row: row.state not in SETTLED).state = "cancelled"
        self.mail_ids.exists().unlink()
        self._erase_social_crm_interaction(words)
        self._clear_rows(self.outbox_ids)
        self.write({"state": "scanning", "outbox_ids": [fields.Command.clear()]})
        yield len(words) or 1
