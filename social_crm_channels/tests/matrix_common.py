# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.addons.social_crm_base.exceptions import ConnectorError

from ..connectors.matrix import rooms
from ..connectors.matrix.api import address_of
from .fake_network import FakeNetwork
from .matrix_entities import ANA, GROUP, OWN, ROOM
from .network_case import WirelessCase

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


class MatrixCase(WirelessCase):
    """A connected account that reads, and a homeserver on the other side."""

    code = "matrix"
    server = SERVER
    account = {"external_id": OWN, "handle": OWN[1:]}
    channel_secrets = {"access_token": TOKEN}
    network_class = FakeHomeserver

    def setUp(self):
        super().setUp()
        rooms.forget()
        self.addCleanup(rooms.forget)
        self.network.on("GET", "rooms", ROOM, "joined_members", body={
            "joined": {OWN: {"display_name": "Shop"}, ANA: {"display_name": "Ana"}}})
        self.network.on("GET", "rooms", ROOM, "members", body={"chunk": [
            {"state_key": OWN, "content": {"membership": "join"},
             "unsigned": {"prev_content": {"membership": "invite", "is_direct": True}}},
            {"state_key": ANA, "content": {"membership": "join", "displayname": "Ana"}},
        ]})
        self.network.on("GET", "rooms", GROUP, "joined_members", body={
            "joined": {user: {} for user in (OWN, ANA, "@c:x.y")}})
        self.network.on("GET", "rooms", GROUP, "state", "m.room.name", "", body={"name": "Klub"})

    def be_service(self):
        tokens = {"as_token": "as_secret_token", "hs_token": "hs_secret_token"}
        self.credentials._set_secrets(self.app, tokens)

    def ingest(self, *payloads):
        return super().ingest(*map(self.completed, payloads))
