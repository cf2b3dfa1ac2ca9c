# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A connected channel of one network, and who is on the other side of it."""
import json
import os
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.social_crm_base.tools.http import ENV_ALLOW_PRIVATE

from .common import channel_on
from .fake_network import FakeNetwork


class NetworkCase(TransactionCase):
    """Subclasses say which network it is, and who we are there."""

    code = ""  # the connector's, and the platform's
    server = ""  # its address
    account = {}  # values of the channel
    app_secrets, channel_secrets = {}, {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = channel_on(cls.env, cls.code, **cls.account)
        cls.platform, cls.app = cls.channel.platform_id, cls.channel.app_id
        cls.app.base_url = cls.server
        cls.credentials = cls.env["social.crm.credential"]
        cls.credentials._set_secrets(cls.app, cls.app_secrets)
        cls.credentials._set_secrets(cls.channel, cls.channel_secrets)
        cls.connector = cls.env[f"social.crm.connector.{cls.code}"]

    def fetch(self, cursor=None):
        """As the engine does it: the cursor goes through the database."""
        items, cursor = self.connector._fetch(self.channel, cursor or {})
        return items, json.loads(json.dumps(cursor))

    def completed(self, payload):
        if self.connector._is_thin(self.channel, payload):
            return self.connector._hydrate(self.channel, payload)
        return payload

    def parse(self, payload):
        return self.connector._parse(self.channel, payload)

    def ingest(self, *payloads):
        """What came, stored and worked off as the engine does it."""
        activities = [activity for payload in payloads for activity in self.parse(payload)]
        result = self.env["social.crm.interaction"]._ingest(self.channel, activities)
        self.env["social.crm.interaction"]._run_second_stage()
        self.env.invalidate_all()
        return result


class WirelessCase(NetworkCase):
    """Nothing leaves the process: ``network`` answers instead of the HTTP client."""

    network_class = FakeNetwork

    def setUp(self):
        super().setUp()
        self.network = self.network_class()
        self.startPatcher(self.network.patched())


class StubCase(NetworkCase):
    """Our own server of that network on the other side of a real wire."""

    stub_class = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(os.environ, {ENV_ALLOW_PRIVATE: "1"}))

    def setUp(self):
        super().setUp()
        self.stub = self.stub_class()
        self.addCleanup(self.stub.close)
        self.app.base_url = self.stub.address


class SiteCase(StubCase):
    """A site of our own, which is read until nothing comes."""

    def setUp(self):
        super().setUp()
        self.cursor = {}

    def fetch_all(self):
        """
        :return: what came, each with its key
        :rtype: list[tuple[str, dict]]
        """
        found = []
        for _page in range(50):
            items, self.cursor = self.fetch(self.cursor)
            if not items:
                return found
            found += items
        raise AssertionError("reading does not end")

    def take(self, items):
        """:param list items: as ``fetch_all`` gives them"""
        return self.ingest(*(payload for _key, payload in items))
