# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Target

from ..connectors.matrix import items
from ..connectors.matrix.parse import Facts, parse
from .matrix_entities import (
    ANA,
    AT,
    BUDI,
    GROUP,
    OWN,
    PICTURE,
    ROOM,
    answer_to,
    edit_of,
    event,
    invitation,
    item,
    like_of,
    member,
    receipt,
    redaction,
    words,
)

FACTS = Facts(OWN)


def read(event, **more):
    return parse(item(event, **more), FACTS)


@tagged("post_install", "-at_install")
class TestMatrixParse(BaseCase):
    def test_a_word_between_two_names_its_room_and_its_author(self):
        (said,) = read(event(1, words("Zdravo 👋")))
        self.assertEqual((said.external_id, said.container, said.thread), ("$1", ROOM, ROOM))
        self.assertEqual((said.visibility, said.direction, said.kind), ("direct", "in", "message"))
        self.assertEqual(said.occurred_at, datetime(2026, 11, 18, 11, 6, 41))
        self.assertEqual((said.actor.external_id, said.actor.handle), (ANA, ANA[1:]))
        self.assertEqual(said.actor.name, "Ana")
        self.assertEqual(said.counterpart, said.actor)
        self.assertEqual(said.permalink, "https://matrix.to/#/!dm:peers.test/$1?via=peers.test")

    def test_our_own_words_are_known_as_ours_and_with_whom(self):
        (said,) = read(event(1, words("Da"), by=OWN))
        self.assertEqual((said.direction, said.counterpart.external_id), ("out", ANA))

    def test_a_room_of_many_is_a_group_with_a_name(self):
        (said,) = read(event(1, words("Zdravo"), room=GROUP))
        self.assertEqual((said.visibility, said.thread_title), ("group", "Klub"))
        self.assertFalse(said.counterpart)

    def test_markup_is_made_safe_and_the_quote_before_an_answer_goes(self):
        quoted = {
            "format": "org.matrix.custom.html",
            "formatted_body": "<mx-reply><blockquote>tajna</blockquote></mx-reply><b>Da</b>"
            "<script>x()</script><img src='mxc://a/b' onerror='x()'>",
        }
        (said,) = read(event(2, words("> <@x:y.z> tajna\n> još\n\nDa", **quoted, **answer_to(1))))
        self.assertEqual(said.text, "Da")
        self.assertIn("<b>Da</b>", said.html)
        for gone in ("tajna", "script", "img", "x()"):
            self.assertNotIn(gone, said.html)
        self.assertEqual(said.parent, Target("$1", container=ROOM))

    def test_what_only_looks_like_a_quote_stays(self):
        (said,) = read(event(2, words("> 5 komada", **answer_to(1))))
        self.assertEqual(said.text, "> 5 komada")

    def test_in_a_thread_the_root_is_answered_unless_one_of_its_words_is(self):
        inside = {"rel_type": "m.thread", "event_id": "$1"}
        (falling_back,) = read(event(5, words("a", **answer_to(4, **inside, is_falling_back=True))))
        (answering,) = read(event(6, words("b", **answer_to(4, **inside))))
        self.assertEqual((falling_back.parent.external_id, falling_back.ref), ("$1", "$1"))
        self.assertEqual((answering.parent.external_id, answering.ref), ("$4", "$1"))

    def test_an_edit_counts_only_from_whoever_said_it(self):
        (edit,) = read(event(4, edit_of(1, "Zdravo!")), original={"sender": ANA})
        self.assertEqual((edit.verb, edit.target), ("edit", Target("$1", container=ROOM)))
        self.assertEqual((edit.text, edit.edited_at), ("Zdravo!", edit.occurred_at))
        for original in ({"sender": BUDI}, {}):
            self.assertEqual(read(event(4, edit_of(1, "Laž")), original=original), [])

    def test_a_like_is_an_event_of_its_own_that_can_be_taken_back(self):
        (like,) = read(event(5, like_of(1, "🎉"), "m.reaction"))
        self.assertEqual((like.verb, like.kind, like.reaction), ("create", "reaction", "🎉"))
        self.assertEqual((like.external_id, like.parent.external_id), ("$5", "$1"))
        (gone,) = read(redaction(6, 5), redacted={"type": "m.reaction", "sender": ANA})
        self.assertEqual((gone.verb, gone.target), ("delete", like.itself))

    def test_our_own_like_is_the_one_that_the_outbox_notes_down(self):
        for sign in ("👍️", "👍"):
            (like,) = read(event(5, like_of(1, sign), "m.reaction", by=OWN))
            self.assertEqual((like.verb, like.reaction, like.direction), ("react", "like", "out"))
            self.assertIsNone(like.actor)
        mine = {"type": "m.reaction", "sender": OWN}
        self.assertEqual(read(redaction(6, 5, by=OWN), redacted=mine), [])

    def test_a_redaction_is_read_in_both_forms_and_only_of_what_was_said(self):
        old = redaction(7, 1)
        new = event(7, {"redacts": "$1"}, "m.room.redaction")
        for one in (old, new):
            (gone,) = read(one, redacted={"type": "m.room.message", "sender": ANA})
            self.assertEqual((gone.verb, gone.target.external_id), ("delete", "$1"))
        self.assertEqual(read(old, redacted={"type": "m.room.name", "sender": ANA}), [])
        self.assertEqual(read(event(1, {})), [], "what is left of a redacted message")

    def test_what_is_encrypted_is_there_without_words(self):
        (said,) = read(event(8, {"algorithm": "x", "ciphertext": "y"}, "m.room.encrypted"))
        self.assertTrue(said.encrypted)
        self.assertEqual((said.text, said.kind), ("", "message"))

    def test_files_have_no_address_but_a_key(self):
        (said,) = read(event(9, PICTURE))
        (file,) = said.media
        self.assertEqual((said.text, file.name, file.url), ("Plava šolja", "solja.jpg", ""))
        self.assertEqual(file.external_id, "mxc://away.example/abc")
        self.assertEqual(file.mimetype, "image/jpeg")
        (bare,) = read(event(9, {**PICTURE, "filename": None}))
        self.assertEqual((bare.text, bare.media[0].name), ("", "Plava šolja"))
        for address in ("https://evil.example/a", "mxc://a/../b", "mxc://a"):
            (other,) = read(event(9, {**PICTURE, "url": address}))
            self.assertFalse(other.media)

    def test_what_programs_say_is_known_as_such(self):
        (said,) = read(event(1, {"msgtype": "m.notice", "body": "Build failed"}))
        self.assertTrue(said.actor.is_bot and said.automatic)

    def test_whoever_leaves_us_is_noticed_and_who_leaves_a_group_is_not(self):
        (gone,) = read(member(13, "leave"))
        self.assertEqual((gone.kind, gone.ref, gone.visibility), ("system", "leave", "direct"))
        self.assertEqual(gone.actor.external_id, ANA)
        self.assertEqual(read(member(13, "leave", room=GROUP)), [])
        (banned,) = read(member(14, "ban", who=OWN, by=ANA, room=GROUP))
        self.assertEqual(banned.text, "Our account was banned from the room.")
        self.assertEqual(banned.direction, "in", "said by nobody of us")
        self.assertEqual(read(member(14, "join", who=OWN)), [])

    def test_reading_marks_are_for_all_before_between_two_and_for_one_in_a_group(self):
        (mark,) = parse(receipt(3), FACTS)
        self.assertEqual((mark.verb, mark.actor.external_id), ("receipt", ANA))
        self.assertEqual(int(mark.read_up_to.timestamp() - mark.occurred_at.timestamp()), 0)
        (mark,) = parse(receipt(3, room=GROUP), FACTS)
        self.assertEqual((mark.target.external_id, mark.read_up_to), ("$3", None))
        self.assertEqual(parse(receipt(3, room=GROUP, sender=BUDI), FACTS), [])
        self.assertEqual(parse({**receipt(3), "of": {}}, FACTS), [])

    def test_an_invitation_that_waits_is_a_word_and_a_settled_one_is_none(self):
        (asked,) = parse(invitation(name="Klub"), FACTS)
        self.assertEqual((asked.family, asked.kind, asked.thread), ("invite", "message", ROOM))
        self.assertIn("Klub", asked.text)
        self.assertEqual(parse({**invitation(), "joined": True}, FACTS), [])
        self.assertEqual(parse({**invitation(), "declined": True}, FACTS), [])

    def test_nonsense_is_called_so(self):
        for wrong in (
            event("x", words("a"), at="now"),
            event(1, words("a"), by="ana"),
            event(1, {"msgtype": "m.text", "body": 1.5}),
        ):
            with self.assertRaises(MalformedPayload):
                read(wrong)
        with self.assertRaises(MalformedPayload):
            parse({"event": event(1, words("a"))}, FACTS)


