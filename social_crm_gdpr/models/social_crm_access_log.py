# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.social_crm_base.tools.privacy import (
    CLEAR,
    EMPLOYEE,
    IDENTITY,
    KEEP,
    classify,
    not_personal,
)

KEPT_MONTHS = 12
#: Opening the same person again within so many hours is one opening.
OPENED_HOURS = 8
GC_BATCH = 10000
ACTION_SELECTION = [
    ("open", "Opened"),
    ("export", "Exported"),
    ("unmask", "Unmasked"),
]


class SocialCrmAccessLog(models.Model):
    """Who of us opened, exported or unmasked whose data. Kept a year, outside the evidence log."""

    _name = "social.crm.access.log"
    _inherit = ["social.crm.personal.data"]
    _description = "Access Log"
    _order = "happened_at desc, id desc"
    _rec_name = "action"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", readonly=True, index=True, ondelete="set null")
    action = fields.Selection(ACTION_SELECTION, required=True, readonly=True)
    model = fields.Char(string="Kind of Record", required=True, readonly=True)
    model_label = fields.Char(string="What", compute="_compute_model_label")
    records = fields.Integer(readonly=True, help="How many records of the person it was about.")
    identity_id = fields.Many2one(
        "social.crm.identity",
        string="Account",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    purpose = fields.Char(readonly=True, help="Why, where the person was asked.")
    happened_at = fields.Datetime(required=True, readonly=True)

    _list_index = models.Index("(happened_at DESC, id DESC)")

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_model_label(self):
        for entry in self:
            # sudo: what a kind of record is called is no secret
            entry.model_label = self.env["ir.model"].sudo()._get(entry.model).name or entry.model

    def write(self, vals):
        """Nobody rewrites who looked; only erasure empties whom it was about."""
        if not vals.keys() <= {"identity_id", "partner_id", "user_id"} or any(vals.values()):
            raise AccessError(self.env._("The access log is written by what happens, not by hand."))
        return super().write(vals)

    @api.model
    def _note(self, action, records, purpose=""):
        """Write down that the current user did this with these records.

        One row a person, however many records; records of nobody make one row without a person.

        :param str action: ``open``, ``export`` or ``unmask``
        :param recordset records: of a model with ``identity_id`` or ``partner_id``, or people
        :param str purpose: the reason given, in words without personal data
        :rtype: None
        """
        if not records:
            return
        now = fields.Datetime.now()
        # sudo: whose record it is may be read for the log where the person may not read it all
        people = self._people(records.sudo())
        # sudo: nobody may write the log by hand
        self.sudo().create(
            [
                {
                    "company_id": company or self.env.company.id,
                    "user_id": self.env.uid,
                    "action": action,
                    "model": records._name,
                    "records": count,
                    "identity_id": identity,
                    "partner_id": partner,
                    "purpose": purpose or False,
                    "happened_at": now,
                }
                for (company, identity, partner), count in people.items()
            ]
        )

    @api.model
    def _note_opening(self, records):
        """Write down that the current user opened these records, once in a while a person.

        :param recordset records: see :meth:`_note`; of nobody, or of our own accounts: no row
        """
        if self.env.su or not records:
            return
        # sudo: whose record it is may be read for the log where the person may not read it all
        whose = {record: self._person(record.sudo())[1:] for record in records}
        identities = self.env["social.crm.identity"].browse(
            identity for identity, _partner in whose.values() if identity
        )
        partners = [partner for _identity, partner in whose.values() if partner]
        # sudo: as above; ours are nobody's data
        passed = {(one.id, False) for one in identities.sudo() if one.is_own} | {(False, False)}
        since = fields.Datetime.now() - timedelta(hours=OPENED_HOURS)
        # sudo: nobody reads their own log
        known_sudo = self.sudo().search_fetch(
            [
                ("user_id", "=", self.env.uid),
                ("action", "=", "open"),
                ("happened_at", ">=", since),
                "|", ("identity_id", "in", identities.ids), ("partner_id", "in", partners),
            ],
            ["identity_id", "partner_id"],
        )  # fmt: skip
        passed.update((row.identity_id.id, row.partner_id.id) for row in known_sudo)
        self._note("open", records.filtered(lambda record: whose[record] not in passed))

    @api.model
    def _people(self, records):
        """Whose records they are: (company, identity, partner) to how many of them.

        :rtype: dict
        """
        people = {}
        for record in records:
            key = self._person(record)
            people[key] = people.get(key, 0) + 1
        return people

    @api.model
    def _person(self, record):
        """Whose record it is.

        :return: ids of company, account and contact; False where there is none
        :rtype: tuple
        """
        by_name = record._fields
        identity = partner = company = False
        if record._name == "social.crm.identity":
            identity = record.id
        elif record._name == "res.partner":
            partner = record.id
        elif "identity_id" in by_name:
            identity = record.identity_id.id
        elif "social_identity_id" in by_name:
            identity = record.social_identity_id.id
        if not identity and "partner_id" in by_name:
            partner = record.partner_id.id
        if "company_id" in by_name:
            company = record.company_id.id
        return company, identity, partner

    @api.autovacuum
    def _gc_old(self):
        """A year is enough to find out who looked; longer would watch our own people."""
        limit = fields.Datetime.now() - relativedelta(months=KEPT_MONTHS)
        # sudo: the job clears every company's rows
        rows_sudo = self.sudo().search([("happened_at", "<", limit)], limit=GC_BATCH)
        rows_sudo.unlink()
        return len(rows_sudo), len(rows_sudo) == GC_BATCH

    def _personal_data_fields(self):
        return {
            **not_personal("company_id action model records purpose happened_at"),
            **classify(IDENTITY, CLEAR, "identity_id partner_id"),
            **classify(
                EMPLOYEE,
                KEEP,
                "user_id",
                ground="GDPR Art. 5(2) and 32: who saw personal data, for twelve months",
            ),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids) | fields.Domain(
            "partner_id", "in", partners.ids
        )
