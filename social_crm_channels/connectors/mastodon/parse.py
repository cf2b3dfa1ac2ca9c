# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What Mastodon's entities mean. Pure functions; entities as in docs.joinmastodon.org/entities.

The key of a status and of an account is its ``uri``: ids are each server's own, and some servers
change them at an edit. The id is kept as ``ref``, to call the API with.
"""
import mimetypes
import re
from dataclasses import dataclass

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Media, Target

from ...tools import payload as read
from ...tools.markup import html_to_text, safe_html
from . import const


@dataclass(frozen=True, slots=True)
class Facts:
    """Our own account, as the channel knows it.

    :param str own_uri: its ``uri``
    :param str own_handle: ``shop@example.social``; the part after the @ completes local names
    """

    own_uri: str
    own_handle: str

    @property
    def host(self):
        return self.own_handle.partition("@")[2]

    def full_handle(self, acct):
        """Local accounts are named without their server by most servers."""
        acct = acct.strip().lstrip("@")
        return acct if "@" in acct or not acct or not self.host else f"{acct}@{self.host}"

    def is_own(self, actor):
        """Whether this is our account."""
        if actor.external_id and actor.external_id == self.own_uri:
            return True
        return bool(self.own_handle) and actor.handle.lower() == self.own_handle.lower()


def parse(data, facts):
    """What one stored item means.

    :param dict data: ``type`` is ``notification``, ``status``, ``gone`` or ``counters``
    :param Facts facts:
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    data = read.expect_object(data)
    kind = read.text(data, "type")
    if kind == "notification":
        return _notification(data, facts)
    if kind == "status":
        return _status(read.nested(data, "status"), facts, read.nested(data, "thread"))
    if kind == "gone":
        target = Target(read.required(data, "uri"), ref=read.text(data, "id"))
        return [Activity("delete", read.required_time(data, "at"), target=target)]
    if kind == "counters":
        status = read.nested(data, "status")
        return [
            Activity(
                "counters",
                read.required_time(data, "at"),
                target=status_target(status),
                counters=counters(status),
            )
        ]
    raise MalformedPayload(f"unknown type {kind[:40]!r}")


def status_target(status):
    """How a status is named.

    :rtype: Target
    """
    return Target(read.required(status, "uri"), ref=read.text(status, "id"))


def counters(status):
    """Likes, shares and so on, as far as the server tells.

    :rtype: dict[str, int]
    """
    found = {name: read.count(status, key) for key, name in const.COUNTERS.items()}
    return {name: value for name, value in found.items() if value is not None}


def actor_of(account, facts):
    """The account an entity describes.

    :rtype: Actor
    """
    profile = read.url(account, "url")
    uri = read.url(account, "uri") or profile  # servers before Mastodon 4.2 have no uri
    handle = facts.full_handle(read.text(account, "acct"))
    if not uri:
        raise MalformedPayload("an account has neither uri nor url")
    state = "suspended" if read.flag(account, "suspended") else "active"
    return Actor(
        external_id=uri,
        handle=handle,
        name=_without_emojis(read.text(account, "display_name"), account),
        profile_url=profile or uri,
        avatar_url=read.url(account, "avatar"),
        followers=read.count(account, "followers_count") or None,
        is_bot=read.flag(account, "bot"),
        state=state,
    )


def thread_of(status, ancestors):
    """Where a status hangs, from the ancestors its server tells of.

    :param list ancestors: status entities, the oldest first
    :return: ``parent`` and ``root`` with their uri and id, as far as known
    :rtype: dict
    """
    named = read.text(status, "in_reply_to_id")
    parent = next((item for item in ancestors if read.text(item, "id") == named), None)
    thread = {}
    if parent:
        thread["parent"] = _named(parent)
        oldest = ancestors[0]
        if not read.text(oldest, "in_reply_to_id"):
            thread["root"] = _named(oldest)
    return thread


def _named(status):
    return {"uri": read.required(status, "uri"), "id": read.text(status, "id")}


def _notification(data, facts):
    notice = read.nested(data, "notification")
    kind = read.text(notice, "type")
    at = read.required_time(notice, "created_at")
    if kind in const.SYSTEM_NOTICES:
        return [_system(notice, kind, at)]
    account = read.nested(notice, "account")
    if kind in const.FOLLOW_NOTICES:
        return [*_moved(account, facts, at), _follow(account, kind, at, facts)]
    if not notice.get("status"):
        return []
    status = read.nested(notice, "status")
    # snac wraps the liked or boosted status in one of its own making
    status = read.nested(status, "reblog") or status
    if kind in const.STATUS_NOTICES:
        found = _status(status, facts, read.nested(data, "thread"), notice=kind, notified_at=at)
        return [*_moved(account, facts, at), *found]
    if kind in const.GESTURE_NOTICES:
        return [*_moved(account, facts, at), _gesture(notice, kind, at, status, facts)]
    return []  # admin.*, quoted_update, collections: nothing anybody said to us


def _system(notice, kind, at):
    event = read.nested(notice, "event") or read.nested(notice, "moderation_warning")
    words = [read.text(event, key) for key in ("type", "target_name", "action", "text")]
    return Activity(
        "create",
        at,
        kind="system",
        external_id=read.required(notice, "id"),
        family="notice",
        visibility="direct",
        thread="notices",
        title=kind.replace("_", " "),
        text=" · ".join(filter(None, words)),
    )


