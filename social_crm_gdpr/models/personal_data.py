# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, NONE, TECHNICAL


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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        if held := self._held():
            raise UserError(
                self.env._(
                    "A legal hold keeps %(count)s of these records: they may not be deleted "
                    "before it ends. Ask your privacy clerk.",
                    count=len(held),
                )
            )

    def export_data(self, fields_to_export):
        """Override to refuse restricted people, note who carries whose data away, and mask.

        :raise UserError: in words
        """
        if not self._is_ours() or not self._speaks_of_people():
            return super().export_data(fields_to_export)
        what = self.env._("they may not be exported")
        for people in self._people_in():
            people._refuse_restricted(what)
        exported = super().export_data(fields_to_export)
        self.env["social.crm.access.log"]._note("export", self)
        return self._mask_in(exported)

    @api.model
    def _speaks_of_people(self):
        """Whether this model holds data of others than our own people.

        :rtype: bool
        """
        kinds = {personal.category for personal in self._personal_data_fields().values()}
        return bool(kinds - {NONE, EMPLOYEE, TECHNICAL})

    def _people_in(self):
        """The accounts and the contacts these records are about.

        :rtype: list[recordset]
        """
        if self._name in ("social.crm.identity", "res.partner"):
            return [self]
        return [
            self[name]
            for name in ("identity_id", "partner_id")
            if name in self._fields
            and self._fields[name].comodel_name in ("social.crm.identity", "res.partner")
        ]

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
