# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What posts and comments of WordPress mean. Pure functions."""
from dataclasses import dataclass
from datetime import timedelta

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target

from ...tools import payload as read
from ...tools.markup import html_to_text, safe_html
from . import const

AUTHOR = "/?author="


@dataclass(frozen=True, slots=True)
class Facts:
    """Our own account, as the channel knows it: ``https://blog.example/?author=1``."""

    external_id: str

    @property
    def site(self):
        return self.external_id.partition(AUTHOR)[0]

    @property
    def own(self):
        return self.external_id.partition(AUTHOR)[2]

    @property
    def host(self):
        """Within what names are unique; a blog in a folder of its own is a site of its own."""
        return read.site(self.site)


def account_id(site, number):
    """How an account of a site is named, everywhere the same.

    :param str site: its address
    :rtype: str
    """
    return f"{site.rstrip('/')}{AUTHOR}{number}"


def parse(data, facts):
    """What one stored item means.

    :param dict data: ``type`` is ``post``, ``comment``, ``status`` or ``gone``
    :param Facts facts:
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    data = read.expect_object(data)
    kind = read.text(data, "type")
    if kind == "post":
        return [_post(read.nested(data, "post"), facts)]
    if kind == "comment":
        return _comment(data, facts)
    at = read.required_time(data, "at")
    target = Target(read.required(data, "id"), family=read.required(data, "family"))
    if kind == "status":
        return [Activity("hide" if read.flag(data, "hidden") else "unhide", at, target=target)]
    if kind == "gone":
        return [Activity("delete", at, target=target)]
    raise MalformedPayload(f"unknown type {kind[:40]!r}")


def _post(post, facts):
    """Whatever the blog publishes is ours, whichever colleague wrote it."""
    number = read.required(post, "id")
    created = read.required_time(post, "date_gmt")
    changed = read.time(post, "modified_gmt")
    body = read.text(read.nested(post, "content"), "rendered")
    return Activity(
        "create",
        created,
        kind="post",
        external_id=number,
        family="post",
        ref=read.text(post, "base", "posts"),
        remote_key=f"{facts.site}/?p={number}",
        direction="out",
        title=html_to_text(read.text(read.nested(post, "title"), "rendered")),
        text=html_to_text(body),
        html=safe_html(body),
        permalink=read.url(post, "link"),
        # publishing itself counts as a change, a moment after the date it is published under
        edited_at=changed if changed and changed > created + timedelta(minutes=1) else None,
    )


def _comment(data, facts):
    comment = read.nested(data, "comment")
    number, post = read.required(comment, "id"), read.required(comment, "post")
    above = read.text(comment, "parent", "0")
    created = read.required_time(comment, "date_gmt")
    body = read.text(read.nested(comment, "content"), "rendered")
    own = read.flag(data, "ours") or bool(facts.own) and read.text(comment, "author") == facts.own
    root = Target(post, family="post")
    said = Activity(
        "create",
        created,
        kind="reply" if above != "0" else "comment",
        external_id=number,
        family="comment",
        ref=post,
        remote_key=f"{facts.site}/?p={post}#comment-{number}",
        direction="out" if own else "in",
        actor=None if own else _actor(data, comment, facts),
        parent=Target(above, family="comment", ref=post) if above != "0" else root,
        root=root,
        text=html_to_text(body),
        html=safe_html(body),
        permalink=read.url(comment, "link"),
        edited_at=read.edit_time(data, "edited", created),
    )
    if read.text(comment, "status") in const.SHOWN:
        return [said]
    at = read.time(data, "edited") or created
    return [said, Activity("hide", at, target=Target(number, family="comment"))]


def _actor(data, comment, facts):
    """Who wrote it. The site vouches for addresses of its accounts, not for what a guest typed."""
    author = read.text(comment, "author", "0")
    named = account_id(facts.site, author)
    if author == "0":
        guest = read.text(data, "guest") or f"comment-{read.required(comment, 'id')}"
        named = f"{facts.site}/#{guest}"
    return Actor(
        external_id=named,
        scope=facts.host,
        name=read.text(comment, "author_name").strip(),
        profile_url=read.url(comment, "author_url"),
        email=read.text(comment, "author_email").strip() if author != "0" else "",
    )
