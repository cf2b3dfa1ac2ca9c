# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..tools import evidence_words
from ..tools.verify_evidence import GENESIS, check, digest

SEAL_BATCH = 1000
CODE = re.compile(r"[A-Za-z0-9_.:+/,()-]{0,80}")


class SocialCrmEvidence(models.Model):
    """What was done for people's rights, provable later: only ever appended, chained by hashes.

    Rows hold kinds, counts and random references, never a name or an id of a person, so the log
    survives every erasure. A row is written in the transaction of what it proves and linked to the
    chain right after (by the job, or by whoever verifies): so nobody waits for anybody, and what
    is rolled back leaves no row. The database itself refuses changes (see ``init``).
    """

    _name = "social.crm.evidence"
    _inherit = ["social.crm.personal.data"]
    _description = "Evidence"
    _order = "id desc"
    _rec_name = "kind"
    # who did it stands in the records themselves; a user who leaves must not touch the log
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    sequence = fields.Integer(readonly=True, help="Place in the chain; empty until it is linked.")
    kind = fields.Char(required=True, readonly=True, index=True)
    kind_label = fields.Char(string="What Happened", compute="_compute_kind_label")
    reference = fields.Char(required=True, readonly=True, index=True)
    payload = fields.Json(readonly=True)
    payload_text = fields.Char(string="Facts", compute="_compute_payload_text")
    happened_at = fields.Datetime(required=True, readonly=True)
    previous_hash = fields.Char(readonly=True)
    hash = fields.Char(readonly=True)

    _sequence_unique = models.UniqueIndex("(sequence) WHERE hash IS NOT NULL")
    _open_index = models.Index("(id) WHERE hash IS NULL")

    def init(self):
        """Let the database refuse what the application refuses, whoever asks."""
        self.env.cr.execute("""
            CREATE OR REPLACE FUNCTION social_crm_evidence_guard() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND OLD.hash IS NULL AND NEW.hash IS NOT NULL
                   AND to_jsonb(NEW) - '{sequence,previous_hash,hash}'::text[]
                     = to_jsonb(OLD) - '{sequence,previous_hash,hash}'::text[]
                THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'the evidence log is append-only';
            END $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS social_crm_evidence_rows ON social_crm_evidence;
            CREATE TRIGGER social_crm_evidence_rows BEFORE UPDATE OR DELETE
                ON social_crm_evidence
                FOR EACH ROW EXECUTE FUNCTION social_crm_evidence_guard();
            DROP TRIGGER IF EXISTS social_crm_evidence_table ON social_crm_evidence;
            CREATE TRIGGER social_crm_evidence_table BEFORE TRUNCATE ON social_crm_evidence
                EXECUTE FUNCTION social_crm_evidence_guard();
        """)

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_kind_label(self):
        for evidence in self:
            evidence.kind_label = evidence_words.words(self.env, evidence.kind)

    @api.depends("payload")
    def _compute_payload_text(self):
        for evidence in self:
            facts = evidence.payload or {}
            evidence.payload_text = ", ".join(f"{key}: {facts[key]}" for key in sorted(facts))

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("The evidence log is append-only: nothing in it changes."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The evidence log is append-only: nothing in it goes."))

    @api.model
    def _append(self, kind, reference, **facts):
        """Write one fact down.

        :param str kind: a code of what happened, for example ``consent.given``
        :param str reference: the random uuid of the thing it happened to
        :param facts: counts and codes; see ``_append_many``
        :return: the row, with the system's rights
        :rtype: recordset
        """
        return self._append_many(kind, [(reference, facts)])

    @api.model
    def _append_many(self, kind, rows):
        """Write several facts of one kind down at once.

        :param list rows: (random uuid, facts); facts are whole numbers, booleans, None, codes
            (letters, digits and ``_.:+/,()-``, at most 80), and lists and dictionaries of these
        :return: the rows, with the system's rights
        :rtype: recordset
        :raise ValueError: for what could be a person's data, or no uuid
        """
        now = fields.Datetime.now()
        values = []
        for reference, facts in rows:
            self._refuse_personal([kind, facts])
            values.append(
                {
                    "company_id": self.env.company.id,
                    "kind": kind,
                    "reference": str(uuid.UUID(str(reference))),
                    "payload": facts,
                    "happened_at": now,
                }
            )
        if not values:
            return self.sudo()  # sudo: as below
        # sudo: nobody has the right to write here, only what happens writes itself down
        evidence_sudo = self.sudo().create(values)
        # sudo: whoever acts asks the job to link the rows
        self.env.ref("social_crm_gdpr.ir_cron_seal_evidence").sudo()._trigger()
        return evidence_sudo

    @api.model
    def _refuse_personal(self, value):
        """Words, addresses and fractions have no place in a log that outlives people's data."""
        if isinstance(value, dict):
            value = [*value, *value.values()]
        if isinstance(value, list | tuple | set | frozenset):
            for part in value:
                self._refuse_personal(part)
        elif isinstance(value, str):
            if not CODE.fullmatch(value):
                raise ValueError("the evidence log takes codes and counts only")
        elif not (value is None or isinstance(value, int)):
            raise ValueError("the evidence log takes codes and counts only")

    # === CHAIN === #

    @api.model
    def _seal(self, limit=SEAL_BATCH):
        """Link the next rows to the chain.

        Two who do it at once meet at the first row: the later one is rolled back and run again.

        :return: how many rows were linked
        :rtype: int
        """
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM social_crm_evidence WHERE hash IS NULL ORDER BY id LIMIT %s"
                " FOR UPDATE",
                limit,
            )
        )
        if not found:
            return 0
        rows_sudo = self.sudo().browse([row for (row,) in found])  # sudo: all companies' rows
        last_sudo = self.sudo()._last()  # sudo: as above
        previous, sequence = last_sudo.hash or GENESIS, last_sudo.sequence or 0
        links = []
        for number, evidence in enumerate(rows_sudo, sequence + 1):
            row = {**evidence._told(), "sequence": number, "previous_hash": previous}
            links.append(SQL("(%s, %s, %s, %s)", evidence.id, number, previous, digest(row)))
            previous = digest(row)
        self.env.cr.execute(
            SQL(
                "UPDATE social_crm_evidence AS e"
                " SET sequence = l.sequence, previous_hash = l.previous, hash = l.hash"
                " FROM (VALUES %s) AS l (id, sequence, previous, hash) WHERE e.id = l.id",
                SQL(", ").join(links),
            )
        )
        rows_sudo.invalidate_recordset(["sequence", "previous_hash", "hash"])
        return len(links)

    @api.model
    def _last(self):
        return self.search([("hash", "!=", False)], order="sequence desc", limit=1)

    def _told(self):
        """A row as it is hashed and exported.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "kind": self.kind,
            "reference": self.reference,
            "payload": self.payload or {},
            "happened_at": fields.Datetime.to_string(self.happened_at),
            "company": self.company_id.id,
            "previous_hash": self.previous_hash,
        }

    @api.model
    def _chain(self):
        """All linked rows in the chain's order, batch by batch: memory stays flat.

        :return: a generator of dictionaries
        """
        sequence = 0
        evidence_sudo = self.sudo()  # sudo: a chain is verified whole; no row names a person
        while rows := evidence_sudo.search(
            [("hash", "!=", False), ("sequence", ">", sequence)],
            order="sequence",
            limit=SEAL_BATCH,
        ):
            for row in rows:
                yield {**row._told(), "hash": row.hash}
            sequence = rows[-1].sequence
            rows.invalidate_recordset()

    @api.model
    def _verify(self):
        """Link what waits and follow the whole chain.

        :return: whether it holds, and the sequence of the first row that does not (0 if it holds)
        :rtype: tuple[bool, int]
        """
        while self._seal():
            continue
        broken, _last = check(self._chain())
        return not broken, broken[0] if broken else 0

    @api.model
    def _cron_seal(self):
        """Link the rows that wait, batch by batch."""
        cron = self.env["ir.cron"]
        while done := self._seal():
            remaining = self.sudo().search_count([("hash", "=", False)])  # sudo: see _seal
            if not cron._commit_progress(done, remaining=remaining):
                return

    # === ACTIONS === #

    @api.model
    def action_verify(self):
        """Say whether the log is as it was written.

        :return: a notification
        :rtype: dict
        """
        self.check_access("read")
        holds, broken = self._verify()
        last_sudo = self.sudo()._last()  # sudo: the end of the chain, whichever company's
        if holds:
            message = self.env._(
                "All %(count)s rows follow from one another. Last hash, to be noted elsewhere: "
                "%(hash)s",
                count=last_sudo.sequence,
                hash=last_sudo.hash or GENESIS,
            )
        else:
            message = self.env._(
                "The chain breaks at row %(row)s: it, or one before it, is not as it was written. "
                "Compare with a backup, and treat it as a breach.",
                row=broken,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Evidence Log"),
                "message": message,
                "type": "success" if holds else "danger",
                "sticky": True,
            },
        }

    @api.model
    def action_export(self):
        """Hand the log out for verification elsewhere.

        :return: an action on the download
        :rtype: dict
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": "/social_crm_gdpr/evidence.jsonl",
            "target": "download",
        }

    def _personal_data_fields(self):
        return not_personal(
            "company_id sequence kind reference payload happened_at previous_hash hash"
        )
