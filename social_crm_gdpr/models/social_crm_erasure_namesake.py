# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Whether a row that bears the name is somebody else's, and whose company answers for a row.

A name alone proves neither. A contact of the same full name is somebody else without asking only
where something says so: an account of their own, a user of ours, or an address or number where
both have one and none agrees. Where street, phone, e-mail or the contact above agree, or where
there is nothing to compare, a clerk looks.
"""

import re

from odoo import api, models

from odoo.addons.social_crm_base.tools import names

from ..tools import marks
from ..tools.alias_search import PHONE_DIGITS


class SocialCrmErasure(models.Model):
    _inherit = "social.crm.erasure"

    def _told(self, kind):
        """What is known of the person, of one kind.

        :rtype: set[str]
        """
        return {alias["value"] for alias in self.aliases or () if alias["kind"] == kind}

    def _is_namesake(self, table, row):
        """Whether a row that bears the name may be explained so without a person looking at it.

        :param dict row: its facts, see the scan
        :rtype: bool
        """
        if table == "res_partner":
            return self._is_other_contact(self.env["res.partner"].browse(row["id"]))
        if table == "social_crm_identity":
            return self._is_other_account(self.env["social.crm.identity"].browse(row["id"]))
        return True

    def _is_other_contact(self, partner):
        theirs = {
            "email": {partner.email_normalized or ""} - {""},
            "phone": {_digits(said) for said in (partner.phone, partner.phone_sanitized) if said},
            "street": {names.fold(partner.street)} - {""},
            "parent": {str(partner.parent_id.id)} if partner.parent_id else set(),
        }
        ours = {
            "email": self._told("email"),
            "phone": set(map(_digits, self._told("phone"))),
            "street": self._told("street"),
            "parent": self._told("parent") | {str(row) for row in self.partner_ids.ids},
        }
        if any(theirs[kind] & ours[kind] for kind in theirs):
            return False
        links = partner.social_link_ids.filtered(lambda link: link.state == "confirmed")
        if not self._bears_name(partner.name or partner.complete_name):
            return True
        if links.identity_id - self.identity_ids or self._is_colleague(partner):
            return True
        return any(theirs[kind] and ours[kind] for kind in ("email", "phone"))

    def _is_other_account(self, identity):
        """Names are no proof between accounts: the network tells them apart by its ids."""
        if identity.partner_id - self.partner_ids or not self._bears_name(identity.name):
            return True
        return marks.local(identity.handle) not in map(marks.local, self._told("handle"))

    def _bears_name(self, name):
        """Whether a name is one of the person's whole: a first name within a longer one is not.

        :rtype: bool
        """
        words = set(names.fold(name).split())
        for known in self._told("name"):
            parts = set(names.fold(known).split())
            if parts and (parts == words or len(parts) > 1 and parts <= words):
                return True
        return False

    # === WHOSE COMPANY === #

    @api.model
    def _company_of(self, model, row):
        """The company that answers for a record, also where only what it hangs on tells.

        :param str model: of any table
        :param int row: its number
        :return: a company or none
        :rtype: recordset
        """
        companies = self.env["res.company"]
        for _step in range(3):
            if not row or model not in self.env or self.env[model]._abstract:
                return companies
            record = self.env[model].browse(row).exists()
            fields_of = record._fields
            company = getattr(fields_of.get("company_id"), "comodel_name", "")
            if company == companies._name and record.company_id:
                return record.company_id
            message = fields_of.get("mail_message_id")
            if message and record.mail_message_id:
                model, row = message.comodel_name, record.mail_message_id.id
            elif "res_id" in fields_of and {"model", "res_model"} & fields_of.keys():
                model = record["model" if "model" in fields_of else "res_model"]
                row = record.res_id
            else:
                return companies
        return companies

    def _is_of_another_company(self, table, row):
        company = row.get("company_id") or self._company_of(
            self._model_of(table), row.get("id")
        ).id
        return bool(company) and company != self.company_id.id

    # === GONE WITHIN A DAY === #

    def _ground_of_fleeting(self, table, row, kinds):
        """Why what goes by itself within a day is not deleted at once: nobody's upload is taken
        away for a name, nor by another company.

        :rtype: str | None
        """
        if kinds == {"name"}:
            return "namesake"
        if table == "base_import_import":
            author = self.env[self._model_of(table)].browse(row["id"]).create_uid
            if author.company_id and author.company_id != self.company_id:
                return "company"
        return None


def _digits(number):
    return re.sub(r"\D", "", number)[-PHONE_DIGITS:]
