# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Each connector's small story for ``test_bad_networks``: a peer, a channel, news, an answer.

A connector that comes later joins by a class here, or in its own addon's tests, with its code.
"""
import json
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

from werkzeug.wrappers import Response

from ..connectors.matrix import rooms
from . import (
    bluesky_entities,
    discourse_stub,
    mastodon_entities,
    matrix_entities,
    telegram_entities,
)
from .faulty_proxy import Peer, http_date
from .feed_server import item as feed_item
from .feed_server import rss
from .wordpress_stub import PASSWORD, USER, WordpressStub

SCENARIOS = {}
ANA_THERE = bluesky_entities.profile()
QUESTION = "Da li radite nedeljom? 🙂"


class Scenario:
    """What a peer of one network answers while nothing is wrong, and a channel of it.

    Subclasses register by ``code``. ``news`` is what was said on the network, by its text;
    ``said`` what arrived there of ours, a text each time it was taken.
    """

    code = ""
    platform = ""  # XML id
    secrets = ()  # whatever must never show
    fetches = True  # _fetch brings what ``tell`` adds
    acting = None  # method and path by which something is said there; None: nothing is
    sure = True  # whether it can be found out if something was said
    checks = True  # _check_health asks the network
    silent = ""  # why there is no wire at all; then only that is proven

    def __init_subclass__(cls):
        super().__init_subclass__()
        if cls.code:
            SCENARIOS[cls.code] = cls

    def __init__(self):
        self.news, self.said = [], []
        self.skew = 0  # of the network's clock, in seconds

    def now(self):
        """The network's time."""
        return datetime.now(UTC) + timedelta(seconds=self.skew)

    def serve(self, stack):
        """Bring up the peer.

        :param ExitStack stack: ends it
        :return: its port
        """
        return stack.enter_context(Peer(self._answer)).port

    def _answer(self, *request):
        status, content, *headers = self.answer(*request)
        dated = {"Date": http_date(self.skew), **(headers[0] if headers else {})}
        return status, content, dated

    def texts(self):
        """What arrived there of ours, each time it was taken."""
        return [one["text"] for one in self.said]

    def make(self, env, address):
        """:return: a connected channel that speaks with that address"""
        app = env["social.crm.app"].create(
            {
                "name": self.code,
                "platform_id": env.ref(self.platform).id,
                "connector": self.code,
                **self.app_vals(address),
            }
        )
        channel = env["social.crm.channel"].create(
            {
                "name": self.code,
                "platform_id": app.platform_id.id,
                "app_id": app.id,
                "connector": self.code,
                **self.channel_vals(address),
            }
        )
        self.give_secrets(env["social.crm.credential"], app, channel, address)
        return channel

    def app_vals(self, address):
        return {"base_url": address}

    def channel_vals(self, address):
        raise NotImplementedError

    def give_secrets(self, credentials, app, channel, address):
        """Store what the connect wizard would."""

    def tell(self, text):
        """Somebody says something on the network."""
        self.news.append(text)

    def question(self):
        """A payload in which a customer says something that can be answered."""
        raise NotImplementedError

    def answer(self, method, path, headers, body):
        """What the peer answers, see ``faulty_proxy.Peer``."""
        raise NotImplementedError


