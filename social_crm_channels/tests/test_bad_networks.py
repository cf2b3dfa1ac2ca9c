# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Every connector behind a network that goes wrong in every way it can, over a real wire."""
import logging
import os
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import quote

import requests

from odoo import fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.social_crm_base.tools import http

from .faulty_proxy import (
    BROKEN,
    CLOCKS,
    LIMITED,
    OUTAGES,
    RESET_AFTER,
    FaultyProxy,
    Peer,
    redirects,
)
from .network_scenarios import SCENARIOS

READ_SECONDS = 0.15
TOTAL_SECONDS = 0.3
PATIENCE = 20  # with a network that works, on a machine with much to do
SLACK = timedelta(seconds=30)
LASTING = [fault for fault in OUTAGES if not fault.acts and fault not in LIMITED]
CHATTY = ("urllib3", "requests", "odoo.addons.social_crm_base", "odoo.addons.social_crm_channels")


class Words(logging.Handler):
    """Everything that is logged, as it would be written."""

    def __init__(self):
        super().__init__()
        self.lines, self.errors = [], []

    def emit(self, record):
        line = logging.Formatter().format(record)  # with the traceback, where there is one
        self.lines.append(line)
        if record.levelno >= logging.ERROR:
            self.errors.append(line)

    @contextmanager
    def listening(self):
        root, levels = logging.getLogger(), {}
        for name in CHATTY:
            logger = logging.getLogger(name)
            levels[logger] = logger.level
            logger.setLevel(logging.DEBUG)
        root.addHandler(self)
        try:
            yield self
        finally:
            root.removeHandler(self)
            for logger, level in levels.items():
                logger.setLevel(level)


class Wire:
    """One connector, its peer, and the proxy between them."""

    def __init__(self, env, scenario, stack):
        self.scenario = scenario
        self.proxy = stack.enter_context(FaultyProxy("127.0.0.1", scenario.serve(stack)))
        self.channel = scenario.make(env, self.proxy.address)
        self.told = []  # all that was said on the network, to be found here at the end

    def tell(self, text):
        self.told.append(text)
        self.scenario.tell(text)

    def times_said(self, text):
        return sum(text in one for one in self.scenario.texts())


