# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from random import randint

from odoo import fields, models

from ..tools.privacy import not_personal


class SocialCrmTag(models.Model):
    """A label for cases and the skills of teams."""

    # No company: a vocabulary all companies share
    _name = "social.crm.tag"
    _inherit = ["social.crm.personal.data"]
    _description = "Social Tag"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint("UNIQUE(name)", "A tag of this name exists already.")

    def _personal_data_fields(self):
        return not_personal("name color active")
