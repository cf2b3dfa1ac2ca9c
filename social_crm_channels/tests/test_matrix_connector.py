# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import logging
import time

from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    PermanentError,
    RateLimited,
    TransientError,
)
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.matrix import const, service
from ..tools.contract import OutMedia, OutMessage
from .matrix_common import TOKEN, MatrixCase
from .matrix_entities import ANA, GROUP, OWN, ROOM, event, like_of, member, redaction, words

NOW = int(time.time() * 1000)
TO_ANA = OutMessage(
    "Zdravo", "direct", thread=ROOM, idempotency_key="k-1", recipient=Actor(external_id=ANA)
)


def answering(number, room=ROOM, kind="direct", ref="", **more):
    parent = Target(f"${number}", container=room, ref=ref)
    return OutMessage("Da", kind, parent=parent, thread=room, idempotency_key="k-2", **more)


@tagged("post_install", "-at_install")
class TestMatrixReading(MatrixCase):
    def sync(self, next_batch, **rooms):
        self.network.on("GET", "sync", body={"next_batch": next_batch, "rooms": rooms})

    def timeline(self, *events, **more):
        return {ROOM: {"timeline": {"events": list(events), **more}}}

    def test_it_asks_without_waiting_and_goes_on_where_it_stopped(self):
        self.sync("s1", join=self.timeline(event(1, words("a"), at=NOW)))
        self.sync("s2")
        items, cursor = self.fetch()
        self.assertEqual([key for key, _payload in items], ["$1"])
        items, cursor = self.fetch(cursor)
        self.assertEqual((items, cursor["since"]), ([], "s2"))
        first, second = self.network.asked("GET", "/_matrix/client/v3/sync")
        self.assertEqual((first["params"]["timeout"], "since" in first["params"]), (0, False))
        self.assertEqual(second["params"]["since"], "s1")

    def test_what_was_left_out_is_read_backwards_down_to_where_we_were(self):
        self.sync("s2", join=self.timeline(event(9, words("z"), at=NOW), limited=True,
                                           prev_batch="p9"))
        self.sync("s3")
        path = ("GET", "rooms", ROOM, "messages")
        page = {"chunk": [event(8, words("y"), at=NOW), event(7, words("x"), at=NOW)], "end": "p7"}
        self.network.on(*path, body=page)
        self.network.on(*path, body={"chunk": [event(6, words("w"), at=NOW)]})
        found, cursor = [], {"since": "s1", "gaps": []}
        while True:
            items, cursor = self.fetch(cursor)
            if not items:
                break
            found += [key for key, _payload in items]
        self.assertEqual(sorted(found), ["$6", "$7", "$8", "$9"])
        asked = [o["params"] for _m, where, o in self.network.calls if where.endswith("messages")]
        self.assertEqual([(a["from"], a["to"]) for a in asked], [("p9", "s1"), ("p7", "s1")])

    def test_a_gap_of_a_room_that_is_closed_to_us_holds_up_nothing(self):
        self.network.refuse("GET", "rooms", ROOM, "messages", code="M_FORBIDDEN")
        self.sync("s3")
        gap = {"room": ROOM, "from": "p9", "to": "s1"}
        items, cursor = self.fetch({"since": "s2", "gaps": [gap]})
        self.assertEqual((items, cursor), ([], {"since": "s3", "gaps": []}))

    def test_what_is_weeks_old_when_connecting_asks_no_question(self):
        old = event(1, words("a"), at=NOW - 30 * 86400 * 1000)
        self.sync("s1", join=self.timeline(old, event(2, words("b"), at=NOW)))
        items, _cursor = self.fetch()
        self.assertEqual([key for key, _payload in items], ["$2"])

    def test_one_broken_room_does_not_hide_the_others(self):
        broken = {"!a:b": 5, "!c:d": {"timeline": []}, "!e:f": {"timeline": {"events": [3, None]}}}
        self.sync("s1", join={**broken, **self.timeline(event(2, words("b"), at=NOW))})
        self.assertEqual(len(self.fetch()[0]), 1)
        self.network.forget("GET", "sync").on("GET", "sync", body={"rooms": {}})
        with self.assertRaises(MalformedPayload):
            self.fetch()

    def test_each_trouble_is_told_by_its_class(self):
        sync = ("GET", "sync")
        self.network.refuse(*sync, code="M_UNKNOWN_TOKEN", status=401, soft_logout=True)
        self.network.refuse(*sync, code="M_LIMIT_EXCEEDED", status=429, retry_after_ms=61_500)
        self.network.on(*sync, body=b"<html>", status=502)
        self.network.refuse(*sync, code="M_USER_DEACTIVATED")
        with self.assertRaises(CredentialsError):
            self.fetch()
        with self.assertRaises(RateLimited) as slow:
            self.fetch()
        wait = slow.exception.until.timestamp() - time.mktime(time.gmtime())
        self.assertTrue(55 < wait <= 63, wait)
        with self.assertRaises(TransientError):
            self.fetch()
        with self.assertRaises(CredentialsError):
            self.fetch()

    def test_a_talk_of_two_a_room_of_many_and_each_asked_for_once(self):
        first = {"event": event(1, words("a"))}
        second = {"event": event(2, words("b"), room=GROUP)}
        self.assertTrue(self.connector._is_thin(self.channel, first))
        whole = self.connector._hydrate(self.channel, first)
        self.assertEqual((whole["room"]["direct"], whole["room"]["name"]), (True, "Ana"))
        self.assertFalse(self.connector._is_thin(self.channel, whole))
        self.connector._hydrate(self.channel, {"event": event(3, words("c"))})
        joined = [where for _m, where, _o in self.network.calls if where.endswith("joined_members")]
        self.assertEqual(len(joined), 1, "remembered for a minute")
        group = self.connector._hydrate(self.channel, second)["room"]
        self.assertEqual((group["direct"], group["title"]), (False, "Klub"))

    def test_a_room_of_two_with_a_name_is_no_private_talk_unless_it_is_marked(self):
        self.network.forget("GET", "rooms", ROOM, "members")
        members = [{"state_key": user, "content": {"membership": "join"}} for user in (OWN, ANA)]
        self.network.on("GET", "rooms", ROOM, "members", body={"chunk": members})
        self.network.on("GET", "rooms", ROOM, "state", "m.room.name", "", body={"name": "Servis"})
        facts = self.connector._hydrate(self.channel, {"event": event(1, words("a"))})["room"]
        self.assertEqual((facts["direct"], facts["title"]), (False, "Servis"))

    def test_an_edit_from_somebody_else_changes_nothing_that_is_stored(self):
        self.network.on("GET", "rooms", ROOM, "event", "$1", body=event(1, words("a")))
        edit = {"m.new_content": words("b"),
                "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}
        self.ingest({"event": event(1, words("a"))})
        self.ingest({"event": event(2, {**words("b"), **edit}, by="@eve:away.example")})
        said = self.env["social.crm.interaction"].search([("external_id", "=", "$1")])
        self.assertEqual((said.body, said.state), ("a", "normal"))
        self.ingest({"event": event(3, {**words("b"), **edit})})
        self.assertEqual((said.body, said.state), ("b", "edited"))

    def test_in_any_order_a_redaction_takes_the_edit_with_it(self):
        original = event(1, words("a"))
        self.network.on("GET", "rooms", ROOM, "event", "$1", body={**original, "content": {}})
        edit = {"m.new_content": words("tajna"),
                "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}
        said = {"event": original}
        gone = {"event": redaction(3, 1)}
        late = {"event": event(2, {**words("tajna"), **edit})}
        self.assertEqual(len(self.ingest(gone, late).waiting), 2)
        for part in (said, gone, late, said):
            self.ingest(part)
        # the shell has no name any more
        row = self.env["social.crm.interaction"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual((len(row), row.state, row.body), (1, "deleted", False))
        self.assertFalse(row.versions)

    def test_whoever_only_likes_has_not_written_to_us(self):
        self.ingest({"event": event(1, words("a"), room=GROUP)})
        like = event(2, like_of(1), "m.reaction", by="@c:x.y", room=GROUP)
        self.ingest({"event": like})
        person = self.env["social.crm.identity"].search([("external_id", "=", "@c:x.y")])
        self.assertEqual(person.consent_basis, "none")

    def place_of(self, number):
        said = self.env["social.crm.interaction"].search([("external_id", "=", f"${number}")])
        return said.conversation_id

    def test_a_room_of_many_is_answered_until_we_are_put_out(self):
        self.ingest({"event": event(1, words("a"), room=GROUP)})
        place = self.place_of(1)
        self.assertFalse(place._reply_refusal())
        self.ingest({"event": member(2, "leave", who=OWN, by=ANA, room=GROUP)})
        self.assertIn("no longer in this room", place._reply_refusal())
        self.ingest({"event": member(3, "join", who=OWN, room=GROUP)})
        self.assertFalse(place._reply_refusal())

    def test_where_the_last_word_is_encrypted_nobody_answers(self):
        secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}
        self.ingest({"event": event(1, secret, "m.room.encrypted")},
                    {"event": member(2, "join", who=OWN)})
        place = self.place_of(1)
        self.assertIn("encrypted", place._reply_refusal())
        self.ingest({"event": event(3, words("here, then"))})
        self.assertFalse(place._reply_refusal())

    def test_who_may_invite_us_is_decided_by_the_setting(self):
        _key, invite = service.split(
            {"events": [member(1, "invite", who=OWN, by=ANA, is_direct=True)]}, OWN)[0][1:]
        join = ("POST", "rooms", ROOM, "join")
        leave = ("POST", "rooms", ROOM, "leave")
        self.network.on(*join, body={"room_id": ROOM}).on(*leave, body={})
        self.network.on("PUT", "user", OWN, "account_data", "m.direct", body={})
        self.assertEqual(self.connector._hydrate(self.channel, invite)["joined"], True)
        self.assertEqual(
            self.network.bodies("PUT", "user", OWN, "account_data", "m.direct"), [{ANA: [ROOM]}])
        self.channel.write({"matrix_invites": "servers", "matrix_servers": "Other.example, x.y"})
        self.assertEqual(self.connector._hydrate(self.channel, invite)["declined"], True)
        self.channel.matrix_servers = "away.example"
        self.assertEqual(self.connector._hydrate(self.channel, invite)["joined"], True)
        self.channel.matrix_invites = "hand"
        asked = len(self.network.calls)
        waiting = self.connector._hydrate(self.channel, invite)
        self.assertEqual(len(self.network.calls), asked, "nothing is done")
        self.ingest(waiting)
        row = self.env["social.crm.interaction"].search([("family", "=", "invite")])
        self.assertEqual((row.conversation_id.kind, row.case_id.state), ("direct", "open"))


@tagged("post_install", "-at_install")
class TestMatrixSending(MatrixCase):
    def send_path(self, key, kind=const.MESSAGE, room=ROOM):
        return ("PUT", "rooms", room, "send", kind, key)

    def allow(self, key, room=ROOM):
        self.network.on(*self.send_path(key, room=room), body={"event_id": "$7"})
        self.network.on("GET", "rooms", room, "event", "$7", body=event(7, words("x"), room=room))

    def test_the_key_of_the_sending_is_the_transaction(self):
        self.allow("k-1")
        receipt = self.connector._send(self.channel, TO_ANA)
        (content,) = self.network.bodies(*self.send_path("k-1"))
        self.assertEqual((content["body"], content[const.KEY]), ("Zdravo", "k-1"))
        self.assertEqual((receipt.external_id, receipt.container), ("$7", ROOM))
        (echo,) = self.connector._parse(
            self.channel,
            self.connector._hydrate(self.channel, {"event": event(7, content, by=OWN)}))
        self.assertEqual((echo.external_id, echo.occurred_at, echo.direction),
                         (receipt.external_id, receipt.occurred_at, "out"))

    def test_what_may_have_been_said_is_found_by_its_key(self):
        self.network.on(*self.send_path("k-1"), body=TransientError("lost", maybe_done=True))
        with self.assertRaises(TransientError) as lost:
            self.connector._send(self.channel, TO_ANA)
        self.assertTrue(lost.exception.maybe_done)
        path = ("GET", "rooms", ROOM, "messages")
        ours = event(7, {**words("Zdravo"), const.KEY: "k-1"}, by=OWN)
        forged = event(8, {**words("Zdravo"), const.KEY: "k-1"}, by=ANA)
        self.network.on(*path, body={"chunk": [forged], "end": "p"})
        self.network.on(*path, body={"chunk": [ours], "end": "q"})
        self.assertEqual(self.connector._find_sent(self.channel, TO_ANA).external_id, "$7")
        self.network.forget(*path).on(*path, body={"chunk": [forged]})
        self.assertIsNone(self.connector._find_sent(self.channel, TO_ANA))

    def test_an_outage_after_it_was_said_leaves_it_to_be_looked_for(self):
        self.network.on(*self.send_path("k-1"), body={"event_id": "$7"})
        self.network.on("GET", "rooms", ROOM, "event", "$7", status=503)
        with self.assertRaises(TransientError) as lost:
            self.connector._send(self.channel, TO_ANA)
        self.assertTrue(lost.exception.maybe_done)

    def test_an_answer_names_what_it_answers_in_a_room_of_many_and_in_a_thread(self):
        for message, expected in (
            (answering(3), None),
            (answering(3, kind="group"), {"m.in_reply_to": {"event_id": "$3"}}),
            (answering(3, ref="$1"), {
                "rel_type": "m.thread", "event_id": "$1", "is_falling_back": False,
                "m.in_reply_to": {"event_id": "$3"}}),
        ):
            self.allow("k-2")
            self.connector._send(self.channel, message)
            content = self.network.bodies(*self.send_path("k-2"))[-1]
            self.assertEqual(content.get("m.relates_to"), expected)

    def test_markup_of_ours_holds_nothing_that_was_typed(self):
        self.allow("k-2")
        people = (Actor(external_id=ANA),)
        message = answering(3, mentions=people)
        self.connector._sender(self.channel).send(message, f"<b>Hej</b> {ANA}\nDa?")
        content = self.network.bodies(*self.send_path("k-2"))[-1]
        self.assertEqual(content["m.mentions"], {"user_ids": [ANA]})
        self.assertEqual(
            content["formatted_body"],
            f'&lt;b&gt;Hej&lt;/b&gt; <a href="https://matrix.to/#/{ANA}">{ANA}</a><br>Da?')
        self.assertEqual(content["body"], f"<b>Hej</b> {ANA}\nDa?")

    def test_nothing_is_said_in_the_clear_where_everybody_trusts_it_is_not(self):
        self.network.on("GET", "rooms", ROOM, "state", "m.room.encryption", "",
                       body={"algorithm": "m.megolm.v1.aes-sha2"})
        with self.assertRaisesRegex(PermanentError, "encrypted"):
            self.connector._send(self.channel, TO_ANA)
        self.assertFalse([m for m, _w, _o in self.network.calls if m == "PUT"])

    def test_whoever_answers_an_invitation_accepts_it(self):
        self.allow("k-2")
        self.network.on("POST", "rooms", ROOM, "join", body={"room_id": ROOM})
        parent = Target("$i", family="invite", container=ROOM)
        message = OutMessage("Da", "direct", parent=parent, idempotency_key="k-2")
        self.connector._send(self.channel, message)
        order = [where.rpartition("/")[2] for method, where, _o in self.network.calls
                 if method in ("POST", "PUT")]
        self.assertEqual(order, ["join", "k-2"])
        self.assertNotIn("m.relates_to", self.network.bodies(*self.send_path("k-2"))[-1])

    def test_a_file_is_uploaded_and_carries_its_words(self):
        self.allow("k-1")
        self.network.answer("POST", "/_matrix/media/v3/upload?filename=%C5%A1.png",
                           {"content_uri": "mxc://hs/1"})
        media = OutMedia("š.png", "image/png", b"abc")
        message = OutMessage("Vidi", "direct", thread=ROOM, media=(media,), idempotency_key="k-1")
        self.connector._send(self.channel, message)
        content = self.network.bodies(*self.send_path("k-1"))[-1]
        self.assertEqual((content["msgtype"], content["body"]), ("m.image", "Vidi"))
        self.assertEqual((content["filename"], content["url"]), ("š.png", "mxc://hs/1"))

    def test_taking_back_takes_all_wordings_and_what_is_gone_is_done(self):
        related = "/_matrix/client/v1/rooms/%21dm%3Apeers.test/relations/%247/m.replace/"
        self.network.answer("GET", related + const.MESSAGE, {"chunk": [event(8, words("b"))]})
        self.connector._delete_remote(self.channel, Target("$7", container=ROOM))
        gone = [where.split("/redact/")[1].split("/")[0] for method, where, _o in self.network.calls
                if method == "PUT"]
        self.assertEqual(gone, ["%248", "%247"])

    def test_likes_are_set_once_and_taken_back_by_their_own_event(self):
        related = "/_matrix/client/v1/rooms/%21dm%3Apeers.test/relations/%247/m.annotation/"
        ours = event(9, like_of(7, "👍"), "m.reaction", by=OWN)
        theirs = event(10, like_of(7, "👍"), "m.reaction")
        self.network.answer("GET", related + const.REACTION, {"chunk": [theirs, ours]})
        target = Target("$7", container=ROOM)
        self.connector._react(self.channel, target, "like")
        self.assertFalse([1 for method, _w, _o in self.network.calls if method == "PUT"])
        self.connector._react(self.channel, target, "like", remove=True)
        (gone,) = [where for method, where, _o in self.network.calls if method == "PUT"]
        self.assertIn("/redact/%249/", gone)

    def test_moderation_and_reading_marks(self):
        self.ingest({"event": event(1, words("spam"), room=GROUP)})
        ana, target = Actor(external_id=ANA), Target("$1", container=GROUP)
        self.network.on("POST", "rooms", GROUP, "ban", body={})
        self.network.on("POST", "rooms", GROUP, "report", "$1", body={})
        self.network.on("POST", "rooms", GROUP, "receipt", "m.read", "$1", body={})
        self.connector._moderate(self.channel, "ban", ana, "spam")
        self.assertEqual(self.network.bodies("POST", "rooms", GROUP, "ban"),
                         [{"user_id": ANA, "reason": "spam"}])
        self.connector._moderate(self.channel, "report", target, "insult")
        self.connector._mark_read(self.channel, target)
        with self.assertRaisesRegex(PermanentError, "no room of ours"):
            self.connector._moderate(self.channel, "ban", Actor(external_id="@x:y.z"))

    def test_an_unknown_figure_is_none(self):
        self.network.on("GET", "joined_rooms", body={"joined_rooms": [ROOM, GROUP]})
        figures = {one.key: one.value for one in self.connector._fetch_metrics(self.channel)}
        self.assertEqual(figures, {"rooms": 2, "members": 2, f"members:{GROUP}": 3})
        self.network.forget("GET", "rooms", GROUP, "joined_members")
        figures = {one.key: one.value for one in self.connector._fetch_metrics(self.channel)}
        self.assertEqual(figures, {"rooms": 2})

    def test_no_log_line_holds_the_token(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug("at least one")
            self.network.refuse("GET", "account", "whoami", code="M_FORBIDDEN",
                               error=f"bad {TOKEN}")
            with self.assertRaises(PermanentError) as refused:
                self.connector._check_health(self.channel)
        self.assertNotIn(TOKEN, str(refused.exception) + json.dumps(logs.output))
