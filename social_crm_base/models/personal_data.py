# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.fields import Domain
from odoo.models import MAGIC_COLUMNS


class SocialCrmPersonalData(models.AbstractModel):
    """Where personal data is declared: on the model that holds it.

    Export, erasure, retention, the leak scan and the test that no stored field of the suite was
    forgotten all read these three methods. Access is the caller's matter.
    """

    _name = "social.crm.personal.data"
    _description = "Declaration of Personal Data"

    def _personal_data_fields(self):
        """Every stored field the suite adds to this model, with category and erasure.

        Fields every model has (who created it and when) are not listed: they hold our own users'
        names, which ``_personal_data_users`` is for.

        :return: field name to :class:`odoo.addons.social_crm_base.tools.privacy.Personal`
        :rtype: dict
        """
        return {}

    def _personal_data_domain(self, identities, partners):
        """The rows that speak of these people, by indexed columns.

        :param recordset identities: ``social.crm.identity``
        :param recordset partners: ``res.partner``
        :rtype: Domain
        """
        return Domain.FALSE

    def _personal_data_export(self):
        """What these rows say of the person, in plain values, for an access request.

        :return: one dictionary a row: field name to value, dates in ISO 8601
        :rtype: list[dict]
        """
        declared = self._personal_data_fields()
        names = [name for name, personal in declared.items() if personal.category != "none"]
        return self.read(["id", *names], load="") if self else []

    def _personal_data_users(self):
        """Stored fields that name our own users, who are data subjects too.

        :rtype: list[str]
        """
        return [
            name
            for name, field in self._fields.items()
            if field.store and field.type in ("many2one", "many2many")
            and field.comodel_name == "res.users"
        ]

    def _personal_data_unclassified(self):
        """Stored fields of the suite that nobody classified; empty in a healthy suite.

        :rtype: list[str]
        """
        declared = self._personal_data_fields()
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and field.type != "one2many"  # the other side stores it
            and name not in MAGIC_COLUMNS
            and name not in declared
            and any(module.startswith("social_crm_") for module in field._modules)
        ]
