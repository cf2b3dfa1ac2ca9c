# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from .network_case import StubCase
from .telegram_entities import TOKEN
from .telegram_stub import TelegramStub


class TelegramCase(StubCase):
    """A connected bot, and our own Bot API on the other side."""

    code = "telegram"
    account = {"external_id": "870000001", "handle": "shop_bot"}
    app_secrets = {"bot_token": TOKEN, "post_chat": "-1003003"}
    stub_class = TelegramStub

    def setUp(self):
        super().setUp()
        self.set_base_url("http://127.0.0.1:8069")

    def set_base_url(self, address):
        self.env["ir.config_parameter"].set_param("web.base.url", address)
        self.app.invalidate_recordset(["webhook_url"])
