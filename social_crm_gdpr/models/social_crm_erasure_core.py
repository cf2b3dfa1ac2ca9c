# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Contacts, leads and portal users: every stored column is emptied but those named here, so that
fields other addons add are emptied without anybody thinking of them.
"""

from psycopg2 import IntegrityError

from odoo import fields, http, models
from odoo.tools import SQL

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP

from .social_crm_erasure_plan import TAX_DOCUMENTS

#: What stays of a contact whose documents tax law keeps: what an invoice has to show.
ON_DOCUMENTS = frozenset(
    {
        "name", "complete_name", "commercial_company_name", "company_name", "street", "street2",
        "zip", "city", "state_id", "country_id", "vat", "company_registry",
        "commercial_partner_id", "parent_id", "is_company",
    }
)  # fmt: skip
#: Columns that say nothing of the person and that Odoo, or a figure, cannot do without.
STAYS = {
    "res.partner": frozenset({"type", "autopost_bills", "partner_share", "active", "company_id"}),
    "crm.lead": frozenset(
        {
            "type", "active", "company_id", "stage_id", "team_id", "user_id", "priority", "color",
            "probability", "automated_probability", "expected_revenue", "prorated_revenue",
            "recurring_plan", "recurring_revenue", "recurring_revenue_monthly",
            "recurring_revenue_monthly_prorated", "recurring_revenue_prorated", "lost_reason_id",
            "won_status", "campaign_id", "medium_id", "source_id", "date_automation_last",
            "date_closed", "date_conversion", "date_deadline", "date_last_stage_update",
            "date_open", "day_close", "day_open",
        }
    ),
    "res.users": frozenset({"partner_id", "company_id", "notification_type", "share", "active"}),
    "calendar.event": frozenset(
        {
            "start", "stop", "start_date", "stop_date", "allday", "duration", "user_id", "active",
            "privacy", "show_as", "recurrency", "recurrence_id", "follow_recurrence",
        }
    ),
}  # fmt: skip
#: What belongs to a user besides what the database deletes with them.
OF_USERS = (("res_device_log", "user_id"), ("res_users_log", "create_uid"))
#: A user who is switched off still has a company and a kind.
USERS_KEEP = frozenset({"res_company_users_rel", "res_groups_users_rel"})


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _erase_res_partner(self, partners):
        """Contacts lose everything; those on invoices keep what an invoice has to show, those
        another company has links of its own to lose ours alone.
        """
        foreign = self._kept_on("company", partners)
        self._leave_to_others(foreign)
        partners -= foreign
        kept = self._kept_on("tax", partners)
        self._clear_rows(partners)
        self._cut_ties(partners, kept)
        self._blank_core(kept, ON_DOCUMENTS)
        self._let_children_go(partners - kept)
        self._blank_core(
            partners - kept,
            {"name", "complete_name", "commercial_partner_id"},
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

    def _kept_on(self, ground, records):
        """Those of the records that stay on a ground.

        :rtype: recordset
        """
        ids = set((self.kept or {}).get(records._name, {}).get(ground, ()))
        return records.filtered(lambda record: record.id in ids)

    def _leave_to_others(self, partners):
        """Of a contact another company answers for, only what our company alone noted goes."""
        sets = [
            SQL("%s = %s - %s", SQL.identifier(name), SQL.identifier(name),
                str(self.company_id.id))
            for name in self._takes("res.partner")
            if partners._fields[name].company_dependent
        ]  # fmt: skip
        self._update(partners, sets)

    def _let_children_go(self, partners):
        """Contacts below an erased one that are other people no longer carry its name."""
        children = self.env["res.partner"].with_context(active_test=False).search(
            [("parent_id", "in", partners.ids), ("id", "not in", self.partner_ids.ids)]
        )
        if children:
            children.write({"parent_id": False})

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
        if "opportunity_id" in self.env["calendar.event"]._fields:
            self._erase_meetings(
                self.env["calendar.event"].search([("opportunity_id", "in", leads.ids)])
            )
        self._blank_core(leads, {"name"}, SQL("name = %s", self.env._("Erased")))

    def _blank_core(self, records, stays, *sets):
        """Empty all stored columns but what is technical, required, or kept on a ground.

        :param stays: names of columns that stay as they are
        :param SQL sets: what is written besides
        """
        declared = {}
        if hasattr(records, "_personal_data_fields"):
            declared = records._personal_data_fields()
        left = {
            name
            for name, personal in declared.items()
            if personal.erasure == KEEP and personal.category != EMPLOYEE  # they were none
        }
        left |= STAYS[records._name] | {*stays} | {*models.MAGIC_COLUMNS}
        sets = list(sets)
        for name, field in records._fields.items():
            if not field.store or not field.column_type or name in left:
                continue
            if not field.required:
                sets.append(SQL("%s = NULL", SQL.identifier(name)))
            elif field.type not in ("many2one", "boolean"):
                sets.append(SQL("%s = %s", SQL.identifier(name), self._blank(field, False)))
        self._update(records, sets)

    def _erase_written(self, partners):
        """What the person wrote elsewhere in Odoo, and whatever was mailed to them."""
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
        """A portal account of the person is closed and emptied, with its devices, keys and
        settings; by SQL, or Odoo would mail them about it.
        """
        users = self.env["res.users"].with_context(active_test=False).search(
            [("partner_id", "in", partners.ids)]
        )
        if not users:
            return
        self.env.flush_all()
        mine = [(table, column) for table, column, deletes in self._references("res_users")
                if deletes == "c" and table not in USERS_KEEP]  # fmt: skip
        self._end_sessions(users)
        for table, column in {*mine, *OF_USERS}:
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE %s = ANY(%s)", SQL.identifier(table),
                    SQL.identifier(column), users.ids)
            )  # fmt: skip
        self._blank_core(
            users,
            {"login"},
            SQL("login = %s || id", f"erased-{self.reference}-"),
            SQL("active = false"),
        )
        # what the model does not tell of: password, keys of the second factor
        self._update(
            users,
            [SQL("%s = NULL", SQL.identifier(name))
             for name in {"password", "totp_secret", "totp_last_counter"}
             & self._columns_of("res_users")],
        )  # fmt: skip
        self.env["res.users"].invalidate_model()
        self.env.registry.clear_cache()

    def _end_sessions(self, users):
        """Sessions that are still open; from where and with what the devices' rows tell."""
        self.env.cr.execute(
            "SELECT DISTINCT session_identifier FROM res_device_log WHERE user_id = ANY(%s)",
            [users.ids],
        )
        if opened := [name for (name,) in self.env.cr.fetchall()]:
            http.root.session_store.delete_from_identifiers(opened)
