# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, NONE, TECHNICAL

PEOPLE_MODELS = ("social.crm.identity", "res.partner")
#: Where records say whom they are about, and where requests do.
PEOPLE_FIELDS = ("identity_id", "partner_id")
SUBJECT_FIELDS = ("subject_identity_ids", "subject_partner_ids")


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
        cases, interactions = hold._scope()
        itself = {"social.crm.case": cases, "social.crm.interaction": interactions}
        held = {record.id for record in records_sudo if record.id in itself.get(self._name, ())}
        if "case_id" in self._fields and self._fields["case_id"].comodel_name == "social.crm.case":
            held |= {record.id for record in records_sudo if record.case_id.id in cases}
        held.update(self._about(hold._held_people()).ids)
        return self.filtered(lambda record: record.id in held)

    def _about(self, people):
        """Those of these records that are about certain people.

        What belongs to no company, as contacts mostly do, is about whom any company means.

        :param dict people: company to (ids of accounts, ids of contacts)
        :rtype: recordset
        """
        if not self or not people:
            return self.browse()
        # sudo: whom a record is about does not depend on who may read it
        records_sudo = self.sudo()
        by_company = {self.env["res.company"]: records_sudo}
        if "company_id" in self._fields:
            by_company = records_sudo.grouped("company_id")
        found = set()
        for company, theirs in by_company.items():
            meant = [ids for whose, ids in people.items() if not company or whose == company]
            ids = {
                model: set().union(*(one[position] for one in meant))
                for position, model in enumerate(PEOPLE_MODELS)
            }
            found.update(
                record.id
                for record in theirs
                if any(ids[who._name].intersection(who.ids) for who in record._whom())
            )
        return self.filtered(lambda record: record.id in found)

    def _whom(self):
        """The accounts and contacts this record is about, what we said to them included.

        :rtype: list[recordset]
        """
        who = self._people_in(PEOPLE_FIELDS + SUBJECT_FIELDS)
        if self._name == "social.crm.interaction":  # what we said to them is part of the talk
            who.append(self.conversation_id.identity_id)
        return who

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

    def _people_in(self, names=PEOPLE_FIELDS):
        """The accounts and the contacts these records are about.

        :param tuple names: of the fields that tell
        :rtype: list[recordset]
        """
        if self._name in PEOPLE_MODELS:
            return [self]
        return [
            self[name]
            for name in names
            if name in self._fields and self._fields[name].comodel_name in PEOPLE_MODELS
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
