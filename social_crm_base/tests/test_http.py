# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
import socket
import struct
import threading
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..exceptions import (
    CredentialsError,
    MalformedPayload,
    PermanentError,
    RateLimited,
    TransientError,
)
from ..tools.http import HttpClient, error_from, private_hosts_allowed, redact, retry_at

NOW = datetime(2026, 3, 1, 12, 0, 0)


class FaultyServer(BaseHTTPRequestHandler):
    """Answers as its path says; counts connections, for each call must make its own."""

    protocol_version = "HTTP/1.1"
    connections = 0
    seen = []

    def setup(self):
        type(self).connections += 1
        super().setup()

    def log_message(self, *args):
        """Silent: the test reads ``seen``."""

    def answer(self, status, body=b"{}", **headers):
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        headers.setdefault("Content_Type", "application/json")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        type(self).seen.append((self.command, self.path, dict(self.headers), body))
        name = self.path.partition("?")[0].strip("/").replace("/", "_")
        getattr(self, f"on_{name}", self.on_unknown)()

    do_POST = do_GET

    def on_unknown(self):
        self.answer(404, b'{"error": "Record not found"}')

    def on_ok(self):
        self.answer(200, json.dumps({"text": "Dobar dan, čćžšđ 🎉"}).encode())

    def on_limited(self):
        self.answer(429, X_RateLimit_Reset="2099-01-01T00:00:00.000Z")

    def on_unauthorized(self):
        self.answer(401, b'{"error": "The access token geheim-123 was revoked"}')

    def on_down(self):
        self.answer(503, b"<html>maintenance</html>", Retry_After="120")

    def on_gateway(self):
        self.answer(504)

    def on_page(self):
        self.answer(200, b"<html>log in to the hotel network</html>", Content_Type="text/html")

    def on_garbage(self):
        self.answer(200, b"\xff\xfe{")

    def on_deep(self):
        self.answer(200, b"[" * 200_000)

    def on_large(self):
        self.answer(200, b"x" * 300_000)

    def on_endless(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        except OSError:
            self.close_connection = True

    def on_silent(self):
        time.sleep(2)
        self.close_connection = True

    def on_reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def on_short(self):
        self.answer(200, b"{}", Content_Length="1000")
        self.close_connection = True

    def on_elsewhere(self):
        self.answer(302, Location="http://localhost:1/steal")

    def on_moved(self):
        self.answer(301, Location="/ok")

    def on_loop(self):
        self.answer(302, Location="/loop")

    def on_wandering(self):
        self.answer(308, Location="/moved_again")

    def on_moved_again(self):
        self.answer(301, Location="/for_now")

    def on_for_now(self):
        self.answer(307, Location="/moved")

    def on_same(self):
        self.answer(304, b"")

    def on_paged(self):
        self.answer(200, b"[]", Link='<http://127.0.0.1/next?max_id=7>; rel="next"')

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True


@tagged("post_install", "-at_install")
class TestHttp(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), FaultyServer)
        cls.server.daemon_threads = True
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.address = f"http://127.0.0.1:{cls.server.server_port}"

    def setUp(self):
        super().setUp()
        FaultyServer.connections = 0
        FaultyServer.seen = []
        self.client = HttpClient(
            self.address, secrets=("geheim-123",), allow_private=True, read_timeout=0.5
        )

    def test_an_answer_is_read_with_its_letters(self):
        response = self.client.get("/ok", params={"limit": 40})
        self.assertEqual(response.json(), {"text": "Dobar dan, čćžšđ 🎉"})
        self.assertEqual(FaultyServer.seen[0][1], "/ok?limit=40")

    def test_every_call_opens_its_own_connection(self):
        for _time in range(3):
            self.client.get("ok")
        self.assertEqual(FaultyServer.connections, 3)

    def test_no_password_is_taken_from_the_servers_netrc(self):
        with patch("requests.sessions.get_netrc_auth", return_value=("user", "pass")):
            self.client.get("ok")
        self.assertNotIn("Authorization", FaultyServer.seen[0][2])

    def test_statuses_become_errors_by_class(self):
        with self.assertRaises(RateLimited) as caught:
            self.client.get("limited")
        self.assertIsNotNone(caught.exception.until)
        with self.assertRaises(PermanentError) as caught:
            self.client.get("unknown")
        self.assertEqual(caught.exception.status, 404)
        self.assertIn("Record not found", str(caught.exception))
        with self.assertRaises(TransientError) as caught:
            self.client.post("down", json={})
        self.assertFalse(caught.exception.maybe_done)
        self.assertIsNotNone(caught.exception.retry_after)

    def test_secrets_never_show_in_messages_or_logs(self):
        with (
            self.assertLogs("odoo.addons.social_crm_base.tools.http", "DEBUG") as logs,
            self.assertRaises(CredentialsError) as caught,
        ):
            self.client.get("unauthorized", params={"access_token": "geheim-123"})
        self.assertNotIn("geheim-123", str(caught.exception))
        self.assertNotIn("geheim-123", "".join(logs.output))
        self.assertEqual(redact("/bot1:a/x?k=1%3Aa", ("1:a",)), "/bot***/x?k=***")

    def test_what_may_have_been_done_is_told_from_what_was_not(self):
        for path in ("silent", "reset", "short", "gateway"):
            with self.subTest(path), self.assertRaises(TransientError) as caught:
                self.client.post(path, json={"status": "hello"})
            self.assertTrue(caught.exception.maybe_done, path)
            with self.subTest(path), self.assertRaises(TransientError) as caught:
                self.client.get(path)
            self.assertFalse(caught.exception.maybe_done, "reading changes nothing")

    def test_a_refused_connection_did_nothing(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{closed.getsockname()[1]}"
            with self.assertRaises(TransientError) as caught:
                HttpClient(address, allow_private=True).post("statuses", json={})
        self.assertFalse(caught.exception.maybe_done)

    def test_answers_that_are_no_json(self):
        for path in ("garbage", "deep"):
            with self.subTest(path), self.assertRaises(MalformedPayload):
                self.client.get(path).json()
        with self.assertRaises(TransientError) as caught:
            self.client.post("page").json()
        self.assertTrue(caught.exception.maybe_done)

    def test_too_large_an_answer_is_not_read_to_the_end(self):
        for path in ("large", "endless"):
            with self.subTest(path), self.assertRaises(PermanentError):
                self.client.get(path, max_bytes=100_000)

    def test_a_dripping_server_does_not_hold_a_worker(self):
        with (
            patch("odoo.addons.social_crm_base.tools.http.TOTAL_SECONDS", -1),
            self.assertRaises(TransientError),
        ):
            self.client.get("ok")

    def test_redirects_stay_on_the_server_the_credentials_are_for(self):
        self.assertEqual(self.client.get("moved").status, 200)
        with self.assertRaisesRegex(PermanentError, "not followed"):
            self.client.get("elsewhere")
        with self.assertRaisesRegex(PermanentError, "too many redirects"):
            self.client.get("loop")
        with self.assertRaises(PermanentError):
            self.client.post("moved")
        with self.assertRaisesRegex(PermanentError, "credentials stay"):
            self.client.get("http://localhost:9/next")

    def test_permanent_redirects_are_told_up_to_the_first_temporary_one(self):
        self.assertEqual(self.client.get("/ok").moved, "")
        self.assertEqual(self.client.get("/moved").moved, f"{self.address}/ok")
        response = self.client.get("/wandering")
        self.assertEqual(response.moved, f"{self.address}/for_now")
        self.assertEqual(response.url, f"{self.address}/ok")

    def test_unchanged_is_an_answer(self):
        self.assertEqual(self.client.get("/same").status, 304)

    def test_reading_what_is_public_needs_no_encryption_but_stays_outside(self):
        plain = HttpClient(self.address, allow_private=False, allow_plain=True)
        for address in (self.address, self.address.replace("127.0.0.1", "localhost")):
            with self.assertRaisesRegex(PermanentError, "not a public address"):
                plain.get(f"{address}/ok")
        self.assertFalse(FaultyServer.seen)
        secret = HttpClient(self.address, secrets=("x",), allow_private=False, allow_plain=True)
        with self.assertRaisesRegex(PermanentError, "must be encrypted"):
            secret.get("/ok")

    def test_the_next_page_is_named_by_the_link_header(self):
        self.assertEqual(
            self.client.get("paged").links, {"next": "http://127.0.0.1/next?max_id=7"}
        )

    def test_addresses_inside_are_out_of_reach(self):
        for url in (
            self.address,
            "https://127.0.0.1",
            "https://[::1]",
            "https://[::ffff:10.0.0.1]",
            "https://10.0.0.1",
            "https://169.254.169.254/latest/meta-data",
            "https://224.0.0.1",
            "ftp://example.com",
            "file:///etc/passwd",
            "https://user:pass@example.com",
            "https://\u2603" + "x" * 80,
            "",
        ):
            with self.subTest(url), self.assertRaises(PermanentError):
                HttpClient(url, allow_private=False).get("/")
        self.assertFalse(FaultyServer.connections)

    def test_a_name_that_leads_inside_is_refused_by_the_address_connected_to(self):
        client = HttpClient("https://localhost", allow_private=False)
        with self.assertRaisesRegex(PermanentError, "not a public address"):
            client.get("/")

    def test_the_switch_is_off_unless_the_administrator_says_so(self):
        with patch.dict("os.environ", {"SOCIAL_CRM_ALLOW_PRIVATE_HOSTS": ""}):
            self.assertFalse(private_hosts_allowed())
        with patch.dict("os.environ", {"SOCIAL_CRM_ALLOW_PRIVATE_HOSTS": "1"}):
            self.assertTrue(private_hosts_allowed())

    def test_all_ways_of_saying_when_to_come_back(self):
        soon = NOW + timedelta(minutes=5)
        for header, value in (
            ("Retry-After", "300"),
            ("Retry-After", "Sun, 01 Mar 2026 12:05:00 GMT"),
            ("X-RateLimit-Reset", "2026-03-01T12:05:00.000Z"),
            ("X-RateLimit-Reset", "2026-03-01T13:05:00+01:00"),
            ("X-RateLimit-Reset", str(int((soon - datetime(1970, 1, 1)).total_seconds()))),
            ("RateLimit-Reset", "300"),
        ):
            with self.subTest(header=header, value=value):
                self.assertEqual(retry_at({header: value}, NOW), soon)

    def test_nonsense_about_when_to_come_back_is_no_trap(self):
        for value in ("", "soon", "nan", "-5", "inf", "1e400"):
            with self.subTest(value):
                moment = retry_at({"Retry-After": value}, NOW)
                self.assertTrue(moment is None or moment <= NOW + timedelta(days=1))
        self.assertEqual(retry_at({"Retry-After": "99999999"}, NOW), NOW + timedelta(days=1))
        past = "Sun, 01 Mar 2020 12:05:00 GMT"
        self.assertEqual(retry_at({"Retry-After": past}, NOW), NOW)

    def test_one_table_decides_about_a_second_try(self):
        for status, expected in (
            (200, None),
            (400, PermanentError),
            (401, CredentialsError),
            (403, PermanentError),
            (404, PermanentError),
            (408, TransientError),
            (429, RateLimited),
            (500, TransientError),
            (502, TransientError),
            (522, TransientError),
        ):
            with self.subTest(status):
                error = error_from(status, {}, "said")
                self.assertIs(type(error), expected or type(None))
        self.assertIsInstance(
            error_from(403, {"X-RateLimit-Remaining": "0"}, "said"), RateLimited
        )
