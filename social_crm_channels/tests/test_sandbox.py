# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from collections import Counter
from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import BaseCase, HttpCase, TransactionCase, new_test_user, tagged

from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.sandbox import story
from ..connectors.webhook.parse import items_of, parse
from ..tools import standard_webhooks
from ..tools.contract import OutMessage
from .common import channel_on

BEGAN = datetime(2026, 11, 1, 8)
# What the issue names, and the story that shows it.
AWKWARD = {
    "an angry customer turned happy": "angry_customer",
    "sixty commenters": "storm",
    "a review from five stars to one": "review_falls",
    "a story mention as a direct message": "story_mention",
    "a group chat": "group_chat",
    "one person on three channels": "three_channels",
    "two of our pages in one post": "two_pages",
    "our own page commenting": "own_page",
    "a returned account": "returned_account",
    "a deleted comment": "deleted_comment",
    "an edit before its create": "late_create",
    "a journalist": "journalist",
    "a bot": "bot",
    "many scripts": "languages",
}


def accounts_of(recorded):
    return {"": "shop", **{name: f"shop-{name}" for name in recorded["accounts"]}}


@tagged("post_install", "-at_install")
class TestStories(BaseCase):
    def told(self, code, run="r1"):
        recorded = story.load(code)
        return story.told(recorded, run, BEGAN, accounts_of(recorded))

    def test_every_awkward_case_has_its_story(self):
        self.assertEqual(set(story.codes()), set(AWKWARD.values()))

    def test_every_item_is_what_the_webhook_documents(self):
        for code in story.codes():
            for _minute, account, item in self.told(code):
                with self.subTest(code, item=item):
                    (taken,) = items_of({**item, "account": account})
                    self.assertTrue(parse(taken))

    def test_the_same_seed_goes_wrong_the_same_way(self):
        for code in story.codes():
            items = self.told(code)
            self.assertEqual(story.plan(items, "r1", 5), story.plan(items, "r1", 5))
        storm = self.told("storm")
        self.assertNotEqual(story.plan(storm, "r1", 5), story.plan(storm, "r1", 6))

    def test_a_storm_meets_with_everything_a_network_does(self):
        planned = story.plan(self.told("storm"), "r1", story.load("storm")["seed"])
        ids = Counter(delivery.webhook_id for delivery in planned)
        self.assertTrue(any(count > 1 for count in ids.values()), "a duplicate")
        self.assertTrue(any(name.endswith("-again") for name in ids), "a retold item")
        self.assertTrue(any(len(delivery.items) > 1 for delivery in planned), "a batch")
        self.assertEqual({delivery.fault for delivery in planned}, {"", "forged", "stale"})
        order = [delivery.items[0][1]["time"] for delivery in planned]
        self.assertNotEqual(order, sorted(order), "the wrong order")

    def test_nothing_is_left_out_whatever_goes_wrong(self):
        for code in story.codes():
            items = self.told(code)
            for seed in range(20):
                planned = story.plan(items, "r1", seed)
                good = [item for d in planned if not d.fault for _account, item in d.items]
                for _minute, _account, item in items:
                    self.assertIn(item, good)

    def test_two_playings_share_people_and_nothing_else(self):
        first, second = self.told("angry_customer"), self.told("angry_customer", "r2")
        self.assertEqual(first[0][2]["author"], second[0][2]["author"])
        self.assertNotEqual(first[0][2]["id"], second[0][2]["id"])

    def test_times_are_relative_to_the_beginning(self):
        items = self.told("review_falls")
        self.assertEqual(items[0][2]["time"], "2026-11-01T08:00:00Z")
        self.assertEqual(items[2][2]["edited_at"], "2026-11-08T08:00:00Z")


