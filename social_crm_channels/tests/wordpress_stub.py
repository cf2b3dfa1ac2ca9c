# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A WordPress of our own: what the real one (7.1) answered to the same calls, and its faults."""
import base64
import json
from datetime import UTC, datetime, timedelta
from html import escape

from werkzeug.wrappers import Response

from .rest_stub import Refused, RestStub

PASSWORD = "abcd EFGH ijkl MNOP qrst UVWX"
USER = "shop"
START = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=1)
ABLE = {"moderate_comments": True, "publish_posts": True}


def stamp(moment):
    return moment.isoformat()


def refuse(status, code, words="Sorry"):
    return Refused(status, {"code": code, "message": words, "data": {"status": status}})


class WordpressStub(RestStub):
    routes = (
        ("GET", "/", "front"),
        ("GET", "/wp-json/", "index"),
        ("GET", "/wp-json/wp/v2/users/me", "me"),
        ("GET", "/wp-json/wp/v2/settings", "settings"),
        ("GET", "/wp-json/wp/v2/(posts|pages|comments)", "listed"),
        ("POST", "/wp-json/wp/v2/comments", "comment"),
        ("POST", "/wp-json/wp/v2/posts", "publish"),
        ("GET", "/wp-json/wp/v2/(posts|comments)/([0-9]+)", "one"),
        ("POST", "/wp-json/wp/v2/(posts|comments)/([0-9]+)", "change"),
        ("DELETE", "/wp-json/wp/v2/(posts|comments)/([0-9]+)", "delete"),
    )

    def __init__(self):
        super().__init__()
        self.able, self.me_id = dict(ABLE), 1
        self.number, self.clock = 10, START
        self.shelf = {"posts": {}, "pages": {}, "comments": {}}
        self.offers, self.comment_status, self.link = True, "open", True
        self.zone = timedelta(hours=1)
        self.add_post("Nova šolja", "Plava je tu.")

    # What people do there

    def add_post(self, title, text, base="posts", **more):
        self.number += 1
        number = str(self.number)
        self.shelf[base][number] = {
            "id": self.number,
            "author": 1,
            "date_gmt": stamp(self.clock),
            "modified_gmt": stamp(self.clock),
            "title": {"raw": title, "rendered": escape(title)},
            "content": {"raw": text, "rendered": f"<p>{text}</p>"},
            "link": f"{self.address}/?p={number}",
            "status": "publish",
            "type": base[:-1],
            **more,
        }
        return number

    def say(self, text, *, post="11", parent=0, name="Ana", email="Ana@away.example", **more):
        """A guest comments; who has an account says ``author``."""
        self.number += 1
        number = str(self.number)
        base = "pages" if post in self.shelf["pages"] else "posts"
        self.shelf["comments"][number] = {
            "id": self.number,
            "post": int(post),
            "parent": parent,
            "author": 0,
            "author_name": name,
            "author_email": email,
            "author_url": "",
            "author_ip": "203.0.113.77",
            "author_user_agent": "Netscape",
            "date_gmt": stamp(self.clock),
            "content": {"raw": text, "rendered": f"<p>{text}</p>\n"},
            "link": f"{self.address}/?p={post}#comment-{number}",
            "status": "approved",
            "type": "comment",
            "_links": {"up": [{"href": f"{self.address}/wp-json/wp/v2/{base}/{post}"}]},
            **more,
        }
        return number

    # The wire

    def check(self, request, given):
        if "/wp/v2/" not in request.path:
            return
        right = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {right}":
            raise refuse(401, "rest_not_logged_in", "You are not currently logged in.")

    def unknown(self, request):
        return Response("<html>Not here</html>", 404, content_type="text/html")

    def front(self, given):
        if given.get("rest_route"):
            return self.index(given)
        headers = {"Link": f'<{self.address}/wp-json/>; rel="https://api.w.org/"'}
        return Response("<html>Blog</html>", headers=headers if self.link else None)

    def index(self, given):
        page = f"{self.address}/wp-admin/authorize-application.php"
        ways = {"application-passwords": {"endpoints": {"authorization": page}}}
        return {
            "name": "Example Shop",
            "home": self.address,
            "namespaces": ["oembed/1.0", "wp/v2"],
            "authentication": ways if self.offers else [],
        }

    def me(self, given):
        link = f"{self.address}/author/shop/"
        return {
            "id": self.me_id,
            "name": "Example Shop",
            "slug": "shop",
            "link": link,
            "capabilities": self.able or [],  # as PHP writes it
        }

    def settings(self, given):
        return {"default_comment_status": self.comment_status}

    def listed(self, base, given):
        rows = list(self.shelf[base].values())
        status = given.get("status", "publish" if base != "comments" else "approve")
        status = {"approve": "approved"}.get(status, status).split(",")
        if status != ["any"]:
            rows = [row for row in rows if row["status"] in status]
        for name in ("post", "author"):
            if name in given:
                rows = [row for row in rows if str(row.get(name)) == given[name]]
        if "include" in given:
            rows = [row for row in rows if str(row["id"]) in given["include"].split(",")]
        if "after" in given:  # by the site's own zone, as the real one compares
            after = datetime.fromisoformat(given["after"].removesuffix("Z")) + self.zone
            rows = [
                row
                for row in rows
                if datetime.fromisoformat(row["date_gmt"]) + self.zone > after
            ]
        rows.sort(key=lambda row: (row["date_gmt"], row["id"]))
        if given.get("order", "desc") == "desc":
            rows.reverse()
        size, page = int(given.get("per_page", 10)), int(given.get("page", 1))
        pages = -(-len(rows) // size)
        if page > 1 and page > pages:
            raise refuse(400, "rest_post_invalid_page_number")
        response = Response(
            json.dumps(rows[(page - 1) * size : page * size]), content_type="application/json"
        )
        response.headers["X-WP-Total"], response.headers["X-WP-TotalPages"] = len(rows), pages
        return response


    def _found(self, base, number):
        if number not in self.shelf[base]:
            code = "rest_comment_invalid_id" if base == "comments" else "rest_post_invalid_id"
            raise refuse(404, code)
        return self.shelf[base][number]

    def one(self, base, number, given):
        return self._found(base, number)

    def comment(self, given):
        for row in self.shelf["comments"].values():
            same = (row["post"], row["parent"], row["author"], row["content"]["raw"])
            if same == (given["post"], given.get("parent", 0), self.me_id, given["content"]):
                raise refuse(409, "comment_duplicate", "Duplicate comment detected")
        number = self.say(
            given["content"],
            post=str(given["post"]),
            parent=given.get("parent", 0),
            author=self.me_id,
            name="Example Shop",
            email="shop@example.test",
            date_gmt=stamp(self.now()),
        )
        return self.shelf["comments"][number]

    def publish(self, given):
        now = stamp(self.now())
        number = self.add_post(
            given["title"], given["content"], date_gmt=now, modified_gmt=now,
            status=given["status"],
        )
        return self.shelf["posts"][number]

    def change(self, base, number, given):
        found = self._found(base, number)
        for name in ("title", "content"):
            if name in given:
                found[name] = {"raw": given[name], "rendered": f"<p>{given[name]}</p>"}
        found["status"] = given.get("status", found["status"])
        return found

    def delete(self, base, number, given):
        found = self._found(base, number)
        if given.get("force") == "true":
            del self.shelf[base][number]
        elif found["status"] == "trash":
            raise refuse(410, "rest_already_trashed")
        found["status"] = "trash"
        return found
