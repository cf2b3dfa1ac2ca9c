# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.social_crm_channels.models.social_crm_response_policy import TARGETS

#: What a rule may know of the person behind the words.
PROFILE = ("relation", "loyalty", "category_ids", "followers_from")
#: A keyword that says next to nothing.
VAGUE = re.compile(r"\s*\w{0,2}\*\s*")
#: Models whose kept searches are segments of people.
SORTED = re.compile(r"social\.crm\.|res\.partner$|crm\.lead$")
PROFILE_PATH = re.compile(r"mood|risk_score|followers|social_relation|social_loyalty|category_id")


class SocialCrmRule(models.Model):
    """No automated decision on people (GDPR Art. 22)."""

    _inherit = "social.crm.rule"

    @api.constrains("name", "keywords", "domain", "category_ids")
    def _check_special_terms(self):
        self._refuse_special_terms(["name", "keywords", "domain"])
        for rule in self:
            rule._refuse_special_text(
                ", ".join(rule.category_ids.mapped("name")), rule._fields["category_ids"]
            )

    @api.constrains(
        "relation", "loyalty", "category_ids", "followers_from", "keywords", "keyword_mode",
        "looks_like_spam", "domain", "priority", "action_server_id", "hide_spam",
    )  # fmt: skip
    def _check_no_automated_decision(self):
        """A rule that knows only who somebody is may help them sooner, never worse."""
        for rule in self:
            if not rule._judges_people():
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

    def _ends_asking(self):
        """Override: nobody is kept by who they are from what the rules below give to others."""
        return super()._ends_asking() and not self._judges_people()

    def _judges_people(self):
        """Whether the rule knows who somebody is, and nothing of what was said.

        :rtype: bool
        """
        self.ensure_one()
        by_profile = any(self[name] for name in PROFILE) or PROFILE_PATH.search(self.domain or "")
        return bool(by_profile) and not self._knows_the_matter()

    def _knows_the_matter(self):
        """Whether the rule looks at what was said; nearly everything says *none of* some words.

        :rtype: bool
        """
        self.ensure_one()
        if self.looks_like_spam:
            return True
        words = [word for word in re.split(r"[,\n]", self.keywords or "") if word.strip()]
        # one or two letters with every ending find nearly everything
        tells = [not VAGUE.fullmatch(word) for word in words]
        told = {"any": all, "all": any}.get(self.keyword_mode)
        return bool(tells and told and told(tells))


class SocialCrmResponsePolicy(models.Model):
    _inherit = "social.crm.response.policy"

    @api.constrains(
        "segment", "channel_ids", "team_ids", "kind", "priority", "first_minutes", "next_minutes",
        "resolution_minutes", "active", "sequence", "company_id",
    )  # fmt: skip
    def _check_nobody_waits_longer(self):
        """A policy may promise a segment more than others get, never less (GDPR Art. 22)."""
        policies = self.search([("company_id", "in", self.company_id.ids)])
        for policy in policies.filtered("segment"):
            others = policies.filtered(policy._covers_what) - policy
            if not others:
                continue
            for name in TARGETS:
                # no promise at all is the longest wait of all
                if others[0][name] and not 0 < policy[name] <= others[0][name]:
                    raise ValidationError(
                        self.env._(
                            "%(policy)s would let people wait longer than %(other)s does, by "
                            "their segment alone (GDPR Art. 22). A segment may be answered "
                            "sooner, never later: look at “%(promise)s”.",
                            policy=policy.name,
                            other=others[0].name,
                            promise=policy._fields[name]._description_string(self.env),
                        )
                    )

    def _covers_what(self, other):
        """Whether another policy holds for whatever this one holds for, whoever writes.

        :rtype: bool
        """
        self.ensure_one()
        return (
            other.company_id == self.company_id
            and not other.segment
            and _within(self.channel_ids, other.channel_ids)
            and _within(self.team_ids, other.team_ids)
            and (not other.kind or other.kind == self.kind)
            and other.priority <= self.priority
        )


class SocialCrmTag(models.Model):
    _inherit = "social.crm.tag"

    @api.constrains("name")
    def _check_special_terms(self):
        self._refuse_special_terms(["name"])


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    @api.constrains("topics")
    def _check_special_terms(self):
        self._refuse_special_terms(["topics"])


class SocialCrmTeam(models.Model):
    _inherit = "social.crm.team"

    @api.constrains("case_properties")
    def _check_special_terms(self):
        """Properties of cases sort people as tags do: their names and their choices."""
        for team in self:
            words = " ".join(_strings(team.case_properties))
            team._refuse_special_text(words, team._fields["case_properties"])


class ResPartnerCategory(models.Model):
    _inherit = "res.partner.category"

    @api.constrains("name")
    def _check_social_special_terms(self):
        """A contact tag may say what it likes, unless rules sort people by it."""
        # sudo: whether any rule does, also of other companies
        rules_sudo = self.env["social.crm.rule"].sudo().with_context(active_test=False)
        for rule_sudo in rules_sudo.search([("category_ids", "in", self.ids)]):
            rule_sudo._check_special_terms()


class SocialCrmBrandRule(models.Model):
    _inherit = "social.crm.brand.rule"

    @api.constrains("name", "words", "kind")
    def _check_special_terms(self):
        """Words to avoid may be such words: they are for our own text, and keep it clean."""
        self.filtered(lambda rule: rule.kind != "avoid")._refuse_special_terms(["name", "words"])


class SocialCrmCaseReason(models.Model):
    _inherit = "social.crm.case.reason"

    @api.constrains("name")
    def _check_special_terms(self):
        self._refuse_special_terms(["name"])


class SocialCrmInboxFilter(models.Model):
    _inherit = "social.crm.inbox.filter"

    @api.constrains("name", "query")
    def _check_special_terms(self):
        """A filter that is kept is a segment; looking for a word once is not."""
        self._refuse_special_terms(["name"])
        for kept in self:
            words = " ".join(_strings(kept.query))
            kept._refuse_special_text(words, kept._fields["query"])


class IrFilters(models.Model):
    _inherit = "ir.filters"

    @api.constrains("name", "domain", "model_id")
    def _check_social_special_terms(self):
        """A search kept as a favourite sorts people as a segment does."""
        for kept in self.filtered(lambda kept: SORTED.match(kept.model_id or "")):
            for name in ("name", "domain"):
                self.env["social.crm.tag"]._refuse_special_text(kept[name], kept._fields[name])


def _within(few, many):
    """Whether the first choice lies within the second; an empty one means everything."""
    return not many or bool(few) and few <= many


def _strings(value):
    """Every text within JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings([*value.values()])
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
