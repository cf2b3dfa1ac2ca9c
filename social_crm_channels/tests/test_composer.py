# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import comment, know, message, person

from ..tools import sensitive
from .composer_common import ComposerCommon


@tagged("post_install", "-at_install")
class TestComposerSection(ComposerCommon):
    """What the composer is told when a case opens."""

    def test_each_place_says_how_one_answers_there(self):
        data = self.open()
        public, private = data["places"]
        self.assertTrue(public["is_public"])
        self.assertFalse(private["is_public"])
        self.assertIn("private_reply", public["modes"])
        self.assertEqual(public["files"]["count"], 4)
        self.assertTrue(public["files"]["alt"])
        self.assertEqual(public["parent"]["text"], "Where is my parcel?")
        self.assertEqual(data["place_id"], public["id"], "where they spoke last")

    def test_a_closed_window_says_why_and_offers_the_templates(self):
        self.sandbox.reply_window_hours = 24
        self.private.sudo().last_in_date = fields.Datetime.now() - timedelta(hours=30)
        place = next(place for place in self.open()["places"] if place["id"] == self.private.id)
        self.assertFalse(place["can_reply"])
        self.assertIn("24 hours", place["reason"])
        self.assertEqual(place["modes"], ["template"])
        self.assertEqual(place["templates"][0]["placeholders"], ["first_name", "topic"])

    def test_viewers_read_but_do_not_write(self):
        data = self.case.with_user(self.viewer).inbox_open(["composer"])["composer"]
        self.assertFalse(data["can_write"])
        self.assertTrue(all(not place["can_reply"] for place in data["places"]))

    def test_opening_costs_a_fixed_number_of_queries(self):
        self.open()
        self.env.invalidate_all()
        with self.assertQueryCount(42):
            self.open()

    def test_counting_is_the_network_s_and_nothing_is_counted_twice(self):
        measured = self.measure(self.public, "Zdravo 😀")
        self.assertEqual((measured["used"], measured["limit"]), (8, 1000))
        self.assertTrue(measured["simple"] and measured["fits"])
        self.assertFalse(self.measure(self.public, "ж" * 1001)["fits"])

    def test_a_place_of_another_case_is_refused(self):
        self.ingest(message("foreign", person("eve")))
        other = self.said("foreign").conversation_id
        with self.assertRaisesRegex(UserError, "does not belong to the case"):
            self.measure(other, "Hello")
        with self.assertRaisesRegex(UserError, "does not belong to the case"):
            self.send(place=other)

    def test_people_are_found_by_the_beginning_of_their_handle(self):
        self.ingest(
            comment("x1", person("anatol", handle="anatol")),
            comment("x2", person("bert", handle="bert")),
        )
        found = self.mine.inbox_mentions(self.public.id, "@Anat")
        self.assertEqual([one["handle"] for one in found], ["anatol"])
        here = self.mine.inbox_mentions(self.public.id, "")
        self.assertEqual([one["handle"] for one in here], ["ana@example.social"])
        self.assertFalse(self.mine.inbox_mentions(self.public.id, "%"))

    def test_the_preview_is_what_the_network_gets(self):
        connector = type(self.env["social.crm.connector.sandbox"])
        with patch.object(
            connector, "_render", lambda *args: f"@{args[2].recipient.handle} {args[2].text}"
        ):
            shown = self.mine.inbox_preview(self.public.id, "Hello {{ customer.first_name }}")
        self.assertEqual(shown["text"], "@ana@example.social Hello Ana")


