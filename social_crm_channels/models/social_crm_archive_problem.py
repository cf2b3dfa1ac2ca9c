# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import IDENTITY, ROW, classify, not_personal


class SocialCrmArchiveProblem(models.Model):
    """A line of an archive that was not taken in, and why: nothing is lost in silence."""

    _name = "social.crm.archive.problem"
    _inherit = ["social.crm.personal.data"]
    _description = "Unreadable Line of an Archive"
    _order = "id"
    _rec_name = "file"

    archive_id = fields.Many2one(
        "social.crm.archive", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="archive_id.company_id", store=True)
    file = fields.Char(readonly=True)
    line = fields.Integer(readonly=True)
    reason = fields.Selection(
        [
            ("broken", "The file is broken here; what follows in it was not read"),
            ("shape", "Not what stands there in this network's downloads"),
            ("date", "The date cannot be read"),
            ("name", "The name leads out of the archive; not opened"),
            ("twice", "Stands in the archive twice; the first was read"),
            ("too_big", "Unpacks to too much; not opened"),
            ("future", "Lies in the future"),
            ("closed", "The network was closed by then"),
            ("refused", "May not be stored"),
            ("failed", "Could not be stored"),
        ],
        required=True, readonly=True,
    )
    detail = fields.Char(readonly=True)

    def _personal_data_fields(self):
        return {
            **not_personal("archive_id company_id line reason"),
            # Names of files and broken lines may name people; they go with the words.
            **classify(IDENTITY, ROW, "file detail"),
        }
