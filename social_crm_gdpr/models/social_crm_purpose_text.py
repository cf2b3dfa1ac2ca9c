# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.social_crm_base.tools.action import dialog_of
from odoo.addons.social_crm_base.tools.privacy import not_personal

#: What makes the words; frozen once somebody decided on them.
WORDS = frozenset({"purpose_id", "lang", "version", "title", "statement", "question"})
PLACEHOLDER = "{company}"


class SocialCrmPurposeText(models.Model):
    """The words people are asked with: one row a language and version, never changed once used."""

    # No company: as the purposes they belong to

    _name = "social.crm.purpose.text"
    _inherit = ["social.crm.personal.data"]
    _description = "Text of a Purpose"
    _order = "purpose_id, lang, version desc, id desc"

    purpose_id = fields.Many2one(
        "social.crm.purpose", required=True, index=True, ondelete="cascade"
    )
    lang = fields.Char(
        string="Language", required=True, size=2, help="Two letters (ISO 639-1), for example de."
    )
    version = fields.Integer(readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force"), ("replaced", "Replaced")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    title = fields.Char(required=True, help="A few words, as on the person's own page.")
    statement = fields.Text(
        required=True,
        help="What the person agrees to, or may object to. {company} stands for your name.",
    )
    question = fields.Text(
        help="The message that asks for it; it says how to agree, refuse and stop."
    )
    is_used = fields.Boolean(compute="_compute_is_used", help="Somebody decided on these words.")

    _version_unique = models.UniqueIndex(
        "(purpose_id, lang, version)", "This version is there already."
    )

    @api.depends("purpose_id", "lang", "version")
    def _compute_display_name(self):
        for text in self:
            text.display_name = f"{text.purpose_id.name} ({text.lang} {text.version})"

    def _compute_is_used(self):
        used = self._used()
        for text in self:
            text.is_used = text in used

    def _used(self):
        """Those somebody decided on.

        :rtype: recordset
        """
        # sudo: other companies' consents freeze the words too
        rows = self.env["social.crm.consent"].sudo()._read_group(
            [("text_id", "in", self.ids)], ["text_id"]
        )
        return self.browse([text.id for (text,) in rows])

    @api.constrains("lang")
    def _check_lang(self):
        for text in self:
            if not re.fullmatch("[a-z]{2}", text.lang):
                raise ValidationError(
                    self.env._("Write the language as two small letters, for example de.")
                )

    @api.constrains("statement", "question")
    def _check_question(self):
        for text in self:
            if text.question and len(text.question) > 450:
                raise ValidationError(
                    self.env._(
                        "The question must fit the shortest networks: at most 450 characters."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["lang"] = (vals.get("lang") or "").strip().lower()
            if not vals.get("version"):
                last = self.search(
                    [("purpose_id", "=", vals.get("purpose_id")), ("lang", "=", vals["lang"])],
                    order="version desc",
                    limit=1,
                )
                vals["version"] = last.version + 1
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & WORDS and self._used():
            raise UserError(
                self.env._(
                    "People decided on these very words: they stay as they are. Press New "
                    "Version, change that, and put it in force."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        if self._used():
            raise UserError(self.env._("People decided on these words: they stay."))

    # === ACTIONS === #

    def action_new_version(self):
        """A draft to be changed, with these words.

        :rtype: dict
        """
        self.ensure_one()
        draft = self.copy({"version": False})
        return dialog_of(draft, draft._description)

    def action_put_in_force(self):
        """Ask people with these words from now on."""
        for text in self:
            self.search(
                [
                    ("purpose_id", "=", text.purpose_id.id),
                    ("lang", "=", text.lang),
                    ("state", "=", "in_force"),
                ]
            ).state = "replaced"
            text.state = "in_force"

    # === BUSINESS METHODS === #

    def _say(self, name, company):
        """One of the texts as it is shown in the name of a company.

        :param str name: title, statement or question
        :rtype: str
        """
        return (self[name] or "").replace(PLACEHOLDER, company.name)

    def _personal_data_fields(self):
        return not_personal("purpose_id lang version state title statement question")
