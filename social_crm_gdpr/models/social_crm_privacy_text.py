# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import not_personal
from odoo.addons.social_crm_channels.tools.placeholders import fill

from .social_crm_privacy_request import KIND_SELECTION

EMPTY = "\u2060"  # a word joiner: nothing anybody sees
MOMENT_SELECTION = [
    ("receipt", "It has arrived"),
    ("check_code", "Code on the channel"),
    ("check_link", "Link to confirm by e-mail"),
    ("extension", "It takes longer"),
    ("answer", "It is done"),
    ("unknown", "Nothing is known of the person"),
    ("refusal", "It is refused"),
    ("package", "The package is ready"),
    ("last_word", "Last message before an account is erased"),
    ("suppression", "Paragraph: what keeps an erased person erased"),
]


class SocialCrmPrivacyText(models.Model):
    """What people are told about their request; translated, so that each reads their language."""

    # No company: words every company may change for all
    _name = "social.crm.privacy.text"
    _inherit = ["social.crm.personal.data"]
    _description = "Text for Privacy Requests"
    _order = "moment, kind, id"
    _rec_name = "subject"

    moment = fields.Selection(MOMENT_SELECTION, required=True)
    kind = fields.Selection(KIND_SELECTION, help="Empty: for every kind without a text of its own.")
    subject = fields.Char(required=True, translate=True)
    body = fields.Text(
        required=True, translate=True,
        help="{{ number }}, {{ kind }}, {{ article }}, {{ deadline }}, {{ reason }}, {{ ground }}, "
        "{{ link }}, {{ code }}, {{ until }}, {{ authority }}, {{ suppression }}, {{ company }} "
        "and {{ contact }} are filled in.",
    )
    active = fields.Boolean(default=True)

    @api.model
    def _render(self, moment, kind, language, values):
        """Subject and body of what is told, in the person's language where it is installed.

        :param dict values: what the placeholders mean
        :rtype: tuple[str, str]
        """
        # sudo: whoever takes the step uses the words
        found_sudo = self.sudo().search(
            [("moment", "=", moment), ("kind", "in", [kind, False])]
        ).sorted(lambda text: text.kind != kind)[:1]
        text = found_sudo.with_context(lang=language or self.env.lang)
        # what is empty leaves nothing behind, where an answer of an agent would show the gap
        known = {name: value or EMPTY for name, value in values.items()}
        return tuple(
            re.sub(r"\n{3,}", "\n\n", fill(words, known).replace(EMPTY, "")).strip()
            for words in (text.subject, text.body)
        )

    def _personal_data_fields(self):
        return not_personal("moment kind subject body active")