class Mastodon(Scenario):
    code = "mastodon"
    platform = "social_crm_base.platform_mastodon"
    secrets = ("tok/3n+masto=don", "client-s3cret")
    acting = ("POST", "/api/v1/statuses")

    def channel_vals(self, address):
        uri = mastodon_entities.own_account()["uri"]
        return {"external_id": uri, "handle": "shop@shop.example"}

    def give_secrets(self, credentials, app, channel, address):
        credentials._set_secrets(app, {"client_id": "id", "client_secret": self.secrets[1]})
        credentials._set_secrets(channel, {"access_token": self.secrets[0]})

    def question(self):
        return mastodon_entities.item(of=self._status(900, QUESTION))

    def _status(self, number, text, author=None, **more):
        moment = self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return mastodon_entities.status(
            number, author, content=f"<p>{text}</p>", created_at=moment, **more
        )

    def tell(self, text):
        number = len(self.news) + 1
        told = mastodon_entities.notification(number=number, of=self._status(number, text))
        self.news.append({**told, "created_at": told["status"]["created_at"]})

    def _say(self, form):
        """As servers do that know no idempotency key: twice is two."""
        number = 2000 + len(self.said)
        parent = form.get("in_reply_to_id")
        more = {"in_reply_to_id": parent, "visibility": form.get("visibility", "public")}
        told = self._status(
            number, form["status"], mastodon_entities.own_account(), mentions=[], **more
        )
        self.said.append({"text": form["status"], "told": told})
        return told

    def answer(self, method, path, headers, body):
        if headers.get("authorization") != f"Bearer {self.secrets[0]}" and "instance" not in path:
            return 401, {"error": "The access token is invalid"}
        where, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        if (method, where) == self.acting:
            return 200, self._say(json.loads(body))
        own = [one["told"] for one in self.said]
        if where == "/api/v1/accounts/verify_credentials":
            return 200, mastodon_entities.own_account()
        if where == "/api/v1/notifications":
            after = int(query.get("min_id", ["0"])[0])
            return 200, [one for one in self.news if int(one["id"]) > after][::-1]
        if where in ("/api/v1/accounts/1/statuses", "/api/v1/timelines/home"):
            after = int(query.get("min_id", ["0"])[0])
            return 200, [one for one in own if int(one["id"]) > after][::-1]
        if where.endswith("/context"):
            return 200, {"ancestors": [], "descendants": own}
        if where == "/api/v2/instance":
            return 200, {"domain": "shop.example", "configuration": {}}
        found = re.fullmatch(r"/api/v1/statuses/(\d+)", where)
        known = [*own, *(one["status"] for one in self.news), self._status(900, QUESTION)]
        for status in known if found else ():
            if status["id"] == found[1]:
                return 200, status
        return 404, {"error": "Record not found"}


class Matrix(Scenario):
    code = "matrix"
    platform = "social_crm_base.platform_matrix"
    secrets = ("syt_c2hvcA_s3cret",)
    client = "/_matrix/client/v3/"
    room = f"{client}rooms/{quote(matrix_entities.ROOM, safe='')}/"
    acting = ("PUT", f"{room}send/m.room.message/")

    def channel_vals(self, address):
        rooms.forget()
        own = matrix_entities.OWN
        return {"external_id": own, "handle": own[1:]}

    def give_secrets(self, credentials, app, channel, address):
        credentials._set_secrets(channel, {"access_token": self.secrets[0]})

    def _event(self, number, content, **more):
        at = int(self.now().timestamp() * 1000)
        return {**matrix_entities.event(number, content, **more), "origin_server_ts": at}

    def tell(self, text):
        number = f"n{len(self.news) + 1}"
        self.news.append(self._event(number, matrix_entities.words(text)))

    def question(self):
        asked = self._event("q", matrix_entities.words(QUESTION))
        return matrix_entities.item(asked)

    def _say(self, key, content):
        """The same transaction twice is one event."""
        known = next((one for one in self.said if one["key"] == key), None)
        if not known:
            number = f"o{len(self.said) + 1}"
            told = self._event(number, content, by=matrix_entities.OWN)
            known = {"key": key, "text": content["body"], "told": told}
            self.said.append(known)
        return {"event_id": known["told"]["event_id"]}

    def answer(self, method, path, headers, body):
        if headers.get("authorization") != f"Bearer {self.secrets[0]}":
            return 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token"}
        where, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        own = [one["told"] for one in self.said]
        if where.startswith(self.acting[1]):
            return 200, self._say(where.rpartition("/")[2], json.loads(body))
        if where == f"{self.client}sync":
            since = int(query.get("since", ["s0"])[0][1:])
            timeline = {"timeline": {"events": self.news[since:]}}
            joined = {matrix_entities.ROOM: timeline} if self.news[since:] else {}
            return 200, {"next_batch": f"s{len(self.news)}", "rooms": {"join": joined}}
        both = {matrix_entities.OWN: {}, matrix_entities.ANA: {"display_name": "Ana"}}
        members = [{"state_key": who, "content": {"membership": "join"}} for who in both]
        answers = {
            f"{self.client}account/whoami": {"user_id": matrix_entities.OWN},
            f"{self.client}joined_rooms": {"joined_rooms": [matrix_entities.ROOM]},
            f"{self.room}joined_members": {"joined": both},
            f"{self.room}members": {"chunk": members},
            f"{self.room}messages": {"chunk": own[::-1]},
            "/_matrix/client/versions": {"versions": ["v1.16"]},
            **{f"{self.room}event/{quote(one['event_id'], safe='')}": one for one in own},
        }
        if where in answers:
            return 200, answers[where]
        return 404, {"errcode": "M_NOT_FOUND", "error": "Not found"}


