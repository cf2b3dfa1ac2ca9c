# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify, not_personal


class SocialCrmArchivePart(models.Model):
    """What of an archive can be chosen on its own: posts, comments, one conversation."""

    _name = "social.crm.archive.part"
    _inherit = ["social.crm.personal.data"]
    _description = "Part of an Archive"
    _order = "sort desc, last_date desc, id"

    archive_id = fields.Many2one(
        "social.crm.archive", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="archive_id.company_id", store=True)
    is_chosen = fields.Boolean(string="Import", default=True)
    sort = fields.Selection(
        [("posts", "Our posts"), ("comments", "Comments"), ("messages", "Conversation")],
        string="What", required=True, readonly=True,
    )
    name = fields.Char(string="With", readonly=True, help="Gone when the import is over.")
    key = fields.Char(required=True, readonly=True)
    members = fields.Json(help="Who speaks in it, up to a few: two make a talk, more a group.")
    has_own = fields.Boolean(help="The archive itself says which words in it are ours.")
    count = fields.Integer(string="Items", readonly=True)
    known_count = fields.Integer(string="There Already", readonly=True)
    first_date = fields.Datetime(string="First", readonly=True)
    last_date = fields.Datetime(string="Last", readonly=True)

    def _personal_data_fields(self):
        return {
            **not_personal(
                "archive_id company_id is_chosen sort has_own count known_count first_date "
                "last_date"
            ),
            # Gone as soon as the import is over.
            **classify(IDENTITY, ROW, "name key members"),
        }
