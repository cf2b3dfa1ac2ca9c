# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A Discourse of our own, after its published OpenAPI, with the faults that networks have.

With ``judge`` every request is shown first to somebody who knows the OpenAPI: see ``refused``.
"""
import re
from datetime import UTC, datetime, timedelta

import requests

from .rest_stub import Refused, RestStub

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
SECRET = "made up by hand"
USER = "shop"
ANA = {"id": 7, "username": "ana_m", "name": "Ana Marković"}
BUDI = {"id": 8, "username": "budi", "name": "Budi"}
SHOP = {"id": 2, "username": USER, "name": "Example Shop"}
START = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=1)
KINDS = r"/posts/(\d+)\.json", r"/t/(\d+)\.json"


def stamp(moment):
    return f"{moment.isoformat()}.123Z"


def refuse(status, kind, *words, **extras):
    return Refused(status, {"errors": list(words), "error_type": kind, "extras": extras})


class DiscourseStub(RestStub):
    routes = (
        ("GET", "/notifications.json", "notifications"),
        ("GET", r"/u/(\w+)\.json", "user"),
        ("GET", "/posts.json", "newest"),
        ("POST", "/posts.json", "make"),
        ("GET", KINDS[0], "one"),
        ("PUT", KINDS[0], "change"),
        ("DELETE", KINDS[0], "delete"),
        ("GET", KINDS[1], "topic"),
        ("DELETE", KINDS[1], "delete_topic"),
        ("GET", r"/topics/private-messages(-sent)?/(\w+)\.json", "private"),
        ("POST", "/post_actions.json", "act"),
        ("GET", "/latest.json", "latest"),
    )

    def __init__(self, judge=""):
        self.judge, self.refused, self.judged = judge, [], set()
        self.number, self.topic_number = 100, 10
        self.posts, self.topics, self.acted = {}, {}, {}
        self.clock = START
        self.me = {**SHOP, "admin": False, "moderator": True}
        super().__init__()

    # What people do there

    def say(self, who, text, *, topic=None, title="Da li je plava tu?", reply_to=None, people=()):
        """Begin a topic, or answer in one; with ``people`` it is private.

        :return: the post, as the API shows it
        """
        if topic is None:
            self.topic_number += 1
            topic = self.topic_number
            archetype = "private_message" if people else "regular"
            self.topics[topic] = {
                "id": topic, "title": title, "archetype": archetype, "views": 5, "like_count": 1,
                "reply_count": 2, "created_at": stamp(self.clock), "people": list(people),
            }
        self.number += 1
        number = 1 + max((p["post_number"] for p in self._of(topic)), default=0)
        post = {
            "id": self.number, "topic_id": topic, "topic_slug": "tema", "post_number": number,
            "topic_title": self.topics[topic]["title"], "post_type": 1, "user_id": who["id"],
            "username": who["username"], "name": who["name"], "raw": text,
            "cooked": f"<p>{text}</p>", "created_at": stamp(self.clock),
            "updated_at": stamp(self.clock), "version": 1, "reply_to_post_number": reply_to,
            "reply_count": 0, "reads": 3, "hidden": False, "deleted_at": None,
            "actions_summary": [{"id": 2, "count": 1}],
        }
        self.posts[self.number] = post
        return post

    def edit(self, post, text):
        post.update(
            raw=text, cooked=f"<p>{text}</p>", version=post["version"] + 1,
            updated_at=stamp(self.clock + timedelta(minutes=post["version"])),
        )

    def told(self, post):
        """The post as webhooks show it."""
        archetype = self.topics[post["topic_id"]]["archetype"]
        return {"post": {**post, "topic_archetype": archetype}}

    def _of(self, topic):
        return [post for post in self.posts.values() if post["topic_id"] == topic]

    # The wire

    def check(self, request, given):
        if self.judge:
            self._ask_judge(request)
        if request.headers.get("Api-Key") != KEY or request.headers.get("Api-Username") != USER:
            raise refuse(403, "invalid_access", "You are not permitted to view that.")

    def _ask_judge(self, request):
        headers = {
            name: value
            for name, value in request.headers
            if name.lower() not in ("host", "content-length", "connection")
        }
        answer = requests.request(
            request.method,
            f"{self.judge}{request.full_path.rstrip('?')}",
            data=request.get_data(),
            headers=headers,
            timeout=30,
        )
        self.judged.add((request.method, re.sub(r"\d+|(?<=/)shop(?=\.)", "*", request.path)))
        if not answer.ok:
            self.refused.append((request.method, request.path, answer.status_code, answer.text))

    def notifications(self, given):
        return {"notifications": []}

    def user(self, name, given):
        if name != USER:
            raise refuse(404, "not_found", "No such user.")
        return {"user": self.me}

    def _public(self):
        return [
            post
            for post in self.posts.values()
            if self.topics[post["topic_id"]]["archetype"] == "regular" and not post["deleted_at"]
        ]

    def newest(self, given):
        before = int(given.get("before") or self.number)
        rows = [post for post in self._public() if before - 50 < post["id"] <= before]
        return {"latest_posts": sorted(rows, key=lambda post: -post["id"])}

    def _found(self, number):
        post = self.posts.get(int(number))
        if not post:
            raise refuse(404, "not_found", "The requested URL or resource could not be found.")
        return post

    def one(self, number, given):
        post = dict(self._found(number))
        post["actions_summary"] = [
            *post["actions_summary"],
            *({"id": kind, "acted": True} for kind in self.acted.get(int(number), ())),
        ]
        return post

    def topic(self, number, given):
        found = self.topics.get(int(number))
        if not found:
            raise refuse(404, "not_found", "Gone")
        posts = sorted(self._of(int(number)), key=lambda post: post["post_number"])
        return {
            **found,
            "highest_post_number": len(posts),
            "post_stream": {"posts": posts[:20], "stream": [post["id"] for post in posts]},
            "details": {"allowed_users": [SHOP, *found["people"]], "allowed_groups": []},
        }

    def private(self, sent, name, given):
        rows = []
        for number, topic in self.topics.items():
            posts = self._of(number)
            ours = bool(posts) and posts[0]["username"] == USER
            if topic["archetype"] == "private_message" and ours == bool(sent):
                last = posts[-1]["created_at"]
                rows.append(
                    {**topic, "highest_post_number": len(posts), "last_posted_at": last}
                )
        return {"topic_list": {"topics": rows}}

    def make(self, given):
        for post in self.posts.values():
            if post["username"] == USER and post["raw"] == given["raw"]:
                words = "Body is too similar to what you recently posted"
                raise refuse(422, "", words)
        topic, people = given.get("topic_id"), ()
        if given.get("archetype"):
            people = [ANA if given["target_recipients"] == "ana_m" else BUDI]
        post = self.say(
            SHOP, given["raw"], topic=topic, title=given.get("title", ""), people=people,
            reply_to=given.get("reply_to_post_number"),
        )
        now = stamp(self.now())
        post.update(created_at=now, updated_at=now)
        if topic is None:
            self.topics[post["topic_id"]]["created_at"] = now
        return post

    def change(self, number, given):
        post = self._found(number)
        self.edit(post, given["post"]["raw"])
        return {"post": post}

    def delete(self, number, given):
        self._found(number)
        del self.posts[int(number)]
        return {}

    def delete_topic(self, number, given):
        for post in self._of(int(number)):
            del self.posts[post["id"]]
        return {}

    def act(self, given):
        self.acted.setdefault(given["id"], []).append(given["post_action_type_id"])
        return self._found(given["id"])

    def latest(self, given):
        rows = [topic for topic in self.topics.values() if topic["archetype"] == "regular"]
        return {"topic_list": {"topics": rows}}
