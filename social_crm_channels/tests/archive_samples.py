# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Small downloads as the networks make them, built when a test asks."""
import io
import json
import tarfile
import zipfile
from zoneinfo import ZoneInfo

from ..archives.package import Package
from ..archives.said import LeftOut, Options, Said, Unread

TEXT = "Đorđe kaže: hvala puno! 😀"


def zipped(members):
    """A zip of path to text or bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(members):
    """A tar.gz of path to text."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            data = content.encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def found(reader, content, name="archive.zip", **options):
    """What a reader finds, sorted out.

    :return: what was said, what could not be read, reasons of what was left out
    :rtype: tuple[list, list, list]
    """
    options = Options(options.pop("tz", None) or ZoneInfo("UTC"), **options)
    with Package(io.BytesIO(content), name) as package:
        reader.check(package)
        items = [*package.unsafe, *reader.walk(package, options)]
    return (
        [item for item in items if isinstance(item, Said)],
        [item for item in items if isinstance(item, Unread)],
        [item.reason for item in items if isinstance(item, LeftOut)],
    )


def ytd(what, entries):
    """A file of X: a line of JavaScript."""
    return f"window.YTD.{what}.part0 = " + json.dumps(entries, indent=2, ensure_ascii=False)


def tweet(number, text, day=1, **facts):
    return {
        "tweet": {
            "id_str": str(number),
            "full_text": text,
            "created_at": f"Fri Mar {day:02d} 10:11:12 +0000 2019",
            "favorite_count": "3",
            "retweet_count": "1",
            "lang": "sr",
            "entities": {"user_mentions": [], "urls": []},
            **facts,
        }
    }


def x_archive(tweets=(), talks=()):
    return {
        "data/account.js": ytd("account", [{"account": {"username": "shop", "accountId": "42"}}]),
        "data/tweets.js": ytd("tweets", list(tweets)),
        "data/direct-messages.js": ytd("direct_messages", list(talks)),
        "data/like.js": ytd("like", [{"like": {"tweetId": "9", "fullText": "theirs"}}]),
    }


def x_message(number, sender, recipient, text, **facts):
    return {
        "messageCreate": {
            "id": str(number),
            "senderId": str(sender),
            "recipientId": str(recipient),
            "text": text,
            "createdAt": f"2019-03-01T12:{int(number) % 60:02d}:00.000Z",
            "mediaUrls": [],
            **facts,
        }
    }


def x_talk(*messages, number="42-77"):
    return {"dmConversation": {"conversationId": number, "messages": list(messages)}}


def mojibake(value):
    """JSON as Meta writes it: the bytes of UTF-8 one by one."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, dict):
        return {key: mojibake(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [mojibake(entry) for entry in value]
    return value


def meta_json(value):
    return json.dumps(mojibake(value), indent=2)


def facebook_archive():
    root = "your_facebook_activity/"
    return {
        "personal_information/profile_information/profile_information.json": meta_json(
            {"profile_v2": {"name": {"full_name": "Prodavnica Šljiva"}}}
        ),
        root + "posts/your_posts__check_ins__photos_and_videos_1.json": meta_json(
            [
                {"timestamp": 1551434400, "data": [{"post": TEXT}]},
                {"timestamp": 1551434500, "attachments": [
                    {"data": [{"media": {"uri": "posts/media/izlog.jpg"}}]}]},
                {"timestamp": "soon", "data": [{"post": "no date"}]},
            ]
        ),
        root + "comments_and_reactions/comments.json": meta_json(
            {"comments_v2": [
                {"timestamp": 1551434600, "title": "Prodavnica commented on Ana's post.",
                 "data": [{"comment": {"timestamp": 1551434600, "comment": "Čestitamo!"}}]}]}
        ),
        root + "messages/inbox/anapetrovic_123/message_1.json": meta_json(
            {
                "participants": [{"name": "Ana Petrović"}, {"name": "Prodavnica Šljiva"}],
                "messages": [
                    {"sender_name": "Prodavnica Šljiva", "timestamp_ms": 1551434800123,
                     "content": "Да, шаљемо у Ниш."},
                    {"sender_name": "Ana Petrović", "timestamp_ms": 1551434700000,
                     "content": "Šaljete li u Niš? 😀"},
                    {"sender_name": "Ana Petrović", "timestamp_ms": 1551434690000,
                     "photos": [{"uri": "messages/inbox/a/photos/račun.jpg"}]},
                    {"sender_name": "Ana Petrović", "timestamp_ms": 1551434680000,
                     "is_unsent": True},
                ],
                "title": "Ana Petrović",
            }
        ),
        "connections/friends/your_friends.json": meta_json({"friends_v2": [{"name": "Boris"}]}),
    }


IPHONE = """\u200e[01.03.19, 09:15:00] Ana Petrović: \u200eAnrufe sind Ende-zu-Ende-verschlüsselt.
[01.03.19, 09:15:10] Ana Petrović: Guten Tag! 😀
Liefern Sie nach Niš?
[01.03.19, 09:16:02] Shop: Ja, gerne.
\u200e[13.03.19, 10:00:00] Ana Petrović: \u200eBild weggelassen
"""
ANDROID = """3/1/19, 9:15 AM - Messages and calls are end-to-end encrypted. Tap to learn more.
3/1/19, 9:15\u202fAM - +381 64 123 4567: Do you ship to Niš?
3/1/19, 9:16\u202fAM - Shop: Yes: tomorrow
3/1/19, 9:16\u202fAM - Shop: OK
3/1/19, 9:16\u202fAM - Shop: OK
3/13/19, 10:00\u202fPM - +381 64 123 4567: <Media omitted>
"""
SERBIAN = """1.3.2019. 14:05 - Ana: Zdravo
1.3.2019. 14:06 - Shop: Dobar dan
31.2.2019. 14:07 - Ana: nema tog dana
"""
INDONESIAN = """28/02/19 14.05 - Sari: Halo
28/02/19 14.06 - Shop: Selamat siang
28/02/19 14.07 - Sari mengubah subjek dari "A" menjadi "B: C"
"""


def gplus_post():
    return {
        "url": "https://plus.google.com/+Shop/posts/abc",
        "creationTime": "2014-03-01 10:00:00+0000",
        "author": {"displayName": "Shop", "profilePageUrl": "https://plus.google.com/+Shop"},
        "content": "Novo u izlogu 😀<br>"
        '<a class="proflink" href="https://plus.google.com/115555555555555555555">Ana Petrović</a>',
        "comments": [
            {"creationTime": "2014-03-01 11:00:00+0000", "content": "Lepo!",
             "author": {"displayName": "Ana Petrović",
                        "profilePageUrl": "https://plus.google.com/115555555555555555555"}},
            {"creationTime": "2014-03-01 12:00:00+0000", "content": "Hvala!",
             "author": {"displayName": "Shop", "profilePageUrl": "https://plus.google.com/+Shop"}},
        ],
        "plusOnes": [{"plusOner": {"displayName": "Boris"}}],
        "activityId": "z12",
        "postAcl": {"isPublic": True},
    }


GPLUS_HTML = """<html><head><title>Novo</title></head><body>
<div><a class="author" href="https://plus.google.com/+Shop">Shop</a>
<a href="https://plus.google.com/+Shop/posts/abc">2014-03-01T11:00:00+0100</a></div>
<div class="main-content">Novo u izlogu 😀<br><a class="proflink"
 href="https://plus.google.com/115555555555555555555">Ana Petrović</a></div>
