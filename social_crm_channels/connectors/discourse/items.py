# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What webhooks and polls hand to the event inbox: as little of a post as is needed. No ORM."""
from ...tools import payload as read
from . import const
from .api import utcnow

POST = ("id", "topic_id", "topic_slug", "topic_title", "topic_archetype", "post_number", "user_id")
POST += ("post_type", "reply_to_post_number", "username", "name", "cooked", "created_at", "hidden")
POST += ("updated_at", "deleted_at", "user_deleted", "version", "reply_count", "reads")
PERSON = ("id", "username", "name")


def slim(post):
    """:rtype: dict"""
    found = {name: post[name] for name in POST if post.get(name) is not None}
    likes = [one for one in read.objects(post, "actions_summary") if one.get("id") == const.LIKE]
    found["actions_summary"] = [{"id": const.LIKE, "count": one.get("count")} for one in likes]
    return found


def post_item(post, *, topic=None, shown=False):
    """The same item whether we were called or asked.

    :param dict topic: of a private message, with the people in it
    :param bool shown: whether it was hidden before
    """
    payload = {"type": "post", "post": slim(post)}
    if topic:
        payload.update(people_of(topic))
        payload["post"].update(topic_archetype=const.PRIVATE, topic_title=topic.get("title"))
    if shown:
        payload["shown"] = True
    version = f"{read.text(post, 'version', '1')}:{read.text(post, 'updated_at')}"
    return f"post:{read.required(post, 'id')}:{version}", payload


def people_of(topic):
    """Who takes part in a private topic; whoever spoke there, where the forum names no others."""
    details = read.nested(topic, "details")
    people = read.objects(details, "allowed_users") or read.objects(details, "participants")
    return {
        "people": [{name: person.get(name) for name in PERSON} for person in people],
        "groups": bool(read.objects(details, "allowed_groups")),
    }


def gone_item(post):
    """:param dict post: at least its id, topic and number"""
    kept = {name: post.get(name) for name in ("id", "topic_id", "post_number")}
    payload = {"type": "deleted", "post": kept, "at": utcnow().isoformat()}
    return f"deleted:{read.required(post, 'id')}", payload


def webhook_items(event, kind, body):
    """A request of Discourse's as items; what says nothing to us is none.

    Their keys are made of what they say: the number of the event is another one at each attempt.

    :param str event: such as ``post_created``
    :param str kind: such as ``post``: the key of what it is about
    """
    about = read.nested(body, kind) if kind in ("post", "topic", "like") else {}
    if kind == "post" and event == "post_destroyed":
        return [gone_item(about)]
    if kind == "post" and event != "post_recovered":
        return [post_item(about)]
    if kind == "topic" and event == "topic_destroyed":
        number = read.required(about, "id")
        kept = {"id": number, "deleted_at": about.get("deleted_at")}
        payload = {"type": "topic_deleted", "topic": kept, "at": utcnow().isoformat()}
        return [(f"topic_deleted:{number}", payload)]
    if kind == "like":
        user = {name: read.nested(about, "user").get(name) for name in PERSON}
        post = read.nested(about, "post")
        payload = {"type": "like", "post": slim(post), "user": user, "at": utcnow().isoformat()}
        return [(f"like:{read.required(post, 'id')}:{read.required(user, 'id')}", payload)]
    return []
