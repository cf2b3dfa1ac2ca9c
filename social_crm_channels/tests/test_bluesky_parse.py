# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Target

from ..connectors.bluesky.parse import Facts, parse
from ..connectors.bluesky.record import record_key
from ..connectors.bluesky.text import facets_of, graphemes, measure, plain, spans, with_mentions
from .bluesky_entities import (
    ANA,
    AT,
    DID,
    OURS,
    facet,
    gesture,
    item,
    notification,
    post,
    profile,
    record,
    reply,
    uri,
)
from .spoilt import fuzz

FAMILY = "👩‍👩‍👧"
COMBINED = "e\u0301"
TID = r"[234567a-j][2-7a-z]{12}"


def parsed(payload):
    return parse(payload, Facts(DID))


@tagged("post_install", "-at_install")
class TestBlueskyParse(BaseCase):
    def one(self, payload):
        found = parsed(payload)
        self.assertEqual(len(found), 1)
        return found[0]

    def test_a_mention_behind_emoji_names_whom_its_bytes_name(self):
        text = f"{FAMILY} caf{COMBINED} @budi.example: šolja?"
        facets = [facet(text, "@budi.example", did="did:plc:budi")]
        found = self.one(item(notification(record=record(text, facets=facets))))
        self.assertEqual((found.kind, found.direction, found.text), ("mention", "in", text))
        (budi,) = found.mentions
        self.assertEqual((budi.external_id, budi.handle), ("did:plc:budi", "budi.example"))
        self.assertEqual((found.language, found.visibility), ("sr", "public"))
        self.assertEqual(found.permalink, f"https://bsky.app/profile/{ANA}/post/{uri()[-13:]}")

    def test_facets_that_cut_a_character_or_another_facet_are_left_out(self):
        text = f"{FAMILY}ana"
        whole = facet(text, "ana", tag="ana")
        for first, last in ((1, 4), (0, 999), (5, 5), (7, 3)):
            torn = {**whole, "index": {"byteStart": first, "byteEnd": last}}
            self.assertEqual([span[:2] for span in spans(text, [torn, whole])], [(5, 8)])
        over = {**whole, "index": {"byteStart": 0, "byteEnd": 20}}
        self.assertEqual(len(spans(text, [over, whole])), 1)

    def test_shortened_links_are_told_whole(self):
        address = "https://shop.example/mugs/blue"
        for text, words in (
            ("Look: shop.example/mugs/…", "shop.example/mugs/…"),
            ("Look: shop.example/mu...", "shop.example/mu..."),
        ):
            found = spans(text, [facet(text, words, uri=address)])
            self.assertEqual(plain(text, found), f"Look: {address}")
        text = "the blue one"
        found = self.one(
            item(notification(record=record(text, facets=[facet(text, "blue one", uri=address)])))
        )
        self.assertEqual(found.text, f"the blue one ({address})")
        self.assertIn(f'href="{address}"', found.html)

    def test_links_lead_to_the_web_only(self):
        text = "click <b>here</b>"
        facets = [facet(text, "here", uri="javascript:alert(1)")]
        found = self.one(item(notification(record=record(text, facets=facets))))
        self.assertEqual((found.text, found.html), (text, ""))

    def test_an_answer_knows_its_parent_and_root(self):
        said = record(reply=reply(uri(2), OURS))
        found = self.one(item(notification("reply", 3, record=said)))
        self.assertEqual((found.kind, found.parent, found.root), (
            "reply", Target(uri(2)), Target(OURS)))

    def test_a_quote_hangs_on_what_it_quotes_also_beside_a_picture(self):
        inner = {"$type": "app.bsky.embed.record", "record": {"uri": OURS, "cid": "b"}}
        both = {"$type": "app.bsky.embed.recordWithMedia", "record": inner, "media": {}}
        for embed in (inner, both):
            found = self.one(item(notification("quote", record=record(embed=embed))))
            self.assertEqual((found.kind, found.parent), ("mention", Target(OURS)))

    def test_gestures_point_at_our_post(self):
        like = self.one(item(gesture("like", OURS)))
        self.assertEqual((like.verb, like.target, like.reaction), ("react", Target(OURS), "like"))
        repost = self.one(item(gesture("repost", OURS)))
        self.assertEqual((repost.kind, repost.parent, repost.family), (
            "share", Target(OURS), "share"))
        follow = self.one(item(notification("follow")))
        self.assertEqual((follow.kind, follow.actor.external_id), ("follow", ANA))
        self.assertEqual(parsed(item(notification("starterpack-joined"))), [])

    def test_what_stands_above_is_told_first_and_asks_nobody(self):
        stranger = post(5, "did:plc:eve", of={"text": "My parcel broke"})
        found = parsed(item(notification("mention", 6), context=[stranger, post(7, DID)]))
        self.assertEqual([(one.kind, one.direction) for one in found], [
            ("post", "in"), ("post", "out"), ("mention", "in")])

    def test_pictures_films_and_cards_come_with_their_words(self):
        view = {"images": [{"fullsize": "https://cdn.example/1.jpg", "alt": "Two pieces"}]}
        card = {"external": {"uri": "https://paper.example/1", "title": "We test mugs"}}
        row = notification()
        for embed in (view, {"record": {}, "media": view}):
            found = self.one(item(row, post=post(embed=embed, of={"embed": card})))
            self.assertEqual([media.alt for media in found.media], ["Two pieces"])
            self.assertEqual(found.text, "Zdravo\n\nWe test mugs\nhttps://paper.example/1")
        film = {"playlist": "https://cdn.example/f.m3u8", "alt": "Unpacking"}
        found = self.one(item(row, post=post(embed=film)))
        self.assertEqual((found.media[0].url, found.media[0].alt), (film["playlist"], "Unpacking"))

    def test_the_writers_clock_counts_unless_it_is_in_the_future_or_broken(self):
        seen = datetime(2026, 11, 1, 8, 0, 5)
        for created, expected in (
            (AT, datetime(2026, 11, 1, 8)),
            ("2055-01-01T00:00:00Z", seen),
            ("yesterday", seen),
            (None, seen),
        ):
            found = self.one(item(notification(record=record(createdAt=created))))
            self.assertEqual(found.occurred_at, expected)

    def test_a_handle_that_leads_nowhere_is_none(self):
        found = self.one(item(notification(author=profile(handle="handle.invalid"))))
        self.assertEqual((found.actor.handle, found.actor.external_id), ("", ANA))

    def test_what_is_no_address_of_this_network_is_malformed(self):
        for broken in (
            item(notification(uri="https://x.example/1")),
            item(notification(author=profile(did="plc:ana"))),
            {"type": "dream"},
            [],
        ):
            with self.assertRaises(MalformedPayload):
                parsed(broken)


