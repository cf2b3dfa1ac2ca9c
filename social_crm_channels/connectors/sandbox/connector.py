# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

from odoo import fields, models

from odoo.addons.social_crm_base.tools import keyring

from ...tools.contract import (
    Account,
    Grant,
    Health,
    Measure,
    MediaLimits,
    Receipt,
    Step,
    Template,
)
from ..webhook.const import TWO_WAY

MODERATING = frozenset({"hide", "remove", "ban", "report", "spam", "approve"})
MAX_CHARACTERS = 1000
DELIVERED_AFTER = timedelta(minutes=1)
READ_AFTER = timedelta(minutes=2)
MEDIA_TYPES = ("image/*", "video/mp4", "application/pdf")
# What a network would have approved beforehand, to practise with.
TEMPLATES = [
    Template(
        "we_are_back",
        "We are back",
        "en",
        "Hello {{ first_name }}, we have an answer to your question about {{ topic }}. "
        "May we tell you here?",
        ("first_name", "topic"),
    ),
    Template(
        "wir_sind_da",
        "Wir sind wieder da",
        "de",
        "Guten Tag {{ first_name }}, zu Ihrer Frage nach {{ topic }} haben wir eine Antwort. "
        "Dürfen wir sie Ihnen hier geben?",
        ("first_name", "topic"),
    ),
]


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("sandbox", "Sandbox")], ondelete={"sandbox": "set default"}
    )


class SocialCrmConnectorSandbox(models.AbstractModel):
    """A network that needs no account and reaches nobody, for trying out, training and tests.

    It speaks the signed webhook's own language: recorded stories come in as signed requests, and
    what is said goes to the pretended network (``social.crm.sandbox.delivery``), which sends it
    back as an echo and later tells that it was delivered and read.

    Left out: polling (stories are pushed), figures (a story brings its own), OAuth (there is
    nobody to ask), read marks (nobody would see them).
    """

    _name = "social.crm.connector.sandbox"
    _inherit = ["social.crm.connector.webhook"]
    _description = "Sandbox Connector"

    def _capabilities(self, channel):
        return TWO_WAY | MODERATING | {"human_window"}

    # === SET-UP === #

    def _credential_fields(self, app):
        return [
            (
                "account",
                self.env._("Account name"),
                self.env._("How our invented account is called, for example shop."),
                False,
            )
        ]

    def _grant(self, app, secrets):
        name = secrets.get("account") or "shop"
        handle = "".join(sign for sign in name.lower() if sign.isalnum() or sign in ".-_")
        return Grant(
            secrets={},
            accounts=(Account(external_id=handle or "shop", handle=handle or "shop", name=name),),
        )

    def _check_health(self, channel):
        return Health("green", self.env._("Invented people, real machinery."))

    def _setup_steps(self, channel):
        return [
            Step(
                "account",
                self.env._("Think of a name"),
                self.env._("Any: there is nobody to ask, and nothing leaves this Odoo."),
                lambda: "",
            ),
            Step(
                "story",
                self.env._("Have a story told"),
                self.env._(
                    "Press Play a Story here: people who do not exist write, answer and complain."
                ),
                lambda: self._told(channel),
                optional=True,
            ),
        ]

    def _told(self, channel):
        # sudo: the engine's own rows
        events_sudo = self.env["social.crm.event"].sudo()
        told = events_sudo.search_count([("app_id", "=", channel.app_id.id)], limit=1)
        return "" if told else self.env._("Nobody has said anything yet.")

    def _secrets(self, owner):
        """Made of our own key: no sandbox needs a secret typed or kept."""
        app = owner.app_id if owner._name == "social.crm.channel" else owner
        key = keyring.current().derive("sandbox")
        digest = hmac.new(key, str(app.id).encode(), hashlib.sha256).digest()
        return ["whsec_" + base64.b64encode(digest).decode()]

    # === OUT === #

    def _deliver(self, channel, message, action):
        """The pretended network takes it, and tells of it as networks do."""
        now = fields.Datetime.now()
        sent = message.target if action == "edit" else None
        external_id = sent.external_id if sent else f"out-{message.idempotency_key}"
        moment = now.isoformat() + "Z"
        echo = {
            "verb": "edit" if sent else "create",
            "id": external_id,
            "family": sent.family if sent else "post",
            "kind": self._kind_of(message, action),
            "direction": "out",
            "time": moment,
            "text": message.text,
            "visibility": message.visibility,
            "client_key": message.idempotency_key,
        }
        if sent:
            echo["edited_at"] = moment
        if message.parent:
            echo["parent"] = {"id": message.parent.external_id, "family": message.parent.family}
        if message.thread:
            echo["thread"] = message.thread
        if message.recipient and message.visibility == "direct":
            named = {"id": message.recipient.external_id, "handle": message.recipient.handle}
            echo["counterpart"] = {name: value for name, value in named.items() if value}
        key = message.idempotency_key
        self._tell(channel, f"echo-{action}-{key}", now, echo)
        if message.visibility == "direct" and not sent:
            receipts = (("delivered", DELIVERED_AFTER), ("read", READ_AFTER))
            for receipt, delay in receipts:
                due = now + delay
                item = {
                    "verb": "receipt",
                    "target": external_id,
                    "receipt": receipt,
                    "time": due.isoformat() + "Z",
                }
                self._tell(channel, f"{receipt}-{key}", due, item)
        return Receipt(
            external_id=external_id, occurred_at=now, family=sent.family if sent else "post"
        )

    def _kind_of(self, message, action):
        if message.visibility in ("direct", "group"):
            return "message"
        return "post" if action == "post" else "reply" if message.parent else "post"

    def _delete_remote(self, channel, target):
        now = fields.Datetime.now()
        named = {"id": target.external_id, "family": target.family}
        item = {"verb": "delete", "target": named, "time": now.isoformat() + "Z"}
        self._tell(channel, f"delete-{target.family}-{target.external_id}", now, item)

    def _moderate(self, channel, operation, target, reason=""):
        """Done at once: nobody but us sees this network. A removal is told like any other."""
        if operation == "remove":
            self._delete_remote(channel, target)

    def _react(self, channel, target, reaction, remove=False):
        """As :meth:`_moderate`."""

    def _tell(self, channel, webhook_id, due_at, item):
        body = json.dumps({"account": channel.external_id, "items": [item]})
        # sudo: the pretended network's own books, no business of whoever writes
        network_sudo = self.env["social.crm.sandbox.delivery"].sudo()
        network_sudo._plan(channel.app_id, [(due_at, webhook_id, body, "")])

    # === ALLOWED NOW, TEXT === #

    def _reply_options(self, channel, conversation):
        options = super()._reply_options(channel, conversation)
        words = self.env._("Nothing leaves Odoo.")
        return replace(options, reason=" ".join(filter(None, (options.reason, words))))

    def _takes_answers(self, channel):
        return True

    def _private_reply_until(self, channel, conversation):
        until = super()._private_reply_until(channel, conversation)
        return until if channel.platform_id.private_reply_days else True

    def _reply_templates(self, channel, conversation):
        return list(TEMPLATES)

    def _media_limits(self, channel):
        return MediaLimits(count=4, size=10 * 1024 * 1024, types=MEDIA_TYPES, alt=True)

    def _measure(self, channel, text):
        return Measure(len(text), MAX_CHARACTERS)
