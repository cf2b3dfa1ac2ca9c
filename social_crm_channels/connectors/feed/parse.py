# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a feed's entry means. Pure functions."""
from datetime import timedelta

from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Media

from ...tools import payload as read
from ...tools.markup import html_to_text, safe_html
from . import const, reader


def payload_of(document, entry, seen_at, first_at, edited_at=""):
    """What is stored of an entry, JSON-able.

    :param str seen_at: when we read this wording; :param str first_at: when we read its first
    :param str edited_at: when this wording was made, where it is not the first
    """
    made = {"entry": entry, "feed": document.title, "seen": seen_at, "first": first_at}
    return {**made, "edited": edited_at} if edited_at else made


def parse(data, scope):
    """:param str scope: within what an author's name means one person: the feed
    :rtype: list[Activity]
    :raise MalformedPayload:
    """
    data = read.expect_object(data)
    entry = read.nested(data, "entry")
    key = read.clean(reader.key_of(_plain(entry))).strip()
    first = read.required_time(data, "first")
    seen = read.time(data, "seen") or first
    published = read.time(entry, "published") or read.time(entry, "updated")
    if not published or published > seen + timedelta(days=1):
        published = first  # undated, or a date somebody planned ahead
    edited = read.time(data, "edited") or read.time(entry, "updated")
    if edited and (edited <= published or edited > seen + timedelta(days=1)):
        edited = None
    html, words = read.text(entry, "html"), read.text(entry, "text")
    link = read.url(entry, "link")
    return [
        Activity(
            "create",
            published,
            kind="post",
            external_id=key,
            remote_key=link,  # the same article in two feeds is shown once
            actor=_actor(entry, read.text(data, "feed"), scope),
            title=html_to_text(read.text(entry, "title")),
            text=words or html_to_text(html),
            html=safe_html(html),
            language=_language(read.text(entry, "language")),
            permalink=link,
            media=_media(entry),
            edited_at=edited,
        )
    ]


def _plain(entry):
    names = ("id", "link", "title", "html", "text")
    return {name: read.text(entry, name) for name in names}


def _actor(entry, feed, scope):
    """Feeds name authors in words only: the same words in one feed are the same person."""
    author = read.nested(entry, "author")
    name = " ".join(read.text(author, "name").split())
    if not name:
        return Actor(external_id=const.PUBLISHER, scope=scope, name=feed or scope)
    return Actor(
        external_id=name.casefold(),
        scope=scope,
        name=name,
        profile_url=read.url(author, "url"),
    )


def _language(tag):
    """The tag's first part, which is what ISO 639 names."""
    code = tag.replace("_", "-").partition("-")[0].strip().lower()
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 else ""


def _media(entry):
    found = []
    for item in read.objects(entry, "media"):
        address = read.url(item, "url")
        if address:
            name = read.text(item, "name") or address.partition("?")[0].rpartition("/")[2]
            found.append(Media(url=address, mimetype=read.text(item, "type"), name=name))
    return tuple(found)
