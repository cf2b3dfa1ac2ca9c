# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import file_open

from ..tools.activity import Activity, Actor

# Which demo user writes in the name of the shop, by the name the stories use.
AUTHORS = ("lena", "milan", "sari")
MOODS = {"+": ("positive", 0.8), "-": ("negative", -0.8), "~": ("mixed", -0.1)}
# What the two-word networks call an item.
FAMILIES = {"messages": "message", "posts": "comment", "public": "post"}
WEEKS_OF_FIGURES = 13
# Public talk older than this was worked off.
OPEN_TALK = timedelta(days=3)
REASON_OF_TALK = "case_reason_talk_question_to_the_community"
TEAMS = {"sr": "belgrade", "id": "jakarta"}
UTM_SOURCES = {
    "fb": "utm.utm_source_facebook",
    "ig": "social_crm_base.utm_source_instagram",
    "wa": "social_crm_base.utm_source_whatsapp",
}


class SocialCrmDemo(models.AbstractModel):
    """Tells the demo shop's ninety days through the one way in, as its networks would have."""

    _name = "social.crm.demo"
    _description = "Demonstration Data"

    @api.model
    def _load(self):
        """Load the stories of ``demo/*.json`` once; dates count back from now."""
        if self.env["social.crm.interaction"].search_count(
            [("channel_id", "in", self._channels_by_code("fb").ids)], limit=1
        ):
            return
        story = _Story(self.env, self._channels_by_code)
        story.introduce()
        story.tell()
        story.work_off()
        story.count_followers()
        while self.env["social.crm.interaction"]._run_second_stage():
            pass

    @api.model
    def _channels_by_code(self, code):
        return self.env.ref(f"social_crm_base.channel_{code}_demo")


def _read(name):
    with file_open(f"social_crm_base/demo/{name}.json") as stream:
        return json.load(stream)


