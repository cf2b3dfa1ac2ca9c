# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re
import unicodedata

from odoo import api, fields, models, tools

from odoo.addons.social_crm_base.tools.privacy import not_personal

KINDS = [
    ("stop", "They write: stop"),
    ("yes", "They write: yes"),
    ("no", "They write: no"),
    ("stopped", "We answer to stop"),
    ("agreed", "We answer to yes"),
    ("link", "Privacy line of the first answer"),
]
HEARD = ("stop", "yes", "no")
#: Longer messages are no single word any more.
LONGEST = 60
#: From such a line on a message is not the person's own words any more: a quotation, a signature,
#: what phones add.
_TAIL = re.compile(
    r"^(?:>|-- ?$|_{3,}|(?:sent from|sent via|get outlook|gesendet|von meinem|poslato|послато|"
    r"dikirim) )",
    re.IGNORECASE | re.MULTILINE,
)


def plain(text):
    """A message as it is compared: no case, no signs, no emoji, single spaces.

    :rtype: str
    """
    text = unicodedata.normalize("NFKC", text or "").casefold()
    return " ".join(
        "".join(
            sign if unicodedata.category(sign)[0] in "LMN" else " " if sign.isspace() else ""
            for sign in text
            if sign not in "\ufe0e\ufe0f\u200d\u20e3"
        ).split()
    )


class SocialCrmConsentPhrase(models.Model):
    """The words by which people stop, agree or refuse in a message, and ours in return.

    Their words count as a whole message only: “STOP 🛑” stops, “please stop the parcel” does not.
    """

    # No company: a language's words, the same for all

    _name = "social.crm.consent.phrase"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Word of Consent"
    _order = "lang, kind, id"
    _rec_name = "text"

    lang = fields.Char(string="Language", required=True, size=2)
    kind = fields.Selection(KINDS, required=True)
    text = fields.Char(
        required=True,
        help="{company} and {purposes} stand for names, {link} for the person's page.",
    )
    key = fields.Char(compute="_compute_key", store=True)

    _key_unique = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "This word has a meaning already."
    )

    @api.depends("text", "kind")
    def _compute_key(self):
        for phrase in self:
            phrase.key = plain(phrase.text) or False if phrase.kind in HEARD else False

    @api.model
    @tools.ormcache()
    def _heard(self):
        """Every word people may write, whatever their language.

        :return: the plain word to its kind
        :rtype: dict[str, str]
        """
        # sudo: what a word means does not depend on who reads
        words_sudo = self.sudo().search([("kind", "in", HEARD)])
        return {phrase.key: phrase.kind for phrase in words_sudo}

    @api.model
    def _meaning(self, text):
        """What a whole message means.

        :return: stop, yes, no, or "" for anything else
        :rtype: str
        """
        own = _TAIL.split(text or "", maxsplit=1)[0].strip()
        if not own or len(own) > LONGEST:
            return ""
        return self._heard().get(plain(own), "")

    @api.model
    def _ours(self, kind, lang, **values):
        """Our words of that kind, in that language or else in English.

        :param values: what the placeholders stand for
        :rtype: str
        """
        # sudo: as in _heard
        found_sudo = self.sudo().search([("kind", "=", kind)])
        by_lang = {phrase.lang: phrase.text for phrase in found_sudo}
        text = by_lang.get((lang or "")[:2].lower()) or by_lang.get("en") or ""
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _personal_data_fields(self):
        return not_personal("lang kind text key")
