# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.social_crm_base.const import KINDS_OPENING_CASE
from odoo.addons.social_crm_base.exceptions import ConnectorError
from odoo.addons.social_crm_base.tools.business_time import BusinessClock
from odoo.addons.social_crm_base.tools.privacy import not_personal

NEVER_TOLD = frozenset({"bot", "press", "competitor"})
PRIVATE_KINDS = frozenset({"direct", "group"})
# A lunch break is no closing time.
SHORT_BREAK = timedelta(hours=2)
# Somebody who answered so shortly before is there, whatever the hours say.
STILL_THERE = timedelta(hours=1)
# Without hours of its own, an absence counts as new after so long.
ABSENCE_PERIOD = timedelta(hours=12)
LOOK_BACK, LOOK_AHEAD = timedelta(days=21), timedelta(days=21)


class SocialCrmInteraction(models.Model):
    """While nobody is there, the customer hears when somebody will be. It is no answer."""

    _inherit = "social.crm.interaction"

    def _second_stage_hooks(self):
        return [*super()._second_stage_hooks(), (47, "away", "_hook_away")]

    def _hook_away(self):
        """Once a conversation and closed period, where the channel has words for it."""
        words = self._last_awaiting()
        messages = (
            self.env["social.crm.away.message"]
            .search([("channel_id", "in", words.channel_id.ids)] if words else [(0, "=", 1)])
            .grouped("channel_id")
        )
        words = words.filtered(lambda word: word.channel_id in messages)
        if not words:
            return
        since = words._away_since()
        places = words.conversation_id._claim_away(
            {word.conversation_id: since[word] for word in words if since.get(word)}
        )
        for word in words.filtered(lambda word: word.conversation_id in places):
            word._say_away(messages[word.channel_id])

    def _last_awaiting(self):
        """The last word of each conversation here that somebody waits for an answer to.

        :rtype: recordset
        """
        last = {}
        for word in self.sorted(lambda word: (word.date, word.id)):
            person, channel = word.identity_id, word.channel_id
            if (
                word.direction == "in"
                and word.state in ("normal", "edited")
                and word.kind in KINDS_OPENING_CASE
                and not word.sibling_id
                and not word.is_by_hand
                and not person.is_own
                and person.role not in NEVER_TOLD
                and word.case_id.state not in (False, "closed")
                and word.case_id.waiting_since
                and channel.connector != "manual"
                and channel.is_connected
            ):
                last[word.conversation_id] = word
        return self.browse(word.id for word in last.values())

    def _away_since(self):
        """Since when nobody is there for these words; those where somebody is are left out.

        Working hours are read once for all that share them.

        :return: word to the beginning of the closed period it falls in
        :rtype: dict
        """
        now = fields.Datetime.now()
        since = {}
        absent_teams = self.case_id.team_id._without_anybody(now)
        for (calendar, company), words in self.grouped(
            lambda word: (word.case_id._working_hours(), word.company_id)
        ).items():
            is_open, begun, until = True, None, None
            if calendar:
                clock = BusinessClock.of_calendar(
                    calendar, now - LOOK_BACK, now + LOOK_AHEAD, company
                )
                is_open, begun, until = clock.period(now)
            begun = begun or now - (LOOK_BACK if not is_open else ABSENCE_PERIOD)
            is_break = not is_open and until and until - begun < SHORT_BREAK
            for word in words:
                is_absent = word.case_id.team_id in absent_teams
                spoke = word.conversation_id.last_out_date
                if (is_open or is_break) and not is_absent:
                    continue
                if word.date < begun or (spoke and spoke > now - STILL_THERE):
                    continue
                since[word] = begun
        return since

    def _say_away(self, messages):
        """Say it in the customer's language, where the network's rules let a machine speak."""
        self.ensure_one()
        person, place = self.identity_id, self.conversation_id
        message = messages._in_language(
            [self.language, person.language, person.partner_id.lang, self.channel_id.lang_id.code]
        )
        if place.kind not in PRIVATE_KINDS and not message.in_public:
            return
        try:
            with self.env.cr.savepoint():
                place.with_user(api.SUPERUSER_ID)._queue_reply(
                    message.body, parent=self, answer_type="away"
                )
        except (UserError, ConnectorError):
            # The rulebook or the network does not let a machine speak here: the channel's form
            # says so beside the message. A person answers later.
            return


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    away_sent_at = fields.Datetime(
        readonly=True, copy=False, help="When the away message was said here last."
    )

    def _claim_away(self, since):
        """Those of these places where the away message is ours to say, each once a period.

        Two workers with two words of one conversation claim it one after the other.

        :param dict since: conversation to the beginning of the closed period
        :rtype: recordset
        """
        if not since:
            return self.browse()
        self.flush_model(["away_sent_at"])
        rows = self.env.execute_query(
            SQL(
                "UPDATE social_crm_conversation c SET away_sent_at = %s"
                "  FROM unnest(%s::int[], %s::timestamp[]) AS v(id, since)"
                " WHERE c.id = v.id AND (c.away_sent_at IS NULL OR c.away_sent_at < v.since)"
                " RETURNING c.id",
                fields.Datetime.now(),
                [place.id for place in since],
                list(since.values()),
            )
        )
        self.invalidate_model(["away_sent_at"], flush=False)
        return self.browse(place_id for (place_id,) in rows)

    def _personal_data_fields(self):
        return {**super()._personal_data_fields(), **not_personal("away_sent_at")}


class SocialCrmTeam(models.Model):
    _inherit = "social.crm.team"

    def _without_anybody(self, now):
        """Those of these teams all of whose people are absent; a team without people is not.

        :param datetime now: naive UTC
        :rtype: recordset
        """
        people = {team: team.member_ids | team.user_id for team in self}
        absent = defaultdict(set)
        agents = self.env["social.crm.agent"].search(
            [("user_id", "in", (self.member_ids | self.user_id).ids)]
        )
        for agent in agents._absent_now(now):
            absent[agent.company_id].add(agent.user_id)
        return self.filtered(
            lambda team: people[team]
            and all(user in absent[team.company_id] for user in people[team])
        )