def _follow(account, kind, at, facts):
    actor = actor_of(account, facts)
    return Activity(
        "create",
        at,
        kind="follow",
        # who follows again after having left does something new
        external_id=f"{actor.external_id} {at.isoformat()}",
        family="follow",
        actor=actor,
        title="follow request" if kind == "follow_request" else "",
    )


def _moved(account, facts, at):
    """Somebody whose account says it went elsewhere is the same person there."""
    if not account.get("moved"):
        return []
    there = actor_of(read.nested(account, "moved"), facts)
    former = actor_of(account, facts).external_id
    moved = Actor(
        external_id=there.external_id,
        handle=there.handle,
        name=there.name,
        profile_url=there.profile_url,
        avatar_url=there.avatar_url,
        followers=there.followers,
        former_ids=(former,),
    )
    return [Activity("profile", at, actor=moved)]


def _gesture(notice, kind, at, status, facts):
    actor = actor_of(read.nested(notice, "account"), facts)
    target = status_target(status)
    if kind == "reblog":
        # The API tells of the boost but not its id: one boost for one person and post.
        return Activity(
            "create",
            at,
            kind="share",
            external_id=f"{target.external_id} {actor.external_id}",
            family="share",
            actor=actor,
            parent=target,
            root=target,
        )
    emoji = read.text(notice, "emoji") or read.text(notice, "name")
    reaction = "favourite" if kind == "favourite" else emoji or "reaction"
    return Activity("react", at, kind="reaction", actor=actor, target=target, reaction=reaction)


def _status(status, facts, thread, notice="", notified_at=None):
    boosted = read.nested(status, "reblog")
    if boosted:  # snac shows a post of ours that was boosted in place of the post itself
        actor = actor_of(read.nested(boosted, "account"), facts)
        return _status(boosted, facts, thread) if facts.is_own(actor) else []
    actor = actor_of(read.nested(status, "account"), facts)
    own = facts.is_own(actor)
    target = status_target(status)
    visibility = const.VISIBILITY_FROM.get(read.text(status, "visibility", "public"), "followers")
    mentions = mentions_of(status, facts)
    others = [person for person in (actor, *mentions) if not facts.is_own(person)]
    others = list({person.handle.lower(): person for person in reversed(others)}.values())
    parent, root = _thread_targets(thread)
    created = read.required_time(status, "created_at")
    place = {}
    if visibility == "direct" and len(others) > 1:
        visibility = "group"
        place = {
            "thread": (root or parent or target).external_id,
            "participants": tuple(sorted(others, key=lambda person: person.handle)),
        }
    elif visibility == "direct":
        place = {"counterpart": others[0] if others else None}
    return [
        Activity(
            "create",
            created,
            kind=_kind(status, visibility, own, notice),
            external_id=target.external_id,
            ref=target.ref,
            remote_key=target.external_id,
            direction="out" if own else "in",
            actor=actor,
            visibility=visibility,
            parent=parent or _quoted(status),
            root=root,
            title=read.text(status, "spoiler_text"),
            text=_text(status),
            html=safe_html(read.text(status, "content")),
            language=read.text(status, "language"),
            permalink=read.url(status, "url") or read.url(status, "uri"),
            media=_media(status),
            mentions=mentions,
            counters=counters(status),
            notified_at=notified_at,
            edited_at=read.edit_time(status, "edited_at", created),
            **place,
        )
    ]


def _kind(status, visibility, own, notice):
    if visibility in ("direct", "group"):
        return "message"
    if read.text(status, "in_reply_to_id"):
        return "reply"
    if own or notice == "status":
        return "post"
    return "mention"


def _thread_targets(thread):
    found = []
    for key in ("parent", "root"):
        named = read.nested(thread, key)
        found.append(
            Target(read.required(named, "uri"), ref=read.text(named, "id")) if named else None
        )
    return found


def _quoted(status):
    quoted = read.nested(status, "quote")
    quoted = read.nested(quoted, "quoted_status") or quoted
    return status_target(quoted) if quoted.get("uri") else None


def mentions_of(status, facts):
    """Everybody named, once: some servers name people twice, all without their uri."""
    found = {}
    for mention in read.objects(status, "mentions"):
        handle = facts.full_handle(read.text(mention, "acct"))
        if handle:
            found[handle.lower()] = Actor(handle=handle, profile_url=read.url(mention, "url"))
    return tuple(found.values())


def _text(status):
    words = html_to_text(read.text(status, "content"))
    poll = read.nested(status, "poll")
    options = []
    for option in read.objects(poll, "options"):
        votes = read.count(option, "votes_count")
        shown = "" if votes is None else f" ({votes})"
        options.append(f"○ {read.text(option, 'title')}{shown}")
    return "\n".join(filter(None, (words, *options)))


def _media(status):
    found = []
    for item in read.objects(status, "media_attachments"):
        address = read.url(item, "url") or read.url(item, "remote_url")
        if not address:
            continue
        sort = read.text(item, "type")
        guessed = mimetypes.guess_type(address.partition("?")[0])[0]
        found.append(
            Media(
                url=address,
                mimetype=guessed or {"image": "image/*", "gifv": "video/mp4"}.get(sort, ""),
                name=address.partition("?")[0].rpartition("/")[2],
                alt=read.text(item, "description"),
                external_id=read.text(item, "id"),
            )
        )
    return tuple(found)


def _without_emojis(name, account):
    """A name without its ``:shortcodes:``, which are pictures of that server alone."""
    for emoji in read.objects(account, "emojis"):
        code = re.escape(read.text(emoji, "shortcode"))
        name = re.sub(rf"\s*:{code}:", "", name) if code else name
    return name.strip()