@tagged("post_install", "-at_install")
class TestSending(ComposerCommon):
    """Once, held for a moment, and nothing lost."""

    def test_an_answer_is_held_for_ten_seconds(self):
        before = fields.Datetime.now()
        sent = self.send(body="On its way")
        row = self.row(sent)
        self.assertEqual((sent["state"], row.state), ("held", "held"))
        self.assertLessEqual(row.not_before - before, timedelta(seconds=11))
        self.assertIn(sent["seconds"], range(9, 11))
        self.assertEqual(self.open()["held"][0]["id"], row.id)
        row.with_user(self.agent).action_release()
        self.assertEqual(row.state, "queued")
        self.assertFalse(self.open()["held"])

    def test_a_double_click_sends_once(self):
        first = self.send(body="Once", key="click-1")
        again = self.send(body="Once", key="click-1")
        self.assertEqual(first["outbox_id"], again["outbox_id"])
        other = self.send(body="Once", key="click-2")
        self.assertNotEqual(first["outbox_id"], other["outbox_id"])

    def test_nobody_else_s_key_hides_my_answer(self):
        mine = self.send(body="Mine", key="same")
        theirs = self.case.with_user(self.leader).inbox_send(
            {"conversation_id": self.public.id, "body": "Theirs", "mode": "reply", "key": "same"}
        )
        self.assertNotEqual(mine["outbox_id"], theirs["outbox_id"])

    def test_taking_back_puts_the_words_into_the_draft(self):
        sent = self.send(body="Too quick", mode="private")
        self.mine.inbox_draft({"conversation_id": self.public.id, "body": "begun since"})
        self.mine.inbox_take_back(sent["outbox_id"])
        self.assertEqual(self.row(sent).state, "cancelled")
        draft = self.open()["draft"]
        self.assertEqual(draft["body"], "Too quick\n\nbegun since")
        self.assertEqual((draft["mode"], draft["conversation_id"]), ("private", self.public.id))

    def test_what_is_on_its_way_cannot_be_taken_back(self):
        sent = self.send(body="Gone")
        self.row(sent).state = "sending"
        with self.assertRaisesRegex(UserError, "too late"):
            self.mine.inbox_take_back(sent["outbox_id"])

    def test_a_refused_answer_stays_in_the_draft(self):
        self.mine.inbox_draft({"conversation_id": self.public.id, "body": "x" * 1001})
        with self.assertRaisesRegex(UserError, "Too long"):
            self.send(body="x" * 1001)
        self.assertEqual(len(self.open()["draft"]["body"]), 1001)

    def test_a_sent_answer_leaves_no_draft(self):
        self.mine.inbox_draft({"conversation_id": self.public.id, "body": "Hello"})
        self.send(body="Hello")
        self.assertFalse(self.open()["draft"])

    def test_somebody_who_answered_meanwhile_is_named_first(self):
        seen = self.said("c1").id
        self.case.with_user(self.leader).inbox_send(
            {"conversation_id": self.public.id, "body": "I have it", "mode": "reply"}
        )
        sent = self.send(body="Me too", seen_id=seen)
        self.assertEqual(sent["state"], "meanwhile")
        self.assertEqual(sent["answers"][0]["text"], "I have it")
        self.assertEqual(self.send(body="Me too", seen_id=None)["state"], "held")

    def test_a_private_answer_to_a_public_word_stays_in_the_case(self):
        sent = self.send(body="Between us", mode="private")
        said = self.row(sent).interaction_id
        self.assertEqual(said.conversation_id, self.private)
        self.assertEqual(said.case_id, self.case)
        self.assertEqual(said.parent_id, self.said("c1"))

    def test_a_template_goes_with_its_values(self):
        params = {"first_name": "Ana", "topic": "the parcel"}
        with self.assertRaisesRegex(UserError, "Fill in first: topic"):
            self.send(place=self.private, mode="template", template_key="we_are_back",
                      template_params={"first_name": "Ana"})
        sent = self.send(place=self.private, mode="template", template_key="we_are_back",
                         template_params=params)
        row = self.row(sent)
        self.assertEqual(row.payload["template"]["params"], params)
        self.assertIn("Hello Ana", row.interaction_id.body)

    def test_our_answer_is_changed_by_an_edit(self):
        sent = self.send(body="Frist")
        item = self.row(sent).interaction_id
        edit = self.send(body="First", mode="edit", parent_id=item.id)
        self.assertEqual(self.row(edit).payload, {"text": "First"})
        with self.assertRaisesRegex(UserError, "answer of ours"):
            self.send(body="Mine now", mode="edit", parent_id=self.said("c1").id)

    def test_by_hand_the_words_are_copied_and_ticked_off(self):
        self.channel.connector = "manual"
        sent = self.send(body="Hello")
        self.assertEqual(sent["state"], "by_hand")
        self.assertEqual(sent["by_hand"]["text"], "Hello")
        self.assertEqual(self.open()["by_hand"][0]["id"], sent["outbox_id"])
        self.row(sent).with_user(self.agent).action_done_by_hand()
        self.assertFalse(self.open()["by_hand"])

    def test_viewers_cannot_send(self):
        with self.assertRaises(AccessError):
            self.case.with_user(self.viewer).inbox_send(
                {"conversation_id": self.public.id, "body": "Hello", "mode": "reply"}
            )


