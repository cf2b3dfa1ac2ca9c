# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What stands in a Message: words, files, and things that are shown as words. Pure functions."""
import mimetypes
from dataclasses import dataclass

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Media

from ...tools import payload as read
from . import const
from .text import markup, plain, spans

THINGS = ("contact", "location", "venue", "poll", "dice", "game", "story", "paid_media")
SAID = ("text", "caption", "photo", *const.FILES, *THINGS)


@dataclass(frozen=True, slots=True)
class Content:
    """:param tuple mentions: (the words, the entity) of each person named"""

    text: str
    html: str
    media: tuple
    mentions: tuple


def has_content(message):
    """Whether a message says anything: service messages do not."""
    return any(message.get(name) for name in SAID)


def content(message):
    """:rtype: Content"""
    words = read.text(message, "text") or read.text(message, "caption")
    entities = read.objects(message, "entities") or read.objects(message, "caption_entities")
    found = spans(words, entities)
    lines = [plain(words, found), *_things(message)]
    named = tuple(
        (words[first:last], entity)
        for first, last, entity in found
        if read.text(entity, "type") in ("mention", "text_mention")
    )
    return Content(
        text="\n".join(filter(None, lines)),
        html=markup(words, found),
        media=tuple(_media(message)),
        mentions=named,
    )


def _media(message):
    """Files, by the id that ``getFile`` takes: an address would hold our token."""
    photos = read.objects(message, "photo")
    if photos:
        largest = max(photos, key=lambda size: read.count(size, "width") or 0)
        yield Media("", "image/jpeg", "photo.jpg", external_id=read.required(largest, "file_id"))
    for kind, usual in const.FILES.items():
        if kind == "document" and message.get("animation"):
            continue  # "for backward compatibility, this field will also be set"
        if file := read.nested(message, kind):
            yield _file(kind, usual, file)


def _file(kind, usual, file):
    mimetype = read.text(file, "mime_type") or usual
    if kind == "sticker" and (read.flag(file, "is_animated") or read.flag(file, "is_video")):
        mimetype = "video/webm" if read.flag(file, "is_video") else "application/gzip"
    name = read.text(file, "file_name")
    if not name:
        name = kind + (mimetypes.guess_extension(mimetype) or "")
    alt = read.text(file, "emoji")
    return Media("", mimetype, name, alt=alt, external_id=read.required(file, "file_id"))


def _things(message):
    """What has no file, in words."""
    venue = read.nested(message, "venue")
    if venue:
        yield " · ".join(filter(None, (read.text(venue, "title"), read.text(venue, "address"))))
    place = read.nested(message, "location")
    if place:
        yield _place(place)
    contact = read.nested(message, "contact")
    if contact:
        names = (read.text(contact, "first_name"), read.text(contact, "last_name"))
        yield " ".join(filter(None, ("☎", *names, read.text(contact, "phone_number"))))
    poll = read.nested(message, "poll")
    if poll:
        yield read.text(poll, "question")
        for option in read.objects(poll, "options"):
            votes = read.count(option, "voter_count")
            yield f"○ {read.text(option, 'text')}" + ("" if votes is None else f" ({votes})")
    dice = read.nested(message, "dice")
    if dice:
        yield f"{read.text(dice, 'emoji')} {read.text(dice, 'value')}"
    if sticker := read.nested(message, "sticker"):
        yield read.text(sticker, "emoji")
    if game := read.nested(message, "game"):
        yield read.text(game, "title")
    if message.get("story") or message.get("paid_media"):
        yield "…"  # Telegram shows it to people only


def _place(place):
    numbers = []
    for key in ("latitude", "longitude"):
        value = place.get(key)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not -180 <= value <= 180:
            raise MalformedPayload(f"{key} is not a number of degrees")
        numbers.append(f"{value:.6f}")
    return "https://www.openstreetmap.org/?mlat={}&mlon={}".format(*numbers)