class _Story:
    """One telling: what was read, and what became of it."""

    def __init__(self, env, channel_of):
        self.env = env
        self.now = fields.Datetime.now().replace(second=0, microsecond=0)
        people = _read("people")
        self.networks = people["networks"]
        self.people = {key: row for key, *row in people["people"]}
        self.contacts = people["contacts"]
        self.channels = {code: channel_of(code) for code in self.networks}
        self.users = {name: env.ref(f"social_crm_base.user_{name}_demo") for name in AUTHORS}
        self.users["admin"] = env.ref("base.user_admin")
        self.threads = [
            dict(thread, source=source, number=number)
            for source in FAMILIES
            for number, thread in enumerate(_read(f"talk_{source}"))
        ]
        self.facts = {}  # external id of an interaction: mood and author
        self.identities = {}

    # === PEOPLE === #

    def introduce(self):
        """The people, the contacts some of them are, and why we know."""
        for code, channel in self.channels.items():
            self._ingest(
                code,
                [
                    Activity("profile", self.now - timedelta(days=91), actor=self._actor(key))
                    for key, row in self.people.items()
                    if row[0] == code
                ],
            )
            for identity in self.env["social.crm.identity"].search(
                [("platform_id", "=", channel.platform_id.id), ("external_id", "like", "demo-%")]
            ):
                self.identities[identity.external_id.removeprefix("demo-")] = identity
        partners = {}
        for key, (_code, _handle, _name, _lang, facts) in self.people.items():
            if "partner" in facts:
                partners[key] = self._partner(facts["partner"], facts, facts.get("email"))
        for key, (_code, _handle, _name, _lang, facts) in self.people.items():
            self._know(key, facts, partners)
        self._remember()
        strangers = self.env["social.crm.identity"].browse(
            identity.id for identity in self.identities.values()
        )
        strangers._match_people()

    def _actor(self, key):
        if key.startswith("s:"):
            name = key.removeprefix("s:")
            return Actor(external_id=f"demo-{name}", name=name)
        _code, handle, name, lang, facts = self.people[key]
        return Actor(
            external_id=f"demo-{key}",
            handle=handle,
            name=name,
            language=lang[:2],
            followers=facts.get("followers"),
            is_bot=facts.get("is_bot", False),
        )

    def _partner(self, name, facts, email):
        countries = {"at": "base.at", "rs": "base.rs", "id": "base.id"}
        return self.env["res.partner"].create(
            {
                "name": name,
                "email": email,
                "city": facts.get("city"),
                "country_id": self.env.ref(countries[facts["country"]]).id,
            }
        )

    def _remember(self):
        """Contacts from the shop's till, whose accounts nobody has looked for yet."""
        for name, city, country, email, website in self.contacts:
            contact = self._partner(name, {"city": city, "country": country}, email)
            contact.website = website

    def _know(self, key, facts, partners):
        identity = self.identities[key]
        if facts.get("role"):
            identity.write({"role": facts["role"], "role_reason": facts["role_reason"]})
        owners = []
        if key in partners:
            owners.append((partners[key], "Bought from us and named this account."))
        if facts.get("also"):
            other = self._partner(facts["also"], facts, facts["also_email"])
            owners.append((other, "Signs with his own name in the same account."))
        if facts.get("partner_of"):
            owners.append((partners[facts["partner_of"]], facts["evidence"]))
        identity.is_shared = len(owners) > 1
        for number, (partner, reason) in enumerate(owners):
            self.env["social.crm.identity.link"].create(
                {
                    "identity_id": identity.id,
                    "partner_id": partner.id,
                    "state": "confirmed",
                    "strength": "proven" if facts.get("proven") else "evidenced",
                    "proven_until": facts.get("proven") and self.now + timedelta(days=90),
                    "score": 0.95,
                    "evidence_data": [{"code": "hand"}],
                    "evidence_code": "hand",
                    "note": reason,
                    # The first owner's is the latest, so the one in force
                    "date_from": self.now - timedelta(days=90 + number),
                    "decided_by_id": self.users["lena"].id,
                    "decided_at": self.now - timedelta(days=90),
                }
            )

    # === TALK === #

    def tell(self):
        """Everything said, in order, with the closings between that later words depend on."""
        for thread in self.threads:
            thread["activities"] = list(getattr(self, f"_tell_{thread['source']}")(thread))
        pending = []
        for moment, what in sorted(self._plot(), key=lambda step: step[0]):
            if isinstance(what, tuple):
                pending.append(what)
                continue
            self._flush(pending)
            self._close(what, moment)
        self._flush(pending)
        self._name_authors()

    def _plot(self):
        for thread in self.threads:
            for activity in thread["activities"]:
                yield activity.occurred_at, (thread["ch"], activity)
            last = max(activity.occurred_at for activity in thread["activities"])
            if "end" in thread:
                yield last + timedelta(minutes=thread["end"]["after"]), thread
            elif thread["source"] != "messages" and last < self.now - OPEN_TALK:
                yield last + timedelta(hours=1), thread

    def _flush(self, pending):
        for code in self.channels:
            activities = [activity for channel, activity in pending if channel == code]
            if activities:
                self._ingest(code, activities)
        pending.clear()

    def _ingest(self, code, activities):
        self.env["social.crm.interaction"]._ingest(self.channels[code], activities)

    def _moment(self, at):
        """``"12 09:30"`` is twelve days ago at half past nine, ``"0 -95"`` 95 minutes ago."""
        days, clock = at.split()
        if clock.startswith("-"):
            return self.now + timedelta(minutes=int(clock))
        hour, minute = clock.split(":")
        day = self.now.date() - timedelta(days=int(days))
        return datetime.combine(day, time(int(hour), int(minute)))

    def _said(self, thread, index, speaker, moment, text, mood="", /, **more):
        """One item; ``>lena`` speaks for the shop, anybody else for themselves."""
        external_id = f"demo-{thread['source']}-{thread['number']}-{index}"
        ours = speaker.startswith(">")
        author = speaker.removeprefix(">") if ours else ""
        self.facts[external_id] = (MOODS.get(mood), author)
        return Activity(
            "create",
            min(moment, self.now),
            external_id=external_id,
            direction="out" if ours else "in",
            actor=None if ours else self._actor(speaker),
            text=text,
            language="" if ours or speaker.startswith("s:") else self.people[speaker][3][:2],
            **more,
        )

    def _tell_messages(self, thread):
        moment = self._moment(thread["at"])
        customer = self._actor(thread["with"])
        for index, (side, minutes, text, *mood) in enumerate(thread["say"]):
            moment += timedelta(minutes=minutes)
            yield self._said(
                thread,
                index,
                thread["with"] if side == "<" else side,
                moment,
                text,
                *mood,
                kind="message",
                family="message",
                visibility="direct",
                thread=f"demo-{thread['with']}",
                counterpart=customer,
            )

    def _tell_posts(self, thread):
        posted = self._moment(thread["at"])
        root = self._said(thread, "post", ">" + thread["by"], posted, thread["text"], kind="post")
        yield root
        comments = {}
        for index, (speaker, minutes, text, *more) in enumerate(thread["say"]):
            ours = speaker.startswith(">")
            above = comments[int(more[0])] if ours else root
            moment = (above.occurred_at if ours else posted) + timedelta(minutes=minutes)
            comments[index] = self._said(
                thread,
                index,
                speaker,
                moment,
                text,
                *([] if ours else more),
                kind="reply" if ours else "comment",
                family="comment",
                parent=above.itself,
                root=root.itself,
            )
            yield comments[index]
        for number, key in enumerate(thread["likes"]):
            yield Activity(
                "react",
                min(posted + timedelta(minutes=7 * (number + 1)), self.now),
                kind="reaction",
                actor=self._actor(key),
                target=root.itself,
                reaction="❤",
            )

    def _tell_public(self, thread):
        if "mention" in thread:
            yield from self._tell_mention(thread)
            return
        moment = self._moment(thread["at"])
        review = self._said(
            thread, 0, thread["by"], moment, thread["text"], thread["mood"],
            kind="review", rating=float(thread["stars"]),
        )
        yield review
        if "answer" in thread:
            speaker, minutes, text = thread["answer"]
            yield self._said(
                thread, 1, speaker, moment + timedelta(minutes=minutes), text,
                kind="reply", parent=review.itself, root=review.itself,
            )
        if "edit" in thread:
            later = self._moment(thread["edit"]["at"])
            self.facts[review.external_id] = (MOODS[thread["edit"]["mood"]], "")
            yield Activity(
                "edit", later, kind="review", external_id=review.external_id,
                actor=review.actor, text=thread["edit"]["text"],
                rating=float(thread["edit"]["stars"]), edited_at=later,
            )

    def _tell_mention(self, thread):
        moment = self._moment(thread["at"])
        above = root = None
        for index, (side, minutes, text, *mood) in enumerate(thread["say"]):
            moment += timedelta(minutes=minutes)
            item = self._said(
                thread,
                index,
                thread["mention"] if side == "<" else side,
                moment,
                text,
                *mood,
                kind="reply" if above else "mention",
                parent=above and above.itself,
                root=root,
            )
            root = root or item.itself
            above = item
            yield item

    def _name_authors(self):
        """Who of us wrote what, and in which mood people were, as later steps would find."""
        said = self.env["social.crm.interaction"].search([("external_id", "in", list(self.facts))])
        human = self._ref("answer_type_human")
        groups = {}
        for interaction in said:
            groups.setdefault(self.facts[interaction.external_id], []).append(interaction.id)
        for (mood, author), ids in groups.items():
            vals = {}
            if mood:
                vals = {"mood": mood[0], "mood_score": mood[1], "mood_source": "demo"}
            if author:
                vals["author_id"] = self.users[author].id
                vals["answer_type_id"] = human.id
            if vals:
                said.browse(ids).write(vals)
        cases = said.case_id
        cases.response_ids.unlink()  # told anew, with those who answered
        cases._recount_turns()
        for case in cases:
            felt = case.interaction_ids.filtered(lambda i: i.direction == "in" and i.mood)
            if felt:
                case.write({"mood": felt[:1].mood, "mood_score": felt[:1].mood_score})

    # === WORK === #

    def _cases_of(self, thread):
        return self.env["social.crm.interaction"].search(
            [
                ("channel_id", "=", self.channels[thread["ch"]].id),
                (
                    "external_id",
                    "in",
                    [activity.external_id for activity in thread["activities"]],
                ),
            ]
        ).case_id

    def _close(self, thread, moment):
        """Close as the shop did then: the state now, the moments set back."""
        cases = self._cases_of(thread).filtered(lambda case: case.state == "open")
        end = thread.get("end")
        author = next((s[0][1:] for s in thread.get("say", ()) if s[0][0] == ">"), "lena")
        for case in cases:
            answered = any(case.interaction_ids.mapped("author_id")) or case.response_ids.filtered(
                "answered_at"
            )
            outcome = "case_outcome_solved_answered" if answered else "case_outcome_no_answer"
            case.write(
                {
                    "state": "closed",
                    "reason_id": self._ref(end["reason"] if end else REASON_OF_TALK).id,
                    "outcome_id": self._ref(end["outcome"] if end else outcome).id,
                }
            )
            cycle = case.cycle_ids[:1]
            cycle.write(
                {
                    "closed_at": moment,
                    "closed_by_id": self.users[author].id,
                    "resolution_seconds": int((moment - cycle.opened_at).total_seconds()),
                }
            )
            case.closed_at = moment
        cases._recount_turns()

    def _ref(self, name):
        return self.env.ref(f"social_crm_base.{name}")

    def work_off(self):
        """Names, tags, people and states of the cases; the leads that came of them."""
        for thread in self.threads:
            if thread["source"] == "messages":
                self._work_on(thread)

    def _work_on(self, thread):
        case = self._cases_of(thread)
        writer = next((s[0][1:] for s in thread["say"] if s[0].startswith(">")), None)
        user = thread.get("user") or writer
        vals = {
            "name": thread["name"],
            "tag_ids": [
                Command.link(self._ref(f"tag_{_slug(tag)}_demo").id)
                for tag in thread["tags"]
            ],
            "priority": thread.get("priority", "0"),
        }
        language = self.people[thread["with"]][3][:2]
        vals["team_id"] = self._ref(f"team_{TEAMS.get(language, 'vienna')}_demo").id
        if user:
            vals["user_id"] = self.users[user].id
        if thread.get("state"):
            vals["state"] = thread["state"]
        if thread.get("snooze"):
            vals["snoozed_until"] = self.now + timedelta(days=thread["snooze"])
        case.write(vals)
        if thread.get("lead"):
            self._make_lead(thread, case)
        if thread.get("reply"):  # waits to be said by hand
            case.conversation_ids[-1:].with_user(case.user_id)._queue_reply(thread["reply"])
        if thread.get("confidential"):
            case.write(
                {
                    "confidential": True,
                    "confidential_user_ids": [
                        Command.link(self.users[name].id) for name in ("lena", "admin")
                    ],
                }
            )

    def _make_lead(self, thread, case):
        facts = thread["lead"]
        lead = self.env["crm.lead"].create(
            {
                "name": facts["name"],
                "type": "opportunity",
                "partner_id": case.partner_id.id,
                "expected_revenue": facts["revenue"],
                "user_id": case.user_id.id,
                "source_id": self.env.ref(UTM_SOURCES[thread["ch"]]).id,
                "medium_id": self._ref("utm_medium_message").id,
            }
        )
        case.lead_ids = [Command.link(lead.id)]
        case.interaction_ids[-1:].lead_ids = [Command.link(lead.id)]
        if facts["result"] == "won":
            lead.action_set_won()
        elif facts["result"] == "lost":
            reason = self.env["crm.lost.reason"].search([("name", "=", facts["lost"])], limit=1)
            reason = reason or reason.create({"name": facts["lost"]})
            lead.action_set_lost(lost_reason_id=reason.id)

    # === FIGURES === #

    def count_followers(self):
        """Followers and reach a week, growing unevenly, as the networks would have told."""
        vals_list = []
        for number, channel in enumerate(self.channels.values(), 1):
            followers = 900 * number
            for week in range(WEEKS_OF_FIGURES):
                followers += (week * 7 + number * 11) % 23 + 4
                taken_at = self.now - timedelta(weeks=WEEKS_OF_FIGURES - 1 - week)
                reach = followers * (2 + (week * number) % 5)
                for key, value in (("followers", followers), ("reach", reach)):
                    vals_list.append(
                        {
                            "company_id": channel.company_id.id,
                            "channel_id": channel.id,
                            "key": key,
                            "value": value,
                            "taken_at": taken_at,
                        }
                    )
        self.env["social.crm.metric"].create(vals_list)


def _slug(name):
    return name.replace("-", "_").replace(" ", "_")
