# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Google+: the stream in a Google Takeout, as JSON or HTML (the network closed on 2019-04-02).

One member is one post with its comments. What we said below others' posts is in the activity log
(``ActivityLog/Comments.json``; its fields are told by the scripts of github.com/FiXato/
Plexodus-Tools). *Circles*, *Contacts*, the log's other members, +1s of others and pictures are not
taken; folders are named in the language of the account, so posts are known by what is in them.
"""
import re

from lxml import etree, html

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Target

from ..tools import payload as read
from ..tools.markup import html_to_text
from .json_stream import items
from .reader import ArchiveReader, each, epoch, moment, readable, understood, web_address
from .said import Author, LeftOut, Part, Said, Unread

POSTS = Part("posts", "posts")
COMMENTS = Part("comments", "comments")
FORMS = (
    "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S",
)
NOT_POSTS = r"(^|/)([^/]*(circles|kreise|krugovi|lingkaran|contacts|activitylog)[^/]*)/"
LOG = r"(^|/)activitylog/[^/]*\.json$"
PAGES = r"\.(json|html?)$"
MAX_PAGE = 8 << 20
PROFILE = re.compile(r"plus\.google\.com/(?:u/\d+/)?(\+?[\w.%-]+)")
NAMED = re.compile(
    r'<a\b[^>]*\bhref="(https?://plus\.google\.com/[^"]+)"[^>]*>([^<]+)</a>', re.IGNORECASE
)


class GooglePlusReader(ArchiveReader):
    code = platform = "google_plus"
    members = (
        r"(^|/)[^/]*\+[^/]*/.*\.(json|html?)$",
        r"(^|/)(posts|beiträge|objave)/[^/]+\.(json|html?)$",
    )

    def check(self, package):
        if not (package.is_single and package.find(PAGES)):
            super().check(package)

    def walk(self, package, options):
        left_out = set(package.find(NOT_POSTS))
        posts = set().union(*(package.find(members) for members in self.members))
        ours = set()
        for name in package.find(PAGES):
            if name in left_out or not (package.is_single or name in posts):
                continue
            reader = _json_post if name.lower().endswith(".json") else _html_post
            for item in readable(name, reader(package, name)):
                if isinstance(item, Said) and item.part is POSTS:
                    ours.add(item.external_id)
                yield item
        # Below our own posts they were read already, with everybody's.
        yield from each(package, LOG, lambda *found: _logged(ours, *found), "items")


def author_of(link, name):
    """An account by the address of its profile; names are shared."""
    found = PROFILE.search(link or "")
    number = found[1] if found else ""
    if number.isdigit():
        return Author(f"id:{number}", name, "", number)
    if number:
        return Author(f"@{number.lstrip('+').lower()}", name, number)
    return Author(f"name:{name}", name)


def _json_post(package, name):
    with package.text(name) as stream:
        found = [(line, key, value) for line, key, value in items(stream) if key]
    post = {key: value for _line, key, value in found}
    lines = {key: line for line, key, _value in found}
    if "creationTime" not in post or not ({"author", "activityId"} & post.keys()):
        yield LeftOut("other")  # an album, a community, settings
        return
    yield from understood(name, 1, lambda: _from_json(name, post, lines.get("comments", 1)))


def _from_json(name, post, line):
    owner = _json_author(post)
    link = web_address(post.get("url"))
    # The address first: it is what the HTML has too, so that both give one post.
    number = link or read.text(post, "activityId") or read.text(post, "resourceName")
    content = read.text(post, "content")
    shared = web_address(read.nested(post, "link").get("url"))
    words = "\n".join(filter(None, (html_to_text(content), shared)))
    comments = read.objects(post, "comments")
    found = [
        Said(
            name, 1, moment(post.get("creationTime"), *FORMS), POSTS,
            "share" if post.get("resharedPost") and not words else "post", text=words,
            external_id=number, permalink=link, visibility=_visibility(post),
            mentions=named(content),
            counters={"likes": len(post.get("plusOnes") or ()), "replies": len(comments),
                      "shares": len(post.get("reshares") or ())},
        )
    ]
    if not (words or link):
        found = [LeftOut("empty")]
    for comment in comments:
        found += understood(
            name, line, lambda: [_comment(
                name, line, number, owner, _json_author(comment),  # noqa: B023
                moment(comment.get("creationTime"), *FORMS),  # noqa: B023
                read.text(comment, "content"), found[0],  # noqa: B023
            )],
        )
    return found


def _visibility(post):
    acl = read.nested(post, "postAcl")
    return "public" if acl.get("isPublic", not acl) else "followers"


def _logged(ours, name, line, key, value):
    """A comment of ours, as the activity log tells it: with its post's address, but no author."""
    if key != "items" or "commentCreatedItem" not in read.expect_object(value, "the entry"):
        return []
    post = web_address(read.nested(value, "commentCreatedItem").get("postPermalink"))
    if post in ours:
        return []
    words = html_to_text(read.text(value, "primaryText"))
    if not words:
        return [LeftOut("empty")]
    target = Target(post) if post else None
    return [
        Said(
            name, line, epoch(value.get("timestampMs"), thousandths=True), COMMENTS, "comment",
            text=words, parent=target, root=target, family="comment",
            visibility="public" if value.get("visibility") == "PUBLIC" else "followers",
        )
    ]


