# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.social_crm_base.tools.privacy import not_personal


class SocialCrmNoticeText(models.Model):
    """The public notice in one language."""

    _name = "social.crm.notice.text"
    _inherit = ["social.crm.personal.data"]
    _description = "Text of the Privacy Notice"
    _order = "lang"
    _rec_name = "lang"

    notice_id = fields.Many2one(
        "social.crm.notice", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="notice_id.company_id", store=True)
    lang = fields.Char(string="Language", required=True, size=2)
    body = fields.Html(required=True)
    excerpt = fields.Char(string="Begins With", compute="_compute_excerpt")

    _lang_unique = models.UniqueIndex("(notice_id, lang)", "This language is there already.")

    @api.depends("body")
    def _compute_excerpt(self):
        for text in self:
            plain = html2plaintext(text.body or "", include_references=False)
            words = plain.replace("*", "").split()  # it marks what is bold by asterisks
            text.excerpt = " ".join(words)[:120]

    def _personal_data_fields(self):
        return not_personal("notice_id company_id lang body")
