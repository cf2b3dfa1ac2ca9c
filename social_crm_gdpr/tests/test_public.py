# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from unittest.mock import patch

from freezegun import freeze_time
from werkzeug.exceptions import Forbidden

from odoo import SUPERUSER_ID, api
from odoo.fields import Datetime
from odoo.http import Response
from odoo.sql_db import db_connect
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.http_routing.tests.common import MockRequest

from ..models.ir_http import OPEN_TO_STRANGERS
from ..tools.public import SECURITY_HEADERS, hour_key, public


class Pages:
    """Routes as other pages of the suite write them."""

    @public()
    def page(self):
        return "<p>Dobar dan</p>"

    @public()
    def closed(self):
        raise Forbidden()

    @public(form="test", limit=3)
    def form(self):
        return Response(status=200)

    @public(form="guess", limit=3, methods=("GET", "HEAD"))
    def guess(self):
        return Response(status=200)

    @public(form="test", limit=3)
    def failing(self):
        raise ValueError("after it was counted")


@tagged("post_install", "-at_install")
class TestPublic(TransactionCase):
    def setUp(self):
        super().setUp()
        # the cap counts in a transaction of its own, which a test must not commit
        self.registry_enter_test_mode()
        self.http_request_allow_all = True  # the requests below are this test's own
        self.addCleanup(setattr, self, "http_request_allow_all", False)
        public_user = self.env.ref("base.public_user")
        self.public_env = self.env(user=public_user)

    def call(self, name, method="POST", address="192.0.2.1"):
        with MockRequest(self.public_env, remote_addr=address) as request:
            request.httprequest.method = method
            request.render = lambda _template, _values, status: Response(status=status)
            return getattr(Pages(), name)()

    def test_every_page_keeps_to_itself(self):
        response = self.call("page")
        self.assertEqual(response.status_code, 200)
        for name in SECURITY_HEADERS:
            self.assertIn(name, response.headers)
        self.assertIn("frame-ancestors 'none'", response.headers["Content-Security-Policy"])

    def test_a_refusal_keeps_to_itself_too(self):
        response = self.call("closed")
        self.assertEqual(response.status_code, 403)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_a_form_is_taken_so_many_times_an_hour_from_one_address(self):
        with freeze_time("2026-03-02 09:50:00"):
            states = [self.call("form").status_code for _time in range(5)]
            self.assertEqual(states, [200, 200, 200, 429, 429])
            self.assertEqual(self.call("form").headers["Retry-After"], "600")
            self.assertIn("Referrer-Policy", self.call("form").headers)
            self.assertEqual(self.call("form", address="192.0.2.2").status_code, 200)
            self.assertEqual(self.call("form", method="GET").status_code, 200)
        with freeze_time("2026-03-02 10:00:00"):
            self.assertEqual(self.call("form").status_code, 200)

    def test_guessing_by_opening_pages_is_capped_too(self):
        states = [self.call("guess", method="GET").status_code for _time in range(4)]
        self.assertEqual(states, [200, 200, 200, 429])

    def test_sendings_at_once_do_not_pass_the_cap_together(self):
        form, senders = f"race-{uuid.uuid4()}", 8
        start = threading.Barrier(senders)

        def send(_number):
            # a connection of its own, as each request has
            with db_connect(self.env.cr.dbname).cursor() as cr:
                caps = api.Environment(cr, SUPERUSER_ID, {})["social.crm.form.cap"]
                start.wait()
                return caps._admit(form, "192.0.2.9", 3)

        hour = Datetime.now().replace(minute=0, second=0, microsecond=0)
        key = hour_key(form, "192.0.2.9", hour)
        try:
            with ThreadPoolExecutor(senders) as pool:
                self.assertEqual(sum(pool.map(send, range(senders))), 3)
        finally:
            with db_connect(self.env.cr.dbname).cursor() as cr:
                cr.execute("DELETE FROM social_crm_form_cap WHERE key = %s", [key])

    def test_what_fails_afterwards_is_counted_too(self):
        for _time in range(3):
            # not assertRaises, which would roll the count back
            with suppress(ValueError):
                self.call("failing")
        self.assertEqual(self.call("failing").status_code, 429)

    def test_no_address_is_stored_and_hours_cannot_be_joined(self):
        with freeze_time("2026-03-02 09:50:00"):
            self.call("form")
        with freeze_time("2026-03-02 10:50:00"):
            self.call("form")
        rows = self.env["social.crm.form.cap"].search([])
        self.assertEqual(len(set(rows.mapped("key"))), 2)
        self.assertNotIn("192.0.2.1", str(rows.read()))

    def test_neighbours_within_one_ipv6_network_count_together(self):
        hour = self.env.cr.now()
        self.assertEqual(hour_key("f", "2001:db8::1", hour), hour_key("f", "2001:db8::2", hour))
        self.assertNotEqual(
            hour_key("f", "2001:db8::1", hour), hour_key("f", "2001:db8:0:1::1", hour)
        )
        self.assertEqual(hour_key("f", "::ffff:192.0.2.1", hour), hour_key("f", "192.0.2.1", hour))
        self.assertNotEqual(hour_key("f", "192.0.2.1", hour), hour_key("f", "192.0.2.2", hour))
        self.assertTrue(hour_key("f", "no address", hour))

    def test_rows_go_after_a_day(self):
        with freeze_time("2026-03-02 09:50:00"):
            self.call("form")
        with freeze_time("2026-03-03 09:51:00"):
            self.env["social.crm.form.cap"]._gc_old()
        self.assertFalse(self.env["social.crm.form.cap"].search([]))

    def test_the_usual_answer_is_the_same_for_everybody(self):
        with MockRequest(self.public_env) as request:
            request.csrf_token = lambda _limit: "token"
            page = self.env["ir.qweb"]._render("social_crm_gdpr.public_answer", {"message": ""})
        self.assertIn("does not tell whether we know a person", page)


@tagged("post_install", "-at_install")
class TestRoutes(HttpCase):
    """Every route of the suite, also those that come later."""

    def routes(self):
        """Addresses strangers may call, filled with what nobody was given."""
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.env.cr.dbname, create=True):
            rules = [*self.env["ir.http"].routing_map().iter_rules()]
        for rule in rules:
            module = rule.endpoint.func.__module__
            if "social_crm_" in module and rule.endpoint.routing["auth"] in ("public", "none"):
                address = rule.rule
                for argument in rule.arguments:
                    address = re.sub(
                        rf"<(\w+:)?{argument}>",
                        lambda found: "7" if found[1] == "int:" else "nobody",
                        address,
                    )
                for method in sorted(rule.methods & {"GET", "POST"}):
                    yield method, address

    def test_strangers_are_answered_with_security_headers_everywhere(self):
        found = set(self.routes())
        self.assertGreater(len(found), 8)
        for method, address in sorted(found):
            with self.subTest(route=f"{method} {address}"):
                self.assertTrue(
                    f"{address}/".startswith(OPEN_TO_STRANGERS),
                    "add where it lies to OPEN_TO_STRANGERS in models/ir_http.py",
                )
                with mute_logger("odoo.http", "werkzeug"):
                    response = self.url_open(
                        address, data={"x": "1"} if method == "POST" else None,
                        allow_redirects=False,
                    )  # fmt: skip
                self.assertLess(response.status_code, 500)
                for name, value in SECURITY_HEADERS.items():
                    self.assertEqual(response.headers.get(name), value)
