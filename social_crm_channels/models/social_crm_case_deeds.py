# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import placeholders

_logger = logging.getLogger(__name__)

# What is older is history that was fetched late: nobody expects an answer at once any more.
FRESH = timedelta(days=1)


class SocialCrmCase(models.Model):
    """What rules do beside choosing who answers."""

    _inherit = "social.crm.case"

    def _plan_activities(self, plans):
        """An activity for each rule that asks for one, all in one go.

        :param dict plans: case to its plan
        """
        today = fields.Date.context_today(self)
        model_id = self.env["ir.model"]._get_id(self._name)
        vals_list = [
            {
                "res_model_id": model_id,
                "res_id": case.id,
                "activity_type_id": rule.activity_type_id.id,
                "summary": rule.name,
                "date_deadline": today + timedelta(days=rule.activity_days),
                "user_id": (rule.activity_user_id or case.user_id or case.team_id.user_id).id,
                "automated": True,
            }
            for case, plan in plans.items()
            for rule in plan.rules
            if rule.activity_type_id
        ]
        if vals_list:
            # Quick: the bell tells them; a mail for each of many new cases would not help
            self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
                vals_list
            )

    def _answer_by_rule(self, plans, words):
        """Queue the first template answer of each plan, where one may be sent.

        :param dict plans: case to its plan
        :param dict words: case to what was said
        """
        for case, plan in plans.items():
            answer, word = plan.first("answer_id"), words[case][-1:]
            if not answer or not word or word.date < fields.Datetime.now() - FRESH:
                continue
            try:
                with self.env.cr.savepoint():
                    word.conversation_id._queue_reply(
                        case._rule_answer(answer, word.conversation_id),
                        parent=word,
                        purpose=answer.social_purpose,
                        answer_type="automatic",
                    )
            except UserError as error:  # the rulebook's refusals too
                plan.notes.append(
                    self.env._(
                        "“%(answer)s” was not sent: %(reason)s",
                        answer=answer.source,
                        reason=error.args[0],
                    )
                )

    def _rule_answer(self, answer, place):
        """The words of a saved answer for this case, in the name of who gets it.

        :param recordset answer: ``mail.canned.response``
        :param recordset place: ``social.crm.conversation``
        :rtype: str
        :raise UserError: where it names a colleague and nobody has the case
        """
        names = placeholders.names(answer.substitution)
        if not self.user_id and any(name.startswith("agent.") for name in names):
            raise UserError(
                self.env._("It names the colleague who answers, and nobody has the case yet.")
            )
        # sudo: as rules run; what a public place may not hear stays locked all the same
        place_sudo = place.with_user(self.user_id or self.env.user).sudo()
        return place_sudo._fill_words(answer.substitution, self)[0]

    def _hide_spam(self, plans, words):
        """Hide what looks like advertisement on the network, where a rule says so.

        Only words that bear the signs themselves, and only in public: nothing else is ever
        hidden by a rule.

        :param dict plans: case to its plan
        :param dict words: case to what was said
        """
        hiding = {case: plan for case, plan in plans.items() if plan.first("hide_spam")}
        if not hiding:
            return
        said = self.env["social.crm.interaction"].union(*(words[case] for case in hiding))
        signs = said._spam_signs()
        spam = said.filtered(lambda word: signs.get(word) and word.state != "hidden")
        left = spam - spam._moderate_as_rule()
        for case, plan in hiding.items():
            if words[case] & left:
                plan.notes.append(
                    self.env._("It could not be hidden by the rule: a colleague decides.")
                )

    def _run_rule_actions(self, plans):
        """Run the server actions of the plans, each over all its cases.

        A failing one is noted on its cases and stops nothing else.

        :param dict plans: case to its plan
        """
        by_action = {}
        for case, plan in plans.items():
            for rule in plan.rules:
                # sudo: an administrator chose the action, which runs with all rights
                if action_sudo := rule.sudo().action_server_id:
                    by_action.setdefault(action_sudo, []).append(case)
        for action_sudo, cases in by_action.items():
            ids = [case.id for case in cases]
            try:
                with self.env.cr.savepoint():
                    action_sudo.with_context(
                        active_model=self._name, active_ids=ids, active_id=ids[0]
                    ).run()
                    self.env.flush_all()
            except Exception as error:
                _logger.warning("Server action %s failed", action_sudo.id, exc_info=True)
                self.env.invalidate_all(flush=False)
                for case in cases:
                    plans[case].notes.append(
                        self.env._(
                            "The action “%(action)s” failed: %(error)s",
                            action=action_sudo.name,
                            error=f"{type(error).__name__}: {error}",
                        )
                    )
