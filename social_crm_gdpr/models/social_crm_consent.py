# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    CONTENT,
    EMPLOYEE,
    IDENTITY,
    KEEP,
    PSEUDONYM,
    classify,
    not_personal,
)

from ..const import OPEN_PURPOSES

EVENTS = [
    ("asked", "Asked"),
    ("given", "Given"),
    ("confirmed", "Confirmed"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("objected", "Objected"),
    ("expired", "Expired"),
]
WAYS = [
    ("message", "Message on the channel"),
    ("page", "Their own page"),
    ("email", "Link in an e-mail"),
    ("hand", "Written down by a colleague"),
    ("import", "Taken over from before"),
    ("system", "By itself"),
]
POSITIVE = frozenset({"given", "confirmed"})
NEGATIVE = frozenset({"withdrawn", "objected"})
#: What points at the person; only erasure may empty it, and nobody may put another in.
PERSON = ("identity_id", "partner_id", "interaction_id", "note", "user_id")
STOPPABLE = ("approval", "held", "queued", "by_hand")


class SocialCrmConsent(models.Model):
    """What people decided on the use of their data: a ledger, only ever appended to.

    What holds now is read from its rows (see ``social_crm_consent_state.py``). Nobody writes here
    by hand: ways in are the message, the person's own page, a confirmed link, and dialogues that
    ask for the evidence. The database itself refuses changes (see ``init``).
    """

    _name = "social.crm.consent"
    _inherit = ["social.crm.personal.data"]
    _description = "Consent"
    _order = "happened_at desc, id desc"
    _rec_name = "reference"
    # who wrote it down and when stands in columns of its own
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    reference = fields.Char(required=True, readonly=True, help="What the evidence log calls it.")
    identity_id = fields.Many2one(
        "social.crm.identity", string="Account", readonly=True, ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, ondelete="set null"
    )
    purpose_id = fields.Many2one(
        "social.crm.purpose", required=True, readonly=True, ondelete="restrict"
    )
    event = fields.Selection(EVENTS, required=True, readonly=True)
    text_id = fields.Many2one(
        "social.crm.purpose.text", string="Version", readonly=True, ondelete="restrict", index=True
    )
    wording = fields.Text(readonly=True, help="The very words the person read.")
    happened_at = fields.Datetime(string="When", required=True, readonly=True)
    recorded_at = fields.Datetime(string="Written Down", required=True, readonly=True)
    expires_at = fields.Datetime(string="Ends", readonly=True)
    channel_id = fields.Many2one("social.crm.channel", readonly=True, ondelete="restrict")
    way = fields.Selection(WAYS, required=True, readonly=True)
    interaction_id = fields.Many2one(
        "social.crm.interaction",
        string="Message",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The message that is the evidence.",
    )
    note = fields.Char(string="Evidence", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Written Down By", readonly=True, ondelete="set null"
    )

    _identity_index = models.Index("(identity_id, purpose_id) WHERE identity_id IS NOT NULL")
    _partner_index = models.Index("(partner_id, purpose_id) WHERE partner_id IS NOT NULL")
    _expiry_index = models.Index("(expires_at) WHERE expires_at IS NOT NULL")
    _reference_unique = models.UniqueIndex("(reference)")

    def init(self):
        """Let the database refuse what the application refuses, whoever asks.

        Erasure may empty what points at the person; the merge of two contacts may move rows from
        one to the other, which it says in its own transaction (see below).
        """
        self.env.cr.execute("""
            CREATE OR REPLACE FUNCTION social_crm_consent_guard() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF to_jsonb(NEW)
                       - '{identity_id,partner_id,interaction_id,note,user_id}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD)
                       - '{identity_id,partner_id,interaction_id,note,user_id}'::text[]
                       OR NEW.identity_id IS NOT NULL
                          AND NEW.identity_id IS DISTINCT FROM OLD.identity_id
                       OR NEW.interaction_id IS NOT NULL
                          AND NEW.interaction_id IS DISTINCT FROM OLD.interaction_id
                       OR NEW.note IS NOT NULL AND NEW.note IS DISTINCT FROM OLD.note
                       OR NEW.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id
                       OR (NEW.partner_id IS NOT NULL
                           AND NEW.partner_id IS DISTINCT FROM OLD.partner_id
                           AND COALESCE(current_setting('social_crm.moving_people', true), '')
                               != 'on')
                    THEN
                        RAISE EXCEPTION 'the ledger of consents is append-only';
                    END IF;
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'the ledger of consents is append-only';
            END $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS social_crm_consent_rows ON social_crm_consent;
            CREATE TRIGGER social_crm_consent_rows BEFORE UPDATE OR DELETE ON social_crm_consent
                FOR EACH ROW EXECUTE FUNCTION social_crm_consent_guard();
            DROP TRIGGER IF EXISTS social_crm_consent_table ON social_crm_consent;
            CREATE TRIGGER social_crm_consent_table BEFORE TRUNCATE ON social_crm_consent
                EXECUTE FUNCTION social_crm_consent_guard();
        """)

    @api.depends("purpose_id.name", "event")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for consent in self:
            consent.display_name = f"{consent.purpose_id.name}: {events.get(consent.event)}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Consents are given, not written. Use Write Down a Consent.")
            )
        now = fields.Datetime.now()
        for vals in vals_list:
            self._fill(vals, now)
        rows = super().create(vals_list)
        self._check_evidence(rows)
        for company, group in rows.grouped("company_id").items():
            for event, same in group.grouped("event").items():
                self.env["social.crm.evidence"].with_company(company)._append_many(
                    f"consent.{event}", [(row.reference, row._evidence_facts()) for row in same]
                )
        rows._after_decision()
        return rows

    def write(self, vals):
        """Only what points at a person can go, and only erasure does that."""
        if not self.env.su or vals.keys() - set(PERSON) or any(vals.values()):
            raise AccessError(
                self.env._("The ledger of consents is append-only: nothing in it changes.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(
            self.env._("The ledger of consents is append-only: nothing in it goes.")
        )

    @api.model
    def _fill(self, vals, now):
        """Add what follows from the rest: company, words, end."""
        identity = self.env["social.crm.identity"].browse(vals.get("identity_id") or ())
        purpose = self.env["social.crm.purpose"].browse(vals["purpose_id"])
        company = self.env["res.company"].browse(
            identity.company_id.id or vals.get("company_id") or self.env.company.id
        )
        text = self.env["social.crm.purpose.text"].browse(vals.get("text_id") or ())
        vals.update(
            company_id=company.id,
            reference=str(uuid.uuid4()),
            recorded_at=now,
            happened_at=min(vals.get("happened_at") or now, now),
            wording=vals.get("wording") or text._say("statement", company) or False,
        )
        vals.setdefault("user_id", self.env.uid if vals["way"] in ("hand", "import") else False)
        if vals["event"] in POSITIVE and purpose.months and not vals.get("expires_at"):
            vals["expires_at"] = vals["happened_at"] + relativedelta(months=purpose.months)

    @api.model
    def _check_evidence(self, rows):
        """Whoever says that somebody decided says how one knows.

        :raise ValidationError: in words
        """
        for row in rows:
            if not row.identity_id and not row.partner_id:
                raise ValidationError(self.env._("Say who decided: an account or a contact."))
            if row.purpose_id.code in OPEN_PURPOSES:
                raise ValidationError(
                    self.env._("Answers and what a contract needs are no matter of consent.")
                )
            if row.way in ("hand", "import") and not (row.note or "").strip():
                raise ValidationError(
                    self.env._("Write down the evidence: where and how the person said it.")
                )
            if row.way == "message" and not row.interaction_id:
                raise ValidationError(self.env._("The message itself is the evidence: name it."))
            if row.text_id and (
                row.text_id.purpose_id != row.purpose_id or row.text_id.state == "draft"
            ):
                raise ValidationError(
                    self.env._("These words are of another purpose, or nobody ever read them.")
                )
            if row.event in POSITIVE and not (row.wording or "").strip():
                raise ValidationError(
                    self.env._("Nobody agrees to nothing: name the words the person read.")
                )

    def _evidence_facts(self):
        self.ensure_one()
        return {
            "purpose": self.purpose_id.code,
            "way": self.way,
            "text_version": self.text_id.version,
            "lang": self.text_id.lang or "",
            "with_message": bool(self.interaction_id),
        }

    # === WRITING DOWN === #

    @api.model
    def _note(self, event, code, *, identity=None, partner=None, way, lang="", **values):
        """Write down that somebody decided something.

        :param str event: see ``EVENTS``
        :param str code: of the purpose
        :param recordset identity: the account it was decided with, if any
        :param recordset partner: the contact, where no account is known
        :param str way: see ``WAYS``
        :param str lang: in which language the person read the words in force
        :param values: other columns
        :return: the row, with the system's rights
        :rtype: recordset
        """
        purpose = self.env["social.crm.purpose"].sudo()._of(code)  # sudo: see below
        vals = {
            "event": event,
            "purpose_id": purpose.id,
            "identity_id": identity.id if identity else False,
            "partner_id": partner.id if partner else False,
            "way": way,
            **values,
        }
        if "text_id" not in values and not values.get("wording"):
            vals["text_id"] = purpose._text(lang).id
        # sudo: nobody has the right to write here; what people decide writes itself down
        return self.sudo().create(vals)

    def _confirm(self):
        """The person confirms what was given in their name, once.

        :return: whether it still can be
        :rtype: bool
        """
        self.ensure_one()
        person = self.identity_id or self.partner_id
        if self.event != "given" or not person:
            return False
        # sudo: see _note
        state = self.sudo().with_company(self.company_id)._states(person, {self.purpose_id.code})
        now = state[person.id][self.purpose_id.code]
        waits = now.status == "given" or self._lifts(now)
        if waits:
            self._note(
                "confirmed",
                self.purpose_id.code,
                identity=self.identity_id,
                partner=self.partner_id,
                company_id=self.company_id.id,
                way="email",
                text_id=self.text_id.id,
                wording=self.wording,
                note=self.note,
            )
        return waits or now.status == "agreed"

    def _lifts(self, state):
        """Whether this yes, once confirmed, takes back the objection that holds.

        :param State state: what holds now
        :rtype: bool
        """
        if state.status != "objected":
            return False
        # sudo: see _note
        objection_sudo = self.sudo().browse(state.row)
        return (objection_sudo.identity_id, objection_sudo.partner_id) == (
            self.identity_id, self.partner_id
        ) and (state.since, state.row) < (self.happened_at, self.id)  # fmt: skip

    def _after_decision(self):
        """What else changes: what waits to be sent, and the ground for linking."""
        self.env["social.crm.identity"].invalidate_model(["may_link"], flush=False)
        negative = self.filtered(lambda row: row.event in NEGATIVE)
        if negative:
            negative._stop_open_rows()
        for row in self:
            if row.purpose_id.code != "linking" or not row.identity_id:
                continue
            if row.event in POSITIVE and row.identity_id._may("linking"):
                row.identity_id.consent_basis = "opt_in"
            elif row.event in NEGATIVE and row.identity_id.consent_basis in ("given", "opt_in"):
                row.identity_id.consent_basis = "wrote_to_us"
        if any(row.purpose_id.code == "profiling" for row in self):
            partners = self.partner_id | self.identity_id.partner_id
            for company, rows in self.grouped("company_id").items():
                mine = partners & (rows.partner_id | rows.identity_id.partner_id)
                mine.with_company(company)._social_refresh_relation()

    def _people(self):
        """All accounts of those who decided.

        :rtype: recordset
        """
        people = self.identity_id
        partners = self.partner_id | people.partner_id
        if partners:
            people |= people.search(
                [("partner_id", "in", partners.ids), ("company_id", "in", self.company_id.ids)]
            )
        return people

    def _stop_open_rows(self):
        """What waits to be sent and may not be any more does not leave; its author sees why.

        What a worker has in its hands just now is looked at once more there.
        """
        rows = self.env["social.crm.outbox"].search(
            [
                ("conversation_id.identity_id", "in", self._people().ids),
                ("state", "in", STOPPABLE),
                ("operation", "=", "send"),
                ("interaction_id.purpose", "not in", [False, *OPEN_PURPOSES]),
            ]
        )
        for row in rows.try_lock_for_update():
            if reason := row._sending_refusal():
                row._mark_failed(reason)
                row.approval_id._withdraw()

    @api.model
    def _cron_expire(self):
        """Write down which consents reached their end."""
        now = fields.Datetime.now()
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (c.company_id, c.identity_id, c.partner_id, c.purpose_id) c.id
              FROM social_crm_consent c
             WHERE c.event IN ('given', 'confirmed') AND c.expires_at <= %s
               AND (c.identity_id IS NOT NULL OR c.partner_id IS NOT NULL)
               AND NOT EXISTS (
                   SELECT 1 FROM social_crm_consent n
                    WHERE n.company_id = c.company_id AND n.purpose_id = c.purpose_id
                      AND n.identity_id IS NOT DISTINCT FROM c.identity_id
                      AND n.partner_id IS NOT DISTINCT FROM c.partner_id
                      AND (n.identity_id = c.identity_id OR n.partner_id = c.partner_id)
                      AND n.event NOT IN ('asked', 'refused')
                      AND (n.happened_at, n.id) > (c.happened_at, c.id))
             ORDER BY c.company_id, c.identity_id, c.partner_id, c.purpose_id, c.id DESC
             LIMIT 1000
            """,
            [now],
        )
        over_sudo = self.sudo().browse([row for (row,) in self.env.cr.fetchall()])  # sudo: the job
        over_sudo.create(
            [
                {
                    "event": "expired",
                    "purpose_id": row.purpose_id.id,
                    "identity_id": row.identity_id.id,
                    "partner_id": row.partner_id.id,
                    "company_id": row.company_id.id,
                    "text_id": row.text_id.id,
                    "wording": row.wording,
                    "happened_at": row.expires_at,
                    "way": "system",
                }
                for row in over_sudo
            ]
        )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id reference purpose_id event text_id wording happened_at recorded_at "
                "expires_at channel_id way"
            ),
            # the row stays as proof (Art. 7(1)), without saying any more whose it is
            **classify(IDENTITY, PSEUDONYM, "identity_id partner_id"),
            **classify(CONTENT, CLEAR, "interaction_id note"),
            **classify(
                EMPLOYEE, KEEP, "user_id", ground="GDPR Art. 7(1): who took the consent down"
            ),
        }

    def _privacy_more_fields(self):
        """Override: a decision is told with what it was about."""
        return [
            *super()._privacy_more_fields(),
            "purpose_id",
            "event",
            "happened_at",
            "expires_at",
            "way",
            "channel_id",
            "wording",
            "reference",
        ]

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
