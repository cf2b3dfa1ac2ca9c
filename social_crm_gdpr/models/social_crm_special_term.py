# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..tools.special import compile_terms, folded


class SocialCrmSpecialTerm(models.Model):
    """Words that may tell of health, faith, politics, union, sex life or origin (GDPR Art. 9).

    Texts with such words are not profiled; which list it was is stored nowhere.
    """

    # No company: what is a special category is the law's matter
    _name = "social.crm.special.term"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Words of Special Categories"
    _order = "lang, name"

    name = fields.Char(string="Subject", required=True)
    lang = fields.Char(
        string="Language", required=True, help="Two letters, for example sr for both scripts."
    )
    words = fields.Text(required=True, help="One a line; a * at the end takes every ending.")
    only_in_language = fields.Boolean(
        help="For words that mean something else elsewhere, as Rom does in German: they count in "
        "texts of this language, and of none that is known. All other lists count everywhere, for "
        "people mix languages and networks guess them."
    )
    active = fields.Boolean(default=True)

    @api.model
    @tools.ormcache("lang")
    def _pattern(self, lang):
        """The expression of all lists that count in a language.

        :param str lang: two letters, or empty
        """
        # sudo: everybody's texts are looked at; the lists are configuration
        lists_sudo = self.sudo().search([])
        return compile_terms(
            word
            for one in lists_sudo
            if not (lang and one.only_in_language) or one.lang == lang
            for word in one.words.splitlines()
        )

    @api.model
    def _is_special(self, text, language=""):
        """Whether a text may tell something the law protects most.

        :param str language: code of its language, where it is known
        :rtype: bool
        """
        pattern = self._pattern((language or "")[:2].lower())
        return bool(text and pattern and pattern.search(folded(text)))

    def _personal_data_fields(self):
        return not_personal("name lang words only_in_language active")


class SocialCrmPersonalData(models.AbstractModel):
    _inherit = "social.crm.personal.data"

    def _refuse_special_terms(self, names):
        """Refuse to sort people by what the law protects most: constraints of editors call this.

        :param list names: text fields an administrator writes terms into
        :raise ValidationError: with the reason
        """
        for record in self:
            for name in names:
                record._refuse_special_text(record[name], record._fields[name])

    @api.model
    def _refuse_special_text(self, text, field):
        """Refuse one text, see :meth:`_refuse_special_terms`.

        :param str text: what was written
        :param field: where, to name it
        :raise ValidationError: with the reason
        """
        # keywords with endings open are looked at as if they were whole
        if self.env["social.crm.special.term"]._is_special(re.sub(r"\*", "", text or "")):
            raise ValidationError(
                self.env._(
                    "%(field)s holds a word about health, pregnancy, faith, politics, union, "
                    "sex life or origin. People are not sorted or sought by such words (GDPR "
                    "Art. 9). Leave it out.",
                    field=field._description_string(self.env),
                )
            )