@tagged("post_install", "-at_install")
class TestMatrixItems(BaseCase):
    def test_the_same_event_has_the_same_key_whichever_way_it_came(self):
        said = event(1, words("a"))
        in_sync = {name: value for name, value in said.items() if name != "room_id"}
        pushed, polled = items.of_event(said, "", OWN), items.of_event(in_sync, ROOM, OWN)
        self.assertEqual(pushed[0], polled[0])
        self.assertEqual(pushed[1], polled[1])

    def test_of_comings_and_goings_only_what_concerns_us_is_kept(self):
        renamed = member(1, "join", unsigned={}) | {
            "unsigned": {"prev_content": {"membership": "join"}}
        }
        for noise in (member(1, "join"), renamed, member(1, "invite", who=BUDI)):
            self.assertIsNone(items.of_event(noise, "", OWN))
        for news in (member(1, "leave"), member(1, "join", who=OWN), member(1, "ban", who=OWN)):
            self.assertTrue(items.of_event(news, "", OWN))

    def test_an_invitation_is_found_in_what_is_told_of_the_room(self):
        name = {"type": "m.room.name", "content": {"name": "Klub"}, "sender": ANA}
        invite = member(1, "invite", who=OWN, by=ANA, is_direct=True)
        told = {**invite, "unsigned": {"invite_room_state": [name]}}
        key, payload = items.of_event(told, "", OWN)
        self.assertEqual(key, items.of_invite(ROOM, [name, invite], OWN)[0])
        self.assertEqual(payload["invite"]["sender"], ANA)
        self.assertEqual((payload["invite"]["name"], payload["invite"]["direct"]), ("Klub", True))
        self.assertIsNone(items.of_invite(ROOM, [name], OWN))

    def test_our_own_reading_is_no_news(self):
        content = {"$1": {"m.read": {ANA: {"ts": AT}, OWN: {"ts": AT}}, "m.read.private": {}}}
        (mark,) = items.of_receipts(ROOM, content, OWN)
        self.assertEqual(mark[1]["receipt"]["user_id"], ANA)

    def test_whatever_is_there_instead_breaks_nothing(self):
        for wrong in (None, 5, [], "x", {"type": []}, {"type": "m.room.member", "content": 3}):
            self.assertIsNone(items.of_event(wrong, ROOM, OWN))
        invite = {**member(1, "invite", who=OWN, by=ANA), "unsigned": [1]}
        self.assertTrue(items.of_event(invite, "", OWN))
        for wrong in (None, [], {"$1": 3}, {"$1": {"m.read": [ANA]}}, {"$1": {"m.read": {ANA: 1}}}):
            self.assertEqual(items.of_receipts(ROOM, wrong, OWN), [])