def _json_author(item):
    author = read.nested(item, "author")
    name = read.text(author, "displayName")
    return author_of(
        read.text(author, "profilePageUrl")
        or read.text(author, "resourceName").replace("users/", "plus.google.com/"),
        name,
    )


def _comment(name, line, number, owner, author, at, content, post):
    words = html_to_text(content)
    if not words:
        return LeftOut("empty")
    if not author.key.partition(":")[2] and not author.handle:
        raise MalformedPayload("author is missing")
    is_own = author.key == owner.key
    target = Target(number) if number else None
    visibility = post.visibility if isinstance(post, Said) else "followers"
    return Said(
        name, line, at, COMMENTS, "comment", author=None if is_own else author, text=words,
        visibility=visibility, parent=target, root=target, mentions=named(content),
        family="comment",
    )


def named(content):
    """Whom a text names, as links to profiles.

    :rtype: tuple
    """
    return tuple(
        (words.strip().lstrip("+"), author_of(link, words.strip().lstrip("+")))
        for link, words in NAMED.findall(content or "")
        if PROFILE.search(link) and "/posts/" not in link
    )


def _html_post(package, name):
    with package.open(name) as stream:
        page = stream.read(MAX_PAGE + 1)
    if len(page) > MAX_PAGE:
        yield Unread(name, 1, "too_big")
        return
    try:
        root = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        yield Unread(name, 1, "shape")
        return
    if not _by_class(root, "main-content") or not _by_class(root, "author"):
        yield LeftOut("other")  # an album, an index
        return
    yield from understood(name, 1, lambda: _from_html(name, root))


def _by_class(root, value):
    return root.xpath(
        ".//*[contains(concat(' ', normalize-space(@class), ' '), $value)]", value=f" {value} "
    )


def _first(nodes):
    return nodes[0] if nodes else None


def _inner(node):
    return etree.tostring(node, encoding="unicode", with_tail=False) if node is not None else ""


def _html_author(node):
    """The first link of class author; where it only names, the name."""
    found = _first(_by_class(node, "author"))
    if found is None:
        return author_of("", "")
    link = found if found.tag == "a" else _first(found.xpath(".//a"))
    href = link.get("href", "") if link is not None else ""
    return author_of(href, " ".join(found.text_content().split()))


def _from_html(name, root):
    comments = [
        node for node in _by_class(root, "comment") if _by_class(node, "comment-content")
    ]
    owner = _html_author(root)
    permalink = next(
        (a for a in root.xpath(".//a[contains(@href, '/posts/')]")
         if re.match(r"\s*\d{4}-\d\d-\d\d", a.text_content())), None,
    )
    if permalink is None:
        raise MalformedPayload("no date")
    link = web_address(permalink.get("href"))
    content = _inner(_by_class(root, "main-content")[0])
    seen_by = " ".join(" ".join(n.text_content() for n in _by_class(root, "visibility")).split())
    words = html_to_text(content)
    post = Said(
        name, permalink.sourceline or 1, moment(permalink.text_content(), *FORMS), POSTS, "post",
        text=words, external_id=link, permalink=link, mentions=named(content),
        visibility="public" if not seen_by or re.search(r"public|öffentlich|javno|publik", seen_by,
                                                       re.IGNORECASE) else "followers",
        counters={"replies": len(comments)},
    )
    found = [post if words or link else LeftOut("empty")]
    for node in comments:
        found += understood(name, node.sourceline or 1, lambda: [
            _html_comment(name, link, owner, node, post)])  # noqa: B023
    return found


def _html_comment(name, link, owner, node, post):
    time = _first(_by_class(node, "time"))
    when = time.text_content().strip().lstrip("-– ").strip() if time is not None else ""
    at = moment(when, *FORMS)
    content = _inner(_first(_by_class(node, "comment-content")))
    return _comment(name, node.sourceline or 1, link, owner, _html_author(node), at, content, post)
