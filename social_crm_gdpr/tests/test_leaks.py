# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.social_crm_base.tests.common import comment, person

from .leak_common import LeakCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestLeaks(LeakCommon):
    """Everything a role without need can read."""

    def test_who_only_looks_on_reads_nobodys_name(self):
        needles = self.names(self.people())
        self.assertIn("Kanarinac Žutić", needles)
        self.assertNoLeak(needles, self.ways_out(self.viewer))

    def test_nor_in_the_inbox_the_journey_and_the_chatter(self):
        needles = self.names(self.people())
        self.assertNoLeak(needles, self.screens(self.viewer))

    def screens(self, user):
        cases = self.env["social.crm.case"].with_user(user)
        yield "queue", cases.inbox_queue({"view": "all"})
        for case in [*cases.search([], limit=15), self.said("m-kanarinac-1").case_id]:
            case = case.with_user(user)
            yield "open", case.inbox_open()
            yield "talk", case.inbox_talk()
            yield "journey", case.env["social.crm.journey"].get_page(
                "social.crm.identity", case.identity_id.id
            )
        chatter = self.env["mail.message"].with_user(user).search(
            [("model", "=like", "social.crm.%")], limit=300
        )
        yield "chatter", chatter.read(["body", "subject", "record_name", "preview"])
        values = self.env["mail.tracking.value"].sudo().search(
            [("mail_message_id", "in", chatter.ids)]
        )
        yield "tracking", values.read(["old_value_char", "new_value_char", "new_value_text"])

    def test_nobody_reads_a_secret(self):
        self.channel.app_id = self.env["social.crm.app"].create(
            {"name": "Canary", "connector": "webhook", "platform_id": self.platform.id}
        )
        spoken = "whsec_kanarinac0123456789"
        self.env["social.crm.credential"]._set_secrets(
            self.channel.app_id, {"webhook_secret": spoken}
        )
        needles = self.secrets() | {spoken}
        self.assertGreater(len(needles), 3)
        for user in (self.viewer, self.agent, self.clerk, self.officer):
            self.assertNoLeak(needles, self.ways_out(user, reports=False))

    def test_customers_and_strangers_read_no_model_at_all(self):
        for group in ("base.group_portal", "base.group_public"):
            stranger = new_test_user(self.env, f"stranger_{group[-6:]}", groups=group)
            self.assertFalse(list(self.models(stranger)))
            journey = self.env["social.crm.journey"].with_user(stranger)
            with self.assertRaises(AccessError):
                journey.get_page("social.crm.identity", self.bird.id)

    def test_what_is_told_to_open_screens_names_nobody(self):
        self.env["bus.bus"].sudo().search([]).unlink()
        self.ingest(comment("c-kanarinac-2", person("bird2", name="Kanarinka Plavić"), "p1"))
        self.interactions._run_second_stage()
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].sudo().search([("channel", "ilike", "res.groups")])
        self.assertTrue(told)
        self.assertFalse(self.find(self.names(self.people()), told.mapped("message")))

    def test_logs_name_nobody(self):
        with self.assertLogs("odoo.addons", level="DEBUG") as logs:
            bird = person("bird3", name="Kanarinka Crvenić", handle="crvenic@example.social")
            self.ingest(comment("c-kanarinac-3", bird, "p1", text="Kanarinka Crvenić"))
            self.interactions._run_second_stage()
            self.bird.with_user(self.viewer).action_unmask("She called")
            self.env["social.crm.restriction"].with_user(self.clerk).create(
                {"identity_ids": [Command.set(self.bird.ids)], "reason": "Kanarinac says so"}
            )
            _logger.info("End of the scan")
        self.assertFalse(self.find(self.names(self.people()), logs.output))
