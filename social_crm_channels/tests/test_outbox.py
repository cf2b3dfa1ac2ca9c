# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    NotSupported,
    PermanentError,
    RateLimited,
    RulebookRefusal,
    TransientError,
)
from odoo.addons.social_crm_base.tools.activity import Activity

from ..models.social_crm_worker import CLAIM_SENDING
from ..tools.contract import Measure, Receipt, ReplyOptions
from .common import BEGIN, EngineCommon, parse_word, word

SEND = "odoo.addons.social_crm_channels.models.social_crm_outbox"


def able(*capabilities):
    return lambda connector, channel: frozenset(("send_direct", "send_public", *capabilities))


@tagged("post_install", "-at_install")
class TestOutbox(EngineCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()
        cls.interactions._ingest(cls.channel, parse_word(None, cls.channel, word("q1", "Gde je?")))
        cls.question = cls.interactions.search([("channel_id", "=", cls.channel.id)])
        cls.talk = cls.question.conversation_id

    def setUp(self):
        super().setUp()
        self.sent = []

    def reply(self, text="Stiže sutra 🚚", **options):
        with self.speaking(_capabilities=able()):
            return self.talk.with_user(self.agent)._queue_reply(text, **options).sudo()

    def work(self, *outcomes, **methods):
        """Run the sender; each call has the next outcome: an error to raise, or None for sent."""
        script = iter(outcomes)

        def send(connector, channel, message):
            self.sent.append(message)
            outcome = next(script, None)
            if outcome:
                raise outcome
            return Receipt(f"r{len(self.sent)}", "https://example.org/r", BEGIN)

        with self.speaking(**{"_send": send, "_capabilities": able(), **methods}):
            self.run_cron("ir_cron_send")

    def due(self, row):
        row.not_before = fields.Datetime.now() - timedelta(seconds=1)

    # === ASKING === #

    def test_an_answer_is_a_row_of_ours_before_it_is_a_call(self):
        row = self.reply()
        answer = row.interaction_id
        self.assertEqual((row.state, row.operation), ("queued", "send"))
        self.assertEqual(answer.delivery_state, "queued")
        self.assertEqual(answer.parent_id, self.question)
        self.assertEqual(answer.case_id, self.question.case_id)
        self.assertEqual(answer.visibility, "direct")
        self.assertEqual(answer.author_id, self.agent)
        self.assertEqual(answer.answer_type_id.code, "human")

    def test_a_sent_answer_has_its_name_and_stops_the_clock(self):
        def turn():
            return self.env["social.crm.case.response"].search(
                [("case_id", "=", self.question.case_id.id)]
            )

        row = self.reply()
        self.assertFalse(turn().answered_at, "written is not answered")
        moment = BEGIN + timedelta(hours=3)
        self.work(
            _send=lambda connector, channel, message: Receipt(
                "r1", "https://example.org/r", moment, ref="77"
            )
        )
        answer = row.interaction_id
        self.assertEqual(row.state, "done")
        self.assertEqual(answer.delivery_state, "sent")
        self.assertEqual((answer.external_id, answer.remote_ref), ("r1", "77"))
        self.assertEqual(answer.dedup_key, answer._dedup_key("post", "", "r1"))
        self.assertEqual(self.talk.last_out_date, moment)
        self.assertEqual(turn().answered_at, moment)
        self.assertEqual(turn().answer_id, answer)

    def test_the_message_says_whom_what_and_where(self):
        self.reply()
        self.work()
        message = self.sent[0]
        self.assertEqual(message.text, "Stiže sutra 🚚")
        self.assertEqual(message.recipient.external_id, "ana")
        self.assertEqual(message.parent.external_id, "q1")
        self.assertEqual(message.conversation_kind, "direct")
        self.assertTrue(message.idempotency_key)
        self.assertIsNone(message.tried_at)

    def test_nothing_private_is_answered_in_public(self):
        with self.assertRaises(UserError):
            self.reply(visibility="public")

    def test_empty_and_too_long_answers_are_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "nothing to send"):
            self.reply("   \n ")
        with (
            self.assertRaisesRegex(UserError, "7 of 5 letters"),
            self.speaking(
                _capabilities=able(),
                _measure=lambda connector, channel, text: Measure(len(text), 5, "letters"),
            ),
        ):
            self.talk._queue_reply("predugo")

    def test_a_closed_window_is_told_with_its_reason(self):
        closed = ReplyOptions(False, modes=frozenset(), reason="The 24 hours are over.")
        with (
            self.assertRaisesRegex(UserError, "24 hours"),
            self.speaking(_reply_options=lambda connector, channel, talk: closed),
        ):
            self.talk._queue_reply("Halo")

    def test_automatic_answers_ask_the_rulebook(self):
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.platform.id,
                "action": "automatic_answer",
                "verdict": "refuse",
                "reason": "Bots are not welcome.",
                "source": "test",
            }
        )
        with self.assertRaisesRegex(RulebookRefusal, "Bots are not welcome"):
            self.reply(answer_type="automatic")
        self.assertTrue(self.reply(answer_type="human"))

    def test_a_viewer_cannot_answer(self):
        viewer = new_test_user(self.env, login="ob_viewer", groups="social_crm_base.group_viewer")
        with self.assertRaises(UserError), self.speaking(_capabilities=able()):
            self.talk.with_user(viewer)._queue_reply("Halo")

    def test_by_hand_a_person_says_it_and_says_so(self):
        self.channel.connector = "manual"
        row = self.talk.with_user(self.agent)._queue_reply("Zdravo")
        self.assertEqual(row.state, "by_hand")
        self.work()
        self.assertFalse(self.sent)
        row.action_done_by_hand()
        self.assertEqual(row.state, "done")
        self.assertEqual(row.interaction_id.delivery_state, "sent")

    # === HOLDING === #

    def test_a_held_answer_can_be_taken_back_and_is_never_sent(self):
        row = self.reply(hold_seconds=10)
        self.work()
        self.assertEqual((row.state, self.sent), ("held", []))
        row.with_user(self.agent).action_take_back()
        self.due(row)
        self.work()
        self.assertEqual((row.state, self.sent), ("cancelled", []))
        self.assertEqual(row.interaction_id.delivery_state, "cancelled")

    def test_an_open_screen_releases_and_the_cron_is_the_net(self):
        first, second = self.reply("1", hold_seconds=10), self.reply("2", hold_seconds=10)
        first.with_user(self.agent).action_release()
        self.work()
        self.assertEqual((first.state, second.state), ("done", "held"))
        self.due(second)
        self.work()
        self.assertEqual(second.state, "done")

    def test_what_is_sent_already_cannot_be_taken_back(self):
        row = self.reply()
        self.work()
        with self.assertRaises(UserError):
            row.with_user(self.agent).action_take_back()

    # === WHAT CAN GO WRONG === #

    def test_an_outage_is_tried_again_later_and_not_for_ever(self):
        row = self.reply()
        waits = []
        with patch.object(type(row), "_jitter", lambda self: 1.0):
            for _time in range(12):
                if row.state == "failed":
                    break
                before = fields.Datetime.now()
                self.work(TransientError("down"))
                if row.not_before:
                    waits.append((row.not_before - before).total_seconds())
                self.due(row)
        self.assertEqual(waits, sorted(waits))
        self.assertEqual(row.state, "failed")
        self.assertEqual(row.interaction_id.delivery_state, "failed")
        self.assertEqual(row.interaction_id.delivery_note, "down")
        row.with_user(self.agent).action_retry()
        self.work()
        self.assertEqual(row.state, "done")

    def test_a_call_without_an_answer_is_looked_for_before_a_second_try(self):
        row = self.reply()
        self.work(TransientError("no answer", maybe_done=True))
        self.assertEqual(row.state, "unknown")
        self.assertEqual(row.interaction_id.delivery_state, "unknown")
        self.due(row)
        looked = []

        def find(connector, channel, message):
            looked.append(message)
            return Receipt("there", "", BEGIN)

        self.work(_find_sent=find)
        self.assertEqual(row.state, "done")
        self.assertEqual(len(self.sent), 1, "not said twice")
        self.assertTrue(looked[0].tried_at)
        self.assertEqual(row.interaction_id.external_id, "there")

    def test_what_surely_did_not_arrive_is_sent_again(self):
        row = self.reply()
        self.work(TransientError("no answer", maybe_done=True))
        self.due(row)
        self.work(_find_sent=lambda connector, channel, message: None)
        self.assertEqual((row.state, len(self.sent)), ("done", 2))
        self.assertEqual(self.sent[0].idempotency_key, self.sent[1].idempotency_key)

    def test_with_a_native_key_nobody_needs_to_look(self):
        row = self.reply()
        self.work(TransientError("no answer", maybe_done=True))
        self.due(row)
        self.work(_capabilities=able("native_idempotency"))
        self.assertEqual((row.state, len(self.sent)), ("done", 2))

    def test_where_nobody_can_look_a_person_decides(self):
        row, later = self.reply("1"), self.reply("2")

        def cannot(connector, channel, message):
            raise NotSupported("no")

        self.work(TransientError("no answer", maybe_done=True))
        self.due(row)
        self.work(_find_sent=cannot)
        self.assertEqual(row.state, "unknown")
        self.assertFalse(row.not_before)
        self.assertIn("It Is There", row.error)
        self.work()
        self.assertEqual(later.state, "done", "it does not hold up the talk")
        row.with_user(self.agent).action_done_by_hand()
        self.assertEqual(row.state, "done")

    def test_a_worker_killed_in_the_middle_leaves_an_unknown_outcome(self):
        row = self.reply()
        row.write(
            {"state": "sending", "attempts": 1, "first_tried_at": BEGIN, "not_before": BEGIN}
        )
        self.work(_find_sent=lambda connector, channel, message: Receipt("there", "", BEGIN))
        self.assertEqual((row.state, self.sent), ("done", []))

    def test_what_another_worker_is_sending_is_left_alone(self):
        row = self.reply()
        row.write({"state": "sending", "attempts": 1, "not_before": BEGIN})
        claim = type(row)._claim
        with patch.object(
            type(row), "_claim",
            lambda s, space, key: space != CLAIM_SENDING and claim(s, space, key),
        ):
            self.work()
        self.assertEqual((row.state, self.sent), ("sending", []))

    @mute_logger(SEND)
    def test_a_slip_of_the_connector_after_the_call_makes_no_double(self):
        row = self.reply()
        self.work(KeyError("id"))
        self.assertEqual(row.state, "unknown")
        self.assertIn("KeyError", row.error)

    def test_a_refusal_is_final_and_told_in_words(self):
        row = self.reply()
        self.work(PermanentError("Text can't be blank", status=422))
        self.assertEqual((row.state, row.error), ("failed", "Text can't be blank"))

    def test_a_rate_limit_holds_the_whole_channel_until_it_ends(self):
        first, second = self.reply("1"), self.reply("2")
        until = fields.Datetime.now() + timedelta(minutes=5)
        self.work(RateLimited("slow down", until))
        self.assertEqual(len(self.sent), 1)
        self.assertEqual((first.state, first.attempts), ("queued", 0))
        self.assertEqual(self.channel._sync().send_not_before, until)
        self.channel._sync().send_not_before = BEGIN
        self.due(first)
        self.work()
        self.assertEqual((first.state, second.state), ("done", "done"))

    def test_dead_credentials_stop_sending_and_tell_once(self):
        rows = [self.reply(str(number)) for number in range(3)]
        self.work(CredentialsError("token revoked"))
        self.assertEqual(len(self.sent), 1)
        self.assertEqual({row.state for row in rows}, {"queued"})
        self.assertEqual(self.channel.health_level, "red")
        self.assertEqual(len(self.channel.activity_ids), 1)
        self.work()
        self.assertEqual(len(self.sent), 1, "nothing is sent meanwhile")
        self.channel._report_works()
        self.work()
        self.assertEqual({row.state for row in rows}, {"done"})

    def test_within_a_talk_nothing_overtakes(self):
        first, second = self.reply("1"), self.reply("2")
        self.work(TransientError("down"))
        self.assertEqual([message.text for message in self.sent], ["1"])
        self.due(first)
        self.work()
        self.assertEqual([message.text for message in self.sent], ["1", "1", "2"])
        self.assertEqual(second.state, "done")

    # === ECHO === #

    def echo(self, external_id):
        self.interactions._ingest(
            self.channel,
            [
                Activity(
                    "create", BEGIN, kind="message", external_id=external_id, direction="out",
                    visibility="direct", thread="ana", text="Stiže sutra 🚚",
                    counterpart=parse_word(None, None, word(1))[0].actor,
                )
            ],
        )

    def test_an_echo_that_comes_first_and_our_answer_are_one(self):
        row = self.reply()
        self.echo("r1")
        self.interactions._ingest(
            self.channel,
            [
                Activity(
                    "create", BEGIN + timedelta(hours=1), kind="message", external_id="q2",
                    actor=parse_word(None, None, word(1))[0].actor, visibility="direct",
                    thread="ana", text="Hvala", parent=self.echo_target(),
                )
            ],
        )
        self.work()
        ours = self.interactions.search(
            [("channel_id", "=", self.channel.id), ("direction", "=", "out")]
        )
        self.assertEqual(ours, row.interaction_id)
        thanks = self.interactions.search([("external_id", "=", "q2")])
        self.assertEqual(thanks.parent_id, ours)

    def echo_target(self):
        return Activity("create", BEGIN, external_id="r1").itself

    def test_an_echo_that_comes_after_changes_nothing(self):
        row = self.reply()
        self.work()
        self.echo("r1")
        ours = self.interactions.search(
            [("channel_id", "=", self.channel.id), ("direction", "=", "out")]
        )
        self.assertEqual(ours, row.interaction_id)

    # === OTHER OPERATIONS === #

    def test_our_own_words_can_be_reworded_and_taken_down(self):
        self.reply("Stiže sutra")
        self.work()
        answer = self.interactions.search([("external_id", "=", "r1")])
        calls = []
        answer.with_user(self.agent)._queue_operation("edit", text="Stiže u petak")
        self.work(
            _update_remote=lambda c, channel, m: calls.append((m.target.external_id, m.text))
        )
        self.assertEqual(calls, [("r1", "Stiže u petak")])
        self.assertEqual(answer.body, "Stiže u petak")
        self.assertEqual(answer.versions[0]["body"], "Stiže sutra")
        answer.with_user(self.agent)._queue_operation("delete")
        self.work(_delete_remote=lambda c, channel, target: calls.append(target.external_id))
        self.assertEqual(calls[-1], "r1")
        self.assertEqual((answer.state, answer.body), ("deleted", False))

    def test_what_may_be_repeated_is_repeated_after_an_unknown_outcome(self):
        row = self.question.with_user(self.agent)._queue_operation("hide").sudo()
        calls = []

        def moderate(connector, channel, operation, target, reason=""):
            calls.append((operation, target.external_id))
            if len(calls) == 1:
                raise TransientError("no answer", maybe_done=True)

        self.work(_moderate=moderate)
        self.due(row)
        self.work(_moderate=moderate)
        self.assertEqual(calls, [("hide", "q1")] * 2)
        self.assertEqual((row.state, self.question.state), ("done", "hidden"))
