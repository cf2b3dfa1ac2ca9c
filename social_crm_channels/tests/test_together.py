# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, message, person


class TogetherCommon(SocialCrmCommon):
    """Two agents of one team, a third of none, and a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._user("agent", login="together_other")
        cls.stranger = cls._user("agent", login="together_stranger")
        cls.team = cls.env["social.crm.team"].create(
            {
                "name": "Service",
                "user_id": cls.leader.id,
                "member_ids": [Command.set((cls.agent | cls.other).ids)],
                "channel_ids": [Command.set(cls.channel.ids)],
            }
        )
        cls.ana = person("ana")
        cls.ingest(message("m1", cls.ana, text="Where is my parcel?"))
        cls.case = cls.said("m1").case_id

    def as_(self, user, records=None):
        return (records if records is not None else self.case).with_user(user)

    def sent_on_bus(self):
        """What goes over the bus, as (channel, type, message)."""
        return patch.object(type(self.env["bus.bus"]), "_sendone", autospec=True)


@tagged("post_install", "-at_install")
class TestPresence(TogetherCommon):
    def test_looking_is_told_to_those_at_the_case_and_nothing_is_stored(self):
        with self.sent_on_bus() as send:
            self.as_(self.agent).inbox_presence("looking")
        (_bus, channel, kind, payload) = send.call_args.args
        self.assertEqual((channel[0], channel[1]), (self.case, "presence"))
        self.assertEqual(kind, "social_crm/presence")
        self.assertEqual(
            payload, {"case_id": self.case.id, "user_id": self.agent.id, "state": "looking"}
        )

    def test_what_nobody_can_do_is_refused(self):
        with self.assertRaises(ValidationError):
            self.as_(self.agent).inbox_presence("dancing")

    def test_who_may_not_read_the_case_can_neither_tell_nor_listen(self):
        with self.assertRaises(AccessError):
            self.as_(self.stranger).inbox_presence("looking")
        self.assertIn((self.case, "presence"), self.channels_of(self.other))
        self.assertNotIn((self.case, "presence"), self.channels_of(self.stranger))
        self.assertFalse(self.channels_of(self.env.ref("base.public_user")))

    def test_a_confidential_case_has_no_listeners_but_the_named(self):
        self.as_(self.agent).action_make_confidential()
        self.assertIn((self.case, "presence"), self.channels_of(self.agent))
        self.assertNotIn((self.case, "presence"), self.channels_of(self.other))
        self.assertNotIn((self.case, "presence"), self.channels_of(self.manager))

    def channels_of(self, user):
        asked = [f"social.crm.case_{self.case.id}", "social.crm.case_x", "something_else"]
        found = self.env["ir.websocket"].with_user(user)._presence_channels(asked)
        self.assertIn("something_else", found)
        return [channel for channel in found if isinstance(channel, tuple)]


@tagged("post_install", "-at_install")
class TestAnsweredMeanwhile(TogetherCommon):
    def test_nothing_new_warns_nobody(self):
        self.assertIsNone(self.as_(self.agent)._answered_meanwhile(self.said("m1").id))

    def test_a_colleagues_answer_warns_also_while_it_is_held(self):
        seen = self.said("m1").id
        conversation = self.as_(self.other, self.said("m1").conversation_id)
        outbox = conversation._queue_reply("It is on its way.", hold_seconds=10)
        found = self.as_(self.agent)._answered_meanwhile(seen)
        self.assertEqual([word["who"] for word in found["answers"]], [self.other.name])
        self.assertEqual(found["answers"][0]["text"], "It is on its way.")
        self.assertFalse(found["news"])
        self.assertIsNone(
            self.as_(self.other)._answered_meanwhile(seen), "not of one's own words"
        )
        outbox.action_take_back()
        self.assertIsNone(self.as_(self.agent)._answered_meanwhile(seen), "it was taken back")

    def test_the_customers_next_word_is_news(self):
        seen = self.said("m1").id
        self.ingest(message("m2", self.ana, minutes=2, text="Found it, thanks!"))
        found = self.as_(self.agent).inbox_meanwhile(seen)
        self.assertEqual([word["text"] for word in found["news"]], ["Found it, thanks!"])
        self.assertFalse(found["answers"])


@tagged("post_install", "-at_install")
class TestNotes(TogetherCommon):
    def test_a_note_calls_a_colleague_until_they_look(self):
        self.as_(self.agent).inbox_note("Ćao, can you look? 😀", [self.other.id])
        self.assertEqual(self.case.mention_user_ids, self.other)
        note = self.case.message_ids[0]
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(note.notified_partner_ids, self.other.partner_id)
        self.as_(self.leader).inbox_open()
        self.assertEqual(self.case.mention_user_ids, self.other, "somebody else looked")
        self.as_(self.other).inbox_open(["head"])
        self.assertEqual(self.case.mention_user_ids, self.other, "a part was read by itself")
        self.as_(self.other).inbox_open()
        self.assertFalse(self.case.mention_user_ids)

    def test_markup_in_a_note_stays_text(self):
        self.as_(self.agent).inbox_note("<script>alert(1)</script>\nsecond line")
        entry = self.as_(self.agent)._inbox_talk_entries(None, None)[0]
        self.assertEqual(entry["text"], "<script>alert(1)</script>\nsecond line")
        self.assertNotIn("<script>", self.case.message_ids[0].body)
        self.assertTrue(entry["is_mine"])
        self.assertFalse(self.as_(self.other)._inbox_talk_entries(None, None)[0]["is_mine"])

    def test_an_empty_note_says_so(self):
        with self.assertRaises(UserError):
            self.as_(self.agent).inbox_note("  \n ")

    def test_who_cannot_open_the_case_cannot_be_called(self):
        with self.assertRaisesRegex(UserError, "cannot open"):
            self.as_(self.agent).inbox_note("Look", [self.stranger.id])
        self.as_(self.agent).action_make_confidential()
        with self.assertRaisesRegex(UserError, "confidential"):
            self.as_(self.agent).inbox_note("Look", [self.other.id])
        self.assertFalse(self.case.mention_user_ids)
        names = self.as_(self.agent).inbox_colleagues()
        self.assertFalse(names)

    def test_names_are_completed_from_those_who_may_read(self):
        found = {one["id"] for one in self.as_(self.agent).inbox_colleagues("together_o", 5)}
        self.assertEqual(found, {self.other.id})
        found = {one["id"] for one in self.as_(self.agent).inbox_colleagues("together_s", 5)}
        self.assertFalse(found)

    def test_a_viewer_reads_notes_and_writes_none(self):
        self.team.member_ids += self.viewer
        self.as_(self.agent).inbox_note("Hello")
        self.assertEqual(self.as_(self.viewer)._inbox_talk_entries(None, None)[0]["text"], "Hello")
        with self.assertRaises(AccessError):
            self.as_(self.viewer).inbox_note("Me too")


@tagged("post_install", "-at_install")
class TestTimeline(TogetherCommon):
    def test_entries_are_read_in_the_same_number_of_queries_however_many_there_are(self):
        case = self.as_(self.agent)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            entries = case._inbox_talk_entries(None, None)
            return len(entries), self.cr.sql_log_count - before

        for number in range(3):
            case.inbox_note(f"Note {number}")
        count()
        few, queries = count()
        for number in range(20):
            case.inbox_note(f"Note {number}")
            case.priority = str(number % 2)
            self.cr.flush()
        many, queries_again = count()
        self.assertGreater(many, few + 20)
        self.assertLessEqual(queries_again, queries + 3, "not one for each")

    def test_a_change_is_told_in_words_and_the_subject_is_not(self):
        self.cr.flush()
        self.as_(self.agent).write({"name": "Another subject", "priority": "1"})
        self.cr.flush()
        told = [
            entry["text"]
            for entry in self.as_(self.other)._inbox_talk_entries(None, None)
            if entry["kind"] == "event"
        ]
        self.assertTrue(any("Priority: Normal → High" in text for text in told), told)
        self.assertFalse(any("Another subject" in text for text in told))


@tagged("post_install", "-at_install")
class TestDialogs(TogetherCommon):
    def test_every_dialog_opens_from_the_inbox_too(self):
        """A form's button adds the views; a screen that calls the method itself does not."""
        self.ingest(message("b1", person("bojan"), text="Hi"))
        both = self.as_(self.agent, self.case | self.said("b1").case_id)
        for name in ("close", "snooze", "transfer", "ask", "macro", "split", "join"):
            with self.subTest(name):
                cases = both[:1] if name == "split" else both
                action = getattr(cases, f"action_{name}_dialog")()
                self.assertEqual(action["views"], [(False, "form")])
                self.env[action["res_model"]].with_user(self.agent).get_view(view_type="form")


