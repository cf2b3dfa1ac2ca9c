# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
import hashlib
import hmac
import time
from dataclasses import replace
from urllib.parse import urlencode

from odoo import fields, models

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    NotSupported,
    PermanentError,
)
from odoo.addons.social_crm_base.tools import keyring

from ...tools import payload as read
from ...tools import watch
from ...tools.contract import (
    Account,
    Grant,
    Measure,
    MediaLimits,
    Receipt,
    ReplyOptions,
)
from . import api, const, items, poll
from .figures import figures_of
from .parse import Facts, actor_of, mentions_of, parse, status_target
from .reading import Reader
from .setup import health_of, steps_of
from .text import length, with_mentions


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("mastodon", "Mastodon API")], ondelete={"mastodon": "set default"}
    )


class SocialCrmConnectorMastodon(models.AbstractModel):
    """Any server with Mastodon's client API: Mastodon, GoToSocial, Pleroma, snac and others.

    What the network has and this connector leaves out, with the reason:

    - Streaming and Web Push: one needs a connection held open, which a worker must not; the other
      brings our own access token inside each message and says no more than a poll does.
    - Administrators' webhooks: they speak of everybody on a server, not of our account.
    - Deletions, edits and unboosts are not told to pollers. What came in or went out in the last
      ``const.WATCH_DAYS`` days (the newest ``const.WATCHED``) is looked at again, so edits and
      deletions of it are seen; a favourite or boost taken back shows in the counts only.
    - Our own boosts of others' posts: nothing we said. Boosting and favouriting by us is there.
    - What is older than ``const.FIRST_DAYS`` days when the account is connected.
    - Polls are read (options and votes as text), not made or voted in; scheduled posts and quotes
      of ours are not made: the planner holds posts until their time, an address does for a quote.
    - Muting, following, lists, filters, bookmarks, trends and an account's profile: a person's own
      settings, done on the server. Blocking and reporting are in ``moderation.py``.
    - Hiding or removing a stranger's reply: there is no such call.
    - ``native_idempotency``: the key is sent, but servers of other makes ignore it, so what may
      have been sent is always looked for first.
    """

    _name = "social.crm.connector.mastodon"
    _inherit = ["social.crm.connector"]
    _description = "Mastodon Connector"

    def _capabilities(self, channel):
        return frozenset(
            {
                "receive_poll",
                "send_direct",
                "send_public",
                "publish",
                "edit",
                "delete",
                "react",
                "mark_read",
                "metrics",
                "media",
                "oauth",
            }
        )

    # === SET-UP === #

    def _needs_server(self):
        return True

    def _register_app(self, app, redirect_uri):
        answer = self._client(app).post(
            "/api/v1/apps",
            data={
                "client_name": const.CLIENT_NAME,
                "redirect_uris": redirect_uri,
                "scopes": const.SCOPES,
            },
        )
        made = read.expect_object(answer.json(), "the app")
        return {name: read.required(made, name) for name in ("client_id", "client_secret")}

    def _authorize_url(self, app, redirect_uri, state, **options):
        client = self._client(app)
        query = {
            "response_type": "code",
            "client_id": self._secret(app, "client_id"),
            "redirect_uri": redirect_uri,
            "scope": const.SCOPES,
            "state": state,
        }
        if self._has_pkce(client):
            query.update(code_challenge=_challenge(_verifier(state)), code_challenge_method="S256")
        return f"{client.base_url}/oauth/authorize?{urlencode(query)}"

    def _exchange_code(self, app, code, redirect_uri, **options):
        client_id, client_secret = (
            self._secret(app, "client_id"),
            self._secret(app, "client_secret"),
        )
        client = self._client(app, secrets=(client_secret, code))
        form = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "client_secret": client_secret,
            "redirect_uri": redirect_uri,
            "code": code,
            "scope": const.SCOPES,
        }
        if self._has_pkce(client):
            form["code_verifier"] = _verifier(options["state"])
        try:
            answer = read.expect_object(client.post("/oauth/token", data=form).json(), "the token")
        except PermanentError as error:  # 400 invalid_grant: an old or used code
            raise CredentialsError(str(error), status=error.status) from error
        return self._grant(app, {"access_token": read.required(answer, "access_token")})

    def _grant(self, app, secrets):
        """What an access token opens; tokens of this API do not expire."""
        token = secrets["access_token"]
        client = self._authorized(app, token)
        account = api.own_account(client)
        actor = actor_of(account, Facts("", f"@{api.domain_of(client)}"))
        ours = Account(
            external_id=actor.external_id,
            handle=actor.handle,
            name=actor.name or actor.handle,
            profile_url=actor.profile_url,
            avatar_url=actor.avatar_url,
            secrets={"access_token": token},
        )
        return Grant(secrets={}, accounts=(ours,))

    def _check_health(self, channel):
        return health_of(self, channel)

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    def _unsubscribe(self, channel):
        token, app = self._secret(channel, "access_token"), channel.app_id
        client_secret = self._secret(app, "client_secret")
        client = self._client(channel, secrets=(token, client_secret))
        form = {
            "client_id": self._secret(app, "client_id"),
            "client_secret": client_secret,
            "token": token,
        }
        try:
            client.post("/oauth/revoke", data=form)
        except (PermanentError, CredentialsError):
            return  # the token is unknown there already, or the server has no such call

    # === IN === #

    def _fetch(self, channel, cursor):
        """Notifications first, then what we said elsewhere, then what may have changed."""
        cursor, now = dict(cursor), int(time.time())
        reader = Reader(self._open(channel), cursor, now)
        found = reader.notifications() or reader.own_posts() or reader.look_again()
        cursor["watched"] = watch.forget_old(
            reader.watched, now, days=const.WATCH_DAYS, most=const.WATCHED
        )
        return found, cursor

    def _is_thin(self, channel, payload):
        status = items.answering_status(payload)
        return bool(status) and "thread" not in payload

    def _hydrate(self, channel, payload):
        """Name what a reply answers: the API gives an id only, our key is the uri."""
        status = items.answering_status(payload)
        if not status:
            return payload
        return {**payload, "thread": api.read_thread(self._open(channel), status)}

    def _parse(self, channel, payload):
        return parse(payload, self._facts(channel))

    # === OUT === #

    def _send(self, channel, message):
        client = self._open(channel)
        message, parent = self._addressed(channel, client, message)
        form = self._form(channel, message)
        if parent:
            form["in_reply_to_id"] = read.required(parent, "id")
        return self._post(channel, client, message, form)

    def _publish(self, channel, message):
        return self._post(channel, self._open(channel), message, self._form(channel, message))

    def _update_remote(self, channel, message):
        client, target = self._open(channel), message.target
        now = read.expect_object(api.call_status(client, "GET", target).json(), "the status")
        # What an edit does not repeat, the server takes away.
        form = {
            "status": self._render(channel, message),
            "spoiler_text": message.title or read.text(now, "spoiler_text"),
            "sensitive": read.flag(now, "sensitive"),
            "language": message.language or read.text(now, "language") or None,
            "media_ids": [
                read.text(item, "id") for item in read.objects(now, "media_attachments")
            ],
        }
        form["media_ids"] += self._upload(channel, client, message)
        form = {name: value for name, value in form.items() if value not in (None, [], "")}
        answer = api.call_status(client, "PUT", target, json=form)
        return self._receipt(read.expect_object(answer.json(), "the status"))

    def _delete_remote(self, channel, target):
        try:
            api.call_status(self._open(channel), "DELETE", target)
        except PermanentError as error:
            if error.status not in api.GONE:
                raise

    def _react(self, channel, target, reaction, remove=False):
        if reaction not in const.REACTIONS:
            raise NotSupported(self.env._("Here one can favourite or share, nothing else."))
        api.call_status(
            self._open(channel), "POST", target, f"/{const.REACTIONS[reaction][int(remove)]}"
        )

    def _mark_read(self, channel, target):
        """Direct conversations only: other places have no reading mark."""
        client = self._open(channel)
        conversations = client.get("/api/v1/conversations", params={"limit": const.PAGE})
        for conversation in poll.rows_of(conversations):
            last = read.nested(conversation, "last_status")
            if read.text(last, "uri") == target.external_id:
                client.post(f"/api/v1/conversations/{read.required(conversation, 'id')}/read")

    def _find_sent(self, channel, message):
        client = self._open(channel)
        try:
            message, _parent = self._addressed(channel, client, message)
        except PermanentError as error:
            if error.status not in api.GONE:
                raise
        text = self._render(channel, message)
        found = api.sent_like(client, api.own_account(client), message, text)
        return self._receipt(found) if found else None

    def _addressed(self, channel, client, message):
        """The message with everybody it is meant for, and what it answers, as the server has it.

        Looked up even if its id is known: a server would take an unknown one for none, and an
        answer would stand alone. To a group goes what names all of it.

        :rtype: tuple[OutMessage, dict]
        """
        if not message.parent:
            return message, {}
        answer = api.call_status(client, "GET", message.parent)
        parent = read.expect_object(answer.json(), "the status")
        if message.conversation_kind == "group":
            message = replace(message, mentions=(*message.mentions, *self._named(channel, parent)))
        return message, parent

    def _named(self, channel, status):
        """Who wrote a status, and whom it names.

        :rtype: tuple[Actor]
        """
        facts = self._facts(channel)
        return (actor_of(read.nested(status, "account"), facts), *mentions_of(status, facts))

    def _form(self, channel, message):
        form = {
            "status": self._render(channel, message),
            "visibility": api.visibility_of(message),
        }
        if message.title:
            form["spoiler_text"] = message.title
        if message.language:
            form["language"] = message.language
        return form

    def _post(self, channel, client, message, form):
        media_ids = self._upload(channel, client, message)
        if media_ids:
            form["media_ids"] = media_ids
        headers = {"Idempotency-Key": message.idempotency_key} if message.idempotency_key else {}
        answer = client.post("/api/v1/statuses", json=form, headers=headers)
        return self._receipt(read.expect_object(answer.json(), "the status"))

    def _upload(self, channel, client, message):
        return [
            api.upload(client, media, (channel.id, message.idempotency_key, number, media.name))
            for number, media in enumerate(message.media)
        ]

    def _receipt(self, status):
        target = status_target(status)
        return Receipt(
            external_id=target.external_id,
            permalink=read.url(status, "url") or target.external_id,
            occurred_at=read.time(status, "created_at"),
            remote_key=target.external_id,
            ref=target.ref,
        )

    # === ALLOWED NOW, TEXT, FIGURES === #

    def _reply_options(self, channel, conversation):
        if conversation.identity_id.state in ("deleted", "suspended"):
            return ReplyOptions(
                False,
                modes=frozenset(),
                reason=self.env._("This account no longer exists on the network."),
            )
        options = super()._reply_options(channel, conversation)
        if conversation.kind in ("direct", "group"):
            reason = self.env._(
                "Direct posts are not encrypted: the servers of everybody named can read them."
            )
            options = replace(options, reason=options.reason or reason)
        return options

    def _private_reply_until(self, channel, conversation):
        return True  # a post for the people it names, whenever, and as often as one likes

    def _media_limits(self, channel):
        return MediaLimits(
            count=const.MAX_MEDIA, size=const.MAX_IMAGE, types=const.MEDIA_TYPES, alt=True
        )

    _counts_characters = False  # addresses and names count differently

    def _measure(self, channel, text):
        limit, per_url = api.text_limits(
            self._client(channel, connect_timeout=3, read_timeout=5)
        )
        return Measure(length(text, per_url), limit, "characters")

    def _render(self, channel, message):
        """Whoever is not named in the text is not told of it, so the people meant are named."""
        own = (channel.handle or "").lower()
        people = [*([message.recipient] if message.recipient else []), *message.mentions]
        handles = [actor.handle for actor in people if actor.handle and actor.handle.lower() != own]
        return with_mentions(message.text, handles)

    def _fetch_metrics(self, channel):
        return figures_of(self._open(channel))

    # === HELPERS === #

    def _facts(self, channel):
        return Facts(channel.external_id or "", (channel.handle or "").lstrip("@"))

    def _open(self, channel):
        token = self._secret(channel, "access_token")
        if not token:
            raise CredentialsError(self.env._("This channel is not connected."))
        return self._authorized(channel, token)

    def _authorized(self, owner, token):
        headers = {"Authorization": f"Bearer {token}"}
        return self._client(owner, secrets=(token,), headers=headers)

    def _has_pkce(self, client):
        methods = api.metadata(client).get("code_challenge_methods_supported")
        return isinstance(methods, list) and "S256" in methods


def _verifier(state):
    """PKCE's secret (RFC 7636), from the flow's state and our key: nothing needs to be kept."""
    key = keyring.current().derive("pkce")
    return _base64url(hmac.new(key, state.encode(), hashlib.sha256).digest())


def _challenge(verifier):
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
