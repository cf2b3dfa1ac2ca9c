# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an archive says becomes what any network tells: activities. Without ORM.

Who speaks is ours, somebody who is linked to a contact, or a pseudonym: the same for the same
account in every archive, so that a talk stays a talk, and made with a key outside the database, so
that nobody finds the account by trying.
"""
import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from odoo.addons.social_crm_base.tools.activity import Activity, Actor
from odoo.addons.social_crm_base.tools.by_hand import content_id
from odoo.addons.social_crm_base.tools.keyring import keyed_hash

PSEUDONYM_PREFIX = "archive-"
MARK = 6  # hexadecimal digits shown of a pseudonym


@dataclass(slots=True)
class Plan:
    """How one archive is to be read, as the user settled it.

    :param str code: of the reader
    :param str person_word: what a pseudonym is called, before its mark
    :param set own_keys: keys of authors that are us; :param set own_names: their names, as some
        networks name people anew in each conversation
    :param dict people: author key to the :class:`Actor` that is linked to a contact
    :param dict others: key of a conversation to the one other person in it
    :param set groups: keys of conversations of several people
    :param datetime keep_until: when the words are to go
    """

    code: str
    person_word: str = "Person"
    own_keys: set = field(default_factory=set)
    own_names: set = field(default_factory=set)
    people: dict = field(default_factory=dict)
    others: dict = field(default_factory=dict)
    groups: set = field(default_factory=set)
    keep_until: datetime | None = None

    def is_own(self, author):
        """Whether this is us."""
        return (
            author is None
            or author.is_own
            or author.key in self.own_keys
            or bool(author.name and author.name in self.own_names)
        )

    def actor(self, author):
        """The account an author is stored as."""
        known = self.people.get(author.key)
        return known or pseudonym(self.code, author.key, self.person_word)


def pseudonym(code, key, word="Person"):
    """An account without a name, the same for the same key.

    :rtype: Actor
    """
    mark = keyed_hash("archive_person", code, key)
    return Actor(external_id=PSEUDONYM_PREFIX + mark, name=f"{word} {mark[:MARK].upper()}")


def item_id(code, said):
    """The network's id; where it gives none, what was said, when, where and by whom.

    :rtype: str
    """
    if said.external_id:
        return said.external_id
    return content_id(
        "archive", code, said.part.key, said.at, said.author.key if said.author else "own",
        said.kind, said.title, said.text, said.parent.external_id if said.parent else "",
        said.nth,
    )


def activity(said, plan):
    """One item as ``_ingest`` takes it.

    :rtype: Activity
    """
    own = plan.is_own(said.author)
    is_talk = said.part.sort == "messages"
    facts = {}
    if is_talk and said.part.key in plan.groups:
        # A talk's name is made of people's names as often as not.
        thread = PSEUDONYM_PREFIX + keyed_hash("archive_talk", plan.code, said.part.key)
        facts = {"visibility": "group", "thread": thread}
    elif own:
        facts = {"counterpart": _spoken_to(said, plan, is_talk)}
        if is_talk and not facts["counterpart"]:
            facts["thread"] = PSEUDONYM_PREFIX + keyed_hash(
                "archive_talk", plan.code, said.part.key
            )
    return Activity(
        **{
            "verb": "create",
            "occurred_at": said.at,
            "kind": said.kind,
            "external_id": item_id(plan.code, said),
            "family": said.family,
            "remote_key": said.remote_key,
            "direction": "out" if own else "in",
            "actor": None if own else plan.actor(said.author),
            "visibility": said.visibility,
            "parent": said.parent,
            "root": said.root,
            "title": masked(said.title, said, plan),
            "text": masked(said.text, said, plan),
            "language": said.language,
            "permalink": said.permalink,
            "media": tuple(said.media),
            "counters": said.counters,
            "expires_at": plan.keep_until,
            **facts,
        }
    )


def under_real_name(said, plan):
    """The item as the network tells it, for the gates alone: who was erased or restricted must be
    known under the name they had, before it becomes a pseudonym. Never stored.

    :rtype: Activity
    """
    found = activity(said, plan)
    other = plan.others.get(said.part.key) if plan.is_own(said.author) else None
    return replace(
        found,
        actor=found.actor and _named(said.author, found.actor),
        counterpart=_named(other, found.counterpart) if other else found.counterpart,
    )


def _named(author, stored):
    if not stored.external_id.startswith(PSEUDONYM_PREFIX):
        return stored  # somebody known, by the account that is stored here
    return replace(
        stored,
        external_id=author.external_id or ("" if author.handle else stored.external_id),
        handle=author.handle,
        name=author.name,
    )


def _spoken_to(said, plan, is_talk):
    """With whom our own words stand: in a talk the other one; in public only who is linked, or
    everybody we ever answered would get an account here.
    """
    if is_talk:
        other = plan.others.get(said.part.key)
        return plan.actor(other) if other else None
    return next((plan.people[who.key] for who in said.others if who.key in plan.people), None)


def masked(text, said, plan):
    """The text without the names of those who are no contact of ours.

    :rtype: str
    """
    if not text:
        return ""
    for written, author in said.mentions:
        if plan.is_own(author) or author.key in plan.people or len(written) < 2:
            continue
        mark = pseudonym(plan.code, author.key, plan.person_word).name.replace(" ", "-")
        sign = "@" if written.startswith("@") else ""
        # Mastodon shows a handle without its server.
        forms = [written, written.rpartition("@")[0]] if written.count("@") > 1 else [written]
        for form in forms:
            found = re.compile(rf"(?<!\w){re.escape(form)}(?!\w)", re.IGNORECASE)
            text = found.sub(sign + mark.replace("\\", r"\\"), text)
    return text
