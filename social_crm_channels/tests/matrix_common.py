# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import os
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.social_crm_base.exceptions import ConnectorError
from odoo.addons.social_crm_base.tools.http import ENV_ALLOW_PRIVATE

from ..connectors.matrix import rooms
from ..connectors.matrix.api import address_of
from .fake_network import FakeNetwork
from .matrix_entities import ANA, GROUP, OWN, ROOM

TOKEN = "syt_secret_token"
SERVER = "https://hs.example"


class FakeHomeserver(FakeNetwork):
    """A homeserver without a wire; what it refuses it explains, as Matrix does."""

    def on(self, method, *path, body=None, status=200, version="v3", **options):
        return self.answer(method, address_of(version, path), body, status, **options)

    def forget(self, method, *path, version="v3"):
        """From now on there is nothing there, unless another answer is given."""
        self._answers.pop((method, address_of(version, path)), None)
        return self

    def refuse(self, method, *path, code, status=403, version="v3", **more):
        body = {"errcode": code, "error": f"refused: {code}", **more}
        return self.answer(method, address_of(version, path), body, status)

    def bodies(self, method, *path, version="v3"):
        asked = self.asked(method, address_of(version, path))
        return [options.get("json") for options in asked]

    def _respond(self, client, method, path):
        waiting = self._answers.get((method, path))
        body = waiting[0][0] if waiting else {"errcode": "M_NOT_FOUND", "error": "Not found"}
        try:
            return super()._respond(client, method, path)
        except ConnectorError as error:
            if not isinstance(body, Exception):
                error.answer = body if isinstance(body, bytes) else json.dumps(body).encode()
            raise


class MatrixCase(TransactionCase):
    """A connected account that reads, and a homeserver on the other side."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        allowed = patch.dict(os.environ, {ENV_ALLOW_PRIVATE: "1"})
        allowed.start()
        cls.addClassCleanup(allowed.stop)
        cls.platform = cls.env.ref("social_crm_base.platform_matrix")
        cls.app = cls.env["social.crm.app"].create(
            {
                "name": "Matrix",
                "platform_id": cls.platform.id,
                "connector": "matrix",
                "base_url": SERVER,
            }
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Shop",
                "platform_id": cls.platform.id,
                "app_id": cls.app.id,
                "connector": "matrix",
                "external_id": OWN,
                "handle": OWN[1:],
            }
        )
        cls.env["social.crm.credential"]._set_secrets(cls.channel, {"access_token": TOKEN})
        cls.connector = cls.env["social.crm.connector.matrix"]

    def setUp(self):
        super().setUp()
        rooms.forget()
        self.addCleanup(rooms.forget)
        self.server = FakeHomeserver()
        self.server.on("GET", "rooms", ROOM, "joined_members", body={
            "joined": {OWN: {"display_name": "Shop"}, ANA: {"display_name": "Ana"}}})
        self.server.on("GET", "rooms", ROOM, "members", body={"chunk": [
            {"state_key": OWN, "content": {"membership": "join"},
             "unsigned": {"prev_content": {"membership": "invite", "is_direct": True}}},
            {"state_key": ANA, "content": {"membership": "join", "displayname": "Ana"}},
        ]})
        self.server.on("GET", "rooms", GROUP, "joined_members", body={
            "joined": {user: {} for user in (OWN, ANA, "@c:x.y")}})
        self.server.on("GET", "rooms", GROUP, "state", "m.room.name", "", body={"name": "Klub"})
        patched = self.server.patched()
        patched.start()
        self.addCleanup(patched.stop)

    def be_service(self):
        tokens = {"as_token": "as_secret_token", "hs_token": "hs_secret_token"}
        self.env["social.crm.credential"]._set_secrets(self.app, tokens)

    def fetch(self, cursor=None):
        """As the engine does it: the cursor goes through the database."""
        items, cursor = self.connector._fetch(self.channel, cursor or {})
        return items, json.loads(json.dumps(cursor))

    def ingest(self, *payloads):
        """What came, completed, stored and worked off as the engine does it."""
        activities = []
        for payload in payloads:
            if self.connector._is_thin(self.channel, payload):
                payload = self.connector._hydrate(self.channel, payload)
            activities += self.connector._parse(self.channel, payload)
        result = self.env["social.crm.interaction"]._ingest(self.channel, activities)
        self.env["social.crm.interaction"]._run_second_stage()
        self.env.invalidate_all()
        return result
