# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""X: the archive of *Your account, Download an archive of your data*.

``data/*.js`` are JSON behind ``window.YTD.<what>.part0 =``. Ours are the posts (``tweets.js``, in
parts when many, ``tweet.js`` before 2022) and private messages (``direct-messages.js``,
``direct-messages-group.js``). Likes, followers, address book and advertising are not opened.
"""
from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Media, Target

from ..tools import payload as read
from .reader import ArchiveReader, each, header, moment, understood, web_address
from .said import Author, LeftOut, Part, Said

POSTS = Part("posts", "posts")
ANSWERS = Part("comments", "comments")
TWEET_TIME = "%a %b %d %H:%M:%S %z %Y"
MESSAGE_TIMES = ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ")
COUNTERS = {"favorite_count": "likes", "retweet_count": "shares"}


class XReader(ArchiveReader):
    code = platform = "x"
    members = (
        r"(^|/)tweets?(-part\d+)?\.js$",
        r"(^|/)direct-messages?(-group)?(-part\d+)?\.js$",
    )

    def walk(self, package, options):
        own = _own(package)
        yield from each(package, self.members[0], lambda *item: _post(own, *item))
        yield from each(package, self.members[1], lambda *item: _talk(own, *item))


def _own(package):
    """Our own number and handle, as far as the archive tells."""
    for entry in header(package, r"(^|/)account\.js$").values():
        account = entry.get("account") if isinstance(entry, dict) else None
        if isinstance(account, dict):
            return str(account.get("accountId") or ""), str(account.get("username") or "")
    return "", ""


def author(own, number, handle="", name=""):
    """An account by its number."""
    is_own = number == own[0] or bool(handle and handle.lower() == own[1].lower())
    return Author(f"id:{number or handle}", name, handle, number, is_own)


def _post(own, file, line, _key, value):
    tweet = read.expect_object(read.expect_object(value).get("tweet", value))
    number = read.required({**tweet, "id": tweet.get("id_str") or tweet.get("id")}, "id")
    text = read.text(tweet, "full_text") or read.text(tweet, "text")
    at = moment(tweet.get("created_at"), TWEET_TIME)
    link = f"https://x.com/{own[1] or 'i'}/status/{number}"
    if text.startswith("RT @"):
        # The words are somebody else's, who did not speak to us.
        yield Said(file, line, at, POSTS, "share", external_id=number, permalink=link)
        return
    parent = str(tweet.get("in_reply_to_status_id_str") or tweet.get("in_reply_to_status_id") or "")
    spoken_to = str(tweet.get("in_reply_to_user_id_str") or "")
    entities = read.nested(tweet, "entities")
    mentions = tuple(_mentions(own, entities))
    others = tuple(who for _written, who in mentions if who.external_id == spoken_to)[:1]
    yield Said(
        file,
        line,
        at,
        ANSWERS if parent else POSTS,
        "reply" if parent else "post",
        text=_unfold(text, entities),
        language=_language(tweet),
        external_id=number,
        permalink=link,
        parent=Target(parent) if parent else None,
        others=others if spoken_to != own[0] else (),
        mentions=mentions,
        media=tuple(_media(tweet)),
        counters={
            name: int(tweet[key])
            for key, name in COUNTERS.items()
            if str(tweet.get(key, "")).isdigit()
        },
    )


def _language(tweet):
    found = read.text(tweet, "lang")
    return "" if found in ("und", "qme", "qst", "zxx", "art", "qht", "qam", "qct") else found


def _mentions(own, entities):
    for mention in read.objects(entities, "user_mentions"):
        handle = read.text(mention, "screen_name")
        number = read.text(mention, "id_str") or read.text(mention, "id")
        if handle and number not in ("-1", own[0]):
            yield f"@{handle}", author(own, number, handle)


def _unfold(text, entities):
    """Addresses as they were written, not as X shortened them; marks of HTML as signs."""
    for link in read.objects(entities, "urls"):
        short, full = read.text(link, "url"), web_address(link.get("expanded_url"))
        if short and full:
            text = text.replace(short, full)
    for short, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(short, sign)
    return text


def _media(tweet):
    found = read.nested(tweet, "extended_entities") or read.nested(tweet, "entities")
    for item in read.objects(found, "media"):
        if address := web_address(item.get("media_url_https")):
            yield Media(address, alt=read.text(item, "ext_alt_text"))


def _talk(own, file, line, _key, value):
    talk = read.nested(read.expect_object(value), "dmConversation")
    if not talk:
        raise MalformedPayload("dmConversation is missing")
    number = read.required(talk, "conversationId")
    part = Part(f"dm:{number}", "messages")
    found = []
    for event in read.objects(talk, "messages"):
        found += understood(file, line, lambda: [_message(own, file, line, part, event)])  # noqa: B023 at once
    return found


def _message(own, file, line, part, event):
    message = read.nested(event, "messageCreate")
    if not message:
        return LeftOut("system")  # joined, left, reacted, renamed
    sender = author(own, read.required(message, "senderId"))
    recipient = read.text(message, "recipientId")
    text = read.text(message, "text")
    media = tuple(
        Media(address)
        for item in message.get("mediaUrls") or ()
        if (address := web_address(item))
    )
    if not (text or media):
        return LeftOut("empty")
    return Said(
        file,
        line,
        moment(message.get("createdAt"), *MESSAGE_TIMES),
        part,
        "message",
        author=None if sender.is_own else sender,
        text=text,
        external_id=read.required(message, "id"),
        family="message",
        visibility="direct",
        others=(author(own, recipient),) if recipient and recipient != own[0] else (),
        media=media,
    )
