# Part of Social CRM. See LICENSE file for full copyright and licensing details.
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
    def _people(self, records):
        """Whose records they are: (company, identity, partner) to how many of them.

        :rtype: dict
        """
        people = {}
        by_name = records._fields
        for record in records:
            identity = partner = company = False
            if record._name == "social.crm.identity":
                identity = record.id
            elif record._name == "res.partner":
                partner = record.id
            elif "identity_id" in by_name:
                identity = record.identity_id.id
            elif "social_identity_id" in by_name:
                identity = record.social_identity_id.id
            elif "partner_id" in by_name:
                partner = record.partner_id.id
            if "company_id" in by_name:
                company = record.company_id.id
            key = (company, identity, partner)
            people[key] = people.get(key, 0) + 1
        return people

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
