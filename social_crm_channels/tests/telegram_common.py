# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import os
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.social_crm_base.tools.http import ENV_ALLOW_PRIVATE

from .telegram_entities import TOKEN
from .telegram_stub import TelegramStub


class TelegramCase(TransactionCase):
    """A connected bot, and our own Bot API on the other side of a real wire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        allowed = patch.dict(os.environ, {ENV_ALLOW_PRIVATE: "1"})
        allowed.start()
        cls.addClassCleanup(allowed.stop)
        cls.platform = cls.env.ref("social_crm_base.platform_telegram")
        cls.app = cls.env["social.crm.app"].create(
            {"name": "Bot", "platform_id": cls.platform.id, "connector": "telegram"}
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Shop",
                "platform_id": cls.platform.id,
                "app_id": cls.app.id,
                "connector": "telegram",
                "external_id": "870000001",
                "handle": "shop_bot",
            }
        )
        cls.env["social.crm.credential"]._set_secrets(
            cls.app, {"bot_token": TOKEN, "post_chat": "-1003003"}
        )
        cls.connector = cls.env["social.crm.connector.telegram"]

    def setUp(self):
        super().setUp()
        self.stub = TelegramStub()
        self.addCleanup(self.stub.close)
        self.app.base_url = self.stub.address
        self.set_base_url("http://127.0.0.1:8069")

    def set_base_url(self, address):
        self.env["ir.config_parameter"].set_param("web.base.url", address)
        self.app.invalidate_recordset(["webhook_url"])

    def fetch(self, cursor=None):
        """As the engine does it: the cursor goes through the database."""
        items, cursor = self.connector._fetch(self.channel, cursor or {})
        return items, json.loads(json.dumps(cursor))

    def parse(self, update):
        return self.connector._parse(self.channel, update)

    def ingest(self, *updates):
        """What came, stored and worked off as the engine does it."""
        activities = [activity for update in updates for activity in self.parse(update)]
        result = self.env["social.crm.interaction"]._ingest(self.channel, activities)
        self.env["social.crm.interaction"]._run_second_stage()
        self.env.invalidate_all()
        return result.interactions
