# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import MalformedPayload, SignatureError

from .discourse_common import SAMPLES, DiscourseCase
from .discourse_stub import ANA, BUDI, SHOP


@tagged("post_install", "-at_install")
class TestDiscourseReading(DiscourseCase):
    # === WEBHOOKS === #

    def test_only_the_forum_that_knows_the_secret_is_let_in(self):
        raw = b'{"ping":"OK"}'
        for given in ("", self.signed(raw).upper(), self.signed(raw)[7:], self.signed(b"x"), "š"):
            with self.assertRaises(SignatureError):
                self.connector._webhook_verify(
                    self.app, {"x-discourse-event-signature": given}, raw
                )
        self.env["social.crm.credential"]._set_secrets(self.app, {"webhook_secret": ""})
        with self.assertRaises(SignatureError):
            self.connector._webhook_verify(
                self.app, {"x-discourse-event-signature": self.signed(raw)}, raw
            )

    def test_what_says_nothing_to_us_is_no_item(self):
        self.assertEqual(self.call("ping", {"ping": "OK"}), [])
        self.assertEqual(self.call("user_created", {"user": {"id": 1}}), [])
        self.assertEqual(self.call("topic_created", {"topic": {"id": 1}}), [])
        with self.assertRaises(MalformedPayload):
            self.call("post_created", {"post": []})

    def test_called_or_asked_it_is_the_same_item(self):
        post = self.stub.say(ANA, "Da li je tu?")
        ((polled, _payload),) = self.fetch_all()
        ((called, _payload),) = self.call("post_created", self.stub.told(post))
        self.assertEqual(polled, called)
        again = self.call("post_created", self.stub.told(post))
        self.assertEqual(again[0][0], called, "a second attempt has another event id")

    def test_a_like_hangs_on_its_post(self):
        post = self.stub.say(SHOP, "Hvala")
        told = {"like": {"post": post, "user": ANA}}
        self.take(self.fetch_all())
        for _twice in range(2):
            self.take(self.call("post_liked", told))
        likes = self.env["social.crm.interaction"].search(
            [("parent_id", "=", self.said(post).id), ("kind", "=", "reaction")]
        )
        self.assertEqual(likes.identity_id.handle, "ana_m")

    def test_edits_and_deletions_are_told(self):
        post = self.stub.say(ANA, "prvo")
        self.take(self.call("post_created", self.stub.told(post)))
        word = self.said(post)
        self.stub.edit(post, "drugo")
        self.take(self.call("post_edited", self.stub.told(post)))
        self.env.invalidate_all()
        self.assertEqual((word.body, word.state), ("drugo", "edited"))
        self.assertEqual(word.versions[0]["body"], "prvo")
        self.take(self.call("post_destroyed", self.stub.told(post)))
        self.assertEqual((word.state, word.body), ("deleted", False))
        other = self.stub.say(ANA, "treće")
        self.take(self.call("post_created", self.stub.told(other)))
        word = self.said(other)
        self.take(self.call("topic_destroyed", {"topic": {"id": other["topic_id"]}}))
        self.assertEqual(word.state, "deleted")

    def test_a_private_message_told_by_the_webhook_stays_between_two(self):
        post = self.stub.say(ANA, "Gde je paket?", people=[ANA])
        self.take(self.call("post_created", self.stub.told(post)))
        word = self.said(post)
        self.assertEqual((word.visibility, word.kind), ("direct", "message"))
        self.assertEqual(word.conversation_id.identity_id.handle, "ana_m")
        del self.stub.topics[post["topic_id"]]
        told = {"post": {**post, "post_number": 2, "id": 999,
                         "topic_archetype": "private_message"}}
        ((_key, payload),) = self.call("post_created", told)
        (activity,) = self.connector._parse(self.channel, payload)
        self.assertEqual(activity.visibility, "group", "who else reads it nobody knows")

    # === MEANING === #

    def test_a_topic_is_a_public_thread_and_numbers_say_what_is_answered(self):
        first = self.stub.say(ANA, "Da li je plava tu?")
        second = self.stub.say(BUDI, "I mene zanima", topic=first["topic_id"])
        third = self.stub.say(ANA, "Njega pitam", topic=first["topic_id"], reply_to=2)
        ours = self.stub.say(SHOP, "Jeste", topic=first["topic_id"], reply_to=1)
        self.take(self.fetch_all())
        root = self.said(first)
        self.assertEqual((root.kind, root.direction, root.title),
                         ("comment", "in", "Da li je plava tu?"))
        self.assertTrue(root.case_id)
        self.assertEqual(self.said(second).parent_id, root)
        self.assertEqual(self.said(third).parent_id, self.said(second))
        self.assertEqual((self.said(ours).parent_id, self.said(ours).direction), (root, "out"))
        self.assertEqual((self.said(second) + self.said(third)).conversation_id.root_id, root)
        self.assertFalse(self.said(second)._moderation_refusals("remove"), "the forum is ours")
        person = root.identity_id
        self.assertEqual(
            (person.handle, person.profile_url), ("ana_m", f"{self.stub.address}/u/ana_m")
        )
        link = f"{self.stub.address}/t/tema/{first['topic_id']}/2"
        self.assertEqual(self.said(second).permalink, link)

    def test_more_than_two_are_a_group(self):
        post = self.stub.say(ANA, "Nas troje", people=[ANA, BUDI])
        self.take(self.fetch_all())
        place = self.said(post).conversation_id
        self.assertEqual((place.kind, place.external_id), ("group", str(post["topic_id"])))

    def test_every_sample_means_what_it_should(self):
        found = [self.connector._parse(self.channel, sample) for sample in SAMPLES]
        self.assertEqual(
            [[one.verb for one in activities] for activities in found],
            [["create", "hide"], ["create", "unhide"], ["create"], ["create"], ["delete"],
             ["react"], ["delete"], ["delete"]],
        )
        self.assertEqual((found[2][0].visibility, found[3][0].visibility), ("direct", "group"))
        self.assertEqual(found[0][0].counters, {"replies": 1, "views": 4, "likes": 3})
        for more in ({"post_type": 3}, {"post_type": 4}, {"user_id": -1}):
            robot = {"type": "post", "post": {**SAMPLES[0]["post"], **more}}
            self.assertEqual(self.connector._parse(self.channel, robot), [])

    # === ASKING === #

    def test_hundreds_of_posts_are_read_in_order_once_past_gaps(self):
        posts = []
        for number in range(180):
            topic = posts[0]["topic_id"] if posts else None
            posts.append(self.stub.say(ANA, f"n{number}", topic=topic))
        self.stub.number += 400  # private, or deleted
        posts.append(self.stub.say(ANA, "after the gap", topic=posts[0]["topic_id"]))
        read = [payload["post"]["id"] for _key, payload in self.fetch_all()]
        self.assertEqual(read, [post["id"] for post in posts])
        self.assertEqual(self.fetch_all(), [])
        late = self.stub.say(BUDI, "one more", topic=posts[0]["topic_id"])
        ((_key, payload),) = self.fetch_all()
        self.assertEqual(payload["post"]["id"], late["id"])

    def test_what_is_older_than_the_first_days_is_left(self):
        self.stub.clock -= timedelta(days=30)
        self.stub.say(ANA, "old")
        self.stub.clock += timedelta(days=30)
        new = self.stub.say(ANA, "new")
        ((_key, payload),) = self.fetch_all()
        self.assertEqual(payload["post"]["id"], new["id"])

    def test_private_messages_are_read_topic_by_topic_once(self):
        first = self.stub.say(ANA, "Gde je paket?", people=[ANA])
        self.take(self.fetch_all())
        second = self.stub.say(ANA, "Halo?", topic=first["topic_id"])
        items = self.fetch_all()
        self.assertEqual([payload["post"]["id"] for _key, payload in items], [second["id"]])
        self.take(items)
        self.assertEqual(self.said(second).conversation_id, self.said(first).conversation_id)
        self.assertEqual(self.fetch_all(), [])

    def test_what_no_webhook_told_is_found(self):
        edited, hidden, gone = (self.stub.say(ANA, text) for text in "abc")
        self.take(self.fetch_all())
        word = self.said(gone)
        self.stub.edit(edited, "drugo")
        hidden["hidden"] = True
        del self.stub.posts[gone["id"]]
        self.take(self.look_again())
        self.assertEqual(self.said(edited).body, "drugo")
        self.assertEqual(self.said(hidden).state, "hidden")
        self.assertEqual(word.state, "deleted")
        self.assertEqual(self.look_again(), [])
        hidden.update(hidden=False, updated_at=self.stub.clock.isoformat() + "Z")
        self.stub.edit(hidden, "b")
        self.take(self.look_again())
        self.assertEqual(self.said(hidden).state, "edited")
