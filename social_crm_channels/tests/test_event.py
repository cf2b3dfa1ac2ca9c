# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import CredentialsError, TransientError

from ..models.social_crm_worker import CLAIM_EVENTS, is_lost_race
from .common import EngineCommon, word

PROCESS = "odoo.addons.social_crm_channels.models.social_crm_event_process"


@tagged("post_install", "-at_install")
class TestEvent(EngineCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()

    def work(self, **methods):
        with self.speaking(**methods):
            self.run_cron("ir_cron_events_1")

    def said(self):
        return self.interactions.search([("channel_id", "=", self.channel.id)])

    @classmethod
    def states(cls, events):
        events.invalidate_recordset()
        return events.mapped("state")

    def test_an_event_becomes_an_interaction_once_however_often_it_is_tried(self):
        event = self.put(word(1, "Dobar dan, čekam tri nedelje 😡"))
        self.work()
        self.assertEqual(event.state, "done")
        self.assertTrue(event.done_at)
        self.assertEqual(self.said().body, "Dobar dan, čekam tri nedelje 😡")
        self.assertEqual(event.identity_ids, self.said().identity_id)
        event.write({"state": "pending"})
        self.work()
        self.assertEqual(len(self.said()), 1)

    def test_what_the_connector_cannot_read_fails_alone_and_in_words(self):
        events = self.put(word(1), {"id": "2"}, word(3, slip="field"), word(4))
        with mute_logger(PROCESS):
            self.work()
        self.assertEqual(self.states(events), ["done", "failed", "failed", "done"])
        self.assertIn("nobody says anything", events[1].error)
        self.assertIn("KeyError", events[2].error)

    def test_one_poisoned_event_among_many_is_found_and_the_others_go_on(self):
        events = self.put(*(word(index) for index in range(9)))
        ingest = type(self.interactions)._ingest

        def poisoned(interactions, channel, activities, **options):
            if any(activity.external_id == "6" for activity in activities):
                raise ValueError("number six")
            return ingest(interactions, channel, activities, **options)

        with (
            patch.object(type(self.interactions), "_ingest", poisoned),
            mute_logger(PROCESS),
        ):
            self.work()
        self.assertEqual(
            [event.event_key for event in events if event.state == "failed"], ["shop:6"]
        )
        self.assertIn("number six", events[6].error)
        self.assertEqual(len(self.said()), 8)
        events[6].with_user(self.manager).action_retry()
        self.work()
        self.assertEqual(set(self.states(events)), {"done"})

    def test_a_lost_race_is_run_again_and_never_poison(self):
        event = self.put(word(1))
        ingest = type(self.interactions)._ingest
        lost = [psycopg2.errors.SerializationFailure(), psycopg2.errors.UniqueViolation()]

        def racing(interactions, channel, activities, **options):
            if lost:
                raise lost.pop()
            return ingest(interactions, channel, activities, **options)

        with (
            patch.object(type(self.interactions), "_ingest", racing),
            patch(f"{PROCESS}.is_lost_race", lambda error: isinstance(error, psycopg2.Error)),
        ):
            self.work()
        self.assertEqual(event.state, "done")

    def test_a_race_that_is_lost_for_ever_waits_and_does_not_block_the_channel(self):
        events = self.put(word(1), word(2))
        ingest = type(self.interactions)._ingest

        def racing(interactions, channel, activities, **options):
            if any(activity.external_id == "1" for activity in activities):
                raise psycopg2.errors.SerializationFailure()
            return ingest(interactions, channel, activities, **options)

        with (
            patch.object(type(self.interactions), "_ingest", racing),
            patch(f"{PROCESS}.is_lost_race", lambda error: isinstance(error, psycopg2.Error)),
        ):
            self.work()
        self.assertEqual(self.states(events), ["pending", "done"])
        self.assertGreater(events[0].not_before, fields.Datetime.now())

    def test_a_second_stage_that_loses_each_race_asks_for_less_and_goes_on_later(self):
        self.put(word(1))
        asked, woken = [], []

        def racing(interactions, limit):
            asked.append(limit)
            raise psycopg2.errors.SerializationFailure()

        with (
            patch.object(type(self.interactions), "_run_second_stage", racing),
            patch(f"{PROCESS}.is_lost_race", lambda error: isinstance(error, psycopg2.Error)),
            patch.object(type(self.env["social.crm.event"]), "_start_over", lambda events: None),
            patch.object(
                type(self.env["social.crm.event"]),
                "_wake",
                lambda events, method, at: woken.append((method, at)),
            ),
        ):
            self.env["social.crm.event"]._cron_second_stage(batch_size=64)
        self.assertEqual(asked, [64, 16, 4, 1, 1])
        [(method, at)] = woken
        self.assertEqual(method, "_cron_second_stage")
        self.assertGreater(at, fields.Datetime.now())

    def test_lost_races_are_known_by_the_databases_own_codes(self):
        with (
            self.assertRaises(psycopg2.Error) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "INSERT INTO social_crm_event (company_id, app_id, source, event_key, state,"
                " not_before, received_at) SELECT company_id, id, 'push', v, 'done', now(),"
                " now() FROM social_crm_app, (VALUES ('same'), ('same')) x(v) WHERE id = %s",
                [self.app.id],
            )
        self.assertTrue(is_lost_race(caught.exception))
        self.assertFalse(is_lost_race(ValueError()))

    def test_what_comes_before_its_target_waits_and_is_settled_when_that_comes(self):
        edit = self.put(word(9, "Ispravljeno", of="5"))
        self.work()
        self.assertEqual(edit.state, "waiting")
        self.assertGreater(edit.not_before, fields.Datetime.now())
        self.assertIn("has not come yet", edit.error)
        self.put(word(5, "Pre ispravke"))
        self.work()
        self.assertEqual(edit.state, "done")
        self.assertFalse(edit.error)
        self.assertEqual(self.said().body, "Ispravljeno")

    def test_waiting_ends_with_a_reason(self):
        edit = self.put(word(9, of="never"))
        edit.received_at = fields.Datetime.now() - timedelta(days=4)
        self.work()
        self.assertEqual(edit.state, "ignored")
        self.assertIn("did not come", edit.error)

    def test_waiting_grows(self):
        edit = self.put(word(9, of="5"))
        delays = []
        for _time in range(3):
            edit.not_before = fields.Datetime.now()
            before = fields.Datetime.now()
            self.work()
            delays.append((edit.not_before - before).total_seconds())
        self.assertEqual(delays, sorted(delays))
        self.assertGreater(delays[2], delays[0])

    def test_what_may_not_be_stored_loses_its_raw_form_in_the_same_moment(self):
        events = self.put(word(1), word(2))
        interactions = type(self.interactions)

        def gate(interactions, channel, activities):
            return [(0, "this person asked to be forgotten")]

        with patch.object(interactions, "_gate_activities", gate):
            self.work()
        self.assertEqual(self.states(events), ["ignored", "done"])
        self.assertFalse(events[0].payload)
        self.assertFalse(events[0].identity_ids)
        self.assertIn("forgotten", events[0].error)
        with self.assertRaises(UserError):
            events[0].with_user(self.manager).action_retry()

    def test_a_backlog_of_one_channel_does_not_hold_up_anothers_news(self):
        other = self.make_channel("other")
        self.put(*(word(f"a{index}") for index in range(30)))
        self.put(word("b1"), channel=other)
        order = []

        def parse(connector, channel, payload):
            order.append(channel.name)
            return []

        with self.speaking(_parse=parse), self.enter_registry_test_mode():
            env = self.env(cr=self.registry.cursor())
            env["social.crm.event"]._cron_process(batch_size=10)
            env.cr.close()
        self.assertEqual(order.index("other"), 10)
        self.assertEqual(len(order), 31)

    def test_a_channel_that_another_worker_has_is_left_to_it(self):
        event = self.put(word(1))
        claim = type(self.env["social.crm.event"])._claim
        with patch.object(
            type(self.events), "_claim", lambda s, space, key: space != CLAIM_EVENTS
        ):
            self.work()
        self.assertEqual(event.state, "pending")
        self.assertTrue(claim(self.events, CLAIM_EVENTS, self.channel.id))

    def test_a_batch_ten_times_as_large_costs_no_more_statements(self):
        def count(number, first):
            self.put(*(word(first + index, who=f"p{index % 5}") for index in range(number)))
            with self.speaking(), self.enter_registry_test_mode():
                cr = self.registry.cursor()
                events = self.env(cr=cr)["social.crm.event"]
                events._cron_process(batch_size=2000)
                self.put(*(word(10**6 + first + i, who=f"p{i % 5}") for i in range(number)))
                begin = cr.sql_log_count
                events._cron_process(batch_size=2000)
                spent = cr.sql_log_count - begin
                cr.close()
            return spent

        self.assertLessEqual(count(1000, 10_000), count(100, 0) + 10)

    def test_thin_notices_are_completed_once_and_for_good(self):
        event = self.put({"id": "1", "thin": True})
        asked = []

        def hydrate(connector, channel, payload):
            asked.append(payload["id"])
            return word(1, "the whole")

        self.work(
            _sends_notices=True,
            _is_thin=lambda connector, channel, payload: bool(payload.get("thin")),
            _hydrate=hydrate,
        )
        self.assertEqual(event.state, "done")
        self.assertEqual(asked, ["1"])
        self.assertIn("the whole", event.payload)

    def test_a_notice_that_cannot_be_completed_now_waits_and_tells_of_dead_credentials(self):
        events = self.put({"id": "1", "thin": True}, {"id": "2", "thin": True})
        errors = iter([TransientError("down"), CredentialsError("token revoked")])

        def hydrate(connector, channel, payload):
            raise next(errors)

        self.work(
            _sends_notices=True,
            _is_thin=lambda connector, channel, payload: bool(payload.get("thin")),
            _hydrate=hydrate,
        )
        self.assertEqual(self.states(events), ["waiting", "waiting"])
        self.assertEqual(self.channel.health_level, "red")

    def test_unrouted_events_go_on_once_their_account_is_connected(self):
        self.events._store(self.app, [("late", "1", word(1))], "push", {})
        event = self.stored_events()
        self.assertEqual(event.state, "quarantined")
        self.make_channel("late")
        event.with_user(self.manager).action_retry()
        self.assertEqual(event.state, "pending")
        self.work()
        self.assertEqual(event.state, "done")

    def test_only_managers_and_the_privacy_team_see_raw_events(self):
        event = self.put(word(1))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            event.with_user(self.agent).read(["payload"])
        self.assertTrue(event.with_user(self.manager).read(["payload"]))

    def test_raw_events_live_thirty_days_and_what_never_worked_loses_its_content(self):
        events = self.put(word(1), word(2), word(3))
        old = fields.Datetime.now() - timedelta(days=31)
        (events[0] | events[1]).received_at = old
        events[0].state = "done"
        events[1].state = "quarantined"
        self.events._gc_events()
        self.assertEqual(events.exists(), events[1] | events[2])
        self.assertFalse(events[1].payload)
        self.assertIn("kept long enough", events[1].error)
        self.assertTrue(events[2].payload)
        self.assertEqual(self.events._gc_events(), (0, False))

    def test_what_is_deleted_on_the_network_goes_in_its_raw_form_too(self):
        events = self.put(word(1, "Tajna"), word(2))
        self.work()
        self.assertEqual(events[0].interaction_ids.body, "Tajna")
        self.put(word(3, "", verb="delete", of="1"))
        self.work()
        self.env.invalidate_all()
        self.assertFalse(events[0].payload)
        self.assertTrue(events[1].payload)

    def test_what_was_deleted_before_it_was_read_leaves_nothing_raw(self):
        events = self.put(word(3, "", verb="delete", of="1"), word(1, "Tajna"))
        self.work()
        self.env.invalidate_all()
        self.assertNotIn("Tajna", str(events.mapped("payload")))
        self.assertEqual(events[1].interaction_ids.state, "deleted")

    def test_raw_events_live_no_longer_than_the_network_lets_content_live(self):
        events = self.put(word(1), word(2))
        events.state = "done"
        events[0].received_at = fields.Datetime.now() - timedelta(hours=3)
        self.env["social.crm.platform.rule"].create(
            {
                "platform_id": self.platform.id,
                "action": "store",
                "verdict": "allow",
                "lifetime_hours": 2,
                "lifetime_of": "content",
                "reason": "Two hours only.",
                "source": "test",
            }
        )
        self.run_cron("ir_cron_watch")
        self.assertEqual(events.exists(), events[1])

    def test_nobody_edits_what_a_network_sent(self):
        event = self.put(word(1))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            event.with_user(self.manager).payload = "{}"
        officer = new_test_user(
            self.env, login="officer", groups="social_crm_base.group_privacy_officer"
        )
        event.state = "failed"
        for action in ("action_retry", "action_ignore"):
            with self.assertRaises(AccessError):
                getattr(event.with_user(officer), action)()

    def test_the_number_of_days_is_a_setting_that_nonsense_does_not_switch_off(self):
        parameters = self.env["ir.config_parameter"]
        for value, days in (("7", 7), ("0", 1), ("for ever", 30), ("-5", 30), ("", 30)):
            parameters.set_param("social_crm.raw_event_days", value)
            self.assertEqual(self.events._raw_event_days(), days, value)
