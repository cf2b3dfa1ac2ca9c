# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.social_crm_base.const import KIND_SELECTION, ROLE_SELECTION
from odoo.addons.social_crm_base.models.res_partner_relation import LOYALTIES, RELATIONS
from odoo.addons.social_crm_base.tools.privacy import CLEAR, CONTENT, classify, not_personal

from ..models.social_crm_case_routing import Plan
from ..tools.routing import Facts, language_of, spam_signs

VERDICTS = [
    ("takes", "Takes it"),
    ("adds", "Holds too"),
    ("fails", "Does not hold"),
    ("unasked", "Not asked any more"),
]


class SocialCrmRuleTest(models.TransientModel):
    """Which rule would take this? Nothing is changed and nobody is told."""

    _name = "social.crm.rule.test"
    _inherit = ["social.crm.personal.data"]
    _description = "Try the Rules"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    case_id = fields.Many2one("social.crm.case")
    interaction_id = fields.Many2one("social.crm.interaction", string="Said")
    text = fields.Text(string="Somebody Says")
    channel_id = fields.Many2one(
        "social.crm.channel",
        default=lambda self: self.env["social.crm.channel"].search([], limit=1),
    )
    kind = fields.Selection(KIND_SELECTION, default="comment")
    visibility = fields.Selection(
        [("public", "In public"), ("private", "In private")], default="public", string="Where"
    )
    lang_id = fields.Many2one("res.lang", string="Language", context={"active_test": False})
    moment = fields.Datetime(string="When", default=fields.Datetime.now)
    role = fields.Selection(ROLE_SELECTION)
    relation = fields.Selection(RELATIONS, string="Segment")
    loyalty = fields.Selection(LOYALTIES)
    followers = fields.Integer()
    # Not by the superuser, as stored fields are otherwise: what one may not read is not tried
    line_ids = fields.One2many(
        "social.crm.rule.test.line", "test_id", string="Rules",
        compute="_compute_line_ids", compute_sudo=False, store=True,
    )
    result = fields.Char(compute="_compute_line_ids", compute_sudo=False, store=True)

    @api.depends(
        "company_id", "case_id", "interaction_id", "text", "channel_id", "kind", "visibility",
        "lang_id", "moment", "role", "relation", "loyalty", "followers",
    )  # fmt: skip
    def _compute_line_ids(self):
        for test in self:
            case, word = test._subject()
            company = (case or word or test).company_id
            rules = self.env["social.crm.rule"].search([("company_id", "=", company.id)])
            lines = test._judge(rules, test._facts(rules))
            test.line_ids = [Command.clear(), *(Command.create(vals) for vals in lines)]
            test.result = test._result_in_words(rules, lines)

    def _subject(self):
        """The case and the word to try, as far as who tries them may read them."""
        word = self.interaction_id._origin._filtered_access("read")
        return (self.case_id._origin or word.case_id)._filtered_access("read"), word

    def _facts(self, rules):
        """What the rules look at: the case or word chosen, else what was typed."""
        self.ensure_one()
        case, word = self._subject()
        # sudo: rules look at more of a readable case than who tries them may see one by one
        case_sudo, word_sudo, rules_sudo = case.sudo(), word.sudo(), rules.sudo()
        if case_sudo:
            words = {case_sudo: word_sudo} if word_sudo else case_sudo._words_unanswered()
            return case_sudo._routing_facts(words, rules_sudo)[case_sudo]
        if word_sudo:
            facts = Facts(
                **word_sudo._facts_of_words(case_sudo),
                role=word_sudo.identity_id.role or "",
                followers=word_sudo.identity_id.followers,
                moment=word_sudo.date,
                spam=word_sudo._spam_signs().get(word_sudo, ()),
            )
        else:
            facts = self._typed_facts()
        return replace(facts, at_work=rules._at_work([facts.moment])[facts.moment])

    def _typed_facts(self):
        return Facts(
            channel=self.channel_id.id,
            platform=self.channel_id.platform_id.id,
            kind=self.kind or "",
            is_private=self.visibility == "private",
            text=self.text or "",
            language=language_of(self.lang_id.code),
            role=self.role or "",
            relation=self.relation or "",
            loyalty=self.loyalty or "",
            followers=self.followers,
            moment=self.moment or fields.Datetime.now(),
            spam=spam_signs(self.text),
        )

    def _judge(self, rules, facts):
        """Values of one line a rule, in their order."""
        failed = {
            rule: [condition for condition in rule._conditions() if not condition.test(facts)]
            for rule in rules
        }
        asked = rules.browse()
        for rule in rules:
            asked |= rule
            if not failed[rule] and rule._ends_asking():
                break
        taker = Plan(facts, [rule for rule in asked if not failed[rule]]).taker
        lines = []
        for sequence, rule in enumerate(rules):
            verdict = "fails" if failed[rule] else "takes" if rule == taker else "adds"
            verdict = verdict if rule in asked else "unasked"
            lines.append(
                {
                    "rule_id": rule.id,
                    "sequence": sequence,
                    "verdict": verdict,
                    "reason": self._reason(rule, facts, failed[rule], verdict),
                }
            )
        return lines

    def _reason(self, rule, facts, failed, verdict):
        if verdict == "unasked":
            return self.env._("A rule above stops here.")
        if not failed:
            return "; ".join(rule._results_in_words())
        return "; ".join(
            self.env._(
                "not true that %(condition)s (found: %(found)s)",
                condition=condition.words(),
                found=condition.found(facts) or self.env._("nothing"),
            )
            for condition in failed
        )

    def _result_in_words(self, rules, lines):
        if not rules:
            return self.env._("There are no rules yet: cases wait in the queue of their team.")
        taker = next((line for line in lines if line["verdict"] == "takes"), None)
        if not taker:
            return self.env._("No rule takes it: it waits in the queue of its channel's team.")
        return self.env._(
            "“%(rule)s” takes it.", rule=self.env["social.crm.rule"].browse(taker["rule_id"]).name
        )

    def _personal_data_fields(self):
        return {
            **not_personal(
                "company_id case_id interaction_id channel_id kind visibility lang_id moment role "
                "relation loyalty followers line_ids result"
            ),
            **classify(CONTENT, CLEAR, "text"),
        }


class SocialCrmRuleTestLine(models.TransientModel):
    """What one rule says to it."""

    _name = "social.crm.rule.test.line"
    _inherit = ["social.crm.personal.data"]
    _description = "One Rule Tried"
    _order = "sequence, id"

    test_id = fields.Many2one("social.crm.rule.test", required=True, ondelete="cascade")
    rule_id = fields.Many2one("social.crm.rule", ondelete="cascade")
    sequence = fields.Integer()
    verdict = fields.Selection(VERDICTS)
    reason = fields.Text(string="Why")

    def _personal_data_fields(self):
        return not_personal("test_id rule_id sequence verdict reason")
