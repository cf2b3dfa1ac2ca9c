# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models, tools

from odoo.addons.social_crm_base.tools.privacy import not_personal

from ..tools.special import compile_terms, folded
from .social_crm_privacy_request import KIND_SELECTION


class SocialCrmPrivacyTrigger(models.Model):
    """Words by which a message may be a request, so that its clock is not missed."""

    # No company: how a language asks
    _name = "social.crm.privacy.trigger"
    _inherit = ["social.crm.cached", "social.crm.personal.data"]
    _description = "Words of Privacy Requests"
    _order = "lang, kind, id"
    _rec_name = "kind"

    lang = fields.Char(
        string="Language", required=True, help="Two letters, for example sr for both scripts."
    )
    kind = fields.Selection(KIND_SELECTION, required=True)
    words = fields.Text(
        required=True,
        help="One phrase a line. A * at the end of a word takes every ending, a _ between two "
        "words takes one more word or none: delete _ my _ data.",
    )
    active = fields.Boolean(default=True)

    @api.model
    @tools.ormcache()
    def _patterns(self):
        """What each kind is known by, over all languages: people mix them.

        :return: the expression of all together, which most texts do not meet, and of each kind
        :rtype: tuple
        """
        # sudo: everybody's texts are looked at; the words are configuration
        rows_sudo = self.sudo().search([])

        def expression(rows):
            return compile_terms(word for row in rows for word in row.words.splitlines())

        return expression(rows_sudo), tuple(
            (kind, expression(rows)) for kind, rows in rows_sudo.grouped("kind").items()
        )

    @api.model
    def _kind_of(self, text):
        """What a text asks for, if it reads like a request.

        Where it reads like several, the one that reaches furthest wins: erasure before access.

        :return: kind of a ``social.crm.privacy.request``, or ""
        :rtype: str
        """
        said = folded(text) if text else ""
        whole, kinds = self._patterns()
        if not said or not whole or not whole.search(said):
            return ""
        found = {kind for kind, pattern in kinds if pattern and pattern.search(said)}
        return next(kind for kind in _REACH if kind in found)

    def _personal_data_fields(self):
        return not_personal("lang kind words active")


_REACH = (
    "erasure", "access", "portability", "withdrawal", "objection", "restriction",
    "rectification", "complaint",
)  # fmt: skip
