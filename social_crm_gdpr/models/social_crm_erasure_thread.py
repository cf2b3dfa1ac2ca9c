# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What hangs on rows besides their fields: chatter, mail, followers, files; and contacts, leads."""

import logging

from psycopg2 import IntegrityError

from odoo import fields, http, models
from odoo.tools import SQL

from .social_crm_erasure_plan import TAX_DOCUMENTS

_logger = logging.getLogger(__name__)

#: What stays of a contact whose documents tax law keeps: what an invoice has to show.
ON_DOCUMENTS = frozenset(
    {
        "name", "complete_name", "commercial_company_name", "company_name", "street", "street2",
        "zip", "city", "state_id", "country_id", "vat", "company_registry",
        "commercial_partner_id", "parent_id", "is_company",
    }
)  # fmt: skip
#: Columns that say nothing of the person, or that Odoo cannot do without.
TECHNICAL = frozenset(
    {"type", "autopost_bills", "color", "partner_share", "active", "social_erased_at"}
)
TEXTS = ("char", "text", "html", "json", "properties", "date", "datetime", "binary")
PLACES = frozenset(
    {"state_id", "country_id", "parent_id", "industry_id", "user_id", "title", "lang", "tz"}
)


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _erase_threads(self, records):
        """Chatter, tracked values, mails, followers, activities and files of the records."""
        model, ids = records._name, records.ids
        if "message_ids" in records._fields:
            self._erase_messages(
                self.env["mail.message"].search([("model", "=", model), ("res_id", "in", ids)])
            )
            self.env["mail.followers"].search(
                [("res_model", "=", model), ("res_id", "in", ids)]
            ).unlink()
            self.env["mail.scheduled.message"].search(
                [("model", "=", model), ("res_id", "in", ids)]
            ).unlink()
        if "activity_ids" in records._fields:
            self.env["mail.activity"].search(
                [("res_model", "=", model), ("res_id", "in", ids)]
            ).unlink()
        files = self.env["ir.attachment"].search(
            # the second term takes files of fields too (pictures), which Odoo leaves out by itself
            [("res_model", "=", model), ("res_id", "in", ids), ("id", "!=", False)]
        )
        self._erase_files(files)

    def _erase_messages(self, messages):
        """Messages go with what was tracked and mailed; accounting's audit trail stays."""
        if "account_audit_log_restricted" in messages._fields:
            restricted = messages.filtered("account_audit_log_restricted")
            if restricted:
                self._keep("mail.message", "tax", restricted.ids)
                messages -= restricted
        self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)]).unlink()
        self._erase_files(messages.attachment_ids)
        messages.unlink()

    def _erase_files(self, files):
        """Delete files, on disk too; those that accounting protects stay."""
        protected = self.kept.get("ir.attachment", {}).get("tax", []) if self.kept else []
        for file in files.filtered(lambda file: file.id not in protected):
            try:
                with self.env.cr.savepoint():
                    file.unlink()
            except Exception:  # noqa: BLE001 (whatever an addon protects its files with)
                _logger.info("Attachment %s is protected and stays", file.id)
                self._keep("ir.attachment", "tax", file.ids)

    def _keep(self, model, ground, ids):
        """Note that rows stay after all."""
        kept = {name: dict(grounds) for name, grounds in (self.kept or {}).items()}
        found = set(kept.setdefault(model, {}).get(ground, ())) | set(ids)
        kept[model][ground] = sorted(found)
        self.kept = kept

    # === CONTACTS AND LEADS === #

    def _erase_res_partner(self, partners):
        """Contacts lose everything; those on invoices keep what an invoice has to show."""
        on_documents = {
            row for ids in (self.kept or {}).get("res.partner", {}).values() for row in ids
        }
        kept = partners.filtered(lambda partner: partner.id in on_documents)
        going = partners - kept
        self._clear_rows(partners)
        self._clear_relation(partners, partners._fields["category_id"])
        self._blank_core(kept, ON_DOCUMENTS)
        self._blank_core(
            going,
            {"name", "complete_name"},
            SQL("name = %s", self.env._("Erased contact")),
            SQL("complete_name = %s", self.env._("Erased contact")),
            SQL("commercial_partner_id = id"),
        )
        self._erase_written(partners)
        self._erase_users(partners)
        self._erase_banks(partners)
        self._update(
            partners,
            [SQL("active = false"), SQL("social_erased_at = %s", fields.Datetime.now())],
        )

    def _erase_banks(self, partners):
        """Bank accounts go, by SQL: Odoo would archive them, and log their number.

        What a posted entry or payment names stays, as accounting keeps it.
        """
        for bank in self.env["res.partner.bank"].search([("partner_id", "in", partners.ids)]):
            try:
                with self.env.cr.savepoint():
                    self.env.cr.execute("DELETE FROM res_partner_bank WHERE id = %s", [bank.id])
            except IntegrityError:
                self._keep("res.partner.bank", "tax", bank.ids)
        self.env["res.partner.bank"].invalidate_model()

    def _erase_crm_lead(self, leads):
        """Stage, value and dates stay for figures; who it was and what was written do not."""
        self._clear_rows(leads)
        self._blank_core(
            leads, {"name"}, SQL("name = %s", self.env._("Erased")), SQL("partner_id = NULL")
        )

    def _blank_core(self, records, stays, *sets):
        """Empty Odoo's own columns that hold words, dates of birth and places.

        :param stays: names of columns that stay as they are
        :param SQL sets: what is written besides
        """
        sets = list(sets)
        for name, field in records._fields.items():
            if (
                not field.store
                or not field.column_type
                or field.company_dependent
                or field.required
                or name in stays
                or name in TECHNICAL
                or name in models.MAGIC_COLUMNS
                or (field.type not in TEXTS and name not in PLACES)
                or (records._name == "crm.lead" and field.type in ("date", "datetime"))
                or (records._name == "crm.lead" and name in ("user_id",))
            ):
                continue
            sets.append(SQL("%s = NULL", SQL.identifier(name)))
        self._update(records, sets)

    def _erase_written(self, partners):
        """What the person wrote elsewhere in Odoo, and whatever follows or was mailed to them."""
        self.env["mail.followers"].search([("partner_id", "in", partners.ids)]).unlink()
        messages = self.env["mail.message"].search([("author_id", "in", partners.ids)])
        documents = {
            (model, row)
            for model, grounds in (self.kept or {}).items()
            for row in grounds.get("tax", ())
        }
        stays = messages.filtered(lambda message: (message.model, message.res_id) in documents)
        if stays:
            self._keep("mail.message", "tax", stays.ids)
        self._erase_messages(messages - stays)
        self.env["mail.notification"].search([("res_partner_id", "in", partners.ids)]).unlink()
        self.env["mail.mail"].search([("recipient_ids", "in", partners.ids)]).unlink()
        for model, (_domain, names) in TAX_DOCUMENTS.items():
            if model in self.env:
                named = [name for name in names if name in self.env[model]._fields]
                rows = self.env[model].search(
                    fields.Domain.OR(fields.Domain(name, "in", partners.ids) for name in named)
                )
                self._drop_copies(model, rows.ids)

    def _drop_copies(self, model, ids):
        """Mails about documents that stay are copies to post; by SQL, the message itself stays."""
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM mail_mail WHERE mail_message_id IN"
            " (SELECT id FROM mail_message WHERE model = %s AND res_id = ANY(%s))",
            [model, ids],
        )
        self.env["mail.mail"].invalidate_model()

    def _erase_users(self, partners):
        """A portal account of the person is closed; by SQL, or Odoo would mail them about it."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET active = false, password = NULL, signature = NULL,"
            " login = %s || id WHERE partner_id = ANY(%s)",
            [f"erased-{self.reference}-", partners.ids],
        )
        self.env["res.users"].invalidate_model()
        self._erase_devices(partners)
        self.env.registry.clear_cache()

    def _erase_devices(self, partners):
        """From where and with what they logged in, and sessions that are still open."""
        self.env.cr.execute(
            "DELETE FROM res_device_log WHERE user_id IN"
            " (SELECT id FROM res_users WHERE partner_id = ANY(%s)) RETURNING session_identifier",
            [partners.ids],
        )
        if opened := {name for (name,) in self.env.cr.fetchall()}:
            http.root.session_store.delete_from_identifiers(list(opened))
