# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A publisher's server on this machine, which does whatever publishers' servers do."""
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qsl

from odoo import fields

from odoo.addons.social_crm_base.tools.http import ENV_ALLOW_PRIVATE


class Publisher(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        """Silent: tests read ``asked``."""

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        form = dict(parse_qsl(body.decode()))
        self.server.asked.append((self.command, self.path, dict(self.headers), form))
        status, content, headers = self.server.pages.get(self.path, (404, b"no", {}))
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, content = 304, b""
        time.sleep(self.server.delay)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    do_POST = do_GET

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True


class FeedServerCommon:
    """One publisher, and one channel that reads its feed."""

    @classmethod
    def start_publisher(cls):
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
        cls.server.daemon_threads = True
        cls.server.pages, cls.server.asked, cls.server.delay = {}, [], 0
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.address = f"http://127.0.0.1:{cls.server.server_port}"
        switch = patch.dict(os.environ, {ENV_ALLOW_PRIVATE: "1"})
        cls.startClassPatcher(switch)

    @classmethod
    def set_up_feed(cls):
        cls.start_publisher()
        cls.platform = cls.env.ref("social_crm_base.platform_rss")
        cls.env["social.crm.channel"].search([]).is_connected = False
        cls.app = cls.env["social.crm.app"].create(
            {
                "name": "Paper",
                "platform_id": cls.platform.id,
                "connector": "feed",
                "base_url": f"{cls.address}/feed",
            }
        )
        cls.channel = cls.env["social.crm.channel"].create(
            {
                "name": "Paper",
                "platform_id": cls.platform.id,
                "connector": "feed",
                "app_id": cls.app.id,
                "external_id": f"{cls.address}/feed",
            }
        )
        cls.sync = cls.channel._sync()

    def setUp(self):
        super().setUp()
        self.server.pages.clear()
        self.server.asked.clear()
        self.server.delay = 0

    def serve(self, content, path="/feed", status=200, **headers):
        """Answer so from now on; ``_`` in a header's name is ``-``."""
        content = content if isinstance(content, bytes) else content.encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.server.pages[path] = (status, content, headers)

    def asked(self, path="/feed"):
        return [headers for _way, where, headers, _form in self.server.asked if where == path]

    def read_feed(self):
        """Let the engine read the feed, and take in what came."""
        self.sync.next_fetch_at = fields.Datetime.now()
        self.run_engine("ir_cron_fetch")
        self.run_engine("ir_cron_events_1")
        return self.said()

    def run_engine(self, name):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"social_crm_channels.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def said(self):
        return self.env["social.crm.interaction"].search(
            [("channel_id", "=", self.channel.id)], order="date, id"
        )


def rss(*items, title="The paper", extra=""):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{title}</title><link>https://paper.example/</link>{extra}{''.join(items)}"
        "</channel></rss>"
    )


def item(number, text="It rains", date="Sun, 01 Nov 2026 08:00:00 GMT", **more):
    date = f"<pubDate>{date}</pubDate>" if date else ""
    guid = more.get("guid", f"<guid isPermaLink='false'>urn:{number}</guid>")
    link = more.get("link", f"<link>https://paper.example/{number}</link>")
    return (
        f"<item>{guid}{link}<title>Title {number}</title><dc:creator>Ана Ć</dc:creator>{date}"
        f"<description><![CDATA[{text}]]></description>{more.get('extra', '')}</item>"
    )
