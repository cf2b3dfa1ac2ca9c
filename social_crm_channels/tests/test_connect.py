# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import CredentialsError, TransientError

from ..const import OAUTH_PATH
from ..tools.contract import Account, Grant, Health
from .common import EngineCommon, word

TYPED = [("token", "Token", "from the network's page", True), ("note", "Note", "", False)]
OURS = Account("a1", handle="shop", name="Shop Novi Sad")


class ConnectCommon(EngineCommon):
    def wizard(self, user=None, **vals):
        wizards = self.env["social.crm.connect"].with_user(user or self.manager)
        return wizards.create(
            {"platform_id": self.platform.id, "connector": "mastodon", **vals}
        )

    def typing(self, grant=None, error=None, **methods):
        def given(connector, app, secrets):
            self.typed = secrets
            if error:
                raise error
            return grant or Grant({}, (OURS,))

        return self.speaking(
            **{
                "_credential_fields": lambda connector, app: TYPED,
                "_grant": given,
                "_check_health": lambda connector, channel: Health("green"),
                **methods,
            }
        )


@tagged("post_install", "-at_install")
class TestConnect(ConnectCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()

    def connect(self, token="tajna", **typing):
        with self.typing(**typing):
            wizard = self.wizard()
            wizard.action_continue()
            wizard.secret_ids.filtered(lambda line: line.kind == "token").value = token
            action = wizard.action_credentials()
        return wizard, action

    def test_typed_credentials_make_a_channel_that_works(self):
        _wizard, action = self.connect()
        channel = self.env["social.crm.channel"].browse(action["res_id"])
        self.assertEqual((channel.name, channel.handle), ("Shop Novi Sad", "shop"))
        self.assertEqual(channel.external_id, "a1")
        self.assertTrue(channel.own_identity_id.is_own)
        self.assertEqual(channel.user_id, self.manager)
        self.assertEqual(channel.health_level, "green")
        self.assertTrue(channel._sync().next_fetch_at)
        secret = self.env["social.crm.credential"]._get_secret(channel, "token")
        self.assertEqual(secret, "tajna")

    def test_what_is_typed_stands_nowhere_readable(self):
        with self.typing():
            wizard = self.wizard()
            wizard.action_continue()
            wizard.secret_ids[0].value = "tajna"
            self.env.flush_all()
            self.env.cr.execute("SELECT t::text FROM social_crm_connect_secret t")
            self.assertNotIn("tajna", str(self.env.cr.fetchall()))
            self.env.invalidate_all()
            self.assertFalse(wizard.secret_ids[0].value)
            self.assertTrue(wizard.secret_ids[0].is_given)
            with self.assertRaises(AccessError):
                wizard.secret_ids[0].read(["ciphertext"])

    def test_missing_and_refused_credentials_are_told_and_nothing_is_kept(self):
        with self.typing(), self.assertRaisesRegex(UserError, "Token"):
            wizard = self.wizard()
            wizard.action_continue()
            wizard.action_credentials()
        with self.assertRaisesRegex(UserError, "not accepted"):
            self.connect(error=CredentialsError("not accepted"))
        self.assertFalse(self.env["social.crm.channel"].search([("external_id", "=", "a1")]))

    def test_of_several_accounts_a_person_chooses(self):
        accounts = (OURS, Account("a2", name="Second", secrets={"page_token": "of a2"}))
        wizard, action = self.connect(grant=Grant({"page_token": "shared"}, accounts))
        self.assertEqual(action["res_model"], "social.crm.connect")
        with self.typing(), self.assertRaises(UserError):
            wizard.action_connect()
        wizard.account_ids.filtered(lambda line: line.external_id == "a2").is_chosen = True
        with self.typing():
            wizard.action_connect()
        channel = self.env["social.crm.channel"].search([("external_id", "in", ("a1", "a2"))])
        self.assertEqual(channel.name, "Second")
        secret = self.env["social.crm.credential"]._get_secret(channel, "page_token")
        self.assertEqual(secret, "of a2")

    def test_connecting_the_same_account_again_renews_it(self):
        _wizard, action = self.connect()
        channel = self.env["social.crm.channel"].browse(action["res_id"])
        channel._report_credentials(CredentialsError("revoked"))
        channel.write({"name": "Our own name for it", "is_connected": False, "active": False})
        _wizard, action = self.connect(token="new")
        self.assertEqual(action["res_id"], channel.id)
        self.assertEqual(channel.name, "Our own name for it")
        self.assertTrue(channel.active and channel.is_connected)
        self.assertFalse(channel.sending_stopped)
        self.assertFalse(channel.activity_ids)

    def test_a_channel_is_not_given_another_account(self):
        with self.typing(), self.assertRaisesRegex(UserError, "another account"):
            wizard = self.wizard(channel_id=self.channel.id)
            wizard.action_continue()
            wizard.secret_ids[0].value = "x"
            wizard.action_credentials()

    def test_credentials_are_kept_although_the_subscription_fails(self):
        def fail(connector, channel):
            raise TransientError("the network is down")

        _wizard, action = self.connect(_subscribe=fail)
        channel = self.env["social.crm.channel"].browse(action["res_id"])
        self.assertEqual(channel.health_level, "red")
        self.assertTrue(self.env["social.crm.credential"]._get_secret(channel, "token"))

    def test_events_that_waited_for_the_account_go_on(self):
        _wizard, action = self.connect()
        channel = self.env["social.crm.channel"].browse(action["res_id"])
        channel.external_id = "old"
        self.events._store(channel.app_id, [("a1", "1", word(1))], "push", {})
        event = self.events.search([("account_key", "=", "a1")])
        channel.external_id = "a1"
        with self.typing():
            wizard = self.wizard(channel_id=channel.id)
            wizard.action_continue()
            wizard.secret_ids[0].value = "x"
            wizard.action_credentials()
        self.assertEqual((event.state, event.channel_id), ("pending", channel))

    def test_addresses_as_people_type_them(self):
        clean = self.env["social.crm.connect"]._clean_server
        for typed, expected in {
            "mastodon.example": "https://mastodon.example",
            " https://Mastodon.Example/ ": "https://mastodon.example",
            "http://127.0.0.1:8080": "http://127.0.0.1:8080",
            "https://host/With/Path": "https://host/With/Path",
        }.items():
            self.assertEqual(clean(typed), expected)
        for typed in ("", "  ", "@shop@mastodon.example", "ftp://x", "two words", "https://"):
            with self.subTest(typed), self.assertRaises(UserError):
                clean(typed)

    def test_only_a_manager_connects(self):
        leader = new_test_user(
            self.env, login="leader", groups="social_crm_base.group_team_leader"
        )
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.wizard(leader)

    def test_the_wizard_form_opens_with_the_networks_own_connector(self):
        with Form(self.env["social.crm.connect"].with_user(self.manager)) as form:
            form.platform_id = self.platform
            self.assertEqual(form.connector, "mastodon")
            form.base_url = "mastodon.example"

    def test_a_program_need_not_name_the_networks_own_connector(self):
        wizards = self.env["social.crm.connect"].with_user(self.manager)
        wizard = wizards.create({"platform_id": self.platform.id})
        self.assertEqual(wizard.connector, "mastodon")


@tagged("post_install", "-at_install")
class TestOauth(ConnectCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_engine()
        cls.manager.password = "engine_manager"

    def consent(self, **methods):
        """The network's side of a code flow."""
        self.exchanged = []

        def exchange(connector, app, code, redirect_uri, **options):
            self.exchanged.append((code, options["state"]))
            return Grant({"access_token": f"for {code}"}, (OURS,))

        return self.speaking(
            **{
                "_capabilities": lambda connector, channel: frozenset(("oauth",)),
                "_register_app": lambda connector, app, uri: {"client_id": "1"},
                "_authorize_url": lambda connector, app, uri, state, **options: (
                    f"https://network.example/allow?state={state}"
                ),
                "_exchange_code": exchange,
                "_check_health": lambda connector, channel: Health("green"),
                **methods,
            }
        )

    def begin(self):
        wizard = self.wizard()
        action = wizard.action_continue()
        self.assertEqual(action["type"], "ir.actions.act_url")
        state = parse_qs(urlsplit(action["url"]).query)["state"][0]
        self.env.flush_all()
        return wizard, state

    def come_back(self, **query):
        self.env.flush_all()
        response = self.url_open(OAUTH_PATH, params=query, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def channels(self):
        return self.env["social.crm.channel"].search([("external_id", "=", "a1")])

    def test_whoever_began_comes_back_with_a_channel(self):
        self.authenticate("engine_manager", "engine_manager")
        with self.consent():
            _wizard, state = self.begin()
            response = self.come_back(state=state, code="c0de")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.exchanged, [("c0de", state)])
        channel = self.channels()
        self.assertIn(str(channel.id), response.headers["Location"])
        secret = self.env["social.crm.credential"]._get_secret(channel, "access_token")
        self.assertEqual(secret, "for c0de")

    def test_a_consent_is_good_for_once(self):
        self.authenticate("engine_manager", "engine_manager")
        with self.consent():
            _wizard, state = self.begin()
            self.come_back(state=state, code="c0de")
            response = self.come_back(state=state, code="another")
        self.assertEqual(len(self.exchanged), 1)
        self.assertIn("used already", response.text)

    def test_another_person_cannot_finish_it(self):
        new_test_user(
            self.env, login="other_manager", password="other_manager",
            groups="social_crm_base.group_manager",
        )
        self.authenticate("other_manager", "other_manager")
        with self.consent():
            _wizard, state = self.begin()
            response = self.come_back(state=state, code="c0de")
        self.assertEqual(response.status_code, 403)
        self.assertFalse(self.exchanged)

    def test_forged_and_stale_states_are_refused(self):
        self.authenticate("engine_manager", "engine_manager")
        with self.consent():
            _wizard, state = self.begin()
            for forged in ("", "x", state[:-4] + "AAAA", state[::-1], "čćž"):
                response = self.come_back(state=forged, code="c0de")
                self.assertEqual(response.status_code, 403, forged)
                self.assertNotIn("Traceback", response.text)
            with freeze_time(fields.Datetime.now() - timedelta(hours=1)):
                _wizard, stale = self.begin()
            self.assertEqual(self.come_back(state=stale, code="c0de").status_code, 403)
        self.assertFalse(self.exchanged)

    def test_who_lost_the_right_meanwhile_is_refused(self):
        self.authenticate("engine_manager", "engine_manager")
        with self.consent():
            _wizard, state = self.begin()
            self.manager.group_ids = self.env.ref("social_crm_base.group_agent")
            response = self.come_back(state=state, code="c0de")
        self.assertEqual(response.status_code, 403)
        self.assertFalse(self.exchanged)

    def test_a_refused_consent_is_told_and_can_be_asked_again(self):
        self.authenticate("engine_manager", "engine_manager")
        with self.consent():
            _wizard, state = self.begin()
            response = self.come_back(state=state, error="access_denied")
        self.assertEqual(response.status_code, 200)
        self.assertIn("not allowed to let us in", response.text)
        self.assertFalse(self.channels())