class SandboxMixin:
    """A sandbox channel, and workers that work when told to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = channel_on(
            cls.env, "sandbox", external_id="play-shop", handle="play-shop", is_connected=True
        )
        cls.platform, cls.app = cls.channel.platform_id, cls.channel.app_id
        cls.connector = cls.env["social.crm.connector.sandbox"]
        cls.manager = new_test_user(
            cls.env, "sandbox_manager", groups="social_crm_base.group_manager"
        )

    def work_off(self):
        """The engine's workers, short of their commits, until nothing is due any more."""
        Event = self.env["social.crm.event"]
        for _round in range(20):
            self.env.invalidate_all()
            due = Event.search(
                [("app_id", "=", self.app.id), ("state", "in", ("pending", "waiting"))]
            )
            due.not_before = fields.Datetime.now() - timedelta(minutes=1)
            self.env.flush_all()
            before = Counter(due.mapped("state"))
            for channel in self.app.channel_ids:
                Event._process_batch(channel.id, Event._take(channel.id, None, 500))
            self.env.invalidate_all()
            after = Counter(due.mapped("state"))
            if not after["pending"] and after["waiting"] == before["waiting"]:
                return

    def interactions(self):
        return self.env["social.crm.interaction"].search(
            [("channel_id", "in", self.app.channel_ids.ids)], order="date, id"
        )

    def events(self, *states):
        return self.env["social.crm.event"].search(
            [("app_id", "=", self.app.id), ("state", "in", states)]
        )

    def counted(self):
        """What there is of a story in the database, by the words of its ``expect``."""
        found = self.interactions()
        people = found.identity_id.filtered(lambda person: not person.is_own)
        return {
            "interactions": len(found),
            "identities": len(people),
            "conversations": len(found.conversation_id),
            "cases": len(found.case_id),
            "edited": len(found.filtered(lambda said: said.state == "edited")),
            "deleted": len(found.filtered(lambda said: said.state == "deleted")),
        }


@tagged("post_install", "-at_install")
class TestSandboxStories(SandboxMixin, TransactionCase):
    def test_every_story_ends_as_it_should_however_it_is_told(self):
        for code in story.codes():
            expected = story.load(code)["expect"]
            for faults, seed in ((False, 0), (True, None), (True, 1), (True, 2)):
                with self.subTest(code, faults=faults, seed=seed):
                    savepoint = self.env.cr.savepoint(flush=True)
                    self.channel._sandbox_play(code, seed=seed, faults=faults, run="r1")
                    self.work_off()
                    self.assertFalse(self.events("failed", "quarantined").mapped("error"))
                    counted = self.counted()
                    self.assertEqual({key: counted[key] for key in expected}, expected)
                    bodies = " ".join(filter(None, self.interactions().mapped("body")))
                    self.assertNotIn(story.FORGED_WORDS, bodies)
                    savepoint.rollback()
                    savepoint.close(rollback=False)
                    self.env.invalidate_all()
                    self.env.registry.clear_cache()

    def test_a_story_told_again_changes_nothing(self):
        self.channel._sandbox_play("angry_customer", run="r1")
        self.work_off()
        before = self.interactions().read(["body", "state", "case_id", "conversation_id"])
        self.channel._sandbox_play("angry_customer", seed=99, run="r1")
        self.work_off()
        after = self.interactions().read(["body", "state", "case_id", "conversation_id"])
        self.assertEqual(before, after)

    def test_forged_requests_are_refused_and_counted(self):
        taken, refused = self.channel._sandbox_play("storm", run="r1")
        self.assertGreater(refused, 0)
        self.assertGreater(taken, 40)

    def test_one_word_of_three_stops_waiting_three_times(self):
        self.channel._sandbox_play("storm", faults=False, run="r1")
        self.work_off()
        answer = self.interactions().filtered(
            lambda said: said.direction == "out" and said.kind == "reply"
        )
        self.assertEqual(len(answer.mention_ids), 3)

    def test_the_returned_account_is_the_same_person_and_the_new_one_is_not(self):
        self.channel._sandbox_play("returned_account", run="r1")
        self.work_off()
        said = self.interactions()
        first, back, other = said[0].identity_id, said[1].identity_id, said[2].identity_id
        self.assertEqual(first, back)
        self.assertNotEqual(first, other)
        self.assertEqual(first.handle, "mila.djordjevic")
        self.assertEqual(first.state, "active")
        self.assertFalse(other.partner_id)

    def test_a_deleted_comment_keeps_its_shell_only(self):
        self.channel._sandbox_play("deleted_comment", run="r1")
        self.work_off()
        gone = self.interactions().filtered(lambda said: said.state == "deleted")
        self.assertEqual((gone.body, gone.body_html), (False, False))

    def test_live_playing_waits_for_the_scheduler(self):
        self.channel._sandbox_play("bot", faults=False, live=True, run="r1")
        self.assertFalse(self.events("pending"))
        planned = self.env["social.crm.sandbox.delivery"].search([("app_id", "=", self.app.id)])
        self.assertEqual(len(planned), 4)
        last = max(planned.mapped("due_at"))
        self.assertLessEqual(last, fields.Datetime.now() + timedelta(minutes=3, seconds=1))


    def test_the_scheduler_tells_what_is_due_and_nothing_else(self):
        self.channel._sandbox_play("bot", faults=False, live=True, run="r1")
        planned = self.env["social.crm.sandbox.delivery"].search([("app_id", "=", self.app.id)])
        planned[:2].due_at = fields.Datetime.now()
        planned[2:].due_at = fields.Datetime.now() + timedelta(hours=1)
        with self.enter_registry_test_mode():
            self.env.ref("social_crm_channels.ir_cron_sandbox").method_direct_trigger()
        self.assertEqual(len(planned.exists()), 2)
        self.assertEqual(len(self.events("pending", "done")), 2)