@tagged("post_install", "-at_install")
class TestSensitive(ComposerCommon):
    """Private data is stopped in public, wherever the words come from."""

    def kinds(self, text, place=None):
        return [one["kind"] for one in self.measure(place or self.public, text)["findings"]]

    def test_each_kind_is_found_in_public_and_none_in_private(self):
        texts = {
            "email": "Write to ana.k@example.org please",
            "iban": "Send it to DE89 3704 0044 0532 0130 00",
            "phone": "Call +49 1512 3456789",
        }
        for kind, text in texts.items():
            with self.subTest(kind):
                self.assertEqual(self.kinds(text), [kind])
                self.assertEqual(self.kinds(text, self.private), [])

    def test_ordinary_words_are_left_alone(self):
        for text in (
            "In 2026 we sell 1,000 chairs for 250.00 euros",
            "See https://example.org/news/12345678901",
            "@ana@example.social thank you 😀",
            "DE00 3704 0044 0532 0130 00 is no account",
            "On 12.05.2026 at 15:30",
        ):
            with self.subTest(text):
                self.assertEqual(self.kinds(text), [])

    def test_values_of_the_contact_and_the_order_are_found(self):
        mara = self.env["res.partner"].create(
            {"name": "Ana Kovač", "street": "Cara Dušana 12", "vat": "RS101134702"}
        )
        know(self.public.identity_id, mara)
        self.case.order_ref = "A-4711"
        self.assertEqual(self.kinds("We come to Cara  Dušana 12 tomorrow"), ["contact"])
        self.assertEqual(self.kinds("Your order A-4711 is there"), ["order"])
        self.assertEqual(self.kinds("Ana, it is there"), [])

    def test_our_own_addresses_are_everybody_s(self):
        self.company.write({"email": "help@shop.example", "phone": "+49 30 901820"})
        self.assertEqual(self.kinds("Write to help@shop.example or call 030 901820"), [])

    def test_the_server_stops_it_and_offers_the_private_answer(self):
        sent = self.send(body="Write to ana@example.org")
        self.assertEqual(sent["state"], "stopped")
        self.assertTrue(sent["can_private"])
        self.assertFalse(sent["can_override"])
        self.assertEqual(sent["findings"][0]["value"], "ana@example.org")
        with self.assertRaisesRegex(UserError, "e-mail address .ana@example.org.*privately"):
            self.public._queue_reply("Write to ana@example.org")
        sent = self.send(body="Write to ana@example.org", mode="private")
        self.assertEqual(sent["state"], "held")

    def test_an_edit_is_looked_at_as_well(self):
        item = self.row(self.send(body="Hello")).interaction_id
        with self.assertRaisesRegex(UserError, "private data"):
            self.send(body="Write to ana@example.org", mode="edit", parent_id=item.id)

    def test_only_a_leader_overrides_and_the_reason_is_noted(self):
        words = {"body": "Call +49 1512 3456789", "override_reason": "She asked for it in public"}
        with self.assertRaisesRegex(UserError, "private data"):
            self.send(**words)
        sent = self.case.with_user(self.leader).inbox_send(
            {"conversation_id": self.public.id, "mode": "reply", **words}
        )
        self.assertEqual(sent["state"], "held")
        note = self.case.message_ids[0].body
        self.assertIn("She asked for it in public", note)
        self.assertNotIn("3456789", note)

    def test_whole_numbers_of_accounts_only(self):
        self.assertEqual(sensitive.ibans("DE89 3704 0044 0532 0130 00 thanks"),
                         ["DE89 3704 0044 0532 0130 00"])
        self.assertEqual(sensitive.ibans("RS35260005601001611379"), ["RS35260005601001611379"])


@tagged("post_install", "-at_install")
class TestDraft(ComposerCommon):
    """What one began is one's own, and stays."""

    def test_a_draft_is_kept_per_person_and_case(self):
        values = {"conversation_id": self.public.id, "body": "Begun", "mode": "private",
                  "parent_id": self.said("c1").id}
        self.assertTrue(self.mine.inbox_draft(values))
        self.mine.inbox_draft({**values, "body": "Begun again"})
        draft = self.open()["draft"]
        self.assertEqual((draft["body"], draft["mode"]), ("Begun again", "private"))
        theirs = self.case.with_user(self.leader).inbox_open(["composer"])["composer"]
        self.assertFalse(theirs["draft"])
        self.assertFalse(self.env["social.crm.draft"].with_user(self.manager).search([]))

    def test_nothing_written_leaves_nothing(self):
        self.mine.inbox_draft({"conversation_id": self.public.id, "body": "Begun"})
        self.assertFalse(self.mine.inbox_draft({"conversation_id": self.public.id, "body": "  "}))
        self.assertFalse(self.env["social.crm.draft"].search([("case_id", "=", self.case.id)]))

    def test_files_stay_with_the_draft(self):
        file = self.env["ir.attachment"].with_user(self.agent).create(
            {"name": "a.gif", "raw": b"GIF89a", "mimetype": "image/gif", "description": "A cat"}
        )
        self.mine.inbox_draft({"conversation_id": self.public.id, "attachment_ids": file.ids})
        self.assertEqual(self.open()["draft"]["files"][0]["alt"], "A cat")
