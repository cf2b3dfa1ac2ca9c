# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Mastodon: the archive of *Import and export, Request your archive* (zip, or tar.gz before 4.2).

``outbox.json`` is an ActivityPub collection of what the account published, ``actor.json`` the
account. Followers, bookmarks and likes are not opened. What others answered is not in it.
"""
from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Media, Target

from ..tools import payload as read
from ..tools.markup import html_to_text
from .reader import ArchiveReader, each, files_text, header, web_address
from .said import Author, LeftOut, Part, Said

POSTS = Part("posts", "posts")
ANSWERS = Part("comments", "comments")
PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})


class MastodonReader(ArchiveReader):
    code = platform = "mastodon"
    members = (r"(^|/)outbox\.json$",)

    def walk(self, package, options):
        actor = header(package, r"(^|/)actor\.json$").get("id")
        own = actor if isinstance(actor, str) else ""
        yield from each(
            package, self.members[0], lambda *item: _activity(own, *item), "orderedItems"
        )


def _activity(own, file, line, key, value):
    if key != "orderedItems":
        return []
    activity = read.expect_object(value)
    kind = read.required(activity, "type")
    at = read.required_time(activity, "published")
    if kind == "Announce":
        shared = web_address(activity.get("object"))
        # The words are somebody else's, who did not speak to us; the address would name them.
        return [
            Said(file, line, at, POSTS, "share", external_id=read.required(activity, "id"),
                 family="share", parent=Target(shared) if shared else None)
        ]
    if kind != "Create":
        return [LeftOut("system")]
    note = read.nested(activity, "object")
    if not note:
        raise MalformedPayload("object is missing")
    return [_note(own, file, line, at, note)]


def _note(own, file, line, at, note):
    uri = read.required(note, "id")
    parent = web_address(note.get("inReplyTo"))
    mentions = tuple(_mentions(own, note))
    visibility = _visibility(own, note)
    is_direct = visibility == "direct"
    media, files = _media(note)
    languages = note.get("contentMap")
    part = ANSWERS if parent else POSTS
    if is_direct:
        who = sorted({author.key for _written, author in mentions})
        part = Part("talk:" + " ".join(who), "messages",
                    ", ".join(author.handle for _written, author in mentions))
    return Said(
        file,
        line,
        read.time(note, "published") or at,
        part,
        "message" if is_direct else "reply" if parent else "post",
        text="\n".join(
            filter(None, (html_to_text(read.text(note, "content")), files_text(files)))
        ),
        title=read.text(note, "summary"),
        language=next(iter(languages), "") if isinstance(languages, dict) else "",
        external_id=uri,
        remote_key=uri,
        permalink=web_address(note.get("url")) or web_address(uri),
        visibility=visibility,
        parent=Target(parent) if parent else None,
        others=tuple(author for _written, author in mentions) if is_direct else (),
        mentions=mentions,
        media=media,
        counters=_counters(note),
    )


def _names(note, key):
    found = note.get(key) or []
    return {found} if isinstance(found, str) else {name for name in found if isinstance(name, str)}


def _visibility(own, note):
    """To whom it was addressed (docs.joinmastodon.org, spec/activitypub, visibility)."""
    to, copies = _names(note, "to"), _names(note, "cc")
    if to & PUBLIC:
        return "public"
    if copies & PUBLIC:
        return "unlisted"
    if any(name.endswith("/followers") for name in to | copies):
        return "followers"
    return "direct"


def _mentions(own, note):
    for tag in read.objects(note, "tag"):
        uri = web_address(tag.get("href"))
        if read.text(tag, "type") != "Mention" or not uri or uri == own:
            continue
        handle = read.text(tag, "name").lstrip("@")
        yield f"@{handle}", Author(f"id:{uri}", "", handle, uri)


def _media(note):
    """Files by their address; in most archives they lie beside and are only named."""
    found, files = [], []
    for item in read.objects(note, "attachment"):
        address = web_address(item.get("url"))
        if address:
            found.append(Media(address, read.text(item, "mediaType"), alt=read.text(item, "name")))
        elif item.get("url"):
            files.append(read.text(item, "name") or read.text(item, "url").rsplit("/", 1)[-1])
    return tuple(found), files


def _counters(note):
    found = {}
    for key, name in (("likes", "likes"), ("shares", "shares")):
        if isinstance(note.get(key), dict):
            total = read.count(note[key], "totalItems")
            if total is not None:
                found[name] = total
    return found
