# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a poll hands to the event inbox: as little of an entry as is needed. No ORM."""
import hashlib

from ...tools import payload as read
from .api import utcnow
from .poll import comment_print

POST = ("id", "author", "date_gmt", "modified_gmt", "link", "status", "type")
# Without author_ip and author_user_agent, which nobody needs here.
COMMENT = ("id", "post", "parent", "author", "author_name", "author_url", "date_gmt", "link")
COMMENT += ("status", "type")


def post_item(post, base):
    """:param str base: of the API's address, ``posts`` or ``pages``"""
    slim = {name: post.get(name) for name in POST}
    for name in ("title", "content"):
        slim[name] = {"rendered": read.text(read.nested(post, name), "rendered")}
    number = read.required(post, "id")
    key = f"post:{number}:{read.text(post, 'modified_gmt')}"
    return key, {"type": "post", "post": {**slim, "base": base}}


def comment_item(comment, *, ours, edited=False):
    """:param bool ours: whether a colleague wrote it
    :param bool edited: whether an earlier wording was handed out
    """
    slim = {name: comment.get(name) for name in COMMENT}
    slim["content"] = {"rendered": read.text(read.nested(comment, "content"), "rendered")}
    payload = {"type": "comment", "comment": slim, "ours": ours}
    if read.text(comment, "author", "0") == "0":
        payload["guest"] = guest_of(comment)
    else:
        slim["author_email"] = comment.get("author_email")
    key = f"comment:{read.required(comment, 'id')}:{comment_print(comment)}"
    if edited:
        payload["edited"] = utcnow().isoformat()
        key += f":{payload['edited']}"  # a wording may come back
    return key, payload


def guest_of(comment):
    """One guest from another: by the address they typed, of which only a hash is kept. Who typed
    none is a stranger every time.

    It is the hash that the site itself shows to everybody, in the picture's address.

    :rtype: str
    """
    email = read.text(comment, "author_email").strip().lower()
    if not email:
        return f"comment-{read.required(comment, 'id')}"
    return f"guest-{hashlib.sha256(email.encode()).hexdigest()}"


def status_item(family, number, hidden):
    at = utcnow().isoformat()
    payload = {"type": "status", "family": family, "id": number, "hidden": hidden, "at": at}
    return f"status:{family}:{number}:{at}", payload


def gone_item(family, number):
    payload = {"type": "gone", "family": family, "id": number, "at": utcnow().isoformat()}
    return f"gone:{family}:{number}", payload
