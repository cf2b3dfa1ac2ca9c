# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify, not_personal

from ..archives.said import Author


class SocialCrmArchivePerson(models.Model):
    """Somebody an archive names, until the import is over: us, a contact of ours, or nobody."""

    _name = "social.crm.archive.person"
    _inherit = ["social.crm.personal.data"]
    _description = "Person in an Archive"
    _order = "count desc, id"

    archive_id = fields.Many2one(
        "social.crm.archive", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="archive_id.company_id", store=True)
    platform_id = fields.Many2one(related="archive_id.platform_id")
    name = fields.Char(string="In the Archive", readonly=True)
    key = fields.Char(required=True, readonly=True)
    handle = fields.Char(readonly=True)
    external_id = fields.Char(string="Network ID", readonly=True)
    count = fields.Integer(string="Items", readonly=True)
    is_own = fields.Boolean(string="Ours")
    identity_id = fields.Many2one(
        "social.crm.identity", string="Is Known As", ondelete="set null",
        domain="[('platform_id', '=', platform_id), ('company_id', '=', company_id),"
        " ('partner_id', '!=', False), ('is_own', '=', False)]",
        help="An account that is linked to a contact. Who has none is stored under a pseudonym.",
    )
    stored_as = fields.Char(compute="_compute_stored_as")

    def _author(self):
        """As the archive names this person.

        :rtype: Author
        """
        self.ensure_one()
        named = self.name != (self.handle or self.external_id)
        return Author(
            self.key, self.name if named else "", self.handle or "", self.external_id or ""
        )

    @api.depends("is_own", "identity_id.display_name", "key")
    def _compute_stored_as(self):
        for person in self:
            if person.is_own:
                person.stored_as = self.env._("Us")
            elif person.identity_id:
                person.stored_as = person.identity_id.display_name
            else:
                person.stored_as = person.archive_id._pseudonym(person.key)

    def _personal_data_fields(self):
        return {
            **not_personal("archive_id company_id count is_own"),
            **classify(IDENTITY, ROW, "name key handle external_id identity_id"),
        }

    def _personal_data_domain(self, identities, partners):
        return fields.Domain("identity_id", "in", identities.ids)