@tagged("post_install", "-at_install")
class TestSandboxSending(SandboxMixin, TransactionCase):
    def deliver(self, after=timedelta(0)):
        """Let time pass for the pretended network."""
        Delivery = self.env["social.crm.sandbox.delivery"]
        due = Delivery.search(
            [("app_id", "=", self.app.id), ("due_at", "<=", fields.Datetime.now() + after)]
        )
        counted = due._deliver()
        self.work_off()
        return counted

    def test_what_is_said_comes_back_once_and_is_read_later(self):
        self.channel._sandbox_play("angry_customer", faults=False, run="r1")
        self.work_off()
        count = len(self.interactions())
        message = OutMessage(
            "Hvala 😀",
            conversation_kind="direct",
            parent=Target("r1-m6"),
            recipient=Actor(external_id="p101", handle="mara.ilic"),
            visibility="direct",
            idempotency_key="k1",
        )
        receipt = self.connector._send(self.channel, message)
        self.assertEqual(self.connector._send(self.channel, message), receipt)
        self.deliver()
        said = self.interactions().filtered(lambda s: s.external_id == receipt.external_id)
        self.assertEqual((len(said), said.direction, said.body), (1, "out", "Hvala 😀"))
        self.assertEqual(len(self.interactions()), count + 1)
        self.assertEqual(said.conversation_id.identity_id.external_id, "p101")
        self.deliver(timedelta(minutes=1, seconds=5))
        self.assertEqual(said.delivery_state, "delivered")
        self.deliver(timedelta(minutes=5))
        self.assertEqual(said.delivery_state, "read")

    def test_an_edit_and_a_deletion_of_ours_come_back_too(self):
        message = OutMessage("Frist", visibility="public", idempotency_key="k1")
        receipt = self.connector._publish(self.channel, message)
        self.deliver()
        target = Target(receipt.external_id, receipt.family, receipt.container)
        self.connector._update_remote(
            self.channel, OutMessage("First", target=target, idempotency_key="k2")
        )
        self.deliver()
        said = self.interactions()
        self.assertEqual((said.body, said.state), ("First", "edited"))
        self.connector._delete_remote(self.channel, target)
        self.deliver()
        self.env.invalidate_all()
        self.assertEqual((said.body, said.state), (False, "deleted"))

    def test_the_secret_is_each_apps_own(self):
        other = self.app.copy({"name": "Other"})
        self.assertNotEqual(self.connector._secrets(self.app), self.connector._secrets(other))
        self.assertEqual(self.connector._secrets(self.app), self.connector._secrets(self.channel))


