# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.exceptions import SignatureError

from ..connectors.matrix import service
from ..const import WEBHOOK_PATH
from .matrix_common import MatrixCase
from .matrix_entities import ANA, AT, OWN, ROOM, event, member, words

CONTROLLER = "odoo.addons.social_crm_channels.controllers.webhook"


@tagged("post_install", "-at_install")
class TestMatrixService(MatrixCase):
    def test_only_the_homeserver_gets_in(self):
        self.be_service()
        self.connector._webhook_verify(self.app, {"authorization": "Bearer hs_secret_token"}, b"")
        for headers in ({}, {"authorization": "hs_secret_token"}, {"authorization": "Bearer "},
                        {"authorization": "Bearer as_secret_token"}):
            with self.assertRaises(SignatureError):
                self.connector._webhook_verify(self.app, headers, b"")
        with self.assertRaises(SignatureError):
            service.verify("", {"authorization": "Bearer "})

    def test_a_transaction_is_cut_into_events_and_reading_marks(self):
        mark = {"type": "m.receipt", "room_id": ROOM,
                "content": {"$1": {"m.read": {ANA: {"ts": AT}}}}}
        body = {"events": [event(1, words("a")), {"type": "m.room.topic"}, None],
                "de.sorunome.msc2409.ephemeral": [mark, {"type": "m.typing"}]}
        items = self.connector._webhook_split(self.app, {}, json.dumps(body).encode())
        self.assertEqual([item[:2] for item in items],
                         [(OWN, "$1"), (OWN, f"read:{ROOM}:{ANA}:$1")])

    def test_what_was_said_before_we_came_is_fetched(self):
        self.be_service()
        came = member(5, "join", who=OWN) | {"unsigned": {
            "prev_content": {"membership": "invite"}, "replaces_state": "$3"}}
        self.network.on("GET", "rooms", ROOM, "event", "$3", body=member(3, "invite", who=OWN))
        self.network.on("GET", "rooms", ROOM, "messages", body={"chunk": [
            came, event(4, words("Zdravo")), event(2, words("before the invitation"))]})
        self.ingest({"event": came})
        rows = self.env["social.crm.interaction"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(set(rows.mapped("external_id")), {"$4"})

    def test_a_service_is_not_polled_and_a_reader_is(self):
        self.be_service()
        self.assertEqual(self.fetch({"since": "s"}), ([], {"since": "s"}))
        self.assertFalse(self.network.calls)

    def test_the_registration_is_shown_once_and_stored_nowhere_readable(self):
        self.be_service()
        manager = new_test_user(self.env, "mgr", "base.group_user,social_crm_base.group_manager")
        first, second = (
            self.channel.with_user(manager).action_matrix_registration()["context"][
                "default_registration"]
            for _time in range(2)
        )
        held = self.connector._secret(self.app, "hs_token")
        self.assertIn(f'hs_token: "{held}"', second)
        self.assertNotIn(held, first)
        self.assertIn('sender_localpart: "shop"', second)
        self.assertIn(json.dumps("^@shop:peers\\.test$"), second)
        self.assertIn(f'url: "{self.app.webhook_url}"', second)
        self.assertFalse(self.env["social.crm.matrix.registration"].search([]))
        agent = new_test_user(self.env, "agt", "base.group_user,social_crm_base.group_agent")
        with self.assertRaises(AccessError):
            self.channel.with_user(agent).action_matrix_registration()

    def test_health_tells_each_step_that_is_missing(self):
        self.be_service()
        who = ("GET", "account", "whoami")
        self.network.refuse(*who, code="M_UNKNOWN_TOKEN", status=401)
        health = self.connector._check_health(self.channel)
        self.assertEqual(health.level, "red")
        self.assertIn("does not know our application service", health.message)
        self.network.forget(*who).on(*who, body={"user_id": OWN})
        ping = ("POST", "appservice", service.service_id(self.app), "ping")
        self.network.refuse(*ping, code="M_CONNECTION_FAILED", status=502, version="v1")
        health = self.connector._check_health(self.channel)
        self.assertIn("cannot call us", health.message)
        self.network.forget(*ping, version="v1").on(*ping, body={"duration_ms": 3}, version="v1")
        health = self.connector._check_health(self.channel)
        self.assertEqual(health.level, "green")


@tagged("post_install", "-at_install")
class TestMatrixWizard(MatrixCase):
    def wizard(self, **values):
        self.network.answer("GET", "/_matrix/client/versions", {"versions": ["v1.16"]})
        return self.env["social.crm.connect"].create(
            {"platform_id": self.platform.id, "base_url": "hs.example", **values}
        )

    def test_a_password_becomes_a_device_of_our_own_and_is_forgotten(self):
        self.channel.unlink()
        wizard = self.wizard()
        self.assertEqual(wizard.connector, "matrix")
        wizard.action_continue()
        for kind, value in (("login", "shop"), ("password", "p4ss")):
            wizard.secret_ids.filtered(lambda line, kind=kind: line.kind == kind).value = value
        self.network.on("POST", "login", body={"access_token": "new"})
        self.network.on("GET", "account", "whoami", body={"user_id": OWN})
        self.network.on("GET", "profile", OWN, body={"displayname": "Shop"})
        self.network.on("GET", "joined_rooms", body={"joined_rooms": []})
        channel = self.env["social.crm.channel"].browse(wizard.action_credentials()["res_id"])
        self.assertEqual((channel.name, channel.external_id), ("Shop", OWN))
        self.assertEqual(channel.health_level, "green")
        self.assertEqual(self.connector._secret(channel, "access_token"), "new")
        for kind in ("login", "password", "access_token"):
            self.assertFalse(self.connector._secret(channel.app_id, kind), kind)

    def test_a_server_is_found_by_what_it_publishes_and_no_other_is_taken(self):
        wizard = self.wizard()
        well_known = ("GET", "/.well-known/matrix/client")
        self.network.answer(*well_known, {"m.homeserver": {"base_url": "https://m.hs.example/"}})
        wizard.action_continue()
        self.assertEqual(wizard.base_url, "https://m.hs.example")
        self.network._answers.clear()
        with self.assertRaisesRegex(UserError, "no Matrix homeserver"):
            wizard._homeserver("https://shop.example")

    def test_a_service_is_connected_before_the_homeserver_knows_it(self):
        self.channel.unlink()
        wizard = self.wizard(matrix_way="service", matrix_user="shop")
        with self.assertRaisesRegex(UserError, "whole Matrix ID"):
            wizard.action_continue()
        wizard.matrix_user = OWN
        self.network.refuse("GET", "account", "whoami", code="M_UNKNOWN_TOKEN", status=401)
        channel = self.env["social.crm.channel"].browse(wizard.action_continue()["res_id"])
        self.assertTrue(channel.matrix_is_service)
        self.assertEqual((channel.external_id, channel.health_level), (OWN, "red"))
        self.assertIn("Registration File", channel.health_todo)


@tagged("post_install", "-at_install")
class TestMatrixTransactions(MatrixCase, HttpCase):
    def call(self, path, method="PUT", token="hs_secret_token", body=None):
        address = f"{WEBHOOK_PATH}/{self.app.webhook_token}/_matrix/app/v1/{path}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers["Content-Type"] = "application/json"
        data = json.dumps(body if body is not None else {"events": [event(1, words("a"))]})
        return self.url_open(address, data=data, headers=headers, method=method)

    @mute_logger(CONTROLLER)
    def test_the_homeserver_is_answered_as_it_expects(self):
        self.be_service()
        events = self.env["social.crm.event"]
        self.assertEqual(self.call("transactions/1", token="").status_code, 401)
        forged = self.call("transactions/1", token="x")
        self.assertEqual((forged.status_code, forged.json()["errcode"]), (403, "M_FORBIDDEN"))
        self.assertFalse(events.search([("app_id", "=", self.app.id)]))
        for number in (1, 1, 2):  # repeated, and the same event in another transaction
            taken = self.call(f"transactions/{number}")
            self.assertEqual((taken.status_code, taken.json()), (200, {}))
            self.assertEqual(taken.headers["Content-Length"], "2")
        self.env.invalidate_all()
        self.assertEqual(len(events.search([("app_id", "=", self.app.id)])), 1)
        self.assertEqual(self.call("transactions/3", body=[]).status_code, 400)
        self.assertEqual(self.call("ping", "POST", body={}).json(), {})
        self.assertEqual(self.call(f"users/{OWN}", "GET").status_code, 200)
        for path in ("users/@x:y.z", "rooms/%23a:b", "thirdparty/protocol/irc"):
            unknown = self.call(path, "GET")
            self.assertEqual((unknown.status_code, unknown.json()["errcode"]),
                             (404, "M_NOT_FOUND"))
        self.app.connector = "webhook"
        self.assertEqual(self.call("ping", "POST", body={}).status_code, 404)
