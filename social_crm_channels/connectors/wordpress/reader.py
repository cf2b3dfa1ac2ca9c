# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""One reading of a site: its posts, then its comments, then what may have changed. No ORM."""
from odoo.addons.social_crm_base.exceptions import MalformedPayload, PermanentError

from ...tools import payload as read
from . import const, items, poll

KNOWN_POSTS = 1000
MAX_SPAM_PAGES = 10


class Reader:
    """:param Api api:
    :param str own: the number of our account there
    :param dict cursor: what the last call left, ``{}`` at first
    :param int now: seconds since 1970
    """

    def __init__(self, api, own, cursor, now):
        self._api, self._now = api, now
        self.cursor = dict(cursor)
        self._watched = dict(cursor.get("watched", {}))
        self._writers = {*cursor.get("writers", ()), own}  # who writes the posts speaks for us
        self._posts = list(cursor.get("posts_told", ()))

    def next_items(self):
        """:return: items, oldest first, none when all is read
        :rtype: list[tuple[str, dict]]
        """
        found = self._new_posts() or self._new_comments() or self._look_again()
        self.cursor.update(
            watched=poll.forget_old(self._watched, self._now),
            writers=sorted(self._writers),
            posts_told=self._posts[-KNOWN_POSTS:],
        )
        return found

    # === NEW === #

    def _new_posts(self):
        rows, self.cursor["posts"] = poll.fresh(
            self._api, "posts", self.cursor.get("posts", {}), orderby="date", status="publish"
        )
        return [self._tell_post(row, "posts") for row in rows]

    def _tell_post(self, post, base):
        number = read.required(post, "id")
        self._writers.add(read.text(post, "author"))
        self._posts = [*(known for known in self._posts if known != number), number]
        if base == "posts":
            self._watch(post, "post")
        return items.post_item(post, base)

    def _new_comments(self):
        for _page in range(MAX_SPAM_PAGES):  # a page of nothing but spam must not end the reading
            rows, self.cursor["comments"] = poll.fresh(
                self._api,
                "comments",
                self.cursor.get("comments", {}),
                orderby="date_gmt",
                status="any",
            )
            worth = [row for row in rows if read.text(row, "status") not in const.UNTOLD]
            above = self._posts_above(worth)
            for row in rows:
                self._watch(row, "comment", told=row in worth)
            if worth or not rows:
                return above + [self._tell_comment(row) for row in worth]
        return []

    def _tell_comment(self, comment, edited=False):
        author = read.text(comment, "author", "0")
        ours = author != "0" and author in self._writers
        return items.comment_item(comment, ours=ours, edited=edited)

    def _posts_above(self, comments):
        """The posts that comments stand below, where they are older than the first reading."""
        wanted = {}
        for comment in comments:
            number = read.required(comment, "post")
            if number not in self._posts:
                wanted.setdefault(_base_of(comment), []).append(number)
        found = []
        for base, numbers in wanted.items():
            try:
                rows = self._api.rows(
                    base,
                    context="edit",
                    include=",".join(dict.fromkeys(numbers)),
                    per_page=const.PAGE,
                )
            except PermanentError:
                continue  # a kind of post that the API does not show to us
            found += [self._tell_post(row, base) for row in rows]
        return found

    # === CHANGED === #

    def _watch(self, row, family, *, told=True):
        key = f"{family}:{read.required(row, 'id')}"
        self._watched[key] = poll.watched_as(row, family, self._now, told=told)

    def _look_again(self):
        """A round over all that is watched, a page a call, every few minutes."""
        left = list(self.cursor.get("left", ()))
        if not left and self.cursor.get("round", 0) <= self._now - const.WATCH_SECONDS:
            left, self.cursor["round"] = sorted(self._watched), self._now
        found = []
        while left and not found:
            family = left[0].partition(":")[0]
            batch = [key for key in left if key.startswith(f"{family}:")][: const.PAGE]
            left = [key for key in left if key not in set(batch)]
            found = self._look_at(family, [key.partition(":")[2] for key in batch])
        self.cursor["left"] = left
        return found

    def _look_at(self, family, numbers):
        rows = {}
        for row in poll.again(self._api, family, numbers):
            rows[read.required(row, "id")] = row
        found = []
        for number in numbers:
            if number in rows:
                found += self._compare(family, number, rows[number])
        missing = [number for number in numbers if number not in rows][: const.CONFIRM]
        for number in missing:
            if poll.is_gone(self._api, family, number):
                told = self._watched.pop(f"{family}:{number}", [0, 0, 0, False])[3]
                found += [items.gone_item(family, number)] if told else []
        return found

    def _compare(self, family, number, row):
        key = f"{family}:{number}"
        version, was_hidden, seen_at, told = self._watched.get(key, ["", True, self._now, False])
        try:
            now = poll.watched_as(row, family, seen_at, told=told)
        except MalformedPayload:
            return []
        self._watched[key] = now
        if family == "comment" and not told:
            if read.text(row, "status") in const.UNTOLD:
                return []
            now[3] = True
            return [*self._posts_above([row]), self._tell_comment(row)]
        found = []
        if now[0] != version:
            if family == "post":
                found.append(items.post_item(row, "posts"))
            else:
                found.append(self._tell_comment(row, edited=True))
        if now[1] != was_hidden:
            found.append(items.status_item(family, number, now[1]))
        return found


def _base_of(comment):
    """The part of the API that knows the comment's post: ``posts``, ``pages``, a kind of its own.

    :rtype: str
    """
    for up in read.objects(read.nested(comment, "_links"), "up"):
        parts = read.text(up, "href").rstrip("/").split("/")
        if len(parts) > 2 and parts[-2].replace("_", "").replace("-", "").isalnum():
            return parts[-2]
    return "posts"