@tagged("post_install", "-at_install")
class TestSandboxButton(SandboxMixin, TransactionCase):
    def test_a_manager_plays_a_story_by_the_button(self):
        action = self.env.ref("social_crm_channels.social_crm_sandbox_play_action")
        wizard = (
            self.env[action.res_model]
            .with_user(self.manager)
            .with_context(active_model="social.crm.channel", active_id=self.channel.id)
            .create({"story": "two_pages"})
        )
        self.assertEqual(wizard.channel_id, self.channel)
        self.assertIn("both of our pages", wizard.about)
        answer = wizard.action_play()
        self.assertEqual(answer["params"]["type"], "success")
        self.work_off()
        self.assertEqual(len(self.interactions()), 2)
        self.assertEqual(
            self.app.channel_ids.mapped("external_id"), ["play-shop", "play-shop-second"]
        )

    def test_an_agent_plays_no_stories(self):
        agent = new_test_user(self.env, "sandbox_agent", groups="social_crm_base.group_agent")
        with self.assertRaises(Exception) as caught:
            self.env["social.crm.sandbox.play"].with_user(agent).create(
                {"channel_id": self.channel.id, "story": "bot"}
            )
        self.assertEqual(type(caught.exception).__name__, "AccessError")


@tagged("post_install", "-at_install")
class TestSandboxTour(SandboxMixin, HttpCase):
    def test_a_story_is_played_and_read_in_a_browser(self):
        action = "/odoo/action-social_crm_base.social_crm_channel_action"
        self.start_tour(
            f"{action}/{self.channel.id}",
            "social_crm_channels.sandbox_tour",
            login="sandbox_manager",
        )
        self.work_off()
        self.assertEqual(self.interactions().mapped("rating"), [1.0, 0.0])
        self.start_tour(
            "/odoo/action-social_crm_base.social_crm_conversation_action",
            "social_crm_channels.sandbox_told_tour",
            login="sandbox_manager",
        )


@tagged("post_install", "-at_install")
class TestSandboxOverTheWire(HttpCase):
    def test_a_planned_request_is_taken_by_the_real_address_and_a_forged_one_is_not(self):
        app = channel_on(self.env, "sandbox", external_id="wire", is_connected=True).app_id
        item = {"id": "1", "time": "2026-11-01T08:00:00Z", "author": {"id": "7"}, "text": "Zdravo"}
        body = json.dumps({"account": "wire", "items": [item]})
        expected = {False: 200, "forged": 403, "stale": 403}
        for fault, status in expected.items():
            delivery = self.env["social.crm.sandbox.delivery"].create(
                {
                    "company_id": app.company_id.id,
                    "app_id": app.id,
                    "due_at": fields.Datetime.now(),
                    "webhook_id": f"w-{fault}",
                    "body": body,
                    "fault": fault,
                }
            )
            with self.subTest(fault):
                answer = self.url_open(
                    app.webhook_url, data=body.encode(), headers=delivery._headers()
                )
                self.assertEqual(answer.status_code, status)
        events = self.env["social.crm.event"].search([("app_id", "=", app.id)])
        self.assertEqual(len(events), 1)

    def test_a_mistake_in_a_signed_request_is_answered_in_words(self):
        platform = self.env.ref("social_crm_base.platform_other")
        app = self.env["social.crm.app"].create(
            {"name": "Form", "platform_id": platform.id, "connector": "webhook"}
        )
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        self.env["social.crm.credential"]._set_secrets(app, {"webhook_secret": secret})
        for body, words in (
            (b'{"id": "1", "time": "soon", "author": {"id": "7"}}', "items[0]: time is not a time"),
            (b'{"id": "1", "<b>": 1}', "unknown field &#39;&lt;b&gt;&#39;"),
            (b"{", "no JSON"),
        ):
            headers = standard_webhooks.headers(secret, "w1", body)
            answer = self.url_open(app.webhook_url, data=body, headers=headers)
            self.assertEqual(answer.status_code, 400)
            self.assertIn(words, answer.text)
        self.assertFalse(self.env["social.crm.event"].search([("app_id", "=", app.id)]))