class Telegram(Scenario):
    code = "telegram"
    platform = "social_crm_base.platform_telegram"
    secrets = (telegram_entities.TOKEN,)
    acting = ("POST", f"/bot{telegram_entities.TOKEN}/sendMessage")
    sure = False  # bots cannot look at what was said

    def channel_vals(self, address):
        return {"external_id": "870000001", "handle": "shop_bot"}

    def give_secrets(self, credentials, app, channel, address):
        credentials._set_secrets(app, {"bot_token": self.secrets[0]})

    def question(self):
        return telegram_entities.update("message", self._message(900, QUESTION))

    def _message(self, number, text):
        moment = int(self.now().timestamp())
        return telegram_entities.message(number, at=moment, text=text)

    def tell(self, text):
        number = len(self.news) + 1
        content = {"update_id": 5000 + number, "message": self._message(number, text)}
        self.news.append(content)

    def answer(self, method, path, headers, body):
        where, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        asked = where.rpartition("/")[2]
        if where != f"/bot{self.secrets[0]}/{asked}":
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        given = json.loads(body) if body else {}
        if asked == "sendMessage":
            self.said.append({"text": given["text"]})
            number = 2000 + len(self.said)
            sent = {**self._message(number, given["text"]), "from": telegram_entities.BOT}
            return 200, {"ok": True, "result": sent}
        if asked == "getUpdates":
            offset = int(query.get("offset", ["0"])[0])
            news = [one for one in self.news if one["update_id"] >= offset]
            return 200, {"ok": True, "result": news}
        results = {
            "getMe": telegram_entities.BOT,
            "getWebhookInfo": {"url": "", "pending_update_count": 0},
            "deleteWebhook": True,
        }
        return 200, {"ok": True, "result": results[asked]}


class Feed(Scenario):
    code = "feed"
    platform = "social_crm_base.platform_rss"

    def app_vals(self, address):
        return {"base_url": f"{address}/feed"}

    def channel_vals(self, address):
        return {"external_id": f"{address}/feed"}

    def answer(self, method, path, headers, body):
        entries = [feed_item(number, text) for number, text in enumerate(self.news)]
        return 200, rss(*entries).encode(), {"Content-Type": "application/rss+xml"}


class Webhook(Scenario):
    code = "webhook"
    platform = "social_crm_base.platform_other"
    secrets = ("whsec_" + "c2VjcmV0" * 6,)
    fetches = False
    acting = ("POST", "/answers")
    checks = False

    def channel_vals(self, address):
        return {"external_id": "default"}

    def give_secrets(self, credentials, app, channel, address):
        credentials._set_secrets(
            app, {"webhook_secret": self.secrets[0], "callback_url": f"{address}/answers"}
        )

    def question(self):
        moment = self.now().isoformat()
        author = {"id": "7", "handle": "ana"}
        return {"id": "q", "kind": "comment", "time": moment, "author": author, "text": QUESTION}

    def answer(self, method, path, headers, body):
        """As the guide wants it: the same key twice is one message."""
        given = json.loads(body)
        if given["key"] not in [one["key"] for one in self.said]:
            self.said.append({"text": given["text"], "key": given["key"]})
        return 200, {"id": f"r-{given['key']}"}


