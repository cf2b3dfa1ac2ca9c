# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facebook and Instagram: the JSON of *Download your information* (Accounts Centre).

Both write the bytes of UTF-8 one by one as if they were Latin-1 (``\\u00c4\\u0087`` for ć): every
text is repaired. Folders moved over the years (``posts/``, ``your_facebook_activity/posts/``), so
members are found by the end of their path. Friends, followers, contacts, likes and advertising are
not opened.
"""
from odoo.addons.social_crm_base.exceptions import MalformedPayload

from ..tools import payload as read
from .reader import ArchiveReader, each, epoch, files_text, header
from .said import Author, LeftOut, Part, Said

POSTS = Part("posts", "posts")
COMMENTS = Part("comments", "comments")
MESSAGES = r"(^|/)messages/[\w-]+/[^/]+/message_\d+\.json$"


def repair(value):
    """Text whose UTF-8 was read as Latin-1, as it was written.

    :rtype: str
    """
    try:
        return value.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value  # written rightly, as some newer members are


def text(data, key):
    """A repaired text that the database can hold."""
    return read.clean(repair(read.text(data, key)))


class MetaReader(ArchiveReader):
    """What the two have in common: conversations."""

    def talks(self, package, own):
        """Messages of all conversations; of several files of one, the first is the newest."""
        heads = {}

        def make(file, line, key, value):
            head = heads.setdefault(file, {})
            if key != "messages":
                head[key] = value
                return ()
            return _message(own, heads[file], file, line, value)

        yield from each(package, MESSAGES, make, "messages")


def _message(own, head, file, line, value):
    message = read.expect_object(value)
    if message.get("is_unsent"):
        return [LeftOut("system")]
    thread = file.rsplit("/", 2)[1]
    name = text(message, "sender_name")
    others = tuple(
        Author(f"name:{thread}/{other}", other)
        for other in (text(who, "name") for who in read.objects(head, "participants"))
        if other and other not in own
    )
    at = epoch(message.get("timestamp_ms"), thousandths=True)
    words = text(message, "content")
    files = [
        text(item, "uri").rsplit("/", 1)[-1]
        for kind in ("photos", "videos", "gifs", "files", "audio_files")
        for item in read.objects(message, kind)
    ]
    shared = text(read.nested(message, "share"), "link")
    words = "\n".join(filter(None, (words, shared if shared not in words else "",
                                    files_text(files))))
    if not words:
        return [LeftOut("empty")]
    if not name:
        raise MalformedPayload("sender_name is missing")
    return [
        Said(
            file,
            line,
            at,
            Part(f"talk:{thread}", "messages", text(head, "title") or ", ".join(
                other.name for other in others)),
            "message",
            author=Author(f"name:{thread}/{name}", name, is_own=name in own),
            text=words,
            family="message",
            visibility="direct",
            others=others,
        )
    ]


class FacebookReader(MetaReader):
    code = platform = "facebook"
    members = (
        r"(^|/)posts/(your_posts|profile_posts|your_posts__[\w-]*?)_\d+\.json$",
        r"(^|/)comments_and_reactions/comments\.json$|(^|/)comments/comments\.json$",
        MESSAGES,
    )

    def walk(self, package, options):
        own = _own_facebook(package)
        yield from each(package, self.members[0], _facebook_post)
        yield from each(package, self.members[1], _facebook_comment, "comments_v2", "comments")
        yield from self.talks(package, own)


def _own_facebook(package):
    profile = header(package, r"(^|/)profile_information\.json$")
    found = profile.get("profile_v2") or profile.get("profile") or {}
    name = found.get("name") if isinstance(found, dict) else None
    full = name.get("full_name") if isinstance(name, dict) else None
    return {repair(full)} if isinstance(full, str) else set()


def _facebook_post(file, line, _key, value):
    post = read.expect_object(value)
    data = read.objects(post, "data")
    words = "\n".join(filter(None, (text(item, "post") for item in data)))
    files, links = _attached(post)
    if not (words or files or links):
        return [LeftOut("empty")]
    links = [link for link in links if link not in words]
    body = "\n".join(filter(None, (words, *links, files_text(files))))
    return [Said(file, line, epoch(post.get("timestamp")), POSTS, "post", text=body)]


def _attached(post):
    files, links = [], []
    for attachment in read.objects(post, "attachments"):
        for item in read.objects(attachment, "data"):
            if uri := text(read.nested(item, "media"), "uri"):
                files.append(uri.rsplit("/", 1)[-1])
            if link := text(read.nested(item, "external_context"), "url"):
                links.append(link)
    return files, links


def _facebook_comment(file, line, key, value):
    if key not in ("comments_v2", "comments", ""):
        return []
    entry = read.expect_object(value)
    found = []
    for item in read.objects(entry, "data"):
        comment = read.nested(item, "comment")
        words = text(comment, "comment")
        if not words:
            continue
        at = epoch(comment.get("timestamp") or entry.get("timestamp"))
        found.append(Said(file, line, at, COMMENTS, "comment", text=words))
    return found or [LeftOut("empty")]


class InstagramReader(MetaReader):
    code = platform = "instagram"
    members = (
        r"(^|/)(content|media)/(posts|reels)(_\d+)?\.json$",
        r"(^|/)(content|media)/stories(_\d+)?\.json$",
        r"(^|/)comments/(post_comments|reels_comments)(_\d+)?\.json$",
        MESSAGES,
    )

    def walk(self, package, options):
        own = _own_instagram(package)
        posts, stories, comments, _messages = self.members
        yield from each(package, posts, _instagram_post, "ig_reels_media")
        yield from each(package, stories, _instagram_story, "ig_stories")
        yield from each(
            package, comments, _instagram_comment, "comments_media_comments",
            "comments_reels_comments",
        )
        yield from self.talks(package, own)


def _own_instagram(package):
    profile = header(package, r"(^|/)personal_information\.json$")
    own = set()
    users = profile.get("profile_user")
    for user in users if isinstance(users, list) else ():
        facts = user.get("string_map_data") if isinstance(user, dict) else None
        for key in ("Name", "Username"):
            value = facts.get(key) if isinstance(facts, dict) else None
            if isinstance(value, dict) and isinstance(value.get("value"), str):
                own.add(repair(value["value"]))
    return own - {""}


def _instagram_post(file, line, key, value):
    post = read.expect_object(value)
    media = read.objects(post, "media")
    first = media[0] if media else post
    words = text(post, "title") or text(first, "title")
    files = [text(item, "uri").rsplit("/", 1)[-1] for item in media or [post] if item.get("uri")]
    at = epoch(post.get("creation_timestamp") or first.get("creation_timestamp"))
    body = "\n".join(filter(None, (words, files_text(files))))
    return [Said(file, line, at, POSTS, "post", text=body) if body else LeftOut("empty")]


def _instagram_story(file, line, _key, value):
    story = read.expect_object(value)
    files = [text(story, "uri").rsplit("/", 1)[-1]]
    body = "\n".join(filter(None, (text(story, "title"), files_text(files))))
    return [Said(file, line, epoch(story.get("creation_timestamp")), POSTS, "story", text=body)]


def _instagram_comment(file, line, _key, value):
    facts = read.nested(read.expect_object(value), "string_map_data")
    words = text(read.nested(facts, "Comment"), "value")
    if not facts:
        raise MalformedPayload("string_map_data is missing")
    if not words:
        return [LeftOut("empty")]
    at = epoch(read.nested(facts, "Time").get("timestamp"))
    return [Said(file, line, at, COMMENTS, "comment", text=words)]
