# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from odoo.addons.social_crm_base.tools.privacy import CLEAR, PROFILING, classify

from ..tools.special import said_age


class SocialCrmInteraction(models.Model):
    """Words nobody is to be known by, and people too young to be known."""

    _inherit = "social.crm.interaction"

    not_profiled = fields.Boolean(
        readonly=True, help="Nothing is concluded from these words: no mood, topic or score."
    )

    @api.model
    def _second_stage_hooks(self):
        return [*super()._second_stage_hooks(), (15, "special", "_hook_special")]

    def _hook_special(self):
        """Mark words that may tell what the law protects most; which list it was is forgotten."""
        terms = self.env["social.crm.special.term"]
        theirs = self.filtered(lambda said: said.direction == "in")
        marked = theirs.filtered(
            lambda said: not said.not_profiled
            and terms._is_special(" ".join(filter(None, (said.title, said.body))), said.language)
        )
        marked.write(
            {"not_profiled": True, "mood": False, "mood_score": False, "mood_source": False}
        )
        theirs._find_minors()

    def _find_minors(self):
        """Note who says to be too young; the age itself is not stored."""
        limits = self.env["social.crm.age.limit"]
        for said in self:
            age = said_age(said.body) if said.body else None
            if age is None or said.identity_id.minor:
                continue
            # sudo: where the person lives decides, as far as it is known
            country = said.identity_id.sudo().partner_id.country_id
            if age < limits._of(said.company_id, country):
                said.identity_id.minor = "likely"

    def _may_profile(self):
        """Override to leave out words of special categories."""
        return super()._may_profile().filtered(lambda said: not said.not_profiled)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **classify(PROFILING, CLEAR, "not_profiled")}
