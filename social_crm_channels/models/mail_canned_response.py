# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.const import PURPOSE_SELECTION
from odoo.addons.social_crm_base.models.res_partner_relation import RELATIONS
from odoo.addons.social_crm_base.tools.privacy import not_personal

OFFERED = 12
CANDIDATES = 200


class MailCannedResponse(models.Model):
    """Saved answers: for which language, network and customers each is, and what for."""

    _name = "mail.canned.response"
    _inherit = ["mail.canned.response", "social.crm.personal.data"]

    social_lang_id = fields.Many2one(
        "res.lang", string="Language", help="Empty: whatever the customer's language."
    )
    social_platform_ids = fields.Many2many(
        "social.crm.platform",
        "social_crm_canned_platform_rel",
        string="Networks",
        help="Empty: every network.",
    )
    social_relation = fields.Selection(
        RELATIONS,
        string="For",
        help="Prospects hear other offers than customers. Empty: for everybody.",
    )
    social_purpose = fields.Selection(
        PURPOSE_SELECTION,
        string="Purpose",
        required=True,
        default="answer",
        help="Marketing is offered only for people who have opted in.",
    )
    social_team_ids = fields.Many2many(
        "social.crm.team",
        "social_crm_canned_team_rel",
        string="Shared with Teams",
        help="Members of these teams may use it too.",
    )

    def _social_fits(self, place, relation, teams):
        """Whether this answer is for this place, customer and writer at all.

        :param recordset place: the conversation
        :param str relation: segment of the customer, "" when nobody knows
        :rtype: bool
        """
        self.ensure_one()
        return (
            (not self.social_platform_ids or place.platform_id in self.social_platform_ids)
            and (not self.social_relation or self.social_relation == relation)
            and (
                not self.social_team_ids
                or bool(self.social_team_ids & teams)
                or self.create_uid == self.env.user
            )
        )

    def _social_rank(self, search, language, relation):
        """How well it serves: the smaller the better, their language and segment first."""
        source, text = (self.source or "").lower(), (self.substitution or "").lower()
        search = search.lower()
        found = 0 if source.startswith(search) else 1 if search in source else 2
        code = self.social_lang_id.code or ""
        spoken = 0 if code and code[:2] == language[:2] else 1 if not code else 2
        segment = 0 if self.social_relation and self.social_relation == relation else 1
        used = self.last_used.timestamp() if self.last_used else 0
        return (spoken, segment, found if search else 0, -used, source, text)

    def _personal_data_fields(self):
        return not_personal(
            "social_lang_id social_platform_ids social_relation social_purpose social_team_ids"
        )


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _saved_answers(self, search="", case=None):
        """Saved answers for this customer, the best first.

        :param str search: part of a shortcut or of the words
        :return: {id, shortcut, text, missing, purpose, language, refusal}
        :rtype: list[dict]
        """
        self.ensure_one()
        search = (search or "").strip().lstrip(":")
        domain = fields.Domain.TRUE
        if search:
            domain = fields.Domain("source", "ilike", search)
            domain |= fields.Domain("substitution", "ilike", search)
        found = self.env["mail.canned.response"].search(
            domain, limit=CANDIDATES, order="last_used desc nulls last, id desc"
        )
        language, teams = self._answer_language(), self.env.user.social_crm_team_ids
        relation = self._relation_code()
        fitting = found.filtered(lambda answer: answer._social_fits(self, relation, teams)).sorted(
            lambda answer: answer._social_rank(search, language, relation)
        )
        return [self._saved_answer_data(answer, case) for answer in fitting[:OFFERED]]

    def _relation_code(self):
        """Segment of the customer in this company; nobody's contact is a prospect.

        :rtype: str
        """
        # sudo: the segment shows no figures, and offers depend on it whoever answers
        partner_sudo = self.sudo().identity_id.partner_id.with_company(self.company_id)
        return partner_sudo.social_relation or "prospect"

    def _saved_answer_data(self, answer, case):
        text, missing = self._fill_words(answer.substitution, case)
        return {
            "id": answer.id,
            "shortcut": answer.source,
            "text": text,
            "missing": missing,
            "purpose": answer.social_purpose,
            "language": answer.social_lang_id.name or "",
            "refusal": self._purpose_refusal(answer.social_purpose),
        }
