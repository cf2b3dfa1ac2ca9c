# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.tools.business_time import BusinessClock

from ..const import BATCH_TRIES
from .social_crm_agent_turns import Turns
from .social_crm_worker import is_lost_race, races_expected

# So many cases are handed out in one go; what is left waits for the next.
HAND_OUT = 500


class SocialCrmCase(models.Model):
    """Back to the queue: nobody's case rests with somebody who does not answer it."""

    _inherit = "social.crm.case"

    @api.model
    def _cron_share_out(self):
        """Take back what waits too long or lies with absent colleagues, hand out what waits."""
        # sudo: the job works for every team
        cases_sudo = self.sudo().with_context(tracking_disable=True)
        cases_sudo._until_won(cases_sudo.env["social.crm.agent"]._return_absent)
        cases_sudo._until_won(cases_sudo._return_unanswered)
        cases_sudo._until_won(cases_sudo._hand_out_waiting)

    def _until_won(self, step):
        """Take a step and commit it; where another worker was quicker, take it anew.

        :param callable step: without arguments
        """
        for tries_left in reversed(range(BATCH_TRIES)):
            try:
                with races_expected():
                    step()
                    self.env["ir.cron"]._commit_progress()
                return
            except Exception as error:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                if not tries_left or not is_lost_race(error):
                    raise

    # === RETURN === #

    def _return_to_queue(self, reason):
        """Take these cases from their assignees, with a note that says how to undo it.

        :param str reason: of ``RETURN_REASONS``
        """
        words = {
            "no_answer": self.env._("nobody answered in time"),
            "absence": self.env._("the colleague is absent"),
        }[reason]
        bodies = {}
        for user, cases in self.grouped("user_id").items():
            for count, same in cases.grouped("returned_count").items():
                same.with_context(tracking_disable=True).write(
                    {
                        "user_id": False,
                        "hand_assigned": False,
                        "returned_count": count + 1,
                        "returned_from_id": user.id,
                        "returned_reason": reason,
                    }
                )
            said = self.env._(
                "Back in the queue: %(reason)s. “Give back” returns it to %(person)s.",
                reason=words,
                person=user.name,
            )
            bodies.update(dict.fromkeys(cases.ids, said))
        if bodies:
            self._message_log_batch(bodies=bodies)

    def _release_unreachable(self):
        """Free cases that come up again while who had them is absent or has left."""
        assigned = self.filtered("user_id")
        if not assigned:
            return
        agents = self.env["social.crm.agent"].search(
            [
                ("user_id", "in", assigned.user_id.ids),
                ("company_id", "in", assigned.company_id.ids),
            ]
        )
        absent = agents._absent_now(fields.Datetime.now()).user_id
        assigned.filtered(
            lambda case: case.user_id in absent or not case.user_id.active
        )._return_to_queue("absence")

    @api.model
    def _return_unanswered(self):
        """Return cases whose customer waits longer than the team lets a colleague take."""
        now = fields.Datetime.now()
        teams = self.env["social.crm.team"].search([("return_minutes", ">", 0)])
        if not teams:
            return
        least = timedelta(minutes=min(teams.mapped("return_minutes")))
        held = self.search(
            [
                ("team_id", "in", teams.ids),
                ("state", "=", "open"),
                ("user_id", "!=", False),
                ("waiting_since", "<=", now - least),
                ("assigned_at", "<=", now - least),
            ]
        )
        late = self.browse()
        for calendar, cases in held.grouped(lambda case: case._working_hours()).items():
            late |= cases._held_too_long(calendar, now)
        late._return_to_queue("no_answer")
        late._tell_leaders()

    def _held_too_long(self, calendar, now):
        """Which of these cases of one calendar were held longer than their team lets.

        :param recordset calendar: one ``resource.calendar``, or none: the clock counts
        :param datetime now: naive UTC
        :rtype: recordset
        """
        begun = {case: max(case.waiting_since, case.assigned_at) for case in self}
        clock = calendar and BusinessClock.of_calendar(calendar, min(begun.values()), now)

        def worked(start):
            return clock.seconds(start, now) if clock else (now - start).total_seconds()

        return self.filtered(
            lambda case: worked(begun[case]) >= 60 * case.team_id.return_minutes
        )

    def _tell_leaders(self):
        """Tell team leaders of cases that came back for the first time, in one message each."""
        news = self.filtered(lambda case: case.returned_count == 1 and not case.confidential)
        for leader, cases in news.grouped(lambda case: case.team_id.user_id).items():
            if not leader:
                continue
            links = Markup("").join(
                Markup("<li>%s</li>") % case._get_html_link(title=case._told_name())
                for case in cases
            )
            self.env["mail.thread"].message_notify(
                partner_ids=leader.partner_id.ids,
                subject=self.env._("Cases are back in the queue"),
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (self.env._("Nobody answered these in time:"), links),
            )

    def action_give_back(self):
        """Undo the return: whoever had these cases before has them again.

        :raise UserError: where nothing was returned
        """
        self.check_access("write")
        returned = self.filtered(
            lambda case: case.returned_from_id and not case.user_id and case.state != "closed"
        )
        if not returned:
            raise UserError(
                self.env._("Nothing to give back: somebody has these cases, or had them never.")
            )
        for user, cases in returned.grouped("returned_from_id").items():
            cases.write({"user_id": user.id})

    def _inbox_head(self):
        # sudo: the name of who had it, whatever one may read of colleagues
        return {**super()._inbox_head(), "returned_from": self.returned_from_id.sudo().name or ""}

    # === HANDING OUT === #

    @api.model
    def _hand_out_waiting(self):
        """Give cases whose rule takes turns to colleagues who have room by now."""
        waiting = self.search(
            [
                ("user_id", "=", False),
                ("state", "=", "open"),
                ("hand_assigned", "=", False),
                ("team_id", "!=", False),
                ("routed_rule_id.assign", "=", "in_turn"),
            ],
            order="priority desc, waiting_since, id",
            limit=HAND_OUT,
        )
        if not waiting:
            return
        turns = Turns(waiting.team_id)
        words = waiting._words_unanswered()
        given = {}
        for case in waiting:
            language = words[case]._facts_of_words(case)["language"]
            chosen = turns.next(
                case.team_id,
                language,
                case.routed_rule_id.skill_ids.ids,
                case.returned_from_id.ids,
            )
            if chosen:
                given.setdefault(chosen.user_id, []).append(case.id)
        for user, ids in given.items():
            cases = self.browse(ids)
            cases.write({"user_id": user.id, "hand_assigned": False})
            cases._tell_receivers()


