# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.social_crm_base.tests.common import SocialCrmCommon, comment, message, person

from ..tools.contract import MODES, MediaLimits, ReplyOptions, Template
from .common import channel_on


@tagged("post_install", "-at_install")
class TestReplyOptions(SocialCrmCommon):
    """Whether and how one may answer follows from the platform's record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = channel_on(cls.env, "sandbox", external_id="options-shop")
        cls.sandbox, cls.app = cls.channel.platform_id, cls.channel.app_id
        cls.ana = person("ana")

    def place_after(self, hours, *, public=False):
        """Where Ana spoke so many hours ago."""
        say = comment if public else message
        self.ingest(say(f"w{hours}{public}", self.ana))
        said = self.said(f"w{hours}{public}")
        said.date = fields.Datetime.now() - timedelta(hours=hours)
        said.conversation_id.last_in_date = said.date
        return said.conversation_id.with_user(self.agent)

    def options(self, place):
        options = place._reply_options()
        self.assertIsInstance(options, ReplyOptions)
        self.assertLessEqual(options.modes, MODES)
        return options

    def test_without_a_window_one_may_always_answer(self):
        options = self.options(self.place_after(24 * 400))
        self.assertTrue(options.can_reply)
        self.assertFalse(options.deadline)

    def test_a_window_runs_from_their_last_word(self):
        self.sandbox.reply_window_hours = 24
        place = self.place_after(23)
        options = self.options(place)
        self.assertTrue(options.can_reply)
        self.assertEqual(options.deadline, place.last_in_date + timedelta(hours=24))

    def test_outside_the_window_a_template_is_what_is_left(self):
        self.sandbox.reply_window_hours = 24
        place = self.place_after(25)
        options = self.options(place)
        self.assertFalse(options.can_reply)
        self.assertEqual(options.modes, {"template"})
        self.assertIn("24 hours", options.reason)
        with self.assertRaisesRegex(UserError, "24 hours"):
            place._queue_reply("Hello")
        templates = self.channel._connector()._reply_templates(self.channel, place)
        self.assertTrue(all(isinstance(found, Template) for found in templates))
        outbox = place._queue_reply(
            "Hello Ana", template={"key": "we_are_back", "language": "en", "params": {}}
        )
        self.assertEqual(outbox._out_message().template["key"], "we_are_back")

    def test_a_person_may_answer_longer_than_a_machine(self):
        self.sandbox.write({"reply_window_hours": 24, "human_window_hours": 168})
        place = self.place_after(30)
        options = self.options(place)
        self.assertTrue(options.can_reply)
        self.assertEqual(options.deadline, place.last_in_date + timedelta(hours=168))
        self.assertLess(options.automatic_deadline, fields.Datetime.now())
        with self.assertRaisesRegex(UserError, "only a person"):
            place._queue_reply("We are closed.", answer_type="away")
        self.assertEqual(place._queue_reply("Good morning").state, "queued")

    def test_where_the_customer_begins_nobody_writes_first(self):
        self.sandbox.reply_window_hours = 24
        place = self.place_after(0)
        place.last_in_date = False
        self.assertIn("writes first", self.options(place).reason)

    # === PRIVATE REPLIES === #

    def test_a_public_word_is_answered_in_private_in_the_same_matter(self):
        place = self.place_after(1, public=True)
        self.assertIn("private_reply", self.options(place).modes)
        outbox = place._queue_reply("Between us", visibility="direct")
        said = outbox.interaction_id
        self.assertEqual(said.conversation_id.kind, "direct")
        self.assertEqual(said.conversation_id.identity_id, place.identity_id)
        self.assertEqual(said.visibility, "direct")
        self.assertEqual(said.parent_id, place._last_said())
        self.assertEqual(said.case_id, place._last_said().case_id)
        self.assertFalse(said.mention_ids)
        self.ingest(message("later", self.ana, minutes=30))
        self.assertEqual(
            self.said("later").conversation_id, said.conversation_id, "their answer joins ours"
        )

    def test_a_private_answer_goes_out_and_its_echo_is_no_second_one(self):
        place = self.place_after(1, public=True)
        row = place._queue_reply("Between us", visibility="direct").sudo()
        message_out = row._out_message()
        self.assertEqual(message_out.visibility, "direct")
        self.assertEqual(message_out.recipient.handle, self.ana.handle)
        self.assertEqual(message_out.parent.external_id, place._last_said().external_id)
        row._mark_done(row._perform(message_out))
        network = self.env["social.crm.sandbox.delivery"].search(
            [("app_id", "=", self.app.id), ("due_at", "<=", fields.Datetime.now())]
        )
        network._deliver()
        Event = self.env["social.crm.event"]
        Event._process_batch(self.channel.id, Event._take(self.channel.id, None, 500))
        said = self.interactions.search(
            [("channel_id", "=", self.channel.id), ("direction", "=", "out")]
        )
        self.assertEqual(said, row.interaction_id, "the echo is ours")
        self.assertEqual(said.conversation_id.kind, "direct")

    def test_a_network_allows_one_private_reply_for_some_days(self):
        self.sandbox.private_reply_days = 7
        place = self.place_after(24, public=True)
        said = place._last_said()
        self.assertEqual(self.options(place).private_deadline, said.date + timedelta(days=7))
        outbox = place._queue_reply("Between us", visibility="direct")
        self.assertEqual(self.options(place).modes, {"free_text", "public_only"})
        with self.assertRaisesRegex(UserError, "answer in private"):
            place._queue_reply("Once more", visibility="direct")
        outbox.action_take_back()
        self.assertIn("private_reply", self.options(place).modes)

    def test_after_those_days_only_the_public_answer_is_left(self):
        self.sandbox.private_reply_days = 7
        place = self.place_after(24 * 8, public=True)
        self.assertEqual(self.options(place).modes, {"free_text", "public_only"})

    # === SLOTS AND LEVELS === #

    def test_the_one_answer_of_a_review_is_replaced(self):
        self.sandbox.one_reply_slot = True
        self.ingest(comment("r1", self.ana, kind="review", rating=1))
        place = self.said("r1").conversation_id.with_user(self.agent)
        self.assertIn("one_slot", self.options(place).modes)
        first = place._queue_reply("Thank you")
        first._mark_done(None)
        self.assertIn("replaces it", self.options(place).reason)
        second = place._queue_reply("Thank you!", hold_seconds=10, key="second-try")
        self.assertEqual((second.operation, second.state), ("edit", "held"))
        self.assertEqual(second.idempotency_key, "second-try")

    def test_answers_hang_no_deeper_than_the_network_allows(self):
        self.sandbox.max_reply_depth = 1
        bob = person("bob")
        self.ingest(
            comment("top", self.ana),
            comment("below", bob, "top", kind="reply", minutes=2),
            comment("deeper", self.ana, "below", kind="reply", minutes=3),
        )
        deeper = self.said("deeper")
        place = deeper.conversation_id.with_user(self.agent)
        said = place._queue_reply("Here", parent=deeper).interaction_id
        self.assertEqual(said.parent_id, self.said("top"))
        self.assertEqual(said.mention_ids, deeper.identity_id, "it still speaks to who asked")

    # === FILES === #

    def test_files_the_network_would_refuse_are_refused_at_once(self):
        place = self.place_after(1)
        limits = place._media_limits()
        self.assertIsInstance(limits, MediaLimits)
        make = self.env["ir.attachment"].with_user(self.agent).create
        script = make({"name": "run.sh", "raw": b"#!/bin/sh", "mimetype": "text/x-sh"})
        with self.assertRaisesRegex(UserError, "takes no such file: run.sh"):
            place._queue_reply("Look", attachments=script)
        pictures = make(
            [{"name": f"{n}.gif", "raw": b"GIF89a", "mimetype": "image/gif"} for n in range(5)]
        )
        with self.assertRaisesRegex(UserError, "Too many files: 5"):
            place._queue_reply("Look", attachments=pictures)
        self.assertTrue(place._queue_reply("Look", attachments=pictures[:4]))

    # === PURPOSE === #

    def test_marketing_needs_an_opt_in(self):
        place = self.place_after(1)
        with self.assertRaisesRegex(UserError, "not opted in"):
            place._queue_reply("20 % off", purpose="marketing")
        with patch.object(type(place), "_opted_in", lambda talk, purpose: True):
            self.assertTrue(place._queue_reply("20 % off", purpose="marketing"))

    def test_deleted_accounts_stay_unanswered(self):
        place = self.place_after(1)
        place.identity_id.sudo().state = "deleted"
        with self.assertRaisesRegex(UserError, "no longer active"):
            place._queue_reply("Hello")

    # === EVERY CONNECTOR === #

    def test_every_connector_says_it_in_the_contract_s_words(self):
        kinds = self.env["social.crm.conversation"]._fields["kind"].get_values(self.env)
        talks = [self.env["social.crm.conversation"].new({"kind": kind}) for kind in kinds]
        contract = self.env["social.crm.connector"]
        for code in self.channel._fields["connector"].get_values(self.env):
            channel = self.channel.copy({"connector": code, "external_id": f"contract-{code}"})
            connector = contract._of(code)
            for talk in talks:
                with self.subTest(connector=code, kind=talk.kind):
                    options = connector._reply_options(channel, talk)
                    self.assertIsInstance(options, ReplyOptions)
                    self.assertLessEqual(options.modes, MODES)
                    self.assertTrue(options.can_reply or options.reason)
                    for template in connector._reply_templates(channel, talk):
                        self.assertIsInstance(template, Template)
                        named = template.body.count("{{ ")
                        self.assertEqual(named, len(template.placeholders))
            limits = connector._media_limits(channel)
            self.assertIsInstance(limits, MediaLimits)
            self.assertEqual(bool(limits.count), "media" in connector._capabilities(channel))
