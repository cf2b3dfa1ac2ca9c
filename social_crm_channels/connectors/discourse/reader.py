# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""One reading of a forum: public posts, private messages, then what may have changed. No ORM."""
from datetime import timedelta

from odoo.addons.social_crm_base.exceptions import MalformedPayload, PermanentError

from ...tools import payload as read
from ...tools import watch
from . import const, items
from .api import GONE, utcnow


class Reader:
    """:param Api api:
    :param dict cursor: what the last call left, ``{}`` at first
    :param int now: seconds since 1970
    """

    def __init__(self, api, cursor, now):
        self._api, self._now = api, now
        self.cursor = dict(cursor)
        self._watched = dict(cursor.get("watched", {}))

    def next_items(self):
        """:return: items, oldest first, none when all is read
        :rtype: list[tuple[str, dict]]
        """
        found = self._new_posts() or self._new_messages() or self._look_again()
        self.cursor["watched"] = self._fewer()
        return found

    # === NEW, IN PUBLIC === #

    def _new_posts(self):
        """From the last one read up to the newest, fifty ids a call."""
        newest = _posts_of(self._api.get("/posts.json"))
        top = max((_id(post) for post in newest), default=0)
        last = self.cursor.get("last")
        if last is None:
            last = self._before_first(newest)
        for _page in range(const.MAX_PAGES):
            if last >= top:
                break
            # Versions differ in whether the bound is included: both hold the ids in between.
            rows = newest
            if last < min(map(_id, newest)) - 1:
                rows = _posts_of(self._api.get("/posts.json", before=last + const.PAGE))
                until = min(last + const.PAGE - 1, top)  # what comes after has yet to be said
            else:
                until = top
            rows = sorted((row for row in rows if last < _id(row) <= until), key=_id)
            last = until
            if rows:
                self.cursor["last"] = last
                return [self._tell(row) for row in rows]
        self.cursor["last"] = last
        return []

    def _before_first(self, newest):
        """Where the very first reading begins: not before its days, nor too far back."""
        since = utcnow() - timedelta(days=const.FIRST_DAYS)
        rows, start = newest, max(map(_id, newest), default=0)
        bound = start + 1
        for _page in range(const.MAX_PAGES):
            fresh = [row for row in rows if read.required_time(row, "created_at") >= since]
            start = min([start, *(_id(row) - 1 for row in fresh)])
            bound = min([bound - const.PAGE, *map(_id, rows)]) if rows else bound - const.PAGE
            if len(fresh) < len(rows) or bound <= 1:
                break
            rows = _posts_of(self._api.get("/posts.json", before=bound - 1))
            rows = [row for row in rows if _id(row) < bound]
        return start

    def _tell(self, post, topic=None):
        self._watch(post)
        return items.post_item(post, topic=topic)

    # === NEW, IN PRIVATE === #

    def _new_messages(self):
        """Topics of our inbox in which something was said since they were read."""
        path = f"/topics/private-messages/{self._api.username}.json"
        listed = read.nested(self._api.get(path), "topic_list")
        known = dict(self.cursor.get("topics", {}))
        since = utcnow() - timedelta(days=const.FIRST_DAYS)
        found, asked = [], 0
        for topic in read.objects(listed, "topics"):
            number, highest = read.required(topic, "id"), read.count(topic, "highest_post_number")
            at = read.time(topic, "last_posted_at")
            if (highest or 0) <= known.get(number, 0):
                continue
            if number not in known and at and at < since:
                continue
            if asked >= const.TOPICS:
                break
            told, known[number] = self._messages(number, known.get(number, 0))
            found, asked = found + told, asked + 1
        listed_now = {read.required(topic, "id") for topic in read.objects(listed, "topics")}
        self.cursor["topics"] = {key: value for key, value in known.items() if key in listed_now}
        return found

    def _messages(self, number, after):
        """What was said in a private topic after some post, and how far it is read now."""
        topic = self._api.topic(number)
        stream = read.nested(topic, "post_stream")
        posts = {_id(post): post for post in read.objects(stream, "posts")}
        ids = [one for one in stream.get("stream") or () if isinstance(one, int)]
        rest = [one for one in ids if one not in posts][-const.POSTS :]
        rows = [*posts.values(), *(self._api.one_post(one) for one in rest)]
        rows = [row for row in rows if (read.count(row, "post_number") or 0) > after]
        rows.sort(key=_id)
        highest = max([after, *(read.count(row, "post_number") or 0 for row in rows)])
        highest = max(highest, read.count(topic, "highest_post_number") or 0)
        return [self._tell(row, topic) for row in rows], highest

    # === CHANGED === #

    def _watch(self, post):
        self._watched[read.required(post, "id")] = [
            read.required(post, "topic_id"),
            read.required(post, "post_number"),
            _print(post),
            read.flag(post, "hidden"),
            self._now,
            self._now,
        ]

    def _fewer(self):
        since = self._now - const.WATCH_DAYS * 86400
        kept = sorted(
            (item for item in self._watched.items() if item[1][4] >= since),
            key=lambda item: int(item[0]),
        )
        return dict(kept[-const.WATCHED :])

    def _look_again(self):
        """Some of the posts read lately, those first that were not looked at for longest."""
        found, due = [], watch.due(
            self._watched,
            self._now,
            seconds=const.WATCH_SECONDS,
            most=const.WATCH_BATCH,
            checked=5,
        )
        for number in due:
            try:
                found += self._look_at(number)
            except MalformedPayload:
                del self._watched[number]
        return found

    def _look_at(self, number):
        topic_id, post_number, version, was_hidden, seen_at, _checked = self._watched[number]
        try:
            post = self._api.one_post(number)
        except PermanentError as error:
            del self._watched[number]
            if error.status not in GONE:
                return []  # no longer shown to us: not deleted
            self._api.user()  # a forum that denies everything says nothing about one post
            gone = {"id": number, "topic_id": topic_id, "post_number": post_number}
            return [items.gone_item(gone)]
        self._watch(post)
        self._watched[number][4] = seen_at
        if read.time(post, "deleted_at"):
            del self._watched[number]
            return [items.gone_item(post)]
        hidden = read.flag(post, "hidden")
        if (_print(post), hidden) == (version, was_hidden):
            return []
        key, payload = items.post_item(post, shown=was_hidden and not hidden)
        return [(f"{key}:{int(hidden)}", payload)]


def _posts_of(answer):
    """Posts of a list, whatever it is called."""
    rows = read.objects(answer, "latest_posts")
    for row in rows:
        _id(row)
    return rows


def _id(post):
    number = read.count(post, "id")
    if number is None:
        raise MalformedPayload("a post has no number")
    return number


def _print(post):
    """What tells one version of a post from another."""
    deleted = read.flag(post, "user_deleted")
    return f"{read.text(post, 'version', '1')}:{read.text(post, 'updated_at')}:{int(deleted)}"
