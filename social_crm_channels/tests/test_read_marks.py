# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.social_crm_base.exceptions import PermanentError, TransientError
from odoo.addons.social_crm_base.tools.activity import Activity, Actor

from ..tools.contract import Receipt
from .common import BEGIN, EngineCommon


def heard(key, minutes, who="ana", visibility="direct", **more):
    return Activity(
        "create",
        BEGIN + timedelta(minutes=minutes),
        kind="message" if visibility == "direct" else "mention",
        external_id=key,
        actor=Actor(external_id=who, handle=who),
        visibility=visibility,
        thread=who,
        text=f"Pitanje {key} 🚲",
        **more,
    )


@tagged("post_install", "-at_install")
class TestReadMarks(EngineCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()
        cls.viewer = new_test_user(
            cls.env, login="marks_viewer", groups="social_crm_base.group_viewer"
        )
        cls.colleague = new_test_user(
            cls.env, login="marks_colleague", groups="social_crm_base.group_agent"
        )
        # Late and out of order: the newest word is not the one that came last.
        cls.hear(heard("d1", 1), heard("d3", 3), heard("d2", 2))
        cls.case = cls.said("d1").case_id

    @classmethod
    def hear(cls, *activities):
        cls.interactions._ingest(cls.channel, list(activities))
        everything = cls.interactions.search([("channel_id", "=", cls.channel.id)])
        everything.date_received = cls.env.cr.now() - timedelta(hours=1)

    @classmethod
    def said(cls, key):
        return cls.interactions.search(
            [("channel_id", "=", cls.channel.id), ("external_id", "=", key)]
        )

    def setUp(self):
        super().setUp()
        self.told = []

    def speaks(self, *outcomes, able=("send_direct", "send_public", "mark_read"), **methods):
        script = iter(outcomes)

        def mark(connector, channel, target):
            if outcome := next(script, None):
                raise outcome
            self.told.append(target.external_id)

        return self.speaking(
            **{
                "_capabilities": lambda connector, channel: frozenset(able),
                "_mark_read": mark,
                "_send": lambda connector, channel, message: Receipt(message.text, "", BEGIN),
                **methods,
            }
        )

    def look(self, user=None):
        self.case.with_user(user or self.agent).inbox_looked()

    def send(self):
        self.run_cron("ir_cron_send")

    def marks(self):
        return self.env["social.crm.outbox"].search(
            [("channel_id", "=", self.channel.id), ("operation", "=", "mark_read")]
        )

    # === WHEN ONE LOOKED === #

    def test_the_newest_word_is_marked_once_however_many_look(self):
        self.channel.read_marks = "looked"
        with self.speaks():
            self.look()
            self.look()
            self.look(self.colleague)
            self.send()
            self.look()
            self.send()
        self.assertEqual(self.told, ["d3"])
        self.assertEqual(self.marks().user_id, self.agent)
        self.assertFalse(self.said("d3").hook_errors)
        self.hear(heard("d4", 4))
        with self.speaks():
            self.look(self.colleague)
            self.send()
        self.assertEqual(self.told, ["d3", "d4"])

    def test_who_only_reads_along_tells_nobody(self):
        self.channel.read_marks = "looked"
        with self.speaks():
            self.look(self.viewer)
        self.assertFalse(self.marks())

    def test_looking_tells_nothing_where_the_channel_does_not_say_so(self):
        self.assertEqual(self.channel.read_marks, "answered")
        with self.speaks():
            self.look()
            self.channel.read_marks = "never"
            self.look()
        self.assertFalse(self.marks())

    def test_a_network_without_marks_and_a_closed_channel_are_not_asked(self):
        self.channel.read_marks = "looked"
        with self.speaks(able=("send_direct",)):
            self.look()
        self.channel.is_connected = False
        with self.speaks():
            self.look()
        self.assertFalse(self.marks())

    def test_what_is_said_in_public_has_no_mark_unless_the_network_knows_one(self):
        self.channel.read_marks = "looked"
        self.hear(heard("p1", 5, "boris", visibility="public"))
        self.case = self.said("p1").case_id
        with self.speaks():
            self.look()
        self.assertFalse(self.marks())
        with self.speaks(_marks_read_in=frozenset({self.said("p1").conversation_id.kind})):
            self.look()
            self.send()
        self.assertEqual(self.told, ["p1"])

    def test_practice_tells_nobody(self):
        practice = self.env["social.crm.channel"]._practice_channel(self.env.company)
        practice.read_marks = "looked"
        with self.speaks():
            self.assertFalse(practice._marks_read("direct"))

    def test_history_from_an_archive_is_not_marked(self):
        self.channel.read_marks = "looked"
        self.said("d3").archive_id = self.env["social.crm.archive"].create(
            {"format": "mastodon", "channel_id": self.channel.id}
        )
        with self.speaks():
            self.look()
            self.send()
        self.assertEqual(self.told, ["d2"])

    # === WHEN IT WAS ANSWERED === #

    def answer(self, text="Stiže sutra", **options):
        talk = self.said("d1").conversation_id.with_user(self.agent)
        return talk._queue_reply(text, **options).sudo()

    def test_an_answer_marks_what_had_come_when_it_was_written(self):
        with self.speaks():
            row = self.answer()
            self.hear(heard("d5", 5))
            self.said("d5").date_received = fields.Datetime.now() + timedelta(minutes=1)
            self.send()
        self.assertEqual(row.state, "done")
        self.assertEqual(self.told, ["d3"])
        self.assertEqual(self.marks().user_id, self.agent)

    def test_what_a_machine_answers_nobody_has_read(self):
        with self.speaks():
            row = self.answer()
            away = self.env["social.crm.answer.type"]._by_code()["away"]
            row.interaction_id.answer_type_id = away
            self.send()
        self.assertEqual(row.state, "done")
        self.assertFalse(self.marks())

    def test_an_answer_that_failed_marks_nothing(self):
        def refuse(connector, channel, message):
            raise PermanentError("gone")

        with self.speaks(_send=refuse):
            self.answer()
            self.send()
        self.assertFalse(self.marks())

    # === TROUBLE === #

    def test_no_answer_waits_for_a_mark_that_does_not_get_through(self):
        self.channel.read_marks = "looked"
        with self.speaks(TransientError("later"), TransientError("later")):
            self.look()
            self.send()
            row = self.answer()
            self.send()
        self.assertEqual((self.marks().state, row.state), ("queued", "done"))
        self.assertFalse(self.told)
        talk = self.case.with_user(self.agent).inbox_talk()
        self.assertFalse([entry for entry in talk["entries"] if entry.get("outbox")])

    def test_looking_at_many_conversations_costs_as_much_as_at_one(self):
        self.channel.read_marks = "looked"
        self.hear(*(heard(f"m{number}", number, who=f"p{number}") for number in range(12)))
        talks = self.interactions.search([("channel_id", "=", self.channel.id)]).conversation_id
        with self.speaks():
            talks[:1]._mark_read()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(25):
                talks[1:]._mark_read()
        self.assertEqual(len(self.marks()), 13)