class SocialCrmAgent(models.Model):
    _inherit = "social.crm.agent"

    def _return_work(self):
        """Return what these colleagues hold open; what is given to them later stays theirs."""
        held = self._held_since_before()
        held._return_to_queue("absence")

    def _held_since_before(self):
        """Open cases these absent colleagues had before they were absent.

        :rtype: recordset
        """
        # sudo: the cases of an absent colleague may be confidential or another team's
        Case_sudo = self.env["social.crm.case"].sudo()
        now = fields.Datetime.now()
        held_sudo = Case_sudo.search(
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "open"),
            ]
        )
        begun = {
            (agent.company_id, agent.user_id): agent._absence_begun(now) for agent in self
        }
        return held_sudo.filtered(
            lambda case: (start := begun.get((case.company_id, case.user_id)))
            and (not case.assigned_at or case.assigned_at <= start)
        )

    def _absence_begun(self, now):
        """Since when this colleague is absent, as far as we know.

        :param datetime now: naive UTC
        """
        if self._is_in_own_absence(now):
            return self.absent_from
        if self._is_out_of_office(now):
            return self.user_id.sudo().out_of_office_from  # sudo: only when, not why
        return now.replace(hour=0, minute=0, second=0)  # a leave counts in days

    @api.model
    def _return_absent(self):
        """Return the open work of everybody whose absence has begun."""
        holders = self.env["social.crm.case"]._read_group(
            [("state", "=", "open"), ("user_id", "!=", False)], ["user_id"]
        )
        agents = self.search([("user_id", "in", [user.id for (user,) in holders])])
        agents._absent_now(fields.Datetime.now())._return_work()

    def action_give_back(self):
        """The absence was a mistake or has ended: give back what still waits in the queue.

        :raise UserError: where nothing waits any more
        """
        self.check_access("write")
        if self.filtered("is_absent"):
            raise UserError(self.env._("End the absence first: the cases would come back again."))
        self._returned_cases().action_give_back()

    def _returned_cases(self):
        """What was taken back because these colleagues were absent, and is nobody's since.

        :rtype: recordset
        """
        # sudo: they were this colleague's cases until they were taken back
        return self.env["social.crm.case"].sudo().search(
            [
                ("returned_from_id", "in", self.user_id.ids),
                ("returned_reason", "=", "absence"),
                ("company_id", "in", self.company_id.ids),
                ("user_id", "=", False),
                ("state", "!=", "closed"),
            ]
        )

    def _compute_returned_count(self):
        returned = self._returned_cases().grouped(
            lambda case: (case.company_id, case.returned_from_id)
        )
        for agent in self:
            agent.returned_count = len(returned.get((agent.company_id, agent.user_id), ()))