@tagged("post_install", "-at_install")
class TestBlueskyText(BaseCase):
    def marked(self, text, dids=()):
        """Kind and words of what would be more than words, by its bytes."""
        raw = text.encode()
        return [
            (
                one["features"][0]["$type"].rpartition("#")[2],
                raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(),
            )
            for one in facets_of(text, dict(dids))
        ]

    def test_names_links_and_tags_are_marked_in_bytes(self):
        text = f"{FAMILY} Da{COMBINED}! (@Budi.example) https://x.example/a?b=1, #šolje. Ćao"
        self.assertEqual(self.marked(text, {"budi.example": "did:plc:budi"}), [
            ("mention", "@Budi.example"), ("link", "https://x.example/a?b=1"), ("tag", "#šolje")])

    def test_what_only_looks_like_one_stays_words(self):
        dids = {"example.com": "did:plc:x", "ana.example": "did:plc:ana"}
        for text in (
            "write to me@example.com",
            "@nobody.example",
            "#2026 and #",
            "x#tag",
            "@ana.example@mastodon.example",
            "@ana.example-shop",
        ):
            self.assertEqual(self.marked(text, dids), [], text)

    def test_brackets_belong_to_a_link_only_in_pairs(self):
        self.assertEqual(self.marked("(https://x.example/a)."), [("link", "https://x.example/a")])
        pair = "https://x.example/a_(b)"
        self.assertEqual(self.marked(pair), [("link", pair)])

    def test_length_is_what_readers_see_until_bytes_run_out(self):
        self.assertEqual(graphemes(f"{FAMILY}{COMBINED}🇷🇸"), 3)
        for text, used, limit, fits in (
            (FAMILY * 150, 150, 300, True),
            ("ж" * 301, 301, 300, False),
            (FAMILY * 167, 3006, 3000, False),
            ("e" + "\u0301" * 1500, 3001, 3000, False),
        ):
            found = measure(text, "characters", "bytes")
            self.assertEqual((found.used, found.limit, found.fits), (used, limit, fits))

    def test_a_name_that_is_missing_is_put_before_the_text_once(self):
        text = with_mentions("Zdravo", ["@ana.example", "ANA.example", "no handle"])
        self.assertEqual(text, "@ana.example Zdravo")
        self.assertEqual(with_mentions(text, ["ana.example"]), text)

    def test_facets_survive_the_way_there_and_back(self):
        @fuzz
        @given(st.text(max_size=80), st.text(max_size=80))
        def check(before, after):
            text = f"{before} @ana.example {after}"
            found = [
                text[first:last]
                for first, last, feature in spans(text, facets_of(text, {"ana.example": ANA}))
                if feature.get("did")
            ]
            self.assertIn("@ana.example", found)

        check()

    def test_a_records_name_follows_from_its_key_alone(self):
        names = {record_key(DID, f"key-{number}") for number in range(1000)}
        self.assertEqual(len(names), 1000)
        for name in names:
            self.assertRegex(name, f"^{TID}$")
        self.assertEqual(record_key(DID, "key-1"), record_key(DID, "key-1"))
        # a tool that reads the time in it must not find one in the future
        self.assertLess(max(names), "3lzzzzzzzzzzz")
