# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.fields import Domain


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    def _held(self):
        """Those of these records that a legal hold in force keeps from erasure and retention.

        By their person (over all accounts, contacts and links), by their case, or by themselves.

        :rtype: recordset
        """
        hold = self.env["social.crm.legal.hold"]
        if not self or not hold._in_force():
            return self.browse()
        # sudo: what is held does not depend on who may read it
        records_sudo = self.sudo()
        if self._name in ("social.crm.identity", "res.partner"):
            return self.browse(hold._among(records_sudo).ids)
        cases, interactions = hold._scope()
        itself = {"social.crm.case": cases, "social.crm.interaction": interactions}
        held = {record.id for record in records_sudo if record.id in itself.get(self._name, ())}
        if "case_id" in self._fields and self._fields["case_id"].comodel_name == "social.crm.case":
            held |= {record.id for record in records_sudo if record.case_id.id in cases}
        for name in ("identity_id", "partner_id"):
            field = self._fields.get(name)
            if field and field.comodel_name in ("social.crm.identity", "res.partner"):
                people = hold._among(records_sudo[name])
                held |= {record.id for record in records_sudo if record[name] & people}
        if self._name == "social.crm.interaction":  # what we said to them is part of the talk
            people = hold._among(records_sudo.conversation_id.identity_id)
            held |= {r.id for r in records_sudo if r.conversation_id.identity_id & people}
        return self.browse(sorted(held))

    @api.model
    def formatted_read_group(self, domain, groupby=(), aggregates=(), **options):
        """Override: a report counts whose use is restricted, and does not name them."""
        rows = super().formatted_read_group(domain, groupby, aggregates, **options)
        for name in {"identity_id", "partner_id"} & set(groupby):
            field = self._fields.get(name)
            if field is None or field.comodel_name not in ("social.crm.identity", "res.partner"):
                continue
            people = self.env[field.comodel_name].browse(
                {row[name][0] for row in rows if row[name]}
            )
            restricted = set(people._is_restricted().ids)
            for row in rows:
                if row[name] and row[name][0] in restricted:
                    row[name] = (row[name][0], self.env._("Restricted person"))
        return rows

    @api.model
    def _retention_left_domain(self, names):
        """Rows that still hold something in one of these fields.

        :param list names: stored fields a retention rule empties
        :rtype: Domain
        """
        return Domain.OR(
            Domain(name, "not in", [False, 0])
            if self._fields[name].type in ("integer", "float")
            else Domain(name, "!=", False)
            for name in names
        )

    def _retention_clear(self, category, names):
        """Empty these fields of rows whose time is over.

        :param str category: the category of personal data that goes
        :param list names: the fields of that category
        """
        self.write(dict.fromkeys(names, False))
