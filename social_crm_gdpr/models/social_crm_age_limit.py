# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmAgeLimit(models.Model):
    """From which age somebody may consent for themselves, country by country."""

    # No company: it is the law of a country
    _name = "social.crm.age.limit"
    _inherit = ["social.crm.personal.data"]
    _description = "Age of Consent on the Internet"
    _order = "country_id"
    _rec_name = "country_id"

    country_id = fields.Many2one("res.country", required=True, ondelete="cascade")
    age = fields.Integer(required=True)
    source = fields.Char(required=True)

    _country_unique = models.Constraint("UNIQUE(country_id)", "This country has its age already.")
    _age_range = models.Constraint("CHECK(age BETWEEN 1 AND 21)", "An age from 1 to 21.")

    @api.model
    def _of(self, company, country=None):
        """The age in force for a person, by their country, else by the company's.

        :param recordset country: where the person lives, where it is known
        :rtype: int
        """
        country = country or company.country_id
        # sudo: a fact of law
        found_sudo = self.sudo().search([("country_id", "=", country.id)], limit=1)
        return found_sudo.age or self.env["social.crm.jurisdiction"]._of(company).age_of_consent

    def _personal_data_fields(self):
        return not_personal("country_id age source")
