# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What stands in a message: words, markup, files, whom it names. Pure functions."""
import re
from dataclasses import dataclass
from urllib.parse import quote

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Actor, Media

from ...tools import payload as read
from ...tools.markup import html_to_text, safe_html
from . import const

MAX_NAMED = 50
# What older clients put before an answer, so that others see what is answered.
FALLBACK = re.compile(r"<mx-reply>.*?</mx-reply>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    html: str = ""
    media: tuple = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """What a message is about.

    :param str replaces: the event whose wording this is
    :param str parent: the event it answers
    :param str thread: the event that began the thread it stands in
    """

    replaces: str = ""
    parent: str = ""
    thread: str = ""


def relation(content):
    """:rtype: Relation"""
    told = read.nested(content, "m.relates_to")
    kind = read.text(told, "rel_type")
    if kind == "m.replace":
        return Relation(replaces=read.required(told, "event_id"))
    answered = read.text(read.nested(told, "m.in_reply_to"), "event_id").strip()
    if kind == "m.thread":
        root = read.required(told, "event_id")
        # For clients without threads such a message "answers" the thread's last one.
        if not answered or read.flag(told, "is_falling_back"):
            answered = root
        return Relation(parent=answered, thread=root)
    return Relation(parent=answered)


def content_of(kind, content):
    """The words and files of an event.

    :param str kind: the event's type
    :rtype: Content | None
    """
    if kind in const.POLLS:
        return _poll(content, kind)
    if kind == const.STICKER:
        return Content(read.text(content, "body"), media=_media(content, "image/webp"))
    sort = read.text(content, "msgtype")
    if not sort:
        return None  # redacted: nothing is left
    is_answer = bool(read.nested(content, "m.relates_to").get("m.in_reply_to"))
    if sort in const.FILES:
        media = _media(content, const.FILES[sort])
        name, words = read.text(content, "filename"), read.text(content, "body")
        captioned = bool(name) and words != name
        return Content(words if captioned else "", _html(content) if captioned else "", media)
    words = read.text(content, "body")
    if is_answer:
        words = _without_quote(words)
    if sort == "m.location":
        words = "\n".join(filter(None, (words, _place(read.text(content, "geo_uri")))))
    if sort == "m.emote":
        words = f"* {words}"
    html = _html(content)
    return Content(words or html_to_text(html), html)


def _html(content):
    if read.text(content, "format") != "org.matrix.custom.html":
        return ""
    return safe_html(FALLBACK.sub("", read.text(content, "formatted_body")))


def _without_quote(words):
    """The words without the quoted lines that older clients put before an answer."""
    if not words.startswith("> <") and not words.startswith("> * <"):
        return words
    lines = words.split("\n")
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines).lstrip("\n")


def _media(content, usual):
    info = read.nested(content, "info")
    mxc = read.text(content, "url")
    if not const.MXC.fullmatch(mxc):
        return ()
    name = read.text(content, "filename") or read.text(content, "body")
    return (Media("", read.text(info, "mimetype") or usual, name, external_id=mxc),)


def _place(uri):
    found = re.fullmatch(r"geo:(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:[,;].*)?", uri)
    if not found:
        return ""
    return "https://www.openstreetmap.org/?mlat={}&mlon={}".format(*found.groups())


def _poll(content, kind):
    """A poll as words: its question and answers. Votes are not told here."""
    unstable = kind.startswith("org.")
    poll = read.nested(content, "org.matrix.msc3381.poll.start" if unstable else "m.poll")
    question = read.nested(poll, "question")
    lines = [_said(question)] + [f"○ {_said(answer)}" for answer in read.objects(poll, "answers")]
    return Content("\n".join(filter(None, lines)))


def _said(part):
    words = read.text(part, "org.matrix.msc1767.text")
    texts = read.objects(part, "m.text")
    return words or (read.text(texts[0], "body") if texts else "")


def mentions(content, own_id):
    """Whom a message names, but us.

    :rtype: tuple[Actor]
    """
    named = read.nested(content, "m.mentions").get("user_ids") or []
    if not isinstance(named, list):
        raise MalformedPayload("user_ids is not a list")
    users = [user for user in named[:MAX_NAMED] if isinstance(user, str)]
    users = [user for user in dict.fromkeys(users) if const.USER.fullmatch(user)]
    return tuple(actor(user) for user in users if user != own_id)


def actor(user, name="", *, is_bot=False):
    """:rtype: Actor
    :raise MalformedPayload: where it is no Matrix id
    """
    user = read.clean(user)
    if not const.USER.fullmatch(user):
        raise MalformedPayload("the sender is no Matrix id")
    return Actor(
        external_id=user,
        handle=user[1:],
        name=name,
        profile_url="https://matrix.to/#/" + quote(user, safe="@:"),
        is_bot=is_bot,
    )


def permalink(room, event_id):
    """An address that opens in any client, for the members of the room.

    :rtype: str
    """
    server = room.partition(":")[2]
    via = f"?via={quote(server, safe=':')}" if server else ""
    return f"https://matrix.to/#/{quote(room, safe='!:')}/{quote(event_id, safe='$:')}{via}"
