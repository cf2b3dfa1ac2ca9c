# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo import fields
from odoo.tools import SQL

from ..tools.routing import language_of

# What somebody without any limit is reckoned to hold when loads are compared.
USUAL_CAPACITY = 20
NEVER = datetime(1970, 1, 1)
# Turns within one second stay in order, also where many cases come at once.
NEXT = timedelta(microseconds=1)


class Turns:
    """Whose turn it is, over one batch of cases: read and locked once, counted on from there.

    The rows of all members stay locked until the transaction ends. Who waits for that lock fails
    with a serialization error once they are changed, and reads anew: two workers never hand over
    by the same count.

    :param recordset teams: ``social.crm.team``
    """

    def __init__(self, teams):
        self._env = teams.env
        self._now = fields.Datetime.now()
        self._members = {}
        agents = self._env["social.crm.agent"].sudo()  # sudo: see social.crm.agent._of
        for company, own in teams.grouped("company_id").items():
            known = agents._of(own.member_ids.filtered("active"), company)
            agents |= known
            for team in own:
                self._members[team] = known.filtered(
                    lambda agent, team=team: agent.user_id in team.member_ids
                )
        self._lock(agents)
        self._loads = agents._loads()
        absent = agents._absent_now(self._now)
        self._working = (agents - absent).filtered(
            lambda agent: may_answer(agent.user_id, agent.company_id)
        )
        self._online = self._working._online()

    def _lock(self, agents):
        if agents:
            agents.flush_recordset()
            self._env.execute_query(
                SQL(
                    "SELECT id FROM social_crm_agent WHERE id = ANY(%s) ORDER BY id"
                    " FOR NO KEY UPDATE",
                    agents.ids,
                )
            )
            agents.invalidate_recordset(["last_assigned_at"], flush=False)

    def next(self, team, language="", skills=(), beside=()):
        """Who of a team is next: least load for the capacity, then who waited longest.

        Languages and skills limit the choice only where somebody in the team has them.

        :param recordset team: one ``social.crm.team``
        :param str language: ISO 639 code of what was said, empty where unknown
        :param set skills: ids of tags
        :param beside: ids of users who shall not get it again
        :return: the colleague, counted as having it; empty when everybody is away or full
        :rtype: recordset
        """
        members = self._members.get(team, self._env["social.crm.agent"])
        fit = members.filtered(lambda agent: _speaks(agent, team, language)) or members
        fit = fit.filtered(lambda agent: _knows(agent, team, skills)) or fit
        there = self._online if team.share_present_only else self._working
        free = (fit & there).filtered(
            lambda agent: agent.user_id.id not in beside and self._has_room(agent, team)
        )
        if not free:
            return free
        chosen = min(free, key=lambda agent: self._rank(agent, team))
        self._loads[_key(chosen)] = self._load(chosen) + 1
        latest = max(filter(None, members.mapped("last_assigned_at")), default=NEVER)
        chosen.last_assigned_at = max(self._now, latest + NEXT)
        return chosen

    def keeps(self, team, user):
        """Whether somebody who had a case before may go on with it: in the team and at work.

        :rtype: bool
        """
        mine = self._members.get(team, self._env["social.crm.agent"])
        return user in (mine & self._working).user_id

    def _load(self, agent):
        return self._loads.get(_key(agent), 0)

    def _has_room(self, agent, team):
        limit = agent.capacity or team.capacity
        return not limit or self._load(agent) < limit

    def _rank(self, agent, team):
        limit = agent.capacity or team.capacity or USUAL_CAPACITY
        return self._load(agent) / limit, agent.last_assigned_at or NEVER, agent.id


def may_answer(user, companies):
    """Whether somebody could open and answer a case of these companies given to them.

    :param recordset user: one ``res.users``
    :param recordset companies: ``res.company``
    :rtype: bool
    """
    return (
        user.active
        and companies <= user.company_ids
        and user.has_group("social_crm_base.group_agent")
    )


def _key(agent):
    return agent.company_id.id, agent.user_id.id


def _speaks(agent, team, language):
    spoken = agent.lang_ids or team.with_context(active_test=False).lang_ids
    return not language or not spoken or language in {language_of(lang.code) for lang in spoken}


def _knows(agent, team, skills):
    known = agent.skill_ids or team.skill_ids
    return not set(skills) - set(known.ids)
