# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from ..connectors.wordpress import const
from .wordpress_common import SAMPLES, WordpressCase
from .wordpress_stub import stamp


@tagged("post_install", "-at_install")
class TestWordpressReading(WordpressCase):
    # === MEANING === #

    def test_a_comment_is_a_public_word_below_its_post(self):
        post, _plain, reply, ours, hidden, gone = (
            self.connector._parse(self.channel, sample) for sample in SAMPLES
        )
        self.assertEqual((post[0].direction, post[0].kind), ("out", "post"))
        self.assertEqual((post[0].title, post[0].text), ("Mugs & more", "We have blue ones."))
        said, held = reply
        self.assertEqual((said.kind, said.visibility, said.direction), ("reply", "public", "in"))
        self.assertEqual((said.parent.external_id, said.parent.family), ("6", "comment"))
        self.assertEqual((said.root.external_id, said.root.family), ("5", "post"))
        self.assertEqual(said.actor.email, "ana@away.example")
        self.assertEqual((held.verb, held.target), ("hide", said.itself))
        self.assertEqual((ours[0].direction, ours[0].actor), ("out", None))
        self.assertEqual([hidden[0].verb, gone[0].verb], ["hide", "delete"])
        for broken in ({}, {"type": "x", "id": "1", "family": "post", "at": "2026-11-01"}):
            with self.assertRaises(MalformedPayload):
                self.connector._parse(self.channel, broken)

    def test_guests_are_told_apart_by_their_address_which_is_not_kept(self):
        self.stub.say("a")
        self.stub.say("b", name="Ana M.", email="ana@AWAY.example ")
        self.stub.say("c", email="other@away.example")
        self.stub.say("d", email="")
        self.stub.say("e", email="")
        items = self.fetch_all()
        for private in ("away.example", "203.0.113.77", "Netscape"):
            self.assertNotIn(private, repr(items).lower())
        self.take(items)
        people = self.said_all().sorted("date").identity_id
        self.assertEqual(len(people), 4)
        self.assertFalse(any(people.mapped("verified_email")))

    def test_the_site_vouches_for_the_address_of_an_account(self):
        number = self.stub.say("a", author=4, email="ana@away.example")
        self.take(self.fetch_all())
        person = self.said(number).identity_id
        self.assertEqual(person.verified_email, "ana@away.example")
        self.assertEqual(person.external_id, f"{self.stub.address}/?author=4")

    def said_all(self):
        return self.env["social.crm.interaction"].search(
            [("channel_id", "=", self.channel.id), ("family", "=", "comment")]
        )

    # === NEW === #

    def test_posts_are_ours_with_their_comments_below(self):
        asked = self.stub.say("Da li je tu?")
        below = self.stub.say("I mene zanima", parent=int(asked), email="b@away.example")
        colleague = self.stub.say("Jeste", parent=int(asked), author=1)
        self.take(self.fetch_all())
        post = self.said("11", "post")
        self.assertEqual((post.mode, post.direction), ("one_to_many", "out"))
        comments = self.said(asked) + self.said(below) + self.said(colleague)
        self.assertEqual(comments.conversation_id.root_id, post)
        self.assertEqual(self.said(asked).parent_id, post)
        self.assertEqual(self.said(below).parent_id, self.said(asked))
        self.assertEqual(self.said(colleague).direction, "out")
        self.assertTrue(self.said(asked).case_id)

    def test_a_colleague_who_writes_posts_speaks_for_us_and_a_reader_does_not(self):
        self.stub.add_post("Drugi", "…", author=3)
        colleague = self.stub.say("Jeste", author=3)
        reader = self.stub.say("Tu?", author=4)
        self.take(self.fetch_all())
        self.assertEqual(self.said(colleague).direction, "out")
        self.assertEqual(self.said(reader).direction, "in")

    def test_nothing_is_missed_among_hundreds_in_one_second_or_read_twice(self):
        numbers = [self.stub.say(f"n{number}") for number in range(250)]
        items = self.fetch_all()
        told = [payload["comment"]["id"] for _key, payload in items if "comment" in payload]
        self.assertEqual(sorted(map(str, told)), sorted(numbers))
        late = self.stub.say("one more, in the very same second")
        ((_key, payload),) = self.fetch_all()
        self.assertEqual(str(payload["comment"]["id"]), late)
        self.assertEqual(self.fetch_all(), [])

    def test_in_the_hour_that_comes_twice_nothing_is_missed(self):
        self.stub.zone = timedelta(hours=2)
        self.stub.say("before the change")
        self.fetch_all()
        self.stub.zone = timedelta(hours=1)
        self.stub.clock += timedelta(minutes=1)
        late = self.stub.say("after it")
        ((_key, payload),) = self.fetch_all()
        self.assertEqual(str(payload["comment"]["id"]), late)
        self.stub.zone = timedelta(hours=2)
        self.assertEqual(self.fetch_all(), [], "and nothing comes again")

    def test_what_is_dated_into_the_future_hides_nothing(self):
        self.stub.say("a", date_gmt=stamp(self.stub.clock + timedelta(days=900)))
        self.fetch_all()
        now = self.stub.say("b")
        ((_key, payload),) = self.fetch_all()
        self.assertEqual(str(payload["comment"]["id"]), now)

    def test_the_post_of_a_comment_is_read_however_old_and_whatever_its_kind(self):
        old = stamp(self.stub.clock - timedelta(days=400))
        post = self.stub.add_post("Stari", "…", date_gmt=old)
        page = self.stub.add_post("O nama", "…", base="pages")
        below = [self.stub.say("?", post=post), self.stub.say("!", post=page)]
        self.take(self.fetch_all())
        for number, above in zip(below, (post, page), strict=True):
            self.assertEqual(self.said(number).conversation_id.root_id, self.said(above, "post"))
        self.assertEqual(self.said(page, "post").remote_ref, "pages")

    # === CHANGED === #

    def test_moderation_there_is_seen_here(self):
        number = self.stub.say("Tu?", status="hold")
        self.take(self.fetch_all())
        self.assertEqual(self.said(number).state, "hidden")
        self.assertTrue(self.said(number).case_id, "somebody has to look")
        self.assertIn("approve it", self.said(number).conversation_id._reply_options().reason)
        comment = self.stub.shelf["comments"][number]
        for status, state in (("approved", "normal"), ("spam", "hidden"), ("approved", "normal"),
                              ("trash", "hidden")):
            comment["status"] = status
            for sent in self.look_again():
                self.take([sent])
            # two changes within one second: the stored stamp of the first is set back
            self.said(number).hidden_at -= timedelta(minutes=1)
            self.assertEqual(self.said(number).state, state, status)
        self.assertEqual(self.said(number).body, "Tu?")

    def test_spam_is_no_matter_until_somebody_takes_it_out(self):
        number = self.stub.say("Buy", status="spam")
        self.take(self.fetch_all())
        self.assertFalse(self.said(number))
        self.assertEqual(self.look_again(), [])
        self.stub.shelf["comments"][number]["status"] = "approved"
        self.take(self.look_again())
        self.assertEqual(self.said(number).state, "normal")

    def test_an_edit_keeps_the_first_wording_and_a_wording_may_come_back(self):
        number = self.stub.say("prvo")
        self.take(self.fetch_all())
        keys = set()
        for words in ("drugo", "prvo"):
            self.stub.shelf["comments"][number]["content"] = {
                "raw": words, "rendered": f"<p>{words}</p>"
            }
            ((key, payload),) = self.look_again()
            keys.add(key.rpartition(":")[0])
            self.take([(key, payload)])
        self.assertEqual(self.said(number).state, "edited")
        self.assertIn("prvo", [version["body"] for version in self.said(number).versions])
        self.assertEqual(len(keys), 2)

    def test_what_is_deleted_is_emptied_here_but_only_if_the_site_says_so_of_itself(self):
        number, other = self.stub.say("a"), self.stub.say("b")
        self.take(self.fetch_all())
        word = self.said(number)
        del self.stub.shelf["comments"][number]
        self.take(self.look_again())
        self.assertEqual((word.state, word.body), ("deleted", False))
        self.assertEqual(self.said(other).body, "b")
        self.stub.listed = lambda base, given: []
        self.assertEqual(self.look_again(), [], "a list that leaves all out proves nothing")

    def test_a_post_changed_or_taken_from_the_public_is_seen(self):
        self.take(self.fetch_all())
        post = self.stub.shelf["posts"]["11"]
        post["content"]["rendered"] = "<p>Plava je rasprodata.</p>"
        post["modified_gmt"] = stamp(self.stub.clock + timedelta(hours=1))
        self.take(self.look_again())
        self.assertEqual(self.said("11", "post").body, "Plava je rasprodata.")
        post["status"] = "trash"
        self.take(self.look_again())
        self.assertEqual(self.said("11", "post").state, "hidden")

    def test_watching_has_an_end(self):
        for number in range(const.WATCHED + 60):
            self.stub.say(f"n{number}")
        self.fetch_all()
        self.assertEqual(len(self.cursor["watched"]), const.WATCHED)
        before = len(self.stub.calls)
        self.assertEqual(self.look_again(), [])
        self.assertLess(len(self.stub.calls) - before, 10)
