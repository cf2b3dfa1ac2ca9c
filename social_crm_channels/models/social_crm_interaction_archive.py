# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmInteraction(models.Model):
    """History that was taken in from an archive tells nobody that something happened."""

    _inherit = "social.crm.interaction"

    archive_id = fields.Many2one(
        "social.crm.archive", string="From Archive", readonly=True, index="btree_not_null",
        ondelete="set null", copy=False,
    )

    def _news_for_sales(self):
        """Override: what is taken from an archive is no news, however young."""
        fresh = self.filtered(lambda said: not said.archive_id)
        return super(SocialCrmInteraction, fresh)._news_for_sales()

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("archive_id")}
