# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import json
import uuid

from odoo import fields, models

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    NotSupported,
    SignatureError,
    TransientError,
)
from odoo.addons.social_crm_base.tools.http import HttpClient

from ...tools import payload as read
from ...tools import standard_webhooks
from ...tools.contract import Account, Grant, Health, Measure, Receipt, ReplyOptions
from . import const
from .parse import items_of, parse
from .setup import steps_of


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("webhook", "Signed Webhook")], ondelete={"webhook": "set default"}
    )


class SocialCrmConnectorWebhook(models.AbstractModel):
    """Anything that can make a signed HTTP request: forms, shops, automation tools, networks
    without a connector of their own. Payload and answers are described in ``README.md`` here.

    Left out, with the reason:

    - Polling, hydration, media download: the other side sends, and sends it whole.
    - A GET challenge: Standard Webhooks has none; the signature proves more.
    - Other signature schemes: networks that have their own get their own connector.
    - Hiding, read marks and figures outwards: no common meaning on the other side. Figures come in
      as ``counters``.
    """

    _name = "social.crm.connector.webhook"
    _inherit = ["social.crm.connector"]
    _description = "Signed Webhook Connector"

    def _capabilities(self, channel):
        if not self._callback(channel):
            return frozenset({"receive_push"})
        return const.TWO_WAY

    # === SET-UP === #

    def _credential_fields(self, app):
        return [
            (
                "webhook_secret",
                self.env._("Signing secret"),
                self.env._(
                    "The other side signs with it: whsec_ and at least 24 bytes in base64, "
                    "for example from: openssl rand -base64 32"
                ),
                True,
            ),
            (
                "webhook_secret_previous",
                self.env._("Previous signing secret"),
                self.env._("Still accepted while the other side changes to the new one."),
                False,
            ),
            (
                "account",
                self.env._("Account ID"),
                self.env._("What the items have as account. Empty: items that name none."),
                False,
            ),
            (
                "callback_url",
                self.env._("Address for answers"),
                self.env._(
                    "Where what is written here is sent to, signed with the same secret. "
                    "Empty: this channel only receives."
                ),
                False,
            ),
        ]

    def _grant(self, app, secrets):
        for kind in ("webhook_secret", "webhook_secret_previous"):
            if secrets.get(kind):
                self._check_secret(secrets[kind])
        callback = secrets.get("callback_url", "")
        if callback and not read.url({"url": callback}, "url"):
            raise CredentialsError(self.env._("The address for answers must begin with https://"))
        account = secrets.get("account") or const.DEFAULT_ACCOUNT
        return Grant(secrets={}, accounts=(Account(external_id=account, name=app.name or ""),))

    def _check_secret(self, secret):
        try:
            key = standard_webhooks.key_of(secret)
        except ValueError as error:
            raise CredentialsError(
                self.env._("What follows whsec_ in the signing secret is no base64.")
            ) from error
        if len(key) < standard_webhooks.MIN_KEY_BYTES:
            raise CredentialsError(
                self.env._(
                    "The signing secret is too short: at least %(count)s bytes.",
                    count=standard_webhooks.MIN_KEY_BYTES,
                )
            )

    def _check_health(self, channel):
        if not any(self._secrets(channel)):
            return Health(
                "red",
                self.env._("There is no signing secret, so everything sent here is refused."),
                self.env._("Connect this channel again and give a signing secret."),
            )
        return Health("green")

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    # === IN === #

    def _webhook_verify(self, app, headers, body):
        try:
            standard_webhooks.verify(self._secrets(app), headers, body)
        except ValueError as error:
            raise SignatureError("the stored secret cannot be used") from error

    def _webhook_split(self, app, headers, body):
        """Takes a request whole or not at all, so that its sender learns of a mistake at once."""
        webhook_id = headers.get("webhook-id", "")
        try:
            items = items_of(json.loads(body))
        except (ValueError, RecursionError) as error:
            raise MalformedPayload("the request is no JSON") from error
        return [
            (
                item["account"],
                read.text(item, "event_id") or f"{webhook_id}:{number}",
                item,
            )
            for number, item in enumerate(items)
        ]

    def _parse(self, channel, payload):
        return parse(payload)

    # === OUT === #

    def _send(self, channel, message):
        return self._deliver(channel, message, "reply" if message.parent else "message")

    def _publish(self, channel, message):
        return self._deliver(channel, message, "post")

    def _update_remote(self, channel, message):
        return self._deliver(channel, message, "edit")

    def _delete_remote(self, channel, target):
        self._call(channel, "", "delete", {"target": _named(target)})

    def _react(self, channel, target, reaction, remove=False):
        content = {"target": _named(target), "reaction": reaction}
        self._call(channel, "", "unreact" if remove else "react", content)

    def _deliver(self, channel, message, action):
        """Send what was written; our key is the webhook's id, by which the other side knows it."""
        answer = self._call(
            channel, message.idempotency_key, action, self._content(channel, message)
        )
        given = read.text(answer, "id").strip()
        sent = message.target or None
        return Receipt(
            external_id=given or (sent.external_id if sent else f"sent-{message.idempotency_key}"),
            permalink=read.url(answer, "url"),
            occurred_at=read.time(answer, "time"),
            family=sent.family if sent else "post",
        )

    def _content(self, channel, message):
        content = {
            "text": self._render(channel, message),
            "visibility": message.visibility,
            "target": _named(message.target),
            "parent": _named(message.parent),
            "thread": message.thread,
            "recipient": _person(message.recipient),
            "mentions": [_person(actor) for actor in message.mentions],
            "title": message.title,
            "language": message.language,
            "media": [
                {
                    "name": media.name,
                    "mimetype": media.mimetype,
                    "alt": media.alt,
                    "content": base64.b64encode(media.content).decode(),
                }
                for media in message.media
            ],
        }
        return {name: value for name, value in content.items() if value}

    def _call(self, channel, key, action, content):
        """POST one signed request to the callback.

        :param str key: the same at every attempt; empty for what may be done twice
        :return: what it answered with, empty if it was no JSON object
        :rtype: dict
        """
        address = self._callback(channel)
        if not address:
            raise NotSupported(self._no_callback())
        secret = self._secret(channel, "webhook_secret")
        if not secret:
            raise CredentialsError(self.env._("This channel has no signing secret."))
        key = key or str(uuid.uuid4())
        body = json.dumps(
            {"action": action, "account": channel.external_id, "key": key, **content},
            ensure_ascii=False,
        ).encode()
        headers = standard_webhooks.headers(secret, key, body)
        headers["Content-Type"] = "application/json"
        client = HttpClient(address, secrets=(secret,))
        response = client.post(address, data=body, headers=headers)
        if response.content[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
            words = self.env._(
                "The address for answers answered with a web page: something stands before it."
            )
            raise TransientError(words, maybe_done=True, status=response.status)
        try:
            answer = response.json() if response.content.strip() else {}
        except (MalformedPayload, TransientError):
            return {}  # it was accepted; whatever came back says no more
        return answer if isinstance(answer, dict) else {}

    # === ALLOWED NOW, TEXT === #

    def _reply_options(self, channel, conversation):
        if self._takes_answers(channel):
            return super()._reply_options(channel, conversation)
        return ReplyOptions(False, modes=frozenset(), reason=self._no_callback())

    def _measure(self, channel, text):
        return Measure(len(text), const.MAX_TEXT)

    # === HELPERS === #

    def _takes_answers(self, channel):
        return bool(self._callback(channel))

    def _no_callback(self):
        return self.env._(
            "This channel only receives: no address for answers is set. Connect it again to give "
            "one."
        )

    def _callback(self, owner):
        return self._secret(owner, "callback_url") if owner else ""

    def _secrets(self, owner):
        kinds = ("webhook_secret", "webhook_secret_previous")
        return [secret for kind in kinds if (secret := self._secret(owner, kind))]


def _named(target):
    return {"id": target.external_id, "family": target.family} if target else None


def _person(actor):
    if not actor:
        return None
    named = {"id": actor.external_id, "handle": actor.handle, "name": actor.name}
    return {name: value for name, value in named.items() if value}
