# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import os
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..exceptions import CredentialsError
from ..tools import keyring


@tagged("post_install", "-at_install")
class TestCredential(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old_line = keyring.new_key_line("old")
        cls.new_line = keyring.new_key_line("new")
        cls.manager = new_test_user(
            cls.env, login="cred_manager", groups="social_crm_base.group_manager"
        )
        cls.platform = cls.env["social.crm.platform"].search([], limit=1)
        cls.app = cls.env["social.crm.app"].create(
            {"name": "App", "platform_id": cls.platform.id}
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {"name": "Page", "platform_id": cls.platform.id, "app_id": cls.app.id}
        )
        cls.credentials = cls.env["social.crm.credential"]

    def setUp(self):
        super().setUp()
        self.use_keys(self.old_line)

    def use_keys(self, *lines):
        environment = patch.dict(os.environ, {keyring.ENV_KEYS: ",".join(lines)})
        environment.start()
        self.addCleanup(keyring.forget)
        self.addCleanup(environment.stop)

    def stored(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT ciphertext, key_name FROM social_crm_credential")
        return self.env.cr.fetchall()

    def test_a_secret_comes_back_and_does_not_stand_in_the_database(self):
        self.credentials._set_secrets(self.channel, {"access_token": "tajna 🔑"})
        self.assertEqual(self.credentials._get_secret(self.channel, "access_token"), "tajna 🔑")
        self.assertNotIn("tajna", str(self.stored()))

    def test_a_channel_uses_its_apps_secret_where_it_has_none(self):
        self.credentials._set_secrets(self.app, {"webhook_secret": "of the app"})
        self.assertEqual(
            self.credentials._get_secret(self.channel, "webhook_secret"), "of the app"
        )
        self.credentials._set_secrets(self.channel, {"webhook_secret": "its own"})
        self.assertEqual(self.credentials._get_secret(self.channel, "webhook_secret"), "its own")
        self.credentials._set_secrets(self.channel, {"webhook_secret": ""})
        self.assertEqual(
            self.credentials._get_secret(self.channel, "webhook_secret"), "of the app"
        )

    def test_nobody_reads_credentials_not_even_the_administrator(self):
        self.credentials._set_secrets(self.channel, {"access_token": "x"})
        admin = self.env.ref("base.user_admin")
        for user in (self.manager, admin):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.credentials.with_user(user).search([]).read(["ciphertext"])

    def test_a_ciphertext_put_into_another_row_opens_nothing(self):
        self.credentials._set_secrets(self.channel, {"access_token": "x"})
        self.credentials._set_secrets(self.app, {"access_token": "y"})
        rows = self.credentials.sudo().search([])
        of_channel = rows.filtered("channel_id")
        (rows - of_channel).ciphertext = of_channel.ciphertext
        self.env.registry.clear_cache()
        with self.assertRaises(CredentialsError):
            self.credentials._get_secret(self.app, "access_token")

    def test_rotation_keeps_the_secrets_and_frees_the_old_key(self):
        self.credentials._set_secrets(self.channel, {"access_token": "x", "refresh_token": "z"})
        self.use_keys(self.old_line, self.new_line)
        self.app.with_user(self.manager).action_rotate_credentials()
        self.assertEqual({name for _cipher, name in self.stored()}, {"new"})
        self.use_keys(self.new_line)
        self.assertEqual(self.credentials._get_secret(self.channel, "access_token"), "x")
        self.assertEqual(self.credentials._get_secret(self.channel, "refresh_token"), "z")
        self.assertEqual(self.credentials._rotate(), 0, "twice does no harm")

    def test_only_a_manager_rotates(self):
        agent = new_test_user(self.env, login="cred_agent", groups="social_crm_base.group_agent")
        with self.assertRaises(AccessError):
            self.app.with_user(agent).action_rotate_credentials()

    def test_a_missing_key_is_named_in_words(self):
        self.credentials._set_secrets(self.channel, {"access_token": "x"})
        self.use_keys(self.new_line)
        with self.assertRaisesRegex(CredentialsError, "need the key old"):
            self.credentials._get_secret(self.channel, "access_token")

    def test_another_key_of_the_same_name_is_told_apart(self):
        self.credentials._set_secrets(self.channel, {"access_token": "x"})
        self.use_keys(keyring.new_key_line("old"))
        with self.assertRaisesRegex(CredentialsError, "another key named old"):
            self.credentials._get_secret(self.channel, "access_token")

    def test_a_broken_key_source_says_which_line_and_shows_no_key(self):
        self.use_keys("old:bm90IHRoaXJ0eS10d28gYnl0ZXM=")
        with self.assertRaisesRegex(CredentialsError, "line 1") as caught:
            self.credentials._set_secrets(self.channel, {"access_token": "x"})
        self.assertNotIn("bm90", str(caught.exception))
        self.assertIn("line 1", self.app.key_warning)

    def test_a_provisional_key_is_warned_about(self):
        self.assertFalse(self.app.key_warning)
        self.env.invalidate_all()
        ring = keyring.Keyring(keyring.current().keys, "/var/lib/odoo/social_crm.key", True)
        with patch.object(keyring, "current", return_value=ring):
            self.assertIn("/var/lib/odoo/social_crm.key", self.app.key_warning)

    def test_the_second_reading_asks_no_database(self):
        self.credentials._set_secrets(self.channel, {"access_token": "x"})
        self.credentials._get_secret(self.channel, "access_token")
        with self.assertQueryCount(0):
            self.credentials._get_secret(self.channel, "access_token")
