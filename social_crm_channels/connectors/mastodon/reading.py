# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What one round of reading asks for. No ORM."""
from odoo.addons.social_crm_base.exceptions import MalformedPayload, PermanentError

from ...tools import payload as read
from ...tools import watch
from . import api, const, items, poll


class Reader:
    """:param HttpClient client: of our own account
    :param dict cursor: what the last round left; changed here
    :param int now: seconds since 1970
    """

    def __init__(self, client, cursor, now):
        self._client, self._cursor, self._now = client, cursor, now
        if not cursor.get("account"):
            cursor["account"] = read.required(api.own_account(client), "id")
        self._own_id = cursor["account"]
        self.watched = dict(cursor.get("watched", {}))

    def notifications(self):
        """What others said and did to us.

        :return: items, the oldest first
        :rtype: list[tuple[str, dict]]
        """
        rows = self._next(
            "notifications",
            "/api/v1/notifications",
            lambda row: read.required(row, "id"),
            include_filtered="true",  # what a policy of the account would put aside
        )
        return [items.notification_item(row) for row in rows]

    def own_posts(self):
        """What we said elsewhere.

        :rtype: list[tuple[str, dict]]
        """
        rows = self._next(
            "statuses",
            f"/api/v1/accounts/{self._own_id}/statuses",
            lambda row: read.required(row, "uri"),
            exclude_reblogs="true",
        )
        return [items.status_item(row) for row in rows]

    def _next(self, name, path, key_of, **params):
        state = self._cursor.get(name, {})
        rows, self._cursor[name] = poll.next_page(self._client, path, state, key_of, **params)
        items.watch(self.watched, rows, self._own_id, self._now)
        return rows

    def look_again(self):
        """Statuses seen lately, for those that were edited, deleted or answered unnamed.

        What one status is about must not keep the others from being read.

        :rtype: list[tuple[str, dict]]
        """
        found, proven = [], False
        for uri in watch.due(
            self.watched, self._now, seconds=const.WATCH_SECONDS, most=const.WATCH_BATCH
        ):
            known = self.watched[uri]
            try:
                found += self._look_at(uri)
            except (MalformedPayload, PermanentError) as error:
                del self.watched[uri]
                if error.status not in api.GONE:
                    continue  # no longer shown to us, or not to be understood: not deleted
                if not proven:  # a server that denies everything says nothing about one post
                    api.own_account(self._client)
                    proven = True
                found.append(items.gone_item(uri, known["id"]))
        return found

    def _look_at(self, uri):
        known = self.watched[uri]
        answer = self._client.get(f"/api/v1/statuses/{known['id']}").json()
        status = read.expect_object(answer, "the status")
        status = read.nested(status, "reblog") or status
        seen = poll.watched_as(status, self._now, own=known["own"])
        self.watched[uri] = {**seen, "seen": known["seen"]}
        found = []
        if seen["edited"] != known["edited"]:
            found.append(items.status_item(status))
        elif seen["counts"] != known["counts"]:
            found.append(items.counters_item(status))
        if known["own"] and seen["counts"][0] != known["counts"][0]:
            found += self._answers(status)
        return found

    def _answers(self, status):
        """Replies below a post of ours: those that do not name us are in no notification."""
        path = f"/api/v1/statuses/{read.required(status, 'id')}/context"
        try:
            context = read.expect_object(self._client.get(path).json(), "the context")
        except PermanentError:
            return []  # it is there: we just asked for it
        below = read.objects(context, "descendants")
        line = [*read.objects(context, "ancestors"), status, *below]
        return [items.status_item(reply, api.thread_of(reply, line)) for reply in below]
