# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
from collections import defaultdict

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ..const import BATCH_TRIES
from .social_crm_worker import is_lost_race, races_expected

_logger = logging.getLogger(__name__)

WATCH_BATCH = 200


class SocialCrmCase(models.Model):
    """The watch over deadlines: warns, tells who is on call, and acts when one is missed."""

    _name = "social.crm.case"
    _inherit = ["social.crm.case", "social.crm.worker"]

    @api.model
    @races_expected()
    def _cron_watch_deadlines(self, batch_size=WATCH_BATCH):
        """Do what is due about deadlines, batch by batch.

        Rows are locked, so two workers never do the same; what was done is written in the same
        transaction, so a kill does it again or not at all.
        """
        tries, seconds_left = 0, 1
        while seconds_left > 0:
            try:
                done = self._watch_due(batch_size)
                seconds_left = self._progress(done, remaining=1 if done else 0)
            except Exception as error:
                self._start_over()
                tries += 1
                if not is_lost_race(error) or tries == BATCH_TRIES:
                    raise
                continue
            tries = 0
            if not done:
                return

    @api.model
    def _watch_due(self, batch_size):
        """One batch.

        :return: how many cases were looked at
        :rtype: int
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM social_crm_case WHERE deadline_watch_at <= %s"
                " ORDER BY deadline_watch_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                fields.Datetime.now(),
                batch_size,
            )
        )
        # sudo: the watch works for everybody
        cases_sudo = self.sudo().browse([case_id for (case_id,) in rows])
        cases_sudo._act_on_deadlines()
        return len(cases_sudo)

    def _act_on_deadlines(self):
        """Note what is due, do it, and set the watch for what comes next."""
        if not self:
            return
        places = self._deadline_facts()
        self._choose_policies(places)
        self._run_clocks(places)
        self._read_told(places)
        self._note_due(places)._act()
        self._set_deadlines()

    def _note_due(self, places):
        """Write down every stage that is due and was not done.

        :return: the notices, each to be acted on once
        :rtype: recordset
        """
        now, cases = fields.Datetime.now(), {case.id: case for case in self}
        vals_list = []
        for place in places:
            case = cases[place.id]
            for due in place.dues:
                told = place.told.get((due.target, due.since), {})
                for stage, moment in due.stages.items():
                    if moment <= now and stage not in told:
                        vals_list.append(case._prepare_notice(place, due, stage))
        return self.env["social.crm.deadline.notice"].create(vals_list)

    def _prepare_notice(self, place, due, stage):
        policy, now = place.policy, fields.Datetime.now()
        return {
            "case_id": self.id,
            "company_id": self.company_id.id,
            "cycle_id": place.cycle,
            "policy_id": policy.id if policy else False,
            "channel_id": self.channel_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "target": due.target,
            "stage": stage,
            "source": due.source,
            "since": due.since,
            "deadline": due.deadline,
            "date": now,
            # A warning after the deadline says nothing. What had passed before we knew of it, or
            # before it was promised, is nobody's fault: old talk fetched from a network.
            "is_silent": (stage != "breach" and due.deadline <= now)
            or due.deadline < self.create_date
            or bool(policy and policy.promised_from and due.deadline < policy.promised_from),
        }

    # === WHO === #

    def _may_be_told(self, users):
        """Only who works here and may read the case."""
        self.ensure_one()
        return users.filtered(
            lambda user: user.active
            and not user.share
            and self.with_user(user).has_access("read")
        )

    def _warned_users(self):
        """The assignee, else the team, else who owns the channel."""
        users = self._may_be_told(self.user_id)
        users = users or self._may_be_told(self.team_id.member_ids | self.team_id.user_id)
        return users or self._may_be_told(self.channel_id.user_id)

    def _on_call_users(self):
        """Who is on call, else the team leader, else who owns the channel."""
        users = self._may_be_told(self.team_id.on_call_user_ids)
        users = users or self._may_be_told(self.team_id.user_id)
        return users or self._may_be_told(self.channel_id.user_id | self.user_id)


class SocialCrmDeadlineNotice(models.Model):
    _inherit = "social.crm.deadline.notice"

    def _act(self):
        """Do what each notice is about; one that fails does not keep the others back."""
        for notice in self.filtered(lambda notice: not notice.is_silent):
            try:
                with self.env.cr.savepoint():
                    notice._act_one()
                    self.env.flush_all()
            except OperationalError:
                raise  # two workers met: the whole batch is done again
            except Exception as error:
                self.env.invalidate_all(flush=False)
                _logger.warning("Deadline notice %s failed", notice.id, exc_info=True)
                notice.error = f"{type(error).__name__}: {error}"[:500]

    def _act_one(self):
        case = self.case_id
        if self.stage == "warning":
            users = case._warned_users()
            todo_users = case._may_be_told(case.user_id) or case._may_be_told(
                case.team_id.user_id
            ) or users[:1]
        elif self.stage == "on_call":
            users = todo_users = case._on_call_users()
        else:
            users = todo_users = self._escalate()
        self._tell(users)
        if self.stage != "breach" or not self.policy_id or self.policy_id.escalate_activity:
            self._schedule(todo_users)

    def _escalate(self):
        """What the policy says about a missed deadline.

        :return: who is told
        :rtype: recordset
        """
        case, policy = self.case_id, self.policy_id
        vals = {}
        if policy.escalate_priority and policy.escalate_priority > case.priority:
            vals["priority"] = policy.escalate_priority
        if policy.escalate_team_id and policy.escalate_team_id != case.team_id:
            vals.update(team_id=policy.escalate_team_id.id, substate_id=False)
        if policy.escalate_assign_id and policy.escalate_assign_id != case.user_id:
            vals["user_id"] = policy.escalate_assign_id.id
        if vals:
            case.write(vals)
        if policy.escalate_action_id:
            policy.escalate_action_id.with_context(
                active_model=case._name, active_id=case.id, active_ids=case.ids
            ).run()
        users = policy.escalate_user_ids | policy.escalate_assign_id
        if not policy or policy.escalate_to_leader:
            users |= case.team_id.user_id
        return case._may_be_told(users) or case._warned_users()

    def _tell(self, users):
        """An Odoo notification, in each one's own language and time zone."""
        self.told_user_ids |= users
        by_reader = defaultdict(self.env["res.users"].browse)
        for user in users:
            by_reader[user.lang, user.tz] |= user
        for (lang, tz), readers in by_reader.items():
            notice = self.with_context(lang=lang or "en_US", tz=tz or "UTC")
            notice.case_id._tell(readers, notice._in_words())

    def _schedule(self, users):
        """An activity of each, which goes away by itself once the customer is answered."""
        activity_type = self.env["social.crm.case"]._deadline_activity_type(self.stage)
        # They are told by our own words already: Odoo need not tell of the activity once more.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("social.crm.case"),
                    "res_id": self.case_id.id,
                    "user_id": user.id,
                    "activity_type_id": activity_type.id,
                    "summary": self.with_context(
                        lang=user.lang or "en_US", tz=user.tz or "UTC"
                    )._in_words(),
                    "date_deadline": fields.Datetime.context_timestamp(
                        self.with_context(tz=user.tz or "UTC"), self.deadline
                    ).date(),
                    "automated": True,
                }
                for user in users
            ]
        )

    def _in_words(self):
        """What is the matter, for whoever has to do something about it.

        :rtype: str
        """
        self.ensure_one()
        at = format_datetime(self.env, self.deadline, dt_format="short")
        if self.stage == "on_call":
            return self.env._("The network lets us answer only until %(moment)s", moment=at)
        if self.stage == "breach":
            words = {
                "first": self.env._("The first answer was due at %(moment)s", moment=at),
                "next": self.env._("An answer was due at %(moment)s", moment=at),
                "resolution": self.env._("A solution was due at %(moment)s", moment=at),
            }
        else:
            words = {
                "first": self.env._("The first answer is due at %(moment)s", moment=at),
                "next": self.env._("An answer is due at %(moment)s", moment=at),
                "resolution": self.env._("A solution is due at %(moment)s", moment=at),
            }
        return words[self.target]
