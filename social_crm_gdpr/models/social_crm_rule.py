# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import api, models
from odoo.exceptions import ValidationError

#: What a rule may know of the person behind the words; of the matter itself it says nothing.
PROFILE = ("relation", "loyalty", "category_ids", "followers_from")
MATTER = ("keywords", "kind", "looks_like_spam")
PROFILE_PATH = re.compile(r"mood|risk_score|followers|social_relation|social_loyalty|category_id")


class SocialCrmRule(models.Model):
    """No automated decision on people (GDPR Art. 22)."""

    _inherit = "social.crm.rule"

    @api.constrains("name", "keywords", "domain")
    def _check_special_terms(self):
        self._refuse_special_terms(["name", "keywords", "domain"])

    @api.constrains(
        "relation", "loyalty", "category_ids", "followers_from", "keywords", "kind",
        "looks_like_spam", "domain", "priority", "action_server_id", "hide_spam",
    )  # fmt: skip
    def _check_no_automated_decision(self):
        """A rule that knows only who somebody is may help them sooner, never worse."""
        for rule in self:
            by_profile = any(rule[name] for name in PROFILE) or PROFILE_PATH.search(
                rule.domain or ""
            )
            if not by_profile or any(rule[name] for name in MATTER):
                continue
            # sudo: whether there is an action, not what it does
            if rule.priority == "0" or rule.hide_spam or rule.sudo().action_server_id:
                raise ValidationError(
                    self.env._(
                        "%(rule)s would put people back, or let an action decide on them, by "
                        "mood, segment, loyalty or followers alone (GDPR Art. 22). Such a rule "
                        "may give a case to somebody, tag it or put it first. Add what was said, "
                        "or let a colleague decide.",
                        rule=rule.name,
                    )
                )


class SocialCrmTag(models.Model):
    _inherit = "social.crm.tag"

    @api.constrains("name")
    def _check_special_terms(self):
        self._refuse_special_terms(["name"])


class SocialCrmBrandRule(models.Model):
    _inherit = "social.crm.brand.rule"

    @api.constrains("name", "words", "kind")
    def _check_special_terms(self):
        """Words to avoid may be such words: they are for our own text, and keep it clean."""
        self.filtered(lambda rule: rule.kind != "avoid")._refuse_special_terms(["name", "words"])
