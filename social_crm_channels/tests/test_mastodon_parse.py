# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Target

from ..connectors.mastodon.parse import Facts, parse
from .mastodon_entities import AWAY, HOME, account, item, mention, own_account, status

AT_TEXT = "2026-11-01T10:00:00"
FACTS = Facts(f"{HOME}/users/shop", "shop@shop.example")


def only(data):
    (activity,) = parse(data, FACTS)
    return activity


@tagged("post_install", "-at_install")
class TestMastodonParse(BaseCase):
    def test_a_mention_is_keyed_by_its_uri_and_called_by_its_id(self):
        found = only(item())
        self.assertEqual(
            (found.verb, found.kind, found.direction, found.visibility),
            ("create", "mention", "in", "public"),
        )
        self.assertEqual(found.itself, Target(f"{AWAY}/users/ana/statuses/1"))
        self.assertEqual(found.ref, "1001")
        self.assertEqual(found.remote_key, found.external_id)
        self.assertEqual(found.actor.external_id, f"{AWAY}/users/ana")
        self.assertEqual(found.actor.handle, "ana@away.example")
        self.assertEqual(found.occurred_at, datetime(2026, 11, 1, 8))
        self.assertEqual(found.notified_at, datetime(2026, 11, 1, 8, 0, 5))

    def test_an_id_that_changed_names_the_same_status(self):
        first, second = only(item()), only(item(of=status(id="9999")))
        self.assertEqual(first.itself, second.itself)
        self.assertNotEqual(first.ref, second.ref)

    def test_an_account_is_the_same_with_and_without_its_server_in_acct(self):
        short = only(item(of=status(author=account(server=HOME))))
        long = only(item(of=status(author=account(server=HOME, acct="ana@shop.example"))))
        self.assertEqual(short.actor, long.actor)

    def test_a_server_without_uri_names_an_account_by_its_page(self):
        author = account()
        del author["uri"]
        of = {**status(), "account": author}
        self.assertEqual(only(item(of=of, by=author)).actor.external_id, f"{AWAY}/@ana")

    def test_a_direct_post_is_a_message_with_its_writer(self):
        found = only(item(of=status(visibility="direct")))
        self.assertEqual((found.kind, found.visibility), ("message", "direct"))
        self.assertEqual(found.counterpart.handle, "ana@away.example")

    def test_a_direct_post_is_private_also_when_the_server_leaves_mentions_out(self):
        found = only(item(of=status(visibility="direct", mentions=[])))
        self.assertEqual(found.visibility, "direct")

    def test_our_own_direct_post_is_with_whom_it_names(self):
        twice = [mention("ana", AWAY), mention("ana", AWAY)]  # snac names people twice
        own = status(author=own_account(), visibility="direct", mentions=twice)
        found = only({"type": "status", "status": own})
        self.assertEqual((found.direction, found.kind), ("out", "message"))
        self.assertEqual(found.counterpart.handle, "ana@away.example")
        self.assertEqual(len(found.mentions), 1)

    def test_a_direct_post_to_several_is_a_group(self):
        of = status(visibility="direct", mentions=[mention(), mention("budi", AWAY)])
        found = only(item(of=of))
        self.assertEqual(found.visibility, "group")
        self.assertEqual(
            [person.handle for person in found.participants],
            ["ana@away.example", "budi@away.example"],
        )
        self.assertTrue(found.thread)

    def test_a_visibility_nobody_told_us_of_is_not_public(self):
        self.assertEqual(only(item(of=status(visibility="local"))).visibility, "followers")

    def test_a_reply_names_its_parent_and_root_by_uri(self):
        thread = {
            "parent": {"uri": f"{HOME}/users/shop/statuses/7", "id": "77"},
            "root": {"uri": f"{AWAY}/users/ana/statuses/1", "id": "11"},
        }
        found = only(item(of=status(9, in_reply_to_id="77"), thread=thread))
        self.assertEqual(found.kind, "reply")
        self.assertEqual(found.parent.external_id, f"{HOME}/users/shop/statuses/7")
        self.assertEqual(found.root.external_id, f"{AWAY}/users/ana/statuses/1")

    def test_a_reply_to_something_gone_stands_without_parent(self):
        self.assertIsNone(only(item(of=status(in_reply_to_id="77"), thread={})).parent)

    def test_a_favourite_is_a_reaction_to_our_post(self):
        found = only(item("favourite", of=status(author=own_account()), by=account()))
        self.assertEqual((found.verb, found.reaction), ("react", "favourite"))
        self.assertEqual(found.target.external_id, f"{HOME}/users/shop/statuses/1")
        self.assertEqual(found.actor.handle, "ana@away.example")

    def test_snac_wraps_what_was_liked(self):
        ours = status(author=own_account())
        wrapper = status(author=account(), uri=f"{HOME}/x/Announce", reblog=ours)
        for kind in ("favourite", "reblog"):
            found = only(item(kind, of=wrapper, by=account()))
            about = found.target or found.parent
            self.assertEqual(about.external_id, f"{HOME}/users/shop/statuses/1")

    def test_a_post_of_ours_inside_a_boost_is_our_post(self):
        wrapper = status(author=account(), reblog=status(author=own_account()))
        found = only({"type": "status", "status": wrapper})
        self.assertEqual((found.direction, found.kind), ("out", "post"))

    def test_what_we_boosted_is_nothing_we_said(self):
        wrapper = status(author=own_account(), reblog=status())
        self.assertEqual(parse({"type": "status", "status": wrapper}, FACTS), [])

    def test_a_boost_is_one_share_a_person_however_often_it_is_told(self):
        ours = status(author=own_account())
        first = only(item("reblog", number=1, of=ours, by=account()))
        again = only(item("reblog", number=2, of=ours, by=account()))
        other = only(item("reblog", number=3, of=ours, by=account("budi")))
        self.assertEqual((first.kind, first.verb), ("share", "create"))
        self.assertEqual(first.itself, again.itself)
        self.assertNotEqual(first.itself, other.itself)

    def test_a_follow_and_one_after_a_pause_are_two(self):
        first = only(item("follow", by=account(), status=None))
        later = only(item("follow", by=account(), status=None, created_at="2026-11-02T08:00:00Z"))
        self.assertEqual(first.kind, "follow")
        self.assertNotEqual(first.itself, later.itself)

    def test_who_moved_is_the_same_person_there(self):
        gone = account(moved=account("ana", "https://new.example"))
        profile, _mention = parse(item(by=gone), FACTS)
        self.assertEqual(profile.verb, "profile")
        self.assertEqual(profile.actor.external_id, "https://new.example/users/ana")
        self.assertEqual(profile.actor.former_ids, (f"{AWAY}/users/ana",))

    def test_an_edit_carries_its_time(self):
        found = only(item("update", of=status(edited_at="2026-11-01T09:00:00Z")))
        self.assertEqual(found.edited_at, datetime(2026, 11, 1, 9))

    def test_an_edit_in_the_second_it_was_written_is_still_later(self):
        of = status(created_at="2026-11-01T08:00:00.100Z", edited_at="2026-11-01T08:00:00.900Z")
        found = only(item(of=of))
        self.assertEqual(found.occurred_at, datetime(2026, 11, 1, 8))
        self.assertEqual(found.edited_at, datetime(2026, 11, 1, 8, 0, 1))

    def test_a_deleted_status_is_named_by_its_uri(self):
        found = only({"type": "gone", "uri": "https://x/1", "id": "1", "at": AT_TEXT})
        self.assertEqual((found.verb, found.points_at), ("delete", Target("https://x/1")))

    def test_figures_a_server_does_not_tell_are_not_zero(self):
        of = status(author=own_account())
        del of["favourites_count"]
        found = only({"type": "counters", "status": of, "at": AT_TEXT})
        self.assertEqual(dict(found.counters), {"replies": 0, "shares": 0})

    def test_markup_becomes_words_and_stays_safe(self):
        content = (
            '<p><span class="h-card"><a href="https://shop.example/@shop" class="u-url mention">@'
            '<span>shop</span></a></span> Где је моја поруџбина? 😀<br>see <a href="https://example.'
            'org/very/long"><span class="invisible">https://</span><span>example.org/very</span>'
            '<span class="invisible">/long</span></a></p><script>x()</script>'
            '<p>&lt;b&gt; <b onclick="x()">bold</b><img src="https://spy.example/p.gif"></p>'
        )
        found = only(item(of=status(content=content)))
        self.assertEqual(
            found.text,
            "@shop Где је моја поруџбина? 😀\nsee https://example.org/very/long\n\n<b> bold",
        )
        self.assertIn("<b>bold</b>", found.html)
        for forbidden in ("script", "onclick", "spy.example"):
            self.assertNotIn(forbidden, found.html)

    def test_plain_words_need_no_markup(self):
        self.assertEqual(only(item()).html, "")

    def test_pictures_come_with_their_description_and_polls_with_their_options(self):
        of = status(
            media_attachments=[
                {"id": "3", "type": "image", "url": "https://m/a.jpg?1", "description": "A cat"}
            ],
            poll={"options": [{"title": "Red", "votes_count": 2}, {"title": "Blue"}]},
        )
        found = only(item(of=of))
        (media,) = found.media
        self.assertEqual((media.mimetype, media.alt, media.name), ("image/jpeg", "A cat", "a.jpg"))
        self.assertEqual(found.text, "Hello\n○ Red (2)\n○ Blue")

    def test_names_lose_the_pictures_of_their_server(self):
        author = account(display_name="Ana :star: M", emojis=[{"shortcode": "star"}])
        self.assertEqual(only(item(of=status(author=author))).actor.name, "Ana M")

    def test_addresses_that_could_run_are_left_out(self):
        found = only(item(of=status(url="javascript:alert(1)")))
        self.assertEqual(found.permalink, f"{AWAY}/users/ana/statuses/1")

    def test_text_a_database_cannot_hold_is_cleaned(self):
        found = only(item(of=status(spoiler_text="a\x00b\ud800c")))
        self.assertEqual(found.title, "ab?c")

    def test_notices_we_have_no_use_for_are_passed_over(self):
        for kind in ("admin.sign_up", "quoted_update", "something_new"):
            self.assertEqual(parse(item(kind), FACTS), [])

    def test_what_is_not_documented_is_told_as_malformed(self):
        broken = [
            None,
            [],
            {},
            {"type": "unheard"},
            {"type": "notification", "notification": []},
            item(of=status(uri="")),
            item(of=status(created_at="yesterday")),
            item(of=status(created_at=5)),
            item(of=status(mentions={})),
            item(of=status(account=None)),
            item(of=status(content=["x"])),
            {"type": "gone", "uri": "https://x/1"},
        ]
        for data in broken:
            with self.subTest(data=data), self.assertRaises(MalformedPayload):
                parse(data, FACTS)
