# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What posts, likes and deletions of Discourse mean. Pure functions.

A post is named by its topic and its number there, for that is how answers point at each other; its
id, by which the API is called, is kept as ``ref``.
"""
from dataclasses import dataclass
from urllib.parse import quote

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target

from ...tools import payload as read
from ...tools.markup import html_to_text, safe_html
from . import const


@dataclass(frozen=True, slots=True)
class Facts:
    """The forum and our account there, as the channel knows them.

    :param str site: its address
    :param str username: ours
    """

    site: str
    username: str

    @property
    def host(self):
        """Within what names are unique."""
        return read.site(self.site)

    def is_own(self, username):
        return bool(self.username) and username.lower() == self.username.lower()


def parse(data, facts):
    """What one stored item means.

    :param dict data: ``type`` is ``post``, ``like``, ``deleted`` or ``topic_deleted``
    :param Facts facts:
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    data = read.expect_object(data)
    kind = read.text(data, "type")
    if kind == "post":
        return _post(data, facts)
    if kind == "like":
        return _like(data, facts)
    if kind == "deleted":
        at = read.time(data, "at") or read.required_time(read.nested(data, "post"), "updated_at")
        return [Activity("delete", at, target=target_of(read.nested(data, "post")))]
    if kind == "topic_deleted":
        topic = read.nested(data, "topic")
        first = Target("1", container=read.required(topic, "id"))
        at = read.time(topic, "deleted_at") or read.required_time(data, "at")
        return [Activity("delete", at, target=first)]
    raise MalformedPayload(f"unknown type {kind[:40]!r}")


def target_of(post):
    """How a post is named.

    :rtype: Target
    """
    topic, number = read.required(post, "topic_id"), read.required(post, "post_number")
    return Target(number, container=topic, ref=read.text(post, "id"))


def is_spoken(post):
    """Whether somebody said it: no notice, no whisper, no robot of the forum's own.

    :rtype: bool
    """
    kind = read.count(post, "post_type")
    robot = read.text(post, "user_id").startswith("-")
    return (1 if kind is None else kind) in const.SPOKEN and not robot


def is_private(post):
    """:rtype: bool"""
    return read.text(post, "topic_archetype") == const.PRIVATE


def _post(data, facts):
    post = read.nested(data, "post")
    target = target_of(post)
    created = read.required_time(post, "created_at")
    changed = read.edit_time(post, "updated_at", created)
    gone = read.time(post, "deleted_at")
    if gone or read.flag(post, "user_deleted"):
        return [Activity("delete", gone or changed or created, target=target)]
    if not is_spoken(post):
        return []
    own = facts.is_own(read.required(post, "username"))
    cooked = read.text(post, "cooked")
    said = Activity(
        "create",
        created,
        kind=_kind(post, own),
        external_id=target.external_id,
        container=target.container,
        ref=target.ref,
        remote_key=f"{facts.site}/t/{target.container}/{target.external_id}",
        direction="out" if own else "in",
        actor=None if own else actor_of(post, facts),
        title=read.text(post, "topic_title") if target.external_id == "1" else "",
        text=html_to_text(cooked),
        html=safe_html(cooked),
        permalink=_link(post, target, facts),
        counters=_counters(post),
        edited_at=changed if (read.count(post, "version") or 1) > 1 else None,
        **_place(data, post, target, facts),
    )
    at = changed or created
    if read.flag(post, "hidden"):
        return [said, Activity("hide", at, target=target)]
    return [said, Activity("unhide", at, target=target)] if read.flag(data, "shown") else [said]


def _kind(post, own):
    if is_private(post):
        return "message"
    if read.required(post, "post_number") != "1":
        return "reply"
    return "post" if own else "comment"  # a question to the forum is a matter to answer


def _place(data, post, target, facts):
    """Where it was said, and what it answers."""
    above = read.text(post, "reply_to_post_number")
    first = target.external_id == "1"
    if not is_private(post):
        root = None if first else Target("1", container=target.container)
        parent = Target(above, container=target.container) if above and not first else root
        return {"parent": parent, "root": root}
    people = [actor_of(person, facts) for person in read.objects(data, "people")]
    others = tuple(one for one in people if not facts.is_own(one.handle))
    author = actor_of(post, facts)
    if not others and not facts.is_own(author.handle):
        others = (author,)
    place = {"thread": target.container}
    if above:
        place["parent"] = Target(above, container=target.container)
    if len(others) == 1 and not read.flag(data, "groups"):
        return {**place, "visibility": "direct", "counterpart": others[0]}
    title = read.text(post, "topic_title")
    return {**place, "visibility": "group", "participants": others, "thread_title": title}


def actor_of(person, facts):
    """Who wrote a post, or whom a topic names.

    :rtype: Actor
    """
    username = read.required(person, "username")
    number = read.text(person, "user_id") or read.required(person, "id")
    return Actor(
        external_id=number,
        scope=facts.host,
        handle=username,
        name=read.text(person, "name").strip(),
        profile_url=f"{facts.site}/u/{quote(username, safe='')}" if _is_web(facts.site) else "",
    )


def _like(data, facts):
    user = read.nested(data, "user")
    at = read.required_time(data, "at")
    own = facts.is_own(read.required(user, "username"))
    return [
        Activity(
            "react",
            at,
            kind="reaction",
            direction="out" if own else "in",
            actor=None if own else actor_of(user, facts),
            target=target_of(read.nested(data, "post")),
            reaction="like",
        )
    ]


def _counters(post):
    found = {"replies": read.count(post, "reply_count"), "views": read.count(post, "reads")}
    for action in read.objects(post, "actions_summary"):
        if action.get("id") == const.LIKE:
            found["likes"] = read.count(action, "count")
    return {name: value for name, value in found.items() if value is not None}


def _link(post, target, facts):
    if not _is_web(facts.site):
        return ""
    slug = quote(read.text(post, "topic_slug") or "topic", safe="")
    return f"{facts.site}/t/{slug}/{target.container}/{target.external_id}"


def _is_web(site):
    return site.startswith(("http://", "https://"))
