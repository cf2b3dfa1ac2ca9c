# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.social_crm_base.exceptions import PermanentError
from odoo.addons.social_crm_channels.tests.common import EngineCommon

from .erasure_common import ErasureCommon


@tagged("post_install", "-at_install")
class TestErasureNetworks(EngineCommon, ErasureCommon):
    """What we published about the person is deleted on the network too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        app = cls.env["social.crm.app"].create(
            {"name": "App", "platform_id": cls.platform.id, "connector": "mastodon"}
        )
        cls.channel.write({"app_id": app.id, "connector": "mastodon"})
        cls.published = cls.said("a1")

    def begun(self, *capabilities):
        """An erasure whose own batches are done, on a network that can so much."""
        erasure = self.proposed(self.ana)
        erasure.with_user(self.second).action_approve()
        with self.speaking(_capabilities=lambda *args: frozenset(capabilities)):
            return self.work(erasure, by_hand=False)

    def send(self, delete):
        with self.speaking(
            _capabilities=lambda *args: frozenset({"delete"}), _delete_remote=delete
        ):
            self.run_cron("ir_cron_send")

    def assertNothingLeft(self, erasure, row):
        self.work(erasure, by_hand=False)
        self.assertEqual(erasure.state, "done", erasure.hit_ids.read(["table", "column", "kinds"]))
        self.assertFalse(row.payload or row.error or row.receipt)
        self.assertFalse(self.published.external_id or self.published.permalink)
        self.assertFalse(self.published.body)

    def test_it_waits_for_the_network_and_goes_on_when_it_has_deleted(self):
        erasure = self.begun("delete")
        row = erasure.outbox_ids
        self.assertEqual((row.operation, row.interaction_id), ("delete", self.published))
        self.assertEqual(erasure.state, "remote")
        self.assertFalse(self.published.body, "here the words are gone before")
        deleted = []
        self.send(lambda connector, channel, target: deleted.append(target.external_id))
        self.assertEqual(deleted, ["a1"], "the post and what was private stay out of it")
        self.assertEqual(row.state, "done")
        self.assertNothingLeft(erasure, row)
        self.assertEqual(
            erasure.facts["networks"], {"asked": 1, "done": 1, "by_hand": 0, "failed": 0}
        )

    def test_what_a_network_refuses_is_given_up_and_certified_so(self):
        erasure = self.begun("delete")
        row = erasure.outbox_ids

        def refuse(connector, channel, target):
            raise PermanentError("Ana Anić has blocked you")

        self.send(refuse)
        self.assertEqual(row.state, "failed")
        self.assertNothingLeft(erasure, row)
        self.assertEqual(erasure.facts["networks"]["failed"], 1)

    def test_a_network_that_never_answers_is_given_up_after_a_week(self):
        erasure = self.begun("delete")
        row = erasure.outbox_ids
        with freeze_time(fields.Datetime.now() + timedelta(days=7, minutes=1)):
            self.assertNothingLeft(erasure, row)
        self.assertEqual(row.state, "cancelled")

    def test_what_is_to_be_deleted_by_hand_can_be_found_until_it_is_done(self):
        self.channel.write({"connector": "manual", "app_id": False})
        self.published.permalink = "https://example.social/@shop/a1"
        erasure = self.begun()
        row = erasure.outbox_ids
        self.assertEqual((erasure.state, row.state), ("remote", "by_hand"))
        self.assertTrue(self.published.permalink)
        row.with_user(self.agent).action_done_by_hand()
        self.assertNothingLeft(erasure, row)
        self.assertEqual(erasure.facts["networks"]["done"], 1)

    def test_a_network_that_cannot_delete_is_not_asked(self):
        self.assertEqual(self.begun("send_public").state, "done")
