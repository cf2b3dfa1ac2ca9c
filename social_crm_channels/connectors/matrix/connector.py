# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    PermanentError,
)

from ...tools import payload as read
from ...tools.contract import Account, Grant, Measure, MediaLimits, Metric, ReplyOptions
from . import const, invite, rooms, service, sync
from .api import Api, RefusedError, utcnow
from .out import Sender
from .parse import Facts, parse
from .setup import health_of, steps_of


class SocialCrmConnectorMatrix(models.AbstractModel):
    """An account on a Matrix homeserver: direct rooms and rooms of many.

    News come by one of two ways: we read them with an access token (``/sync``, never waiting), or
    the homeserver calls us, as an application service. Either stores the same items under the same
    keys.

    What the network has and this connector leaves out, with the reason:

    - Reading and writing in encrypted rooms: the keys would have to lie with us, and their loss
      would be the customer's. Such messages are shown as encrypted, and nothing is sent there.
    - Posts: Matrix has none. What is announced in a room is said in its conversation.
    - Delivery receipts: there are none; what the homeserver took is sent, then read.
    - A redacted edit (the edit alone, not its message): what is left of it does not tell whose
      wording it was, so the wording stays until the message itself is redacted.
    - Our own likes taken back in another program: what is left of a redacted like names neither its
      sign nor its target.
    - Several accounts or bridged people in one application service: one channel is one account.
    - Logging in by OAuth 2.0 (``/v1/auth_metadata``): not every homeserver has it; a token made
      there is taken as it is. Refreshing tokens belongs to it and is left out too.
    - Votes in polls, calls, typing, presence, spaces, widgets, key verification: nothing that is
      answered as a message. Polls and places are read as words.
    - Kicking, knocking, power levels, room settings, retention: the room's own matters, done in a
      Matrix program. Redacting, banning and reporting are in ``moderation.py``.
    - Hiding and marking as spam: there is no such call.
    - ``native_idempotency``: transaction ids do prevent doubles, but belong to one device and are
      forgotten after a day, so what may have been sent is looked for first.
    """

    _name = "social.crm.connector.matrix"
    _inherit = ["social.crm.connector"]
    _description = "Matrix Connector"

    _counts_characters = False  # bytes count
    _sends_notices = True
    _marks_read_in = frozenset({"direct", "group"})

    def _capabilities(self, channel):
        able = {
            "receive_push",
            "receive_poll",
            "send_direct",
            "send_public",
            "edit",
            "delete",
            "react",
            "mark_read",
            "metrics",
            "media",
        }
        if channel and self._is_service(channel):
            able.discard("receive_poll")  # what we did not take, the homeserver repeats
        return frozenset(able)

    # === SET-UP === #

    def _needs_server(self):
        return True

    def _credential_fields(self, app):
        return [
            (
                "access_token",
                self.env._("Access token"),
                self.env._(
                    "Of a login made for this only. In Element: Settings, Help & About, Advanced. "
                    "Or leave it empty and give name and password."
                ),
                False,
            ),
            (
                "login",
                self.env._("User name"),
                self.env._("For example shop, or @shop:server.example."),
                False,
            ),
            (
                "password",
                self.env._("Password"),
                self.env._("Used once, to log in as a device of its own; it is not kept."),
                False,
            ),
        ]

    def _grant(self, app, secrets):
        token = (secrets.get("access_token") or "").strip()
        if not token:
            token = self._log_in(app, secrets.get("login", "").strip(), secrets.get("password", ""))
        api = self._api_with(app, token)
        user = self._who(api)
        profile = api.look("profile", user)
        ours = Account(
            external_id=user,
            handle=user[1:],
            name=read.text(profile, "displayname") or user,
            profile_url=f"https://matrix.to/#/{user}",
            secrets={"access_token": token},
        )
        return Grant(secrets={}, accounts=(ours,))

    def _log_in(self, app, login, password):
        if not (login and password):
            raise CredentialsError(
                self.env._("Give an access token, or a user name with its password.")
            )
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": login},
            "password": password,
            "initial_device_display_name": const.DEVICE_NAME,
        }
        try:
            answer = Api(self._client(app, secrets=(password,))).post("login", body=body)
        except RefusedError as error:
            if error.code == "M_FORBIDDEN":
                words = self.env._("The homeserver knows no such user, or not with this password.")
            else:
                words = self.env._(
                    "This homeserver does not let programs log in with a password: give an access "
                    "token. (%(reason)s)",
                    reason=str(error),
                )
            raise CredentialsError(words, status=error.status) from error
        return read.required(answer, "access_token")

    def _check_health(self, channel):
        return health_of(self, channel)

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    def _unsubscribe(self, channel):
        """Log our device out; an application service ends in the homeserver's settings."""
        if not self._is_service(channel):
            try:
                self._api(channel).post("logout")
            except CredentialsError:
                return  # logged out already

    # === IN === #

    def _webhook_verify(self, app, headers, body):
        service.verify(self._secret(app, "hs_token"), headers)

    def _webhook_split(self, app, headers, body):
        account = next(iter(app._webhook_routes()[1]), "")
        return service.split(self._load_json(body), account)

    def _fetch(self, channel, cursor):
        """What is new; nothing where the homeserver calls us."""
        if self._is_service(channel):
            return [], dict(cursor)
        return sync.next_page(self._api(channel), channel.external_id or "", dict(cursor))

    def _is_thin(self, channel, payload):
        if not isinstance(payload, dict):
            return False
        return any(
            isinstance(payload.get(sort), dict) and lack not in payload
            for sort, lack in (("event", "room"), ("receipt", "of"), ("invite", "joined"))
        )

    def _hydrate(self, channel, payload):
        """What an event leaves out: the room, who is called how, whose words are changed."""
        api, own_id = self._api(channel), channel.external_id or ""
        if "invite" in payload:
            return invite.decide(api, own_id, payload, self._invite_policy(channel))
        if "receipt" in payload:
            return self._hydrate_receipt(api, own_id, payload)
        event = payload["event"]
        room, sender = read.required(event, "room_id"), read.required(event, "sender")
        kind, content = read.text(event, "type"), read.nested(event, "content")
        whole = dict(payload)
        if kind == const.MEMBER:
            rooms.forget(room)
            if self._is_service(channel):
                # Events of before we came are not sent to a service, and customers speak at once.
                found = invite.said_meanwhile(api, own_id, event)
                whole["before"] = [self._hydrate(channel, item) for item in found]
        whole["room"] = rooms.facts_of(api, own_id, room, sender)
        relation = content.get("m.relates_to")
        if isinstance(relation, dict) and relation.get("rel_type") == "m.replace":
            original = api.event(room, read.required(relation, "event_id"))
            whole["original"] = {"sender": original.get("sender")}
        if kind == const.REDACTION:
            gone = read.text(event, "redacts") or read.text(content, "redacts")
            redacted = api.event(room, gone) if gone else {}
            whole["redacted"] = {name: redacted.get(name) for name in ("type", "sender")}
        return whole

    def _hydrate_receipt(self, api, own_id, payload):
        receipt = payload["receipt"]
        room = read.required(receipt, "room_id")
        of = api.event(room, read.required(receipt, "event_id"))
        said = {"sender": of.get("sender"), "at": of.get("origin_server_ts")} if of else {}
        return {**payload, "of": said, "room": rooms.facts_of(api, own_id, room)}

    def _parse(self, channel, payload):
        return parse(payload, Facts(channel.external_id or ""))

    def _fetch_media(self, channel, media_id):
        return self._api(channel).download(media_id)

    # === OUT === #

    def _send(self, channel, message):
        return self._sender(channel).send(message, self._render(channel, message))

    def _update_remote(self, channel, message):
        return self._sender(channel).edit(message, self._render(channel, message))

    def _delete_remote(self, channel, target):
        self._sender(channel).delete(target)

    def _react(self, channel, target, reaction, remove=False):
        self._sender(channel).react(target, const.REACTIONS.get(reaction, reaction), remove)

    def _mark_read(self, channel, target):
        self._sender(channel).mark_read(target)

    def _find_sent(self, channel, message):
        return self._sender(channel).find(message)

    def _sender(self, channel):
        return Sender(self.env, self._api(channel), channel.external_id or "")

    # === ALLOWED NOW, TEXT, FIGURES === #

    def _reply_options(self, channel, conversation):
        options = super()._reply_options(channel, conversation)
        if options.can_reply and (reason := self._closed(conversation)):
            return ReplyOptions(False, modes=frozenset(), reason=reason)
        return options

    def _closed(self, conversation):
        """Why nothing can be said there, in words; "" if it can."""
        last = self.env["social.crm.interaction"].search(
            [
                ("conversation_id", "in", conversation.ids),
                "|",
                ("family", "=", const.MEMBERSHIP),
                "&",
                ("direction", "=", "in"),
                ("kind", "=", "message"),
            ],
            order="date desc, id desc",
            limit=10,
        )
        said = last.filtered(lambda item: item.family != const.MEMBERSHIP)[:1]
        if said.state == "encrypted":
            return self.env._(
                "This room is encrypted: it can be read and answered in a Matrix program only. Ask "
                "them for a room without encryption."
            )
        if last[:1].family == const.MEMBERSHIP and last[:1].remote_ref in const.GONE:
            if conversation.kind == "direct":
                return self.env._("This room has ended. Use another way, or wait for a new one.")
            return self.env._("We are no longer in this room. Ask for a new invitation.")
        return ""

    def _media_limits(self, channel):
        return MediaLimits(count=1, size=const.MAX_UPLOAD)

    def _measure(self, channel, text):
        return Measure(len(text.encode()), const.MAX_TEXT, self.env._("bytes"))

    def _fetch_metrics(self, channel):
        """How many are in our rooms. A room that cannot be counted makes the sum unknown."""
        api, now = self._api(channel), utcnow()
        listed = self._rooms(api)
        figures, people, complete = [Metric(None, "rooms", len(listed), now)], set(), True
        for room in listed:
            try:
                members = rooms.joined(api, room)
            except PermanentError:
                members = None  # larger than we read
            if members is None:
                complete = False
                continue
            people |= members.keys() - {channel.external_id}
            if len(members) > 2:
                figures.append(Metric(None, f"members:{room}", len(members), now))
        if complete:
            figures.append(Metric(None, "members", len(people), now))
        return figures

    # === HELPERS === #

    def _is_service(self, owner):
        return bool(self._secret(owner, "as_token"))

    def _invite_policy(self, channel):
        """:rtype: Policy"""
        servers = (channel.matrix_servers or "").replace(",", " ").lower().split()
        return invite.Policy(channel.matrix_invites, frozenset(servers))

    def _rooms(self, api):
        """The rooms we are in.

        :rtype: list[str]
        """
        listed = api.get("joined_rooms").get("joined_rooms")
        if not isinstance(listed, list):
            raise MalformedPayload("the rooms are no list")
        return [room for room in listed if isinstance(room, str)]

    def _who(self, api):
        """Whose token it is.

        :rtype: str
        """
        return read.required(api.get("account", "whoami"), "user_id")

    def _api(self, channel):
        token = self._secret(channel, "as_token") or self._secret(channel, "access_token")
        if not token:
            raise CredentialsError(self.env._("This channel is not connected."))
        return self._api_with(channel, token)

    def _api_with(self, owner, token):
        headers = {"Authorization": f"Bearer {token}"}
        return Api(self._client(owner, secrets=(token,), headers=headers))