<div class="visibility">Shared with: Public</div>
<div class="comments"><div class="comment"><h3><a class="author"
 href="https://plus.google.com/115555555555555555555">Ana Petrović</a>
<span class="time">- 2014-03-01T12:00:00+0100</span></h3>
<div class="comment-content">Lepo!</div></div></div></body></html>"""
GPLUS = "Takeout/Google+ Stream/Posts/20140301 - Novo."


def mastodon_archive():
    public = "https://www.w3.org/ns/activitystreams#Public"
    own = "https://shop.example/users/shop"

    def create(number, content, **facts):
        return {"id": f"{own}/statuses/{number}/activity", "type": "Create",
                "published": "2023-03-01T10:00:00Z",
                "object": {"id": f"{own}/statuses/{number}", "type": "Note", "content": content,
                           "published": "2023-03-01T10:00:00Z", "to": [public],
                           "cc": [own + "/followers"], "url": f"https://shop.example/@shop/{number}",
                           "tag": [], "attachment": [], **facts}}

    mention = {"type": "Mention", "href": "https://other.example/users/ana",
               "name": "@ana@other.example"}
    return {
        "actor.json": json.dumps({"id": own, "preferredUsername": "shop"}),
        "outbox.json": json.dumps({"type": "OrderedCollection", "orderedItems": [
            create(1, "<p>Novo 😀</p>", likes={"totalItems": 4}),
            create(2, '<p><span class="h-card">@<span>ana</span></span> Hvala!</p>',
                   inReplyTo="https://other.example/users/ana/statuses/9", tag=[mention]),
            create(3, "<p>@ana tajno</p>", to=["https://other.example/users/ana"], cc=[],
                   tag=[mention]),
            {"id": f"{own}/statuses/4/activity", "type": "Announce",
             "published": "2023-03-02T10:00:00Z",
             "object": "https://other.example/users/ana/statuses/8"},
            {"id": "x", "type": "Create", "published": "never", "object": {}},
        ]}, indent=1),
        "followers.csv": "Account address\nana@other.example",
    }


LINKEDIN = {
    "Profile.csv": "First Name,Last Name,Headline\nIvan,Shopić,Boss\n",
    "Shares.csv": "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
    '2019-03-01 10:00:00,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A65,"Prvi red""\n'
    '""drugi red 😀",,,MEMBER_NETWORK\n'
    "yesterday,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A66,Loš datum,,,\n",
    "Comments.csv": "Date,Link,Message\n"
    '2019-03-02 10:00:00,https://www.linkedin.com/feed/x,"Bravo!"\n',
    "messages.csv": "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,"
    "RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER\n"
    "2-abc,,Ana Petrović,https://www.linkedin.com/in/ana-p,Ivan Shopić,"
    "https://www.linkedin.com/in/ivan-s,2019-03-03 10:00:00 UTC,,Zdravo Ivane,INBOX\n"
    "2-abc,,Ivan Shopić,https://www.linkedin.com/in/ivan-s,Ana Petrović,"
    "https://www.linkedin.com/in/ana-p,2019-03-03 10:05:00 UTC,,Zdravo Ana,SENT\n",
    "Connections.csv": "Notes:\nFirst Name,Last Name,Email\nBoris,Boris,b@example.com\n",
}