@tagged("post_install", "-at_install")
class TestTell(TogetherCommon):
    def told(self, user):
        return self.env["mail.message"].search(
            [
                ("res_id", "=", self.case.id),
                ("model", "=", self.case._name),
                ("message_type", "=", "user_notification"),
                ("notified_partner_ids", "in", user.partner_id.ids),
            ]
        )

    def test_the_new_assignee_hears_of_it_without_the_customers_words(self):
        self.as_(self.leader).user_id = self.other
        told = self.told(self.other)
        self.assertEqual(told.subject, "A case was assigned to you")
        self.assertNotIn("parcel", told.body)

    def test_taking_a_case_tells_nobody(self):
        self.as_(self.agent).action_assign_to_me()
        self.assertFalse(self.told(self.agent))

    def test_who_may_not_read_the_case_hears_nothing(self):
        told = self.as_(self.agent)._tell(self.other | self.stranger | self.agent, "Look")
        self.assertEqual(told, self.other)
        self.assertTrue(self.told(self.other))
        self.assertFalse(self.told(self.stranger))

    def test_a_phone_shows_no_words_of_the_customer_either(self):
        """Odoo's own web push tells the title of the notification: never the subject."""
        sent = []
        with patch.object(
            type(self.env["mail.thread"]),
            "_notify_by_web_push_prepare_payload",
            autospec=True,
            side_effect=lambda case, message, **known: sent.append(known)
            or {"options": {"body": ""}},
        ), patch.object(
            type(self.env["mail.thread"]),
            "_web_push_get_partners_parameters",
            lambda case, partner_ids: (
                [partner_ids] if partner_ids else [], "private", "public"
            ),
        ), patch.object(
            type(self.env["mail.thread"]), "_web_push_send_notification", lambda *a, **k: None
        ):
            self.as_(self.leader).user_id = self.other
            self.as_(self.agent).inbox_note("Look", [self.other.id])
        names = {known["force_record_name"] for known in sent}
        self.assertEqual(names, {f"Case {self.case.id}"})
