# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import hmac
import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import new_test_user

from odoo.addons.social_crm_base.exceptions import MalformedPayload, SignatureError
from odoo.addons.social_crm_base.tools.activity import Activity, Actor, Target

SECRET = "tajna-kljuc"
BEGIN = datetime(2026, 3, 1, 8, 0, 0)


def channel_on(env, code, **values):
    """A channel on the network of a connector, with its app.

    :param str code: the connector's, and the platform's
    """
    there = {"platform_id": env.ref(f"social_crm_base.platform_{code}").id, "connector": code}
    app = env["social.crm.app"].create({"name": "App", **there})
    return env["social.crm.channel"].create(
        {"name": "Shop", "app_id": app.id, **there, **values}
    )


class EngineCommon:
    """A company's account on a network that is spoken by a double, where a test needs one.

    The double replaces the contract's own methods, so everything around them is the real engine.
    """

    @classmethod
    def set_up_engine(cls):
        cls.manager = new_test_user(
            cls.env, login="engine_manager", groups="social_crm_base.group_manager"
        )
        cls.agent = new_test_user(
            cls.env, login="engine_agent", groups="social_crm_base.group_agent"
        )
        cls.platform = cls.env.ref("social_crm_base.platform_mastodon")
        cls.app = cls.env["social.crm.app"].create(
            {"name": "App", "platform_id": cls.platform.id, "connector": "mastodon"}
        )
        cls.channel = cls.make_channel("shop")
        cls.events = cls.env["social.crm.event"]
        cls.interactions = cls.env["social.crm.interaction"]

    @classmethod
    def make_channel(cls, account, **vals):
        return cls.env["social.crm.channel"].create(
            {
                "name": account,
                "platform_id": cls.platform.id,
                "app_id": cls.app.id,
                "connector": "mastodon",
                "external_id": account,
                "user_id": cls.manager.id,
                **vals,
            }
        )

    @contextmanager
    def speaking(self, **methods):
        """The network as the test wants it: methods of the contract by name."""
        contract = type(self.env["social.crm.connector"])
        spoken = {
            "_of": lambda connector, code: connector,
            "_parse": parse_word,
            "_webhook_verify": verify,
            "_webhook_split": split,
            **methods,
        }
        with patch.multiple(contract, **spoken):
            yield

    def put(self, *payloads, channel=None):
        """Put events into the table as a webhook or poll would."""
        channel = channel or self.channel
        self.events._store(
            channel.app_id,
            [(channel.external_id, payload["id"], payload) for payload in payloads],
            "push",
            {channel.external_id: channel.id},
        )
        self.env.invalidate_all()
        return self.stored_events()

    def stored_events(self):
        """All events of the test's app, oldest first."""
        return self.events.search([("app_id", "=", self.app.id)], order="id")

    def run_cron(self, name):
        """Run one of the engine's scheduled actions as Odoo would."""
        with self.enter_registry_test_mode():
            self.env.ref(f"social_crm_channels.{name}").method_direct_trigger()
        self.env.invalidate_all()


def word(key, text="Hallo", who="ana", **more):
    """A payload of the double: somebody says something."""
    return {"id": str(key), "who": who, "text": text, **more}


def parse_word(connector, channel, payload):
    """How the double reads its payloads."""
    if "who" not in payload:
        raise MalformedPayload("nobody says anything in it")
    if payload.get("slip"):
        raise KeyError(payload["slip"])
    who = Actor(external_id=payload["who"], handle=payload["who"])
    if payload.get("of"):
        return [
            Activity(
                payload.get("verb", "edit"),
                BEGIN,
                actor=who,
                target=Target(payload["of"]),
                text=payload["text"],
                edited_at=BEGIN + timedelta(hours=1),
                kind="message",
                visibility="direct",
            )
        ]
    return [
        Activity(
            "create",
            BEGIN,
            kind="message",
            external_id=payload["id"],
            actor=who,
            visibility="direct",
            thread=payload["who"],
            text=payload["text"],
        )
    ]


def sign(body):
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def verify(connector, app, headers, body):
    given = headers.get("x-signature", "")
    if not given or not hmac.compare_digest(given, sign(body)):
        raise SignatureError("wrong")


def split(connector, app, headers, body):
    items = connector._load_json(body)
    if not isinstance(items, list):
        raise MalformedPayload("no list")
    return [(item.get("account", "shop"), item["id"], item) for item in items]


def body_of(*items):
    return json.dumps(items).encode()
