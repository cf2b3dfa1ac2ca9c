# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What one round of reading asks for. No ORM."""
from contextlib import suppress

from odoo.addons.social_crm_base.exceptions import MalformedPayload, PermanentError

from ...tools import payload as read
from ...tools import watch
from . import const, poll
from .parse import Facts, addresses_us, quoted, reply_of
from .record import author


class Reader:
    """:param Api api: of our own account
    :param dict cursor: what the last round left; changed here
    :param int now: seconds since 1970
    """

    def __init__(self, api, did, cursor, now):
        self._api, self._did, self._cursor, self._now = api, did, cursor, now
        self.watched = dict(cursor.get("watched", {}))

    def notifications(self):
        """What others said and did to us.

        :return: items, the oldest first
        :rtype: list[tuple[str, dict]]
        """
        rows, self._cursor["notifications"] = poll.next_page(
            self._api,
            "app.bsky.notification.listNotifications",
            "notifications",
            self._cursor.get("notifications", {}),
            lambda row: f"{read.required(row, 'uri')} {read.text(row, 'reason')}",
            poll.seen_at,
        )
        said = [
            row for row in rows if read.text(row, "reason") in const.POST_REASONS
        ]
        posts = self._api.posts([read.required(row, "uri") for row in said])
        above = {read.required(row, "uri"): self._above(row) for row in rows}
        views = self._views(above)
        self._watch([posts.get(read.required(row, "uri"), row) for row in said])
        return [
            poll.notification_item(row, posts, _found(views, above[read.required(row, "uri")]))
            for row in rows
        ]

    def own_posts(self):
        """What our account said, wherever it was typed; reposts are nothing we said.

        :rtype: list[tuple[str, dict]]
        """
        rows, self._cursor["feed"] = poll.next_page(
            self._api,
            "app.bsky.feed.getAuthorFeed",
            "feed",
            self._cursor.get("feed", {}),
            lambda row: read.required(read.nested(row, "post"), "uri")
            + read.text(read.nested(row, "reason"), "$type"),
            lambda row: poll.seen_at(read.nested(row, "reason") or read.nested(row, "post")),
            actor=self._did,
            filter="posts_with_replies",
        )
        posts = [read.nested(row, "post") for row in rows if not row.get("reason")]
        above = {read.required(post, "uri"): self._above(post) for post in posts}
        views = self._views(above)
        self._watch(posts)
        return [
            poll.post_item(post, _found(views, above[read.required(post, "uri")]))
            for post in posts
        ]

    def look_again(self):
        """Posts seen lately, for those that were deleted or have other figures now.

        :rtype: list[tuple[str, dict]]
        """
        found, uris = [], watch.due(
            self.watched, self._now, seconds=const.WATCH_SECONDS, most=const.WATCH_BATCH
        )
        posts = self._api.posts(uris)
        for uri in uris:
            known = self.watched[uri]
            if uri in posts:
                seen = poll.watched_as(posts[uri], self._did, self._now, known["seen"])
                self.watched[uri] = seen
                if seen["counts"] != known["counts"]:
                    found += [poll.counters_item(posts[uri]), *self._answers(posts[uri])]
                continue
            del self.watched[uri]
            # missing is also what its author hides from us: only the record itself proves it
            if not self._api.record(uri):
                found.append(poll.gone_item(uri))
        return found

    def _answers(self, post):
        """Answers below a post of ours whose figures changed: an answer that the network took in
        before what it answers is in no notification.
        """
        if not post.get("replyCount"):
            return []
        try:
            answer = self._api.ask(
                "app.bsky.feed.getPostThread",
                uri=read.required(post, "uri"),
                depth=const.THREAD_DEPTH,
                parentHeight=0,
            )
        except PermanentError:
            return []  # it is there: we just asked for it
        waiting, found = [read.nested(answer, "thread")], []
        while waiting:
            replies = read.objects(waiting.pop(), "replies")
            waiting += replies
            found += [read.nested(one, "post") for one in replies if one.get("post")]
        others = [one for one in found if author(read.text(one, "uri")) not in ("", self._did)]
        self._watch(others)
        return [poll.post_item(one) for one in others]

    def _above(self, entry):
        """What an entry speaks of: posts of ours, and the first post of the thread.

        :return: addresses, and which of them may be a stranger's
        :rtype: tuple[list[str], str]
        """
        with suppress(MalformedPayload):  # told where it is parsed
            record = read.nested(entry, "record")
            if read.text(entry, "reason") in const.GESTURE_REASONS:
                uris, root = [read.text(read.nested(record, "subject"), "uri")], ""
            else:
                parent, root = reply_of(record)
                uris = [root, parent, quoted(record)]
            ours = [uri for uri in uris if author(uri) == self._did and uri not in self.watched]
            stranger = root if author(root) not in ("", self._did) else ""
            return list(dict.fromkeys(filter(None, [stranger, *ours]))), stranger
        return [], ""

    def _views(self, above):
        """The posts that others speak of, as far as they may be shown.

        :rtype: dict[str, dict]
        """
        posts = self._api.posts([uri for uris, _stranger in above.values() for uri in uris])
        strangers = {stranger for _uris, stranger in above.values()}
        self._watch([post for uri, post in posts.items() if author(uri) == self._did])
        return {
            uri: post
            for uri, post in posts.items()
            if uri not in strangers or self._is_first(post)
        }

    def _is_first(self, post):
        """Whether a stranger's post begins a thread and says nothing to us: what is said to us
        comes by a notification of its own, and must not come as something nobody need answer.
        """
        with suppress(MalformedPayload):
            record = read.nested(post, "record")
            return not record.get("reply") and not addresses_us(record, Facts(self._did))
        return False

    def _watch(self, posts):
        poll.watch(self.watched, posts, self._did, self._now)


def _found(views, above):
    return [views[uri] for uri in above[0] if uri in views]
