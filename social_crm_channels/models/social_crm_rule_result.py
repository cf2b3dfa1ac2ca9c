# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.models import MAGIC_COLUMNS
from odoo.tools import format_list


class SocialCrmRule(models.Model):
    """*Then*: what a rule does, in words."""

    _inherit = "social.crm.rule"

    @api.depends_context("lang", "uid")
    @api.depends(lambda self: self._sentence_fields())
    def _compute_sentence(self):
        for rule in self:
            when = [condition.words() for condition in rule._conditions()]
            then = rule._results_in_words()
            rule.sentence = self.env._(
                "When %(conditions)s: %(results)s.",
                conditions=format_list(self.env, when) if when else self.env._("anything comes"),
                results="; ".join(then) or self.env._("nothing happens"),
            )

    @api.model
    def _sentence_fields(self):
        """Everything stored that an administrator sets, but the name and the order.

        :rtype: list[str]
        """
        silent = {"name", "sequence", "active"}
        return [
            name
            for name, field in self._fields.items()
            if field.store and name not in silent and name not in MAGIC_COLUMNS
        ]

    def _results_in_words(self):
        """What happens with a case this rule holds for.

        :rtype: list[str]
        """
        self.ensure_one()
        results = [
            *self._receiver_in_words(),
            *self._marks_in_words(),
            *self._deeds_in_words(),
        ]
        if results and self._ends_asking():
            results.append(self.env._("no rule below is asked"))
        return results

    def _ends_asking(self):
        """Whether the rules below are not asked any more where this one holds.

        :rtype: bool
        """
        return self.stop

    def _receiver_in_words(self):
        self_sudo = self.sudo()  # sudo: whoever reads the rule reads the names in it
        if self_sudo.team_id:
            yield self.env._("it goes to the team %(team)s", team=self_sudo.team_id.name)
        if self.assign == "in_turn":
            if self.skill_ids:
                yield self.env._(
                    "whose turn it is of those who know %(skills)s answers",
                    skills=format_list(self.env, self._fields_in_words("skill_ids")),
                )
            else:
                yield self.env._("whose turn it is answers")
        elif self.assign != "nobody":
            yield {
                "person": self.env._("%(person)s answers", person=self_sudo.user_id.name),
                "contact_owner": self.env._("the contact's salesperson answers"),
                "lead_owner": self.env._("the salesperson of the open lead answers"),
            }[self.assign]

    def _marks_in_words(self):
        if self.priority:
            yield self.env._(
                "its priority is “%(priority)s”", priority=self._label("priority", self.priority)
            )
        if self.tag_ids:
            yield self.env._(
                "it is tagged %(tags)s",
                tags=format_list(self.env, self._fields_in_words("tag_ids")),
            )
        if self.reason_id:
            yield self.env._(
                "its contact reason is “%(reason)s”", reason=self.reason_id.display_name
            )

    def _deeds_in_words(self):
        self_sudo = self.sudo()  # sudo: see above
        if self.activity_type_id:
            name = self_sudo.activity_type_id.name
            yield (
                self.env._(
                    "an activity “%(activity)s” is due in %(days)s days",
                    activity=name,
                    days=self.activity_days,
                )
                if self.activity_days
                else self.env._("an activity “%(activity)s” is due at once", activity=name)
            )
        if self_sudo.answer_id:
            yield self.env._(
                "it is answered with “%(answer)s”, where an automatic answer is allowed",
                answer=self_sudo.answer_id.source,
            )
        if self.hide_spam:
            yield self.env._("it is hidden on the network")
        if self_sudo.action_server_id:
            yield self.env._("the action “%(action)s” runs", action=self_sudo.action_server_id.name)