@tagged("post_install", "-at_install", "social_crm_slow")
class TestBadNetworks(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["social.crm.channel"].search([]).is_connected = False
        prefix = "social.crm.connector."
        cls.codes = sorted(
            name[len(prefix) :] for name in cls.env.registry if name.startswith(prefix)
        )
        cls.startClassPatcher(patch.dict(os.environ, {http.ENV_ALLOW_PRIVATE: "1"}))
        cls.env["ir.config_parameter"].set_param("web.base.url", "http://127.0.0.1:8069")

    def setUp(self):
        super().setUp()
        timeout = http.Timeout
        for target, name, value in (
            (http, "TOTAL_SECONDS", PATIENCE),
            (http, "Timeout", lambda **_given: timeout(connect=2, read=self.patience)),
            (time, "sleep", self.slept),
        ):
            self.patch(target, name, value)
        self.sleeps, self.patience = [], PATIENCE
        self.words = self.enterContext(Words().listening())
        self.stack = self.enterContext(ExitStack())
        self.thief = self.stack.enter_context(Peer(lambda *_request: (404, b"no")))
        self.faults = (*LIMITED, *BROKEN, *CLOCKS, *redirects(self.thief.address))

    def spoil(self, wire, method, path, fault, **more):
        """From now on this goes wrong; where it would last, nobody waits for long."""
        self.heal(wire)
        wire.proxy.fault(method, path, fault, **more)
        if fault.lasts:
            self.patience, http.TOTAL_SECONDS = READ_SECONDS, TOTAL_SECONDS

    def heal(self, wire):
        wire.proxy.heal()
        self.patience = http.TOTAL_SECONDS = PATIENCE

    def slept(self, seconds):
        self.sleeps.append(seconds)

    def test_every_connector_has_a_story_for_bad_networks(self):
        self.assertLessEqual(set(self.codes), SCENARIOS.keys(), "see network_scenarios.py")

    def test_who_needs_no_wire_uses_none(self):
        for code in self.wired(False):
            with self.subTest(connector=code):
                connector = self.env[f"social.crm.connector.{code}"]
                nobody = self.env["social.crm.channel"].new({"connector": code})
                with patch.object(requests.Session, "request", side_effect=AssertionError("calls")):
                    connector._check_health(nobody)
                self.assertFalse(connector._capabilities(nobody) & {"receive_poll", "metrics"})

    def test_reading_loses_and_doubles_nothing(self):
        for code in self.wired():
            if SCENARIOS[code].fetches:
                wire = self.wire(code)
                self.fetch(wire)
                usual = len(wire.proxy.requests)
                for number, fault in enumerate(self.faults):
                    if fault in CLOCKS:
                        continue
                    with self.subTest(connector=code, fault=fault.name):
                        self.read_through(wire, fault, number % usual)
                with self.subTest(connector=code, fault="all together"):
                    self.heal(wire)
                    self.check_read(wire)
                for fault in CLOCKS:
                    with self.subTest(connector=code, fault=fault.name):
                        self.read_by_wrong_clock(self.wire(code), fault)
        self.check_discretion()

    def test_sending_says_everything_once(self):
        for code in self.wired():
            if SCENARIOS[code].acting:
                wire = self.wire(code)
                talk = self.talk(wire)
                # how the hint was written, reading has shown
                for fault in (LIMITED[0], LIMITED[1], *self.faults[len(LIMITED) - 1 :]):
                    with self.subTest(connector=code, fault=fault.name):
                        self.send_through(wire, talk, fault)
        self.check_discretion()

    def test_an_outage_that_lasts_does_not_make_it_forget_that_it_has_to_look(self):
        for code in self.wired():
            scenario = SCENARIOS[code]
            if scenario.acting and scenario.sure:
                wire = self.wire(code)
                talk = self.talk(wire)
                for fault in (*LIMITED[:2], *LASTING, *CLOCKS):
                    with self.subTest(connector=code, fault=fault.name):
                        self.look_again(wire, talk, fault)
        self.check_discretion()

    def test_the_light_says_what_is_wrong_and_what_to_do(self):
        for code in self.wired():
            if SCENARIOS[code].checks:
                wire = self.wire(code)
                for fault in self.faults:
                    with self.subTest(connector=code, fault=fault.name):
                        self.look_through(wire, fault)
                with self.subTest(connector=code, fault="over"):
                    self.heal(wire)
                    wire.channel._check_health_now()
                    self.assertEqual(wire.channel.health_level, "green")
        self.check_discretion()

    # === ONE FAULT === #

    def read_through(self, wire, fault, after):
        wire.tell(f"word {len(wire.told)}.")
        self.spoil(wire, "", "", fault, after=after)
        began = fields.Datetime.now()
        sync = self.fetch(wire)
        if sync.fetch_failures:
            self.assertGreater(sync.next_fetch_at, began, "not at once")
            if fault.hint:
                self.check_hint(sync.next_fetch_at, began, fault)
        elif fault.hint or "500" in fault.name:
            self.assertFalse(wire.proxy.met(fault), "it was not noticed")

    def read_by_wrong_clock(self, wire, fault):
        """Wrong from the first day on, and set right at last."""
        for skew in (skew_of(fault), skew_of(fault), 0):
            wire.scenario.skew = skew
            wire.tell(f"word {len(wire.told)}.")
            self.fetch(wire)
        self.check_read(wire)

    def send_through(self, wire, talk, fault):
        text = f"answer {len(wire.proxy.requests)}."
        wire.scenario.skew = skew_of(fault)
        wire.channel._sync().send_not_before = False  # of a fault before, should that have failed
        row = talk._queue_reply(text).sudo()
        self.spoil(wire, *wire.scenario.acting, fault)
        began = fields.Datetime.now()
        self.send(wire, row)
        self.assertTrue(wire.proxy.met(fault), "the fault did not happen")
        self.assertEqual(wire.times_said(text), int(fault.acts))
        sync = wire.channel._sync()
        if fault.hint:
            self.assertEqual(row.state, "queued", row.error)
            self.check_hint(sync.send_not_before, began, fault)
        self.heal(wire)
        for _time in range(3):
            if row.state not in ("done", "failed"):
                self.due(row, sync)
                self.send(wire, row)
        self.assertLessEqual(wire.times_said(text), 1, "said twice")
        self.check_settled(wire, row, text, fault)
        wire.scenario.skew = 0

    def look_again(self, wire, talk, fault):
        text = f"lasting {len(wire.proxy.requests)}."
        wire.scenario.skew = skew_of(fault)  # also while it is looked for
        row = talk._queue_reply(text).sudo()
        self.spoil(wire, *wire.scenario.acting, RESET_AFTER)
        self.send(wire, row)
        self.assertEqual(row.state, "unknown")
        if fault not in CLOCKS:
            self.spoil(wire, "", "", fault, times=9)
            self.due(row, wire.channel._sync())
            self.send(wire, row)
        self.heal(wire)
        self.due(row, wire.channel._sync())
        self.send(wire, row)
        self.assertEqual((row.state, wire.times_said(text)), ("done", 1), row.error)
        wire.scenario.skew = 0

    def check_settled(self, wire, row, text, fault):
        if row.state == "done":
            self.assertEqual(wire.times_said(text), 1, "it is called sent, but is not there")
            return
        self.assertTrue(row.error, "nobody learns why")
        if row.state == "failed":
            self.assertEqual(wire.times_said(text), 0, "it is there, but who wrote it would repeat")
            self.assertIn(" to another host", fault.name, row.error)
            self.assertIn("leads to", row.error)
        else:
            self.assertFalse(wire.scenario.sure, f"could have been found out: {row.error}")
            self.assertEqual((row.state, row.not_before), ("unknown", False), row.error)

    def look_through(self, wire, fault):
        channel = wire.channel
        wire.scenario.skew = skew_of(fault)
        self.spoil(wire, "", "", fault, times=9)
        channel._check_health_now()
        if fault in CLOCKS:
            self.assertEqual(channel.health_level, "green", channel.health_message)
        else:
            self.assertIn(channel.health_level, ("yellow", "red"))
            self.assertTrue(channel.health_message and channel.health_todo, channel.health_message)
            if fault in OUTAGES:
                self.assertEqual(channel.health_level, "yellow", "it passes by itself")
        wire.scenario.skew = 0

    def check_hint(self, moment, began, fault):
        wanted = began + timedelta(seconds=fault.hint)
        self.assertTrue(wanted - SLACK < moment < wanted + SLACK, f"{moment} for {wanted}")

    # === WHAT IS THERE AFTERWARDS === #

    def check_read(self, wire):
        """All that was told is here, each once, also when everything is read once more."""
        for _time in range(2):
            self.fetch(wire)
            self.work("social.crm.event", "_cron_process")
        said = self.env["social.crm.interaction"].search([("channel_id", "=", wire.channel.id)])
        bodies = said.mapped("body")
        for text in wire.told:
            self.assertEqual(sum(text in body for body in bodies), 1, text)
        sync = wire.channel._sync()
        self.assertEqual((sync.fetch_failures, sync.health_level), (0, "green"))

    def check_discretion(self):
        """What must hold whatever happened."""
        self.assertEqual(self.sleeps, [], "a worker that sleeps works for nobody")
        self.assertEqual(self.words.errors, [], "no outage is a bug")
        written = self.words.lines + [
            str(row)
            for model in ("social.crm.channel.sync", "social.crm.outbox", "mail.activity")
            for row in self.env[model].sudo().search_read([], order="id desc", limit=200)
        ]
        written += self.env["mail.message"].search([], order="id desc", limit=200).mapped("body")
        for code in self.wired():
            for secret in SCENARIOS[code].secrets:
                for shape in {secret, quote(secret, safe="")}:
                    for line in written:
                        self.assertNotIn(shape, line)
                    for request in self.thief.requests:
                        self.assertNotIn(shape.encode(), request, "given to somebody else")

    # === THE ENGINE === #

    def wired(self, wanted=True):
        """Codes of the connectors that speak over a wire, or of those that do not."""
        known = [code for code in self.codes if code in SCENARIOS]
        return [code for code in known if bool(SCENARIOS[code].silent) != wanted]

    def wire(self, code):
        channels = self.env["social.crm.channel"].search([("connector", "=", code)])
        channels.write({"is_connected": False, "external_id": False})  # of an earlier wire
        self.env.flush_all()
        return Wire(self.env, SCENARIOS[code](), self.stack)

    def talk(self, wire):
        """A conversation in which a customer waits for an answer."""
        channel = wire.channel
        activities = channel._connector()._parse(channel, wire.scenario.question())
        self.env["social.crm.interaction"]._ingest(channel, activities)
        said = self.env["social.crm.interaction"].search([("channel_id", "=", channel.id)])
        return said.conversation_id

    def work(self, model, method):
        """A worker's turn, in a transaction that it may end itself."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            getattr(self.env(cr=cr)[model], method)()
        self.env.invalidate_all()

    def fetch(self, wire):
        sync = wire.channel._sync()
        sync.write({"next_fetch_at": False})
        self.work("social.crm.event", "_cron_fetch")
        return sync

    def send(self, wire, row):
        self.work("social.crm.outbox", "_cron_send")

    def due(self, row, sync):
        if row.not_before:
            row.not_before = fields.Datetime.now() - timedelta(seconds=1)
        sync.send_not_before = False


def skew_of(fault):
    """By how many seconds the network's clock is off while this goes wrong."""
    if fault not in CLOCKS:
        return 0
    return 3 * 3600 if "ahead" in fault.name else -3 * 3600
