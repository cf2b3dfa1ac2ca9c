# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import AccessError


class SocialCrmPersonalData(models.AbstractModel):
    """No record of the suite is tied to one of a company its author does not work for.

    Record rules keep such records from being read and changed; Odoo does not ask them of what a
    record is linked to, and whoever may see the link learns of the other company's people by it.
    """

    _inherit = "social.crm.personal.data"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_foreign_links(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_foreign_links([vals])
        return super().write(vals)

    @api.model
    def _refuse_foreign_links(self, vals_list):
        """Refuse values that name records of a company the current user does not work for.

        :param list vals_list: values of :meth:`create` or :meth:`write`
        :raise AccessError: in words
        """
        if self.env.su or not self._name.startswith("social.crm."):
            return
        linked = {}
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if value and field is not None and self._is_of_company(field):
                    linked.setdefault(field.comodel_name, set()).update(_ids(field, value))
        ours = set(self.env.user.company_ids.ids)
        for comodel, ids in linked.items():
            # sudo: whose they are, only compared
            targets_sudo = self.env[comodel].sudo().browse(ids).exists()
            if comodel == "res.company":
                companies = targets_sudo
            else:
                companies = targets_sudo.company_id
            if set(companies.ids) - ours:
                raise AccessError(
                    self.env._(
                        "You do not work for the company this belongs to. Ask somebody who works "
                        "for both, or choose a record of your own company."
                    )
                )

    @api.model
    def _is_of_company(self, field):
        """Whether a field links to records that belong to companies."""
        comodel = field.comodel_name
        if not comodel or not field.relational:
            return False
        if comodel.startswith("social.crm.") or comodel in ("res.partner", "crm.lead"):
            return "company_id" in self.env[comodel]._fields
        return comodel == "res.company"


def _ids(field, value):
    """The ids that values of a relational field link to.

    :rtype: set[int]
    """
    if field.type == "many2one":
        return {int(value)} if isinstance(value, int | str) else set(value.ids)
    if isinstance(value, models.BaseModel):
        return set(value.ids)
    ids = set()
    for command in value:
        if isinstance(command, int):
            ids.add(command)
        elif command[0] == 4:
            ids.add(command[1])
        elif command[0] == 6:
            ids.update(command[2])
    return ids
