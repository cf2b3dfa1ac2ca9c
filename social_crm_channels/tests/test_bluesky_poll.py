# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import ConnectorError, RateLimited, TransientError

from ..connectors.bluesky import const
from ..tools import watch
from .bluesky_common import FEED, NOTIFICATIONS, POSTS, RECORD, BlueskyCase, refusal
from .bluesky_entities import (
    ANA,
    DID,
    OURS,
    gesture,
    notification,
    post,
    record,
    reply,
    strong,
    uri,
)
from .fake_network import FakeNetwork

EVE = "did:plc:eve"


def ago(**delta):
    moment = datetime.now(UTC) - timedelta(**delta)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@tagged("post_install", "-at_install")
class TestBlueskyPoll(BlueskyCase):
    """The list of notifications as servers give it: newest first, pages by cursor."""

    def setUp(self):
        super().setUp()
        self.rows, self.feed, self.posts = [], [], {}
        self.network._answers.clear()
        self.network.answer("GET", RECORD, refusal("RecordNotFound"), status=400)
        respond = self.network._respond

        def live(client, method, path):
            params = self.network.calls[-1][2].get("params") or {}
            pages = {NOTIFICATIONS: ("notifications", self.rows), FEED: ("feed", self.feed)}
            if path in pages:
                name, rows = pages[path]
                start = int(params.get("cursor") or 0)
                rest = rows[start : start + params["limit"]]
                body = {name: rest}
                if rest:
                    body["cursor"] = str(start + len(rest))
                self.network._answers["GET", path] = [(body, 200, {})]
            elif path == POSTS:
                found = [self.posts[one] for one in params["uris"] if one in self.posts]
                self.network._answers["GET", path] = [({"posts": found}, 200, {})]
            return respond(client, method, path)

        self.network._respond = live

    def tell(self, number, at=None, **other):
        """A new entry, at the place where its own clock puts it."""
        row = notification(number=number, indexedAt=at or ago(seconds=1), **other)
        self.rows.append(row)
        self.rows.sort(key=lambda one: one["indexedAt"], reverse=True)
        return row

    def read_all(self, cursor=None):
        """One reading as the engine does it: until nothing more comes."""
        found = []
        for _page in range(20):
            items, cursor = self.fetch(cursor)
            if not items:
                return [key for key, _payload in found], dict(found), cursor
            found += items
        raise AssertionError("it never ends")

    def test_nothing_is_read_twice_nor_left_out_over_many_pages(self):
        with patch.object(const, "PAGE", 10):
            for number in range(25):
                self.tell(number, ago(hours=30, seconds=-number))
            keys, _payloads, cursor = self.read_all()
            self.assertEqual(len(keys), 25)
            for number in range(25, 60):
                self.tell(number, ago(minutes=5, seconds=-number))
            new, _payloads, cursor = self.read_all(cursor)
            self.assertEqual((len(new), len({*keys, *new})), (35, 60))
            self.assertEqual(self.read_all(cursor)[0], [])

    def test_what_a_late_clock_puts_below_newer_ones_is_read(self):
        self.tell(1, ago(minutes=1))
        _keys, _payloads, cursor = self.read_all()
        self.tell(2, ago(days=2))
        keys, _payloads, cursor = self.read_all(cursor)
        self.assertEqual(keys, [f"notification:{uri(2)}:mention"])
        self.assertEqual(self.read_all(cursor)[0], [])

    def test_the_first_reading_goes_back_two_weeks(self):
        self.tell(1, ago(days=15))
        self.tell(2, ago(days=13))
        self.assertEqual(self.read_all()[0], [f"notification:{uri(2)}:mention"])

    def test_a_page_that_fails_is_read_again_from_where_it_stood(self):
        with patch.object(const, "PAGE", 10):
            for number in range(25):
                self.tell(number, ago(hours=3, seconds=-number))
            first, cursor = self.fetch()
            with (
                patch.object(self.network, "_respond", side_effect=TransientError("out")),
                self.assertRaises(TransientError),
            ):
                self.fetch(cursor)
            rest, _payloads, _cursor = self.read_all(cursor)
            self.assertEqual(len({key for key, _one in first} | set(rest)), 25)

    def test_whatever_the_network_does_wrong_nothing_is_lost(self):
        self.tell(1, ago(minutes=1))
        _keys, _payloads, cursor = self.read_all()
        self.tell(2)
        before = json.dumps(cursor)
        for body, status, headers in (
            (b"<html>we are busy</html>", 200, {}),
            (b'{"notifications": [{"uri"', 200, {}),
            (b"", 200, {}),
            ([1], 200, {}),
            ({"notifications": 5}, 200, {}),
            ({"notifications": [{"uri": [], "reason": 7}]}, 200, {}),
            ({"notifications": [{"author": {"did": ANA}}]}, 200, {}),
            (refusal("UpstreamFailure"), 502, {}),
            (refusal("InternalServerError"), 500, {}),
            (b"x" * 100, 403, {}),
            (TransientError("no answer in time"), 0, {}),
        ):
            with self.subTest(body=body, status=status), self.network_with(body, status, headers):
                try:
                    items, _cursor = self.fetch(cursor)
                except ConnectorError:
                    items = []
                self.assertFalse(items)
                self.assertEqual(json.dumps(cursor), before, "read again from where it stood")
        self.assertEqual(self.read_all(cursor)[0], [f"notification:{uri(2)}:mention"])

    def test_the_network_says_in_any_form_when_to_come_back(self):
        soon = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
        for headers in (
            {"RateLimit-Reset": str(int(soon.timestamp()))},
            {"Retry-After": "300"},
            {"Retry-After": soon.strftime("%a, %d %b %Y %H:%M:%S GMT")},
            {},
        ):
            body = refusal("RateLimitExceeded")
            with self.network_with(body, 429, headers), self.assertRaises(RateLimited) as caught:
                self.fetch()
            until = caught.exception.until
            if headers:
                wanted = soon.replace(tzinfo=None)
                self.assertAlmostEqual((until - wanted).total_seconds(), 0, delta=5)
            else:
                self.assertIsNone(until)

    def network_with(self, body, status, headers):
        """Another network, for as long as the context lasts: it gives this to every question."""
        other = FakeNetwork()
        for path in (NOTIFICATIONS, FEED, POSTS):
            other.answer("GET", path, body, status, headers)
        return other.patched()

    def test_pictures_and_what_stands_above_are_fetched_together(self):
        first = uri(40, EVE)
        self.posts = {
            first: post(40, EVE),
            OURS: post(7, DID),
            uri(1): post(1, likeCount=5),
        }
        self.tell(1, record=record(reply=reply(OURS, first)), reason="reply")
        self.rows.append({**gesture("like", OURS, 2), "indexedAt": ago(seconds=2)})
        _keys, payloads, _cursor = self.read_all()
        said = payloads[f"notification:{uri(1)}:reply"]
        self.assertEqual(said["post"]["likeCount"], 5)
        self.assertEqual([one["uri"] for one in said["context"]], [first, OURS])
        asked = [call["params"]["uris"] for call in self.network.asked("GET", POSTS)]
        self.assertEqual(len(asked), 2, "one call for the posts, one for what stands above")

    def test_a_stranger_s_post_is_shown_only_if_it_begins_the_thread_and_is_not_said_to_us(self):
        first = uri(40, EVE)
        named = [{"index": {}, "features": [{"$type": "x#mention", "did": DID}]}]
        for told in ({"reply": reply(uri(41, EVE))}, {"facets": named}):
            self.rows.clear()
            self.posts = {first: post(40, EVE, of=told)}
            self.tell(1, record=record(reply=reply(uri(42, EVE), first)))
            (payload,) = self.read_all()[1].values()
            self.assertNotIn("context", payload)

    def test_what_we_said_in_the_app_comes_and_reposts_do_not(self):
        mine = post(7, DID, indexedAt=ago(minutes=3))
        why = {"$type": "x#reasonRepost", "indexedAt": ago(hours=1)}
        self.feed = [{"post": mine}, {"post": post(9), "reason": why}]
        keys, _payloads, cursor = self.read_all()
        self.assertEqual(keys, [f"post:{OURS}"])
        self.assertEqual(self.read_all(cursor)[0], [])

    def test_deletions_are_seen_and_figures_followed_but_hiding_is_no_deletion(self):
        self.posts = {uri(1): post(1), uri(2): post(2), OURS: post(7, DID)}
        self.tell(1)
        self.tell(2)
        self.feed = [{"post": post(7, DID, indexedAt=ago(minutes=3))}]
        _keys, _payloads, cursor = self.read_all()
        self.assertEqual(self.look_again(cursor), [], "nothing changed")
        self.posts[OURS] = post(7, DID, likeCount=1)
        del self.posts[uri(1)], self.posts[uri(2)]
        self.network._answers.pop(("GET", RECORD))
        self.network.answer("GET", RECORD, refusal("RecordNotFound"), status=400)
        self.network.answer("GET", RECORD, {**strong(uri(2)), "value": record()})
        keys = self.look_again(cursor)
        self.assertEqual(len(keys), 2)
        self.assertTrue(keys[0].startswith("gone:") or keys[1].startswith("gone:"))
        self.assertEqual(sum(key.startswith(f"counters:{OURS}:") for key in keys), 1)

    def test_an_answer_that_no_notification_tells_of_is_found_below_our_post(self):
        self.posts = {OURS: post(7, DID)}
        self.feed = [{"post": post(7, DID, indexedAt=ago(minutes=3))}]
        _keys, _payloads, cursor = self.read_all()
        self.posts[OURS] = post(7, DID, replyCount=1)
        below = {"post": post(1, of={"reply": reply(OURS)}), "replies": [{"post": post(8, DID)}]}
        thread = {"post": self.posts[OURS], "replies": [below, {"notFound": True}]}
        path = "/xrpc/app.bsky.feed.getPostThread"
        self.network.answer("GET", path, {"thread": thread})
        keys = self.look_again(cursor)
        self.assertEqual([key for key in keys if key.startswith("post:")], [f"post:{uri(1)}"])

    def look_again(self, cursor):
        for seen in cursor["watched"].values():
            seen["checked"] -= const.WATCH_SECONDS
        return self.read_all(cursor)[0]

    def test_what_is_remembered_stays_small(self):
        watched = {
            uri(number): {"seen": 1000 + number, "checked": 0, "counts": [], "own": False}
            for number in range(1000)
        }
        kept = watch.forget_old(watched, 2000, days=14, most=const.WATCHED)
        self.assertEqual(len(kept), const.WATCHED)
        self.assertIn(uri(999), kept, "the newest")
        self.assertEqual(watch.forget_old(watched, 10**8, days=14, most=const.WATCHED), {})
