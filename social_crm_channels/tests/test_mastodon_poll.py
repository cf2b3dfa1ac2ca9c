# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    RateLimited,
)
from odoo.addons.social_crm_base.tools.activity import Target

from .fake_network import FakeNetwork
from .mastodon_common import ME, STATUSES, MastodonCase
from .mastodon_entities import (
    AWAY,
    HOME,
    notification,
    own_account,
    status,
)

NOTICES = "/api/v1/notifications"
QUESTION = Target(f"{AWAY}/users/ana/statuses/1", ref="1001")


@tagged("post_install", "-at_install")
@freeze_time("2026-11-01 09:00:00")
class TestMastodonPolling(MastodonCase):
    def answer_pages(self, path, *pages, link=True):
        headers = {"Link": f'<{HOME}{path}?min_id=1>; rel="prev"'} if link else {}
        for page in pages:
            self.network.answer("GET", path, page, headers=headers if page else {})

    def test_the_first_poll_reads_the_newest_and_the_next_goes_on_from_there(self):
        rows = [notification(number=number) for number in (3, 2, 1)]  # newest first
        self.answer_pages(NOTICES, rows, [])
        self.answer_pages(STATUSES, [])
        items, cursor = self.fetch({})
        self.assertEqual(
            [payload["notification"]["id"] for _key, payload in items], ["5001", "5002", "5003"]
        )
        items, cursor = self.fetch(cursor)
        self.assertEqual(items, [])
        self.assertEqual(self.network.asked("GET", NOTICES)[-1]["params"]["min_id"], "5003")

    def test_the_first_poll_leaves_old_times_alone_and_the_next_does_not(self):
        long_ago = "2026-09-01T08:00:00Z"
        rows = [notification(number=2), notification(number=1, created_at=long_ago)]
        self.answer_pages(NOTICES, rows, [notification(number=3, created_at=long_ago)], [])
        self.answer_pages(STATUSES, [])
        items, cursor = self.fetch({})
        self.assertEqual(len(items), 1)
        items, cursor = self.fetch(cursor)
        self.assertEqual(items[0][1]["notification"]["id"], "5003")

    def test_what_a_policy_puts_aside_is_read_too(self):
        self.answer_pages(NOTICES, [notification()])
        self.fetch({})
        (asked,) = self.network.asked("GET", NOTICES)
        self.assertEqual(asked["params"]["include_filtered"], "true")

    def test_a_long_absence_is_read_forward_page_by_page(self):
        self.answer_pages(NOTICES, [notification(number=1)])
        _items, cursor = self.fetch({})
        self.network = self.restart()
        self.answer_pages(
            NOTICES,
            [notification(number=number) for number in (3, 2)],
            [notification(number=number) for number in (5, 4)],
            [],
        )
        self.answer_pages(STATUSES, [])
        seen = []
        while True:
            items, cursor = self.fetch(cursor)
            if not items:
                break
            seen += [payload["notification"]["id"] for _key, payload in items]
        self.assertEqual(seen, ["5002", "5003", "5004", "5005"])
        bounds = [asked["params"].get("min_id") for asked in self.network.asked("GET", NOTICES)]
        self.assertEqual(bounds, ["5001", "5003", "5005"])

    def restart(self):
        network = FakeNetwork().answer("GET", ME, own_account())
        patched = network.patched()
        patched.start()
        self.addCleanup(patched.stop)
        return network

    def test_a_server_that_gives_only_the_newest_is_read_backwards_until_it_joins(self):
        self.answer_pages(NOTICES, [notification(number=1)], link=False)
        _items, cursor = self.fetch({})
        self.network = self.restart()
        self.answer_pages(
            NOTICES,
            [notification(number=number) for number in (6, 5)],  # newest page, no Link
            [notification(number=number) for number in (4, 3)],
            [notification(number=number) for number in (2, 1)],  # the bound counts as inside
            [notification(number=6)],  # and again
            link=False,
        )
        self.answer_pages(STATUSES, [])
        seen = []
        for _round in range(10):
            items, cursor = self.fetch(cursor)
            if not items:
                break
            seen += [payload["notification"]["id"] for _key, payload in items]
        self.assertEqual(sorted(seen), ["5002", "5003", "5004", "5005", "5006"])
        self.assertNotIn("max_id", cursor["notifications"])
        self.assertEqual(cursor["notifications"]["min_id"], "5006")

    def test_what_comes_again_is_not_handed_out_again(self):
        rows = [notification(number=1)]
        self.answer_pages(NOTICES, rows, link=False)
        self.answer_pages(STATUSES, [])
        first, cursor = self.fetch({})
        again, _cursor = self.fetch(cursor)
        self.assertEqual((len(first), again), (1, []))

    def test_what_we_said_elsewhere_is_read_too(self):
        self.answer_pages(NOTICES, [])
        self.answer_pages(STATUSES, [status(author=own_account())], [])
        items, _cursor = self.fetch({})
        (activity,) = self.connector._parse(self.channel, items[0][1])
        self.assertEqual(activity.direction, "out")

    def watched(self):
        """A cursor that knows one mention, a minute later."""
        with freeze_time("2026-11-01 08:00:00"):
            self.answer_pages(NOTICES, [notification()], [])
            self.answer_pages(STATUSES, [])
            _items, cursor = self.fetch({})
        return cursor

    @freeze_time("2026-11-01 08:01:00")
    def test_a_deleted_post_is_noticed_by_looking_again(self):
        for gone in (404, 410):
            with self.subTest(gone):
                self.network = self.restart()
                cursor = self.watched()
                self.network.answer("GET", "/api/v1/statuses/1001", {}, status=gone)
                items, cursor = self.fetch(cursor)
                (activity,) = self.connector._parse(self.channel, items[0][1])
                self.assertEqual(activity.verb, "delete")
                self.assertEqual(activity.points_at, QUESTION)
                self.assertEqual(self.fetch(cursor)[0], [])

    @freeze_time("2026-11-01 08:01:00")
    def test_a_server_that_denies_everything_deletes_nothing(self):
        cursor = self.watched()
        self.network._answers["GET", ME] = [({}, 401, {})]
        self.network.answer("GET", "/api/v1/statuses/1001", {}, status=404)
        with self.assertRaises(CredentialsError):
            self.fetch(cursor)

    @freeze_time("2026-11-01 08:01:00")
    def test_one_post_that_cannot_be_read_holds_up_nothing(self):
        for code, body in ((403, {}), (422, {}), (200, []), (200, {"id": "1001"})):
            with self.subTest(code, body=body):
                self.network = self.restart()
                cursor = self.watched()
                self.network.answer("GET", "/api/v1/statuses/1001", body, status=code)
                items, cursor = self.fetch(cursor)
                deleted = [payload for _key, payload in items if payload["type"] == "gone"]
                self.assertFalse(deleted)
                if code != 200:
                    self.assertFalse(cursor["watched"])

    def test_one_odd_notice_holds_up_nothing(self):
        odd = {**notification(number=2), "status": {"uri": "https://x/1", "account": 5}}
        self.answer_pages(NOTICES, [odd, notification(number=1)])
        items, _cursor = self.fetch({})
        self.assertEqual(len(items), 2)
        with self.assertRaises(MalformedPayload):
            self.connector._parse(self.channel, items[1][1])

    @freeze_time("2026-11-01 08:01:00")
    def test_an_edited_post_comes_once_more(self):
        cursor = self.watched()
        edited = status(edited_at="2026-11-01T08:00:30Z", content="<p>Better</p>")
        self.network.answer("GET", "/api/v1/statuses/1001", edited)
        items, cursor = self.fetch(cursor)
        (activity,) = self.connector._parse(self.channel, items[0][1])
        self.assertEqual((activity.text, activity.itself), ("Better", QUESTION))
        self.assertEqual(self.fetch(cursor)[0], [])

    def test_answers_below_our_post_that_do_not_name_us_are_found(self):
        ours = status(author=own_account())
        with freeze_time("2026-11-01 08:00:00"):
            self.answer_pages(NOTICES, [])
            self.answer_pages(STATUSES, [ours], [])
            _items, cursor = self.fetch({})
        self.network.answer("GET", "/api/v1/statuses/1001", {**ours, "replies_count": 1})
        reply = status(2, in_reply_to_id="1001", mentions=[])
        self.network.answer(
            "GET", "/api/v1/statuses/1001/context", {"ancestors": [], "descendants": [reply]}
        )
        with freeze_time("2026-11-01 08:01:00"):
            items, _cursor = self.fetch(cursor)
        figures, answer = [self.connector._parse(self.channel, item)[0] for _key, item in items]
        self.assertEqual(figures.verb, "counters")
        self.assertEqual(answer.parent.external_id, ours["uri"])
        self.assertFalse(self.connector._is_thin(self.channel, items[1][1]))

    def test_nothing_is_watched_for_ever(self):
        cursor = self.watched()
        self.assertTrue(cursor["watched"])
        with freeze_time("2026-11-20 08:00:00"):
            self.network.answer("GET", "/api/v1/statuses/1001", status())
            _items, cursor = self.fetch(cursor)
        self.assertFalse(cursor["watched"])

    def test_a_reply_is_hydrated_with_the_uris_of_parent_and_root(self):
        root, ours = status(1), status(2, author=own_account(), in_reply_to_id="1001")
        reply = status(3, in_reply_to_id="1002")
        payload = {"type": "notification", "notification": notification(of=reply)}
        self.assertTrue(self.connector._is_thin(self.channel, payload))
        self.network.answer(
            "GET", "/api/v1/statuses/1003/context", {"ancestors": [root, ours], "descendants": []}
        )
        hydrated = self.connector._hydrate(self.channel, payload)
        self.assertFalse(self.connector._is_thin(self.channel, hydrated))
        (activity,) = self.connector._parse(self.channel, hydrated)
        self.assertEqual(activity.parent.external_id, ours["uri"])
        self.assertEqual(activity.root.external_id, root["uri"])

    def test_a_parent_missing_from_the_context_is_asked_for_itself(self):
        reply = status(3, in_reply_to_id="1002")
        context = {"ancestors": [], "descendants": []}
        self.network.answer("GET", "/api/v1/statuses/1003/context", context)
        self.network.answer("GET", "/api/v1/statuses/1002", status(2))
        hydrated = self.connector._hydrate(self.channel, {"type": "status", "status": reply})
        self.assertEqual(hydrated["thread"]["parent"]["uri"], status(2)["uri"])

    def test_a_parent_that_is_gone_leaves_the_reply_alone(self):
        payload = {"type": "status", "status": status(3, in_reply_to_id="1002")}
        hydrated = self.connector._hydrate(self.channel, payload)
        self.assertEqual(hydrated["thread"], {})

    def test_a_rate_limit_is_told_with_its_end(self):
        reset = {"X-RateLimit-Reset": "2026-11-01T08:05:00.000Z"}
        self.network.answer("GET", NOTICES, {}, status=429, headers=reset)
        with freeze_time("2026-11-01 08:00:00"), self.assertRaises(RateLimited) as caught:
            self.fetch({})
        self.assertEqual(caught.exception.until, datetime(2026, 11, 1, 8, 5))