class Bluesky(Scenario):
    code = "bluesky"
    platform = "social_crm_base.platform_bluesky"
    secrets = (bluesky_entities.token(), "refresh/s3cret=")
    acting = ("POST", "/xrpc/com.atproto.repo.createRecord")

    def channel_vals(self, address):
        return {"external_id": bluesky_entities.DID, "handle": "shop.example"}

    def give_secrets(self, credentials, app, channel, address):
        credentials._set_secrets(app, {"server_url": address})
        tokens = {"access_token": self.secrets[0], "refresh_token": self.secrets[1]}
        credentials._set_secrets(channel, {**tokens, "server_url": address})

    def _stamp(self):
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _post(self, number, text):
        at = self._stamp()
        of = {"text": text, "createdAt": at}
        return bluesky_entities.post(number, of=of, author=ANA_THERE, indexedAt=at)

    def tell(self, text):
        self.news.append(self._post(len(self.news) + 1, text))

    def question(self):
        return {"type": "notification", "notification": self._told(self._post(900, QUESTION))}

    def _told(self, post):
        kept = {name: post[name] for name in ("uri", "cid", "author", "record", "indexedAt")}
        return {**kept, "reason": "mention", "isRead": False, "labels": []}

    def _say(self, given):
        if not any(one["rkey"] == given["rkey"] for one in self.said):
            self.said.append({"rkey": given["rkey"], "text": given["record"]["text"], **given})
            return 200, self._named(given["rkey"])
        return 400, {"error": "InvalidRequest", "message": "Record already exists"}

    def _named(self, rkey):
        return {"uri": f"at://{bluesky_entities.DID}/app.bsky.feed.post/{rkey}", "cid": "bafy1"}

    def answer(self, method, path, headers, body):
        if headers.get("authorization") != f"Bearer {self.secrets[0]}":
            return 401, {"error": "AuthMissing", "message": "Authentication Required"}
        where, query = urlsplit(path).path.removeprefix("/xrpc/"), parse_qs(urlsplit(path).query)
        if where == "com.atproto.repo.createRecord":
            return self._say(json.loads(body))
        if where == "com.atproto.repo.getRecord":
            for one in self.said:
                if one["rkey"] == query["rkey"][0]:
                    return 200, {**self._named(one["rkey"]), "value": one["record"]}
            return 400, {"error": "RecordNotFound", "message": "Could not locate record"}
        posts = [*self.news, self._post(900, QUESTION)]
        answers = {
            "com.atproto.server.getSession": bluesky_entities.session(),
            "app.bsky.notification.listNotifications": {
                "notifications": [self._told(post) for post in self.news[::-1]]
            },
            "app.bsky.feed.getAuthorFeed": {"feed": []},
            "app.bsky.feed.getPosts": {
                "posts": [post for post in posts if post["uri"] in query.get("uris", ())]
            },
            "app.bsky.actor.getProfile": bluesky_entities.profile(bluesky_entities.DID),
        }
        return (200, answers[where]) if where in answers else (404, {"error": "MethodNotFound"})


class Blog(WordpressStub):
    """Without web pages, which here are a fault."""

    def unknown(self, request):
        return Response("{}", 404, content_type="application/json")


class Wordpress(Scenario):
    code = "wordpress"
    platform = "social_crm_base.platform_wordpress"
    secrets = (PASSWORD, b64encode(f"{USER}:{PASSWORD}".encode()).decode())
    acting = ("POST", "/wp-json/wp/v2/comments")

    def serve(self, stack):
        self.blog = Blog()
        stack.callback(self.blog.close)
        return int(self.blog.address.rpartition(":")[2])

    def channel_vals(self, address):
        self.blog.address = address
        return {"external_id": f"{address}/?author=1", "handle": "shop"}

    def give_secrets(self, credentials, app, channel, address):
        credentials._set_secrets(app, {"username": USER, "application_password": PASSWORD})
        credentials._set_secrets(channel, {"api_root": f"{address}/wp-json/"})

    def tell(self, text):
        self.blog.skew = self.skew
        self.blog.clock = self.blog.now()
        return self.blog.say(text)

    def question(self):
        comment = self.blog.shelf["comments"][self.tell(QUESTION)]
        return {"type": "comment", "comment": comment, "ours": False, "guest": "guest-1"}

    def texts(self):
        self.blog.skew = self.skew
        comments = self.blog.shelf["comments"].values()
        return [one["content"]["raw"] for one in comments if one["author"] == self.blog.me_id]


class Discourse(Scenario):
    code = "discourse"
    platform = "social_crm_base.platform_discourse"
    secrets = (discourse_stub.KEY, discourse_stub.SECRET)
    acting = ("POST", "/posts.json")

    def serve(self, stack):
        self.forum = discourse_stub.DiscourseStub()
        stack.callback(self.forum.close)
        return int(self.forum.address.rpartition(":")[2])

    def channel_vals(self, address):
        return {"external_id": address, "handle": discourse_stub.USER}

    def give_secrets(self, credentials, app, channel, address):
        key, secret = self.secrets
        typed = {"username": discourse_stub.USER, "api_key": key, "webhook_secret": secret}
        credentials._set_secrets(app, typed)

    def tell(self, text):
        self.forum.skew = self.skew
        self.forum.clock = self.forum.now()
        return self.forum.say(discourse_stub.ANA, text)

    def question(self):
        return {"type": "post", "post": self.tell(QUESTION)}

    def texts(self):
        self.forum.skew = self.skew
        posts = self.forum.posts.values()
        return [one["raw"] for one in posts if one["username"] == discourse_stub.USER]


class Mail(Scenario):
    code = "mail"
    silent = "mail goes through Odoo's own queue, and comes by its gateway"


class Sandbox(Scenario):
    code = "sandbox"
    silent = "the pretended network lives in the database"
