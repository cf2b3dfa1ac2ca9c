# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import secrets

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.privacy import EMPLOYEE, KEEP, classify, not_personal

from ..tools import page_words
from ..tools.notice_words import NOTICE

NOTICE_PATH = "/privacy/n"


class SocialCrmNotice(models.Model):
    """What a company tells everybody of whom it holds data (GDPR Art. 13 and 14), on a public page.

    The texts are drafted from purposes, networks and retention rules, then belong to the company.
    Nothing links to the page before it is published.
    """

    _name = "social.crm.notice"
    _inherit = ["mail.thread", "social.crm.personal.data"]
    _description = "Public Privacy Notice"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    code = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: secrets.token_hex(4)
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published")],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        copy=False,
    )
    published_at = fields.Datetime(readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    text_ids = fields.One2many("social.crm.notice.text", "notice_id", string="Texts")
    url = fields.Char(compute="_compute_url")

    _company_unique = models.UniqueIndex("(company_id)", "This company has a notice already.")
    _code_unique = models.UniqueIndex("(code)")

    @api.depends("code", "company_id")
    def _compute_url(self):
        for notice in self:
            notice.url = f"{notice.company_id.get_base_url()}{NOTICE_PATH}/{notice.code}"

    @api.model_create_multi
    def create(self, vals_list):
        notices = super().create(vals_list)
        for notice in notices.filtered(lambda notice: not notice.text_ids):
            notice.text_ids = [
                fields.Command.create({"lang": lang, "body": notice._draft(lang)})
                for lang in page_words.LANGUAGES
            ]
        return notices

    # === ACTIONS === #

    def action_publish(self):
        """Let everybody read it; first answers link to it from now on."""
        self.check_access("write")
        for notice in self:
            if not notice.text_ids:
                raise UserError(self.env._("There is nothing to publish yet: add a text."))
        self.write(
            {
                "state": "published",
                "published_at": fields.Datetime.now(),
                "published_by_id": self.env.uid,
            }
        )

    def action_withdraw(self):
        """Take it off the public page to work on it."""
        self.check_access("write")
        self.write({"state": "draft"})

    def action_rebuild(self):
        """Write the texts anew from purposes, networks and rules; own changes are lost."""
        self.check_access("write")
        for notice in self:
            if notice.state == "published":
                raise UserError(
                    self.env._("People read this now. Take it back to draft, then rebuild it.")
                )
            for text in notice.text_ids:
                text.body = notice._draft(text.lang)

    def action_open_page(self):
        """The page as everybody sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    # === WORDS === #

    def _draft(self, lang):
        """The notice as far as the system knows what the company does.

        :param str lang: two letters
        :rtype: Markup
        """
        self.ensure_one()
        words = page_words.words(lang, NOTICE)
        company = self.company_id
        # sudo: every channel and rule of the company, whoever drafts the notice
        channels_sudo = self.env["social.crm.channel"].sudo().search(
            [("company_id", "=", company.id), ("is_training", "=", False)]
        )
        # sudo: as above
        rules_sudo = self.env["social.crm.retention.rule"].sudo().search(
            [("company_id", "=", company.id), ("state", "=", "in_force")]
        )
        contact = ", ".join(filter(None, (company.email, company.phone, company.website)))
        said = {
            "company": company.name,
            "contact": contact or company.name,
            "networks": ", ".join(sorted(set(channels_sudo.platform_id.mapped("name")))) or "–",
        }

        def filled(key):
            text = words[key]
            for name, value in said.items():
                text = text.replace(f"{{{name}}}", value)
            return text

        parts = []
        for key in ("who", "sources", "data"):
            parts.append(section(words[key], filled(f"{key}_text")))
        parts.append(section(words["purposes"], items=self._purpose_lines(lang, words)))
        parts.append(section(words["recipients"], filled("recipients_text")))
        parts.append(
            section(
                words["retention"],
                filled("retention_text"),
                [
                    words["retention_days"]
                    .replace("{name}", rule.name)
                    .replace("{days}", str(rule.days))
                    for rule in rules_sudo
                ],
            )
        )
        for key in ("suppression", "rights", "automated"):
            parts.append(section(words[key], filled(f"{key}_text")))
        return Markup("").join(parts)

    def _purpose_lines(self, lang, words):
        lines = []
        # sudo: as in _draft
        for purpose in self.env["social.crm.purpose"].sudo().search([]):
            text = purpose._text(lang)
            lines.append(
                Markup("<strong>%s</strong>: %s (%s)")
                % (
                    text._say("title", self.company_id) or purpose.name,
                    text._say("statement", self.company_id) or purpose.description or "",
                    words[f"basis_{purpose.legal_basis}"],
                )
            )
        return lines

    def _text(self, lang):
        """The text in that language, else in English, else any.

        :rtype: recordset
        """
        by_lang = {text.lang: text for text in self.text_ids}
        return by_lang.get(lang) or by_lang.get("en") or self.text_ids[:1]

    def _personal_data_fields(self):
        return {
            **not_personal("company_id code state published_at"),
            **classify(
                EMPLOYEE, KEEP, "published_by_id", ground="GDPR Art. 5(2): who published it"
            ),
        }


def section(title, text="", items=()):
    """One part of the notice.

    :rtype: Markup
    """
    body = Markup("<p>%s</p>") % text if text else Markup("")
    if items:
        lines = Markup("").join(Markup("<li>%s</li>") % item for item in items)
        body += Markup("<ul>%s</ul>") % lines
    return Markup("<h2>%s</h2>%s") % (title, body)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _social_notice(self):
        """The notice everybody can read; none before it is published.

        :rtype: recordset
        """
        # sudo: a public page
        return self.env["social.crm.notice"].sudo().search(
            [("company_id", "=", self.id), ("state", "=", "published")]
        )

    def _social_notice_path(self, lang=""):
        """Where the notice can be read on this server; empty before it is published.

        :rtype: str
        """
        notice = self._social_notice()
        if not notice:
            return ""
        query = f"?lang={page_words.language(lang)}" if lang else ""
        return f"{NOTICE_PATH}/{notice.code}{query}"
