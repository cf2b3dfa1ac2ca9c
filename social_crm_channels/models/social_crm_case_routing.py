# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from dataclasses import dataclass, field

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Command

from ..tools.routing import Facts
from .social_crm_agent_turns import Turns, may_answer


@dataclass
class Plan:
    """What rules make of one case: the first rule that settles something settles it.

    :param list rules: those that hold, in their order
    :param Facts facts: what they looked at
    :param list notes: what to say of it in the case's log
    """

    facts: Facts
    rules: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def first(self, name):
        """The value of the first rule that sets a field, else an empty one."""
        for rule in self.rules:
            if rule[name] and (name != "assign" or rule[name] != "nobody"):
                return rule[name]
        return False

    @property
    def giver(self):
        """The rule that says who answers, or None."""
        return next((rule for rule in self.rules if rule.assign != "nobody"), None)

    @property
    def taker(self):
        """The rule that took the case: which says where it goes, else the first that holds."""
        placing = (rule for rule in self.rules if rule.team_id or rule.assign != "nobody")
        return next(placing, None) or next(iter(self.rules), None)


class SocialCrmCase(models.Model):
    """Rules take new cases."""

    _inherit = "social.crm.case"

    def _route(self):
        """Ask the rules about those of these cases that were opened or reopened since.

        Twice is once: a case asked about is marked until it is closed.
        """
        # No tracking, no followers: what happened stands in the log, and nobody is mailed for it
        cases = self.with_context(tracking_disable=True).filtered(
            lambda case: case.state == "open" and not case.routed_at
        )
        for company, own in cases.grouped("company_id").items():
            own._release_unreachable()
            rules = self.env["social.crm.rule"].search([("company_id", "=", company.id)])
            words = own._words_unanswered()
            plans = own._plans(words, rules)
            own.write({"routed_at": fields.Datetime.now()})
            own._carry_out(plans, words)

    def _plans(self, words, rules):
        """What rules make of these cases, before anything is done.

        :param dict words: see :meth:`_words_unanswered`
        :param recordset rules: ``social.crm.rule`` in their order
        :return: case to :class:`Plan`, of those at least one rule holds for
        :rtype: dict
        """
        if not rules:
            return {}
        plans = {}
        conditions = {rule: rule._conditions() for rule in rules}
        for case, facts in self._routing_facts(words, rules).items():
            plan = Plan(facts)
            for rule in rules:
                if all(condition.test(facts) for condition in conditions[rule]):
                    plan.rules.append(rule)
                    if rule._ends_asking():
                        break
            if plan.rules:
                plans[case] = plan
        return plans

    def _carry_out(self, plans, words):
        """Do what the plans say, and write down which rule it was."""
        cases = self.browse([case.id for case in plans])
        receivers = cases._receivers(plans)
        changes = {}
        for case, plan in plans.items():
            vals = {**case._marks(plan), **receivers[case], "routed_rule_id": plan.taker.id}
            changes.setdefault(_frozen(vals), (vals, []))[1].append(case.id)
        for vals, ids in changes.values():
            self.browse(ids).write(vals)
        cases._add_tags(plans)
        cases._plan_activities(plans)
        cases._answer_by_rule(plans, words)
        cases._hide_spam(plans, words)
        cases._run_rule_actions(plans)
        cases._log_routing(plans)
        cases.filtered(lambda case: "user_id" in receivers[case])._tell_receivers()

    # === WHO ANSWERS === #

    def _receivers(self, plans):
        """Team and assignee by the plans; a person's choice stays.

        :return: case to values
        :rtype: dict
        """
        found = dict.fromkeys(self, {})
        free = self.filtered(lambda case: not case.hand_assigned)
        teams = {case: plans[case].first("team_id") or case.team_id for case in free}
        turning = free.filtered(lambda case: plans[case].first("assign") == "in_turn")
        turns = None
        if turning:
            turns = Turns(self.env["social.crm.team"].union(*(teams[case] for case in turning)))
        away = self._away(free, plans)
        for case in free:
            plan, team = plans[case], teams[case]
            vals = {"team_id": team.id} if team != case.team_id else {}
            user = case._receiver(plan, team, turns, away)
            if user and user != case.user_id:
                vals["user_id"] = user.id
            if vals:
                vals["hand_assigned"] = False
            found[case] = vals
        return found

    def _receiver(self, plan, team, turns, away):
        """Who answers this case by its plan; nobody means the team's queue."""
        rule = plan.giver
        nobody = self.env["res.users"]
        if not rule:
            return nobody
        if rule.assign == "in_turn":
            if self.user_id and turns.keeps(team, self.user_id):
                return self.user_id
            chosen = turns.next(
                team, plan.facts.language, rule.skill_ids.ids, self.returned_from_id.ids
            )
            if not chosen:
                plan.notes.append(self.env._("Nobody is there with room for it: it waits."))
            return chosen.user_id
        candidates = nobody.browse(_candidates(rule, plan.facts))
        for user in candidates:
            if user.id not in away:
                return user
        if candidates:
            plan.notes.append(
                self.env._(
                    "%(people)s cannot take it now: it waits in the queue.",
                    people=", ".join(candidates.mapped("name")),
                )
            )
        return nobody

    def _away(self, cases, plans):
        """Users named by plans who cannot be given a case: absent, archived or without the role.

        :return: ids
        :rtype: set
        """
        ids = {
            user_id
            for case in cases
            if plans[case].giver
            for user_id in _candidates(plans[case].giver, plans[case].facts)
        }
        users = self.env["res.users"].browse(ids)
        away = {user.id for user in users if not may_answer(user, self.company_id)}
        agents = self.env["social.crm.agent"].search(
            [("user_id", "in", users.ids), ("company_id", "in", self.company_id.ids)]
        )
        return away | set(agents._absent_now(fields.Datetime.now()).user_id.ids)

    def _tell_receivers(self):
        """Tell colleagues which of these cases are theirs now, in one message each."""
        for user, cases in self.filtered("user_id").grouped("user_id").items():
            news = (
                self.env._("A case was assigned to you")
                if len(cases) == 1
                else self.env._("%(number)s cases were assigned to you", number=len(cases))
            )
            links = Markup(", ").join(
                case._get_html_link(title=case._told_name()) for case in cases[1:]
            )
            cases[:1]._tell(user, news, Markup("%s<br/>%s") % (news, links) if links else "")

    # === WHAT ELSE === #

    def _marks(self, plan):
        """Priority and contact reason, where nobody set them."""
        vals = {}
        if self.priority == "0" and (priority := plan.first("priority") or "0") != "0":
            vals["priority"] = priority
        if not self.reason_id and (reason := plan.first("reason_id")):
            vals["reason_id"] = reason.id
        return vals

    def _add_tags(self, plans):
        tagged = {}
        for case, plan in plans.items():
            tags = self.env["social.crm.tag"].union(*(rule.tag_ids for rule in plan.rules))
            if tags:
                tagged.setdefault(tags, []).append(case.id)
        for tags, ids in tagged.items():
            self.browse(ids).write({"tag_ids": [Command.link(tag.id) for tag in tags]})

    def _log_routing(self, plans):
        """Which rules it was, in the log of the case; nobody is told."""
        bodies = {}
        for case, plan in plans.items():
            names = Markup(", ").join(
                rule._get_html_link(title=rule.name) for rule in plan.rules
            )
            parts = [Markup("%s %s") % (self.env._("By rule:"), names), *plan.notes]
            bodies[case.id] = Markup("<br/>").join(parts)
        if bodies:
            self._message_log_batch(bodies=bodies)


def _candidates(rule, facts):
    """Ids of the users a rule names for a case."""
    return {
        "person": rule.user_id.ids,
        "contact_owner": sorted(facts.owners),
        "lead_owner": sorted(facts.lead_owners),
    }.get(rule.assign, [])


def _frozen(vals):
    return tuple(sorted(vals.items()))
