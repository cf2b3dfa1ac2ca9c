# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from lxml import etree, html

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    NotSupported,
    TransientError,
)

from ..tools.contract import Health, Step
from ..tools.guide import guide_of
from .common import EngineCommon


def raising(error):
    def check():
        raise error

    return check


@tagged("post_install", "-at_install")
class TestChannelSetup(EngineCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()

    def check(self, *steps):
        """Press the button, and read the list as the manager sees it.

        :return: a row a step: key, state, everything that is said
        """
        spoken = {
            "_setup_steps": lambda connector, channel: list(steps),
            "_check_health": lambda connector, channel: Health("green"),
        }
        with self.speaking(**spoken):
            channel = self.channel.with_user(self.manager)
            channel.action_check_health()
            self.env.invalidate_all()
            self.missing = channel.setup_missing
            return [
                (row.get("data-step"), row.get("data-state"), " ".join(row.text_content().split()))
                for row in html.fromstring(channel.setup_steps).iter("li")
            ]

    def step(self, key, check=None, **more):
        return Step(key, f"Do {key}", f"How {key} is done", check, **more)

    def test_each_step_says_how_it_stands(self):
        rows = self.check(
            self.step("done", lambda: ""),
            self.step("missing", lambda: "no <b>bot</b> yet"),
            self.step("nice", lambda: "no post", optional=True),
            self.step("well", lambda: Health("green", "nothing to do")),
            self.step("sick", lambda: Health("red", "no bot", "make one")),
            self.step("untold", raising(NotSupported("?"))),
            self.step("by_eye", link="https://network.example/settings"),
            self.step("odd", raising(MalformedPayload("not what they document"))),
            self.step("slip", raising(KeyError("id"))),
        )
        states = {key: state for key, state, _words in rows}
        self.assertEqual(
            states,
            {
                "done": "done",
                "missing": "missing",
                "nice": "optional",
                "well": "done",
                "sick": "missing",
                "untold": "unknown",
                "by_eye": "unknown",
                "odd": "missing",
                "slip": "failed",
            },
        )
        self.assertIn("no <b>bot</b> yet", rows[1][2], "shown as it was said, not as markup")
        self.assertIn("How missing is done", rows[1][2])
        self.assertIn("no bot make one", rows[4][2])
        self.assertIn("network.example", rows[6][2])
        self.assertIn("Do missing", self.missing)
        self.assertIn("Do odd", self.missing)
        self.assertNotIn("Do nice", self.missing)

    def test_what_would_find_the_same_trouble_is_not_asked_again(self):
        asked = []
        for error, state in (
            (TransientError("out of reach"), "failed"),
            (CredentialsError("revoked"), "missing"),
        ):
            rows = self.check(
                self.step("first", raising(error)), self.step("later", lambda: asked.append(1))
            )
            self.assertEqual([row[1] for row in rows], [state, "failed"])
            self.assertIn("Do first", rows[1][2])
        self.assertFalse(asked)

    def test_before_anything_is_checked_nothing_is_claimed(self):
        steps = [self.step("one", lambda: ""), self.step("two")]
        with self.speaking(_setup_steps=lambda connector, channel: steps):
            text = self.channel.with_user(self.manager).setup_steps
        states = [row.get("data-state") for row in html.fromstring(text).iter("li")]
        self.assertEqual(states, ["unchecked", "unknown"])

    def test_the_list_is_for_who_may_set_up(self):
        with self.assertRaises(AccessError):
            self.channel.with_user(self.agent).read(["setup_steps"])

    def test_a_guide_becomes_a_page_and_brings_no_foreign_code(self):
        text = guide_of(self.env["social.crm.connector.telegram"])
        self.assertIn("<table>", text)
        self.assertIn("BotFather", text)
        self.assertNotIn("<script", text)
        self.assertTrue(self.channel.guide_url.endswith("/mastodon"))

    def test_the_connect_wizard_tells_what_to_do_before_anything_is_typed(self):
        wizard = self.env["social.crm.connect"].with_user(self.manager)
        wizard = wizard.new({"platform_id": self.env.ref("social_crm_base.platform_telegram").id})
        self.assertIn("/newbot", wizard.setup_steps)
        self.assertTrue(wizard.guide_url)
        self.assertNotIn("data-state", wizard.setup_steps)

    def test_a_closed_network_cannot_be_connected_by_anything(self):
        old = self.env.ref("social_crm_base.platform_google_plus")
        self.assertNotIn(old.connector_code, dict(self.app._selection_connector()))
        wizard = self.env["social.crm.connect"].with_user(self.manager)
        wizard = wizard.create({"platform_id": old.id, "connector": "webhook"})
        with self.assertRaisesRegex(UserError, "was closed"):
            wizard.action_continue()
        view = self.env.ref("social_crm_channels.social_crm_connect_view_form")
        (offered,) = etree.fromstring(view.arch).xpath("//field[@name='platform_id']")
        self.assertIn("retired_date", offered.get("domain"))
