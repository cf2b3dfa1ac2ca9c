# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import models
from odoo.tools import format_list

from odoo.addons.social_crm_base.tools.business_time import BusinessClock

from ..tools.routing import Condition, Words, language_of, split_keywords, within_hours
from .social_crm_rule import WEEKDAYS

# So many names stand in a sentence; the form shows all.
NAMED = 2


class SocialCrmRule(models.Model):
    """*When*: each condition reads as a part of the sentence, and says what it found instead."""

    _inherit = "social.crm.rule"

    def _conditions(self):
        """The conditions set on this rule, in the order of its form.

        :return: none means the rule always holds
        :rtype: list[odoo.addons.social_crm_channels.tools.routing.Condition]
        """
        self.ensure_one()
        return [
            *self._conditions_of_place(),
            *self._conditions_of_words(),
            *self._conditions_of_person(),
            *self._conditions_of_time(),
            *self._conditions_of_case(),
        ]

    def _conditions_of_place(self):
        if channels := self.channel_ids:
            yield Condition(
                "channel_ids",
                lambda: self.env._("the channel is %(names)s", names=self._either("channel_ids")),
                lambda facts: facts.channel in channels.ids,
                lambda facts: self._named("social.crm.channel", {facts.channel}),
            )
        if platforms := self.platform_ids:
            yield Condition(
                "platform_ids",
                lambda: self.env._("the network is %(names)s", names=self._either("platform_ids")),
                lambda facts: facts.platform in platforms.ids,
                lambda facts: self._named("social.crm.platform", {facts.platform}),
            )
        if kind := self.kind:
            yield Condition(
                "kind",
                lambda: self.env._("it is a %(kind)s", kind=self._label("kind", kind).lower()),
                lambda facts: facts.kind == kind,
                lambda facts: self._label("kind", facts.kind),
            )
        if self.visibility:
            private = self.visibility == "private"
            said = {True: self.env._("said in private"), False: self.env._("said in public")}
            yield Condition(
                "visibility",
                lambda: self.env._("it was %(said)s", said=said[private]),
                lambda facts: facts.is_private == private,
                lambda facts: said[facts.is_private],
            )

    def _conditions_of_words(self):
        if keywords := split_keywords(self.keywords):
            listed = ", ".join(f"“{keyword}”" for keyword in keywords)
            sentences = {
                "any": self.env._("it says one of %(words)s", words=listed),
                "all": self.env._("it says all of %(words)s", words=listed),
                "none": self.env._("it says none of %(words)s", words=listed),
            }

            def said(facts):
                words = Words(facts.text)
                return [keyword for keyword in keywords if words.say(keyword)]

            judge = {
                "any": lambda facts: bool(said(facts)),
                "all": lambda facts: said(facts) == keywords,
                "none": lambda facts: not said(facts),
            }
            yield Condition(
                "keywords",
                lambda: sentences[self.keyword_mode],
                judge[self.keyword_mode],
                lambda facts: (
                    self.env._("it says %(words)s", words=", ".join(said(facts)))
                    if said(facts)
                    else self.env._("it says none")
                ),
            )
        if langs := self.lang_ids:
            codes = {language_of(lang.code) for lang in langs}
            yield Condition(
                "lang_ids",
                lambda: self.env._("the language is %(names)s", names=self._either("lang_ids")),
                lambda facts: facts.language in codes,
                lambda facts: facts.language,
            )
        if self.looks_like_spam:
            yield Condition(
                "looks_like_spam",
                lambda: self.env._("it looks like spam"),
                lambda facts: bool(facts.spam),
                lambda facts: self.env._("it does not"),
            )

    def _conditions_of_person(self):
        sentences = {
            "role": lambda value: self.env._("the account's role is %(role)s", role=value),
            "relation": lambda value: self.env._("the contact is a %(segment)s", segment=value),
            "loyalty": lambda value: self.env._(
                "the contact's loyalty is “%(loyalty)s”", loyalty=value
            ),
        }
        for name, sentence in sentences.items():
            if self[name]:
                yield Condition(
                    name,
                    lambda name=name, say=sentence: say(self._label(name, self[name]).lower()),
                    lambda facts, name=name: getattr(facts, name) == self[name],
                    lambda facts, name=name: self._label(name, getattr(facts, name)),
                )
        if self.category_ids or self.followers_from:
            yield self._condition_of_reach()
        if self.owner or self.owner_ids:
            yield self._condition_of_owner()

    def _condition_of_reach(self):
        """A very important person: by the contact's tags, or by who reads along."""
        tags, least = frozenset(self.category_ids.ids), self.followers_from

        def words():
            parts = []
            if tags:
                parts.append(
                    self.env._(
                        "the contact is tagged %(names)s", names=self._either("category_ids")
                    )
                )
            if least:
                parts.append(
                    self.env._("the account has at least %(number)s followers", number=least)
                )
            return format_list(self.env, parts, "or")

        return Condition(
            "category_ids" if tags else "followers_from",
            words,
            lambda facts: bool(facts.categories & tags or (least and facts.followers >= least)),
            lambda facts: format_list(
                self.env,
                [
                    self.env._("%(number)s followers", number=facts.followers),
                    *self._names_of("res.partner.category", facts.categories),
                ],
            ),
        )

    def _condition_of_owner(self):
        owner, wanted = self.owner or "either", frozenset(self.owner_ids.ids)

        def sellers(facts):
            contact = facts.owners if owner != "lead" else frozenset()
            return contact | (facts.lead_owners if owner != "contact" else frozenset())

        def words():
            sentence = {
                "contact": self.env._("the contact has a salesperson"),
                "lead": self.env._("an open lead has a salesperson"),
                "either": self.env._("the contact or an open lead has a salesperson"),
                "none": self.env._("nobody sells to the person yet"),
            }[owner]
            if wanted and owner != "none":
                sentence = f"{sentence}: {self._either('owner_ids')}"
            return sentence

        tests = {
            "none": lambda facts: not sellers(facts),
            "wanted": lambda facts: bool(sellers(facts) & wanted),
            "anybody": lambda facts: bool(sellers(facts)),
        }
        return Condition(
            "owner",
            words,
            tests["none" if owner == "none" else "wanted" if wanted else "anybody"],
            lambda facts: self._named("res.users", sellers(facts)),
        )

    def _conditions_of_time(self):
        if self.hours:
            inside = self.hours == "inside"
            calendar = self._working_hours()
            words = {
                True: self.env._(
                    "it comes in working hours (%(hours)s)", hours=calendar.name or ""
                ),
                False: self.env._(
                    "it comes outside working hours (%(hours)s)", hours=calendar.name or ""
                ),
            }
            yield Condition(
                "hours",
                lambda: words[inside],
                lambda facts: (not calendar or calendar.id in facts.at_work) == inside,
                lambda facts: self._moment_in_words(facts.moment),
            )
        if days := [number for number, day in enumerate(WEEKDAYS) if self[day]]:
            yield Condition(
                "weekdays",
                lambda: self.env._(
                    "the day is %(days)s",
                    days=format_list(self.env, [self._weekday(day) for day in days], "or"),
                ),
                lambda facts: self._local(facts.moment).weekday() in days,
                lambda facts: self._moment_in_words(facts.moment),
            )
        if self.hour_from != self.hour_to:
            yield Condition(
                "hour_from",
                lambda: self.env._(
                    "the time is from %(start)s to %(end)s",
                    start=_clock(self.hour_from),
                    end=_clock(self.hour_to),
                ),
                lambda facts: within_hours(
                    _hour(self._local(facts.moment)), self.hour_from, self.hour_to
                ),
                lambda facts: self._moment_in_words(facts.moment),
            )

    def _conditions_of_case(self):
        domain = self._case_domain()
        if not domain.is_true():
            yield Condition(
                "domain",
                lambda: self.env._("further conditions on the case hold"),
                lambda facts: self.id in facts.fits,
                lambda facts: (
                    self.env._("they do not")
                    if facts.case
                    else self.env._("there is no case to look at")
                ),
            )

    # === WORDS === #

    def _label(self, name, value):
        """A choice as people read it.

        :rtype: str
        """
        return dict(self._fields[name]._description_selection(self.env)).get(value, value) or ""

    def _either(self, name):
        """The records of a field as *A, B or C*; of many, the first ones and how many more."""
        names = self._fields_in_words(name)
        if len(names) > NAMED + 1:
            more = self.env._("%(number)s more", number=len(names) - NAMED)
            names = [*names[:NAMED], more]
        return format_list(self.env, names, "or")

    def _fields_in_words(self, name):
        # sudo: whoever reads the rule reads the names in it
        return self.sudo()[name].mapped("display_name")

    def _names_of(self, model, ids):
        # sudo: names only, of what the person asking typed or may read
        return self.env[model].sudo().browse(sorted(filter(None, ids))).mapped("display_name")

    def _named(self, model, ids):
        return ", ".join(self._names_of(model, ids))

    def _weekday(self, number):
        return self._fields[WEEKDAYS[number]]._description_string(self.env)

    def _moment_in_words(self, moment):
        local = self._local(moment)
        return f"{self._weekday(local.weekday())} {local:%H:%M}"

    # === TIME === #

    def _working_hours(self):
        """The calendar this rule speaks of.

        :rtype: recordset
        """
        return self.resource_calendar_id or self.company_id.resource_calendar_id

    def _local(self, moment):
        """A moment where the shop is.

        :param datetime moment: naive UTC
        """
        zone = ZoneInfo(self._working_hours().tz or "UTC")
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)

    def _at_work(self, moments):
        """Which of these rules' working hours moments lie in; calendars are read once.

        :param moments: naive UTC datetimes
        :return: moment to set of calendar ids
        :rtype: dict
        """
        moments = set(moments)
        found = {moment: set() for moment in moments}
        calendars = self.env["resource.calendar"].union(
            *(rule._working_hours() for rule in self if rule.hours)
        )
        for calendar in calendars if moments else ():
            clock = BusinessClock.of_calendar(
                calendar, min(moments), max(moments) + timedelta(minutes=1)
            )
            for moment in moments:
                if clock.period(moment)[0]:
                    found[moment].add(calendar.id)
        return {moment: frozenset(ids) for moment, ids in found.items()}

    def _fitting(self, cases):
        """Which of these rules' further conditions cases meet: one query a rule that has some.

        :param recordset cases: ``social.crm.case``
        :return: case id to set of rule ids
        :rtype: dict
        """
        found = {case_id: set() for case_id in cases.ids}
        for rule in self:
            domain = rule._case_domain()
            if cases and not domain.is_true():
                # sudo: rules look at every case, whoever asks about this one
                for case in cases.sudo().search([("id", "in", cases.ids), *domain]):
                    found[case.id].add(rule.id)
        return {case_id: frozenset(ids) for case_id, ids in found.items()}


def _clock(hour):
    minutes = round(hour * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _hour(moment):
    return moment.hour + moment.minute / 60
