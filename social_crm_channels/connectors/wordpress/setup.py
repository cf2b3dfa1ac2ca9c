# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an administrator does in WordPress, looked at step by step from the site's side."""
import functools

from odoo.addons.social_crm_base.exceptions import NotSupported, PermanentError

from ...tools import payload as read
from ...tools.contract import Health, Step
from .api import mapping


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    site = (channel.app_id.base_url or "").rstrip("/") if channel else ""
    me = functools.cache(lambda: _me(connector, channel))  # one call for all steps

    def page(path):
        return f"{site}/wp-admin/{path}" if site.startswith("https://") else ""

    return [
        Step(
            "password",
            connector.env._("Make an application password"),
            connector.env._(
                "In WordPress, choose the account in whose name you answer. Press Connect here "
                "and give the blog's address, which must be https: the next step leads to the page "
                "where the password is made and shown once."
            ),
            lambda: _other_account(connector, channel, me()),
            page("authorize-application.php"),
        ),
        Step(
            "role",
            connector.env._("The role Editor"),
            connector.env._(
                "In WordPress, Users: lesser roles may not read what is held for approval. An "
                "Administrator's account works too."
            ),
            lambda: _no_moderator(connector, me()),
            page("users.php"),
        ),
        Step(
            "api",
            connector.env._("Let the comments be read"),
            connector.env._(
                "Nothing to do, unless a security plugin keeps the REST API to itself: allow "
                "wp/v2/comments and wp/v2/posts in it."
            ),
            lambda: _unreadable(connector, channel),
        ),
        Step(
            "comments",
            connector.env._("Let new posts take comments"),
            connector.env._(
                "In WordPress, Settings, Discussion: allow people to submit comments. What you "
                "hold there for approval waits in the inbox."
            ),
            lambda: _closed(connector, channel),
            page("options-discussion.php"),
            optional=True,
        ),
        Step(
            "posts",
            connector.env._("Publish posts from here"),
            connector.env._(
                "In WordPress, Users: the roles Author, Editor and Administrator may publish."
            ),
            lambda: _no_publisher(connector, me()),
            page("users.php"),
            optional=True,
        ),
    ]


def health_of(connector, channel):
    """Whether the password works, is for the right account, and comments can be moderated.

    :rtype: Health
    """
    me = _me(connector, channel)
    return (
        _other_account(connector, channel, me)
        or _no_moderator(connector, me)
        or _unreadable(connector, channel)
        or Health("green")
    )


def _me(connector, channel):
    return connector._api(channel).one("users/me", context="edit")


def _other_account(connector, channel, me):
    own = connector._facts(channel).own
    if not own or read.required(me, "id") == own:
        return None
    return Health(
        "red",
        connector.env._("The password belongs to %(name)s.", name=read.text(me, "name")),
        connector.env._("Connect this channel again as its own account."),
    )


def _no_moderator(connector, me):
    if mapping(me, "capabilities").get("moderate_comments"):
        return None
    return Health(
        "red",
        connector.env._("%(name)s may not moderate comments there.", name=read.text(me, "name")),
        connector.env._("In WordPress, Users: give this account the role Editor."),
    )


def _no_publisher(connector, me):
    if mapping(me, "capabilities").get("publish_posts"):
        return None
    words = connector.env._("%(name)s may not publish posts.", name=read.text(me, "name"))
    return Health("yellow", words)


def _unreadable(connector, channel):
    try:
        connector._api(channel).rows("comments", context="edit", status="any", per_page=1)
    except PermanentError as error:
        return Health(
            "red",
            connector.env._("Comments cannot be read: %(reason)s", reason=str(error)),
            connector.env._(
                "A security plugin may keep the REST API to itself: allow wp/v2/comments in it."
            ),
        )
    return None


def _closed(connector, channel):
    """Administrators alone are told by the site."""
    try:
        settings = connector._api(channel).one("settings")
    except PermanentError as error:
        raise NotSupported(str(error)) from error
    if read.text(settings, "default_comment_status") != "closed":
        return None
    return Health("yellow", connector.env._("New posts take no comments."))
