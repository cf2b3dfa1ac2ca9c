# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Each step of the set-up, looked at from the site's side."""
from odoo.addons.social_crm_base.exceptions import ConnectorError, PermanentError

from ...tools import payload as read
from ...tools.contract import Health
from .api import mapping


def health_of(connector, channel):
    """Whether the password works, comments can be read and moderated, and posts be published.

    :rtype: Health
    """
    _t, api, facts = connector.env._, connector._api(channel), connector._facts(channel)
    me = api.one("users/me", context="edit")
    name, able = read.text(me, "name"), mapping(me, "capabilities")
    if facts.own and read.required(me, "id") != facts.own:
        return Health(
            "red",
            _t("The password belongs to %(name)s.", name=name),
            _t("Connect this channel again as its own account."),
        )
    if not able.get("moderate_comments"):
        return Health(
            "red",
            _t("%(name)s may not moderate comments there any more.", name=name),
            _t("In WordPress, Users: give this account the role Editor."),
        )
    try:
        api.rows("comments", context="edit", status="any", per_page=1)
    except PermanentError as error:
        return Health(
            "red",
            _t("Comments cannot be read: %(reason)s", reason=str(error)),
            _t("A security plugin may keep the REST API to itself: allow wp/v2/comments in it."),
        )
    if not able.get("publish_posts"):
        return Health(
            "yellow",
            _t("%(name)s may not publish posts.", name=name),
            _t("In WordPress, Users: give this account the role Editor, or publish there."),
        )
    return _comments_open(_t, api)


def _comments_open(_t, api):
    """Administrators are told by the site whether new posts take comments at all."""
    try:
        settings = api.one("settings")
    except ConnectorError:
        return Health("green")
    if read.text(settings, "default_comment_status") == "closed":
        return Health(
            "yellow",
            _t("New posts take no comments."),
            _t("In WordPress, Settings, Discussion: allow people to submit comments."),
        )
    return Health("green")
