# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A restored backup brings back people who were erased since. The log outside tells; until it is
replayed nobody is written, and what networks send meanwhile waits as raw events.
"""

import logging
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from odoo.addons.social_crm_base.tools import keyring
from odoo.addons.social_crm_base.tools.action import notice

from ..tools import erasure_log
from .social_crm_suppression import Alias

_logger = logging.getLogger(__name__)

SEQUENCE = "social_crm.erasure_sequence"
BATCH = 2000


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    @api.model
    def _log_path(self):
        # sudo: the database's own name, no secret
        parameters = self.env["ir.config_parameter"].sudo()
        return erasure_log.path_of(parameters.get_param("database.uuid"))

    @api.model
    def _log_sequence(self):
        """The last entry of the log this database knows.

        Read past the cache of parameters: another process learns of a change only when the job
        that made it has ended, and would take its own database for a restored one until then.

        :rtype: int
        """
        self.env["ir.config_parameter"].flush_model(["value"])
        rows = self.env.execute_query(
            SQL("SELECT value FROM ir_config_parameter WHERE key = %s", SEQUENCE)
        )
        return int(rows[0][0] or 0) if rows else 0

    def _write_log(self):
        """Write what was decided into the log outside, on disk before this transaction commits.

        Nothing is erased before. Killed between disk and commit, the entry is found here again by
        its reference and not written twice.
        """
        self.env.flush_all()
        # one after the other, or a later commit could hide an earlier one
        self.env.cr.execute("SELECT value FROM ir_config_parameter WHERE key = %s FOR UPDATE",
                            [SEQUENCE])  # fmt: skip
        known = self._log_sequence()
        try:
            sequence = next(
                (
                    entry["sequence"]
                    for entry in erasure_log.entries(self._log_path(), known)
                    if self._is_told_by(entry)
                ),
                None,
            ) or erasure_log.append(self._log_path(), self._log_entry(), known)
        except erasure_log.ErasureLogError as error:
            raise UserError(str(error)) from error
        # sudo: a number
        self.env["ir.config_parameter"].sudo().set_param(SEQUENCE, sequence)
        self.to_log = False

    def _log_entry(self):
        """Whom this is about, in keyed hashes.

        :rtype: dict
        """
        key_name, key = list(self.env["social.crm.suppression"]._keys().items())[-1]
        is_declined = self.to_log == "declined"
        rows = [
            Alias("row", str(record.id), record._name)
            for record in (*self.identity_ids, *self.partner_ids)
        ]
        names = [] if is_declined else self._suppression_aliases()
        return {
            "reference": self.reference,
            "company": self.company_id.id,
            "cutoff": fields.Datetime.to_string(self.cutoff),
            "key": key_name,
            "suppress": self.tell_suppression,
            **({"declined": True} if is_declined else {}),
            "hashes": [[alias.kind, alias.hashed(key)] for alias in (*rows, *names)],
        }

    def _is_told_by(self, entry):
        """Whether an entry says what this erasure has yet to tell: a kill came before the commit.

        :rtype: bool
        """
        return (
            entry.get("reference") == self.reference
            and self.to_log == ("declined" if entry.get("declined") else "begun")
        )  # fmt: skip

    def _decline(self):
        """Take the person off the suppression list; a replay of the log heeds it too."""
        for erasure in self.filtered("tell_suppression"):
            erasure._refuse_behind()
            listed = self.env["social.crm.suppression"]
            if erasure.to_log:
                entries = listed._drop(erasure.company_id, erasure._suppression_aliases())
            else:
                entries = listed._drop_hashes(
                    erasure.company_id, erasure._logged_hashes(erasure.reference)
                )
            erasure._tell("declined", entries=entries)
            erasure.tell_suppression = False
            if erasure.cutoff and not erasure.to_log:  # else the first entry says it already
                erasure.to_log = "declined"
                erasure._wake_job()

    @api.model
    def _logged_hashes(self, reference):
        """The hashes an erasure wrote into the log.

        :rtype: list[str]
        :raise UserError: when the log cannot be read
        """
        try:
            return [
                found
                for entry in erasure_log.entries(self._log_path())
                if entry["reference"] == reference
                for _kind, found in entry["hashes"]
            ]
        except erasure_log.ErasureLogError as error:
            raise UserError(str(error)) from error

    # === BEHIND === #

    @api.model
    def _behind(self):
        """How many erasures the log outside knows that this database does not, or the other way.

        :return: 0 where both know the same
        :rtype: int
        """
        try:
            last = erasure_log.last_sequence(self._log_path())
            # sudo: a number; where the cache has it, nothing more need be asked
            if last == int(self.env["ir.config_parameter"].sudo().get_param(SEQUENCE) or 0):
                return 0
            known = self._log_sequence()
            return len(self._unknown_entries(known)) if last > known else self._lost_entries()
        except (erasure_log.ErasureLogError, keyring.KeyringError) as error:
            _logger.error("Nobody is written: %s", error)
            return 1

    @api.model
    def _lost_entries(self):
        """How many entries of erasures this database knows are not in the log: it is another file,
        or lies elsewhere. Nobody could tell whether erasures are missing here.

        :rtype: int
        :raise ErasureLogError: when the log cannot be read
        """
        known = self._log_sequence()
        # read after the database, which is never ahead of what is on disk
        return max(0, known - erasure_log.last_sequence(self._log_path()))

    @api.model
    def _unknown_entries(self, known):
        """Entries of erasures this database does not know, or knows as not yet approved.

        One it knows to be on its way to the log was killed before the commit: the job goes on.

        :param int known: the sequence the database has
        :rtype: list[dict]
        """
        # sudo: whether it is behind does not depend on who asks
        on_way_sudo = self.sudo().search([("to_log", "!=", False)])
        return [
            entry
            for entry in erasure_log.entries(self._log_path(), known)
            if not any(erasure._is_told_by(entry) for erasure in on_way_sudo)
        ]

    @api.model
    def _refuse_behind(self):
        """:raise UserError: while erasures wait to be replayed"""
        if self.env.context.get("social_replaying") is _REPLAYING:
            return
        if behind := self._behind():
            raise UserError(self._behind_words(behind))

    @api.model
    def _check_log(self):
        """:raise UserError: when the log cannot be written, before anybody is told it will be"""
        try:
            erasure_log.check(self._log_path(), self._log_sequence())
        except erasure_log.ErasureLogError as error:
            raise UserError(str(error)) from error

    @api.model
    def _log_is_lost(self):
        """Whether the log is not where it was.

        :rtype: bool
        """
        try:
            return bool(self._lost_entries())
        except (erasure_log.ErasureLogError, keyring.KeyringError):
            return False

    @api.model
    def _lost_words(self):
        return self.env._(
            "The erasure log is not where it was: %(count)s erasures this database knows are "
            "missing in it, and nobody can tell whether a backup brought people back. Nobody is "
            "written until the server's administrator puts the file %(name)s back into %(folder)s, "
            "or, if it is lost for good, a privacy clerk presses Begin a New Log at the foot of "
            "the screen. What networks send meanwhile is kept and read afterwards.",
            count=self._lost_entries(),
            name=self._log_path().name,
            folder=self._log_path().parent,
        )

    @api.model
    def _behind_words(self, count):
        if self._log_is_lost():
            return self._lost_words()
        return self.env._(
            "This database was restored from a backup, and erasures since then are missing in "
            "it: %(count)s. Nobody is written until a privacy clerk presses Replay Erasures at "
            "the foot of the screen, or the server's administrator runs “odoo-bin "
            "social_crm_replay -d DATABASE”. What networks send meanwhile is kept and read "
            "afterwards.",
            count=count,
        )

    # === REPLAY === #

    @api.model
    def action_replay(self):
        """Erase again whom a restored backup brought back.

        :return: a notification
        :rtype: dict
        """
        self._check_clerk()
        # sudo: whom it was about was decided by two people then
        count = self.sudo()._replay()
        message = self.env._(
            "%(count)s erasures were replayed; they run in the background.", count=count
        )
        return notice(message, then={"type": "ir.actions.client", "tag": "reload"})

    @api.model
    def action_begin_log(self):
        """Go on with a new erasure log, the old one being lost for good.

        What was erased since a backup is not known any more then; the evidence says who took that
        upon them. Should the old file turn up later, put it back: it is ahead then, and replayed.

        :return: a notification
        :rtype: dict
        """
        self._check_clerk()
        if not (lost := self._lost_entries()):
            raise UserError(self.env._("The erasure log is where it was: nothing is to be done."))
        self.env["social.crm.evidence"]._append(
            "erasure.log_lost", str(uuid.uuid4()), entries=lost, user=self.env.uid
        )
        # sudo: a number
        self.env["ir.config_parameter"].sudo().set_param(
            SEQUENCE, erasure_log.last_sequence(self._log_path())
        )
        self._wake_job()
        # sudo: what waited is read now
        self.env["social.crm.event"].sudo()._wake("_cron_process")
        message = self.env._("A new erasure log is begun. The evidence log says so.")
        return notice(message, then={"type": "ir.actions.client", "tag": "reload"})

    @api.model
    def _replay(self):
        """Go through the entries this database does not know, and begin their erasures again.

        :return: how many entries there were
        :rtype: int
        :raise UserError: when the log is not where it was
        """
        if self._log_is_lost():
            raise UserError(self._lost_words())
        last = erasure_log.last_sequence(self._log_path())
        entries = self._unknown_entries(self._log_sequence())
        people = self._people_of(entries)
        erasures = self.with_context(social_replaying=_REPLAYING)
        for entry in entries:
            identity_ids, partner_ids = people.get(entry["sequence"], ((), ()))
            erasures._replay_one(entry, identity_ids, partner_ids)
        self._forget_told(self._log_sequence())
        self.env["ir.config_parameter"].set_param(SEQUENCE, last)
        self._wake_job()
        # sudo: what waited is read now
        self.env["social.crm.event"].sudo()._wake("_cron_process")
        return len(entries)

    @api.model
    def _forget_told(self, known):
        """What was on its way to the log and is in it need not be told again.

        :param int known: the sequence the database had
        """
        on_way = self.search([("to_log", "!=", False)])
        for entry in erasure_log.entries(self._log_path(), known) if on_way else ():
            on_way.filtered(lambda erasure, entry=entry: erasure._is_told_by(entry)).to_log = False

    def _replay_one(self, entry, identity_ids, partner_ids):
        company = self.env["res.company"].browse(entry["company"]).exists() or self.env.company
        cutoff = fields.Datetime.to_datetime(entry["cutoff"])
        evidence = self.env["social.crm.evidence"].with_company(company)
        evidence._append(
            "erasure.replayed", entry["reference"],
            accounts=len(identity_ids), contacts=len(partner_ids),
        )  # fmt: skip
        if entry.get("suppress"):
            self.env["social.crm.suppression"]._add_hashes(
                company,
                [(kind, found) for kind, found in entry["hashes"] if kind != "row"],
                entry["key"], cutoff, entry["reference"],
            )  # fmt: skip
        else:
            self.env["social.crm.suppression"]._drop_hashes(
                company, self._logged_hashes(entry["reference"])
            )
        known = self.search([("reference", "=", entry["reference"])])
        if entry.get("declined"):
            known.tell_suppression = False
            return
        values = {
            "company_id": company.id,
            "state": "running",
            "step": 0,
            "to_log": False,
            "cutoff": cutoff,
            "tell_suppression": bool(entry.get("suppress")),
            "identity_ids": [fields.Command.set(list(identity_ids))],
            "partner_ids": [fields.Command.set(list(partner_ids))],
        }
        if known:
            known.write(values)
        else:
            known = self.create({**values, "reference": entry["reference"]})
        known.aliases = known._collect_aliases()
        known._park_held()

    @api.model
    def _people_of(self, entries):
        """Whom the hashes are, among all accounts and contacts of this database.

        Rows made after an erasure's cut-off are never meant: their numbers are given out again.

        :return: sequence to ids of accounts and ids of contacts
        :rtype: dict
        """
        keys = self.env["social.crm.suppression"]._keys()
        if missing := {entry["key"] for entry in entries} - set(keys):
            raise UserError(
                self.env._(
                    "The key %(names)s is missing from the key file: without it nobody can tell "
                    "who was erased. Put it back, then replay.",
                    names=", ".join(sorted(missing)),
                )
            )
        wanted = {}
        for entry in entries:
            for _kind, found in entry["hashes"]:
                wanted.setdefault((entry["key"], found), []).append(entry)
        used = {entry["key"] for entry in entries}
        people = {entry["sequence"]: (set(), set()) for entry in entries}
        for place, model in enumerate(("social.crm.identity", "res.partner")):
            records = self.env[model].with_context(active_test=False)
            for batch in split_every(BATCH, records.search([], order="id").ids, records.browse):
                for record in batch:
                    for name in used:
                        for alias in self._record_aliases(record):
                            for entry in wanted.get((name, alias.hashed(keys[name])), ()):
                                if str(record.create_date) <= entry["cutoff"]:
                                    people[entry["sequence"]][place].add(record.id)
                batch.invalidate_recordset(flush=False)
        return people

    @api.model
    def _record_aliases(self, record):
        """By what a row is known again after a restore: its number, and the network's id.

        Not by handle or address: these may be somebody else's by now.
        """
        found = [Alias("row", str(record.id), record._name)]
        if record._name == "social.crm.identity" and record.external_id:
            found.append(
                Alias("id", record.external_id, record.platform_id.code, record.scope or "")
            )
        return found


_REPLAYING = object()


class SocialCrmEvent(models.Model):
    _inherit = "social.crm.event"

    @api.model
    def _cron_process(self, *args, **kwargs):
        """Override: while erasures wait to be replayed, what comes in is kept and not read."""
        if behind := self.env["social.crm.erasure"]._behind():
            _logger.warning("%s", self.env["social.crm.erasure"]._behind_words(behind))
            self.env["ir.cron"]._commit_progress(0, remaining=0)
            return None
        return super()._cron_process(*args, **kwargs)

    @api.model
    def _cron_second_stage(self, *args, **kwargs):
        """Override: as above."""
        if self.env["social.crm.erasure"]._behind():
            self.env["ir.cron"]._commit_progress(0, remaining=0)
            return None
        return super()._cron_second_stage(*args, **kwargs)


class SocialCrmOutbox(models.Model):
    _inherit = "social.crm.outbox"

    @api.model
    def _cron_send(self, *args, **kwargs):
        """Override: nobody is written to who was erased since."""
        if self.env["social.crm.erasure"]._behind():
            self.env["ir.cron"]._commit_progress(0, remaining=0)
            return None
        return super()._cron_send(*args, **kwargs)


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _queue_reply(self, body, **options):
        """Override: as above."""
        self.env["social.crm.erasure"]._refuse_behind()
        return super()._queue_reply(body, **options)
