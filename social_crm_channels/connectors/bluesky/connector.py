# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import time
from datetime import timedelta

from odoo import fields, models

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    NotSupported,
    PermanentError,
)
from odoo.addons.social_crm_base.tools.activity import Target
from odoo.addons.social_crm_base.tools.http import HttpClient

from ...tools import payload as read
from ...tools import watch
from ...tools.contract import Account, Grant, MediaLimits, Metric, Receipt
from . import const, session
from .api import Api, check_active, own, resolve
from .image import prepared
from .parse import Facts, counters, parse
from .reading import Reader
from .record import author, permalink, record_key, split, stamp, utcnow
from .setup import health_of, steps_of
from .text import facets_of, measure, named, with_mentions


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("bluesky", "AT Protocol (Bluesky)")], ondelete={"bluesky": "set default"}
    )


class SocialCrmConnectorBluesky(models.AbstractModel):
    """An account of the AT Protocol, on Bluesky's own servers or any other (PDS), polled.

    What the network has and this connector leaves out, with the reason:

    - Direct messages (``chat.bsky``): a service of one company beside the open network, which no
      other server has; so there is none to try a connector against, and none is promised.
    - OAuth: Bluesky's documentation advises programs without a browser to use app passwords, which
      give no access to the account's settings and can be revoked one by one.
    - Jetstream and the firehose: a connection held open, which a worker must not; they can be
      filtered by who writes but not by who is meant.
    - Edits: a post is shown as it was first written, whatever its record says later.
    - Likes, reposts and follows taken back are not told; the figures of posts follow. Deletions
      are not told either: what came in or went out in the last ``const.WATCH_DAYS`` days (the
      newest ``const.WATCHED``) is looked at again.
    - Answers more than five levels below us, about which the network tells nobody.
    - Posts of accounts one subscribed to, verifications and starter packs: not said to us. What
      strangers say to each other is read only where it is the first post above something said to
      us.
    - Our own reposts, when read: nothing we said. Reposting and liking by us is there.
    - Films of ours: another service takes them, by its own leave and in its own time. Galleries,
      link cards (they need a stranger's page to be fetched), quotes and labels of ours are not
      made: an address in the text does for them.
    - Who may answer or quote a post of ours, and taking a quote of it apart (thread and post
      gates): decided with the post, in the app.
    - Muting, lists, feeds, labellers, bookmarks, drafts, pinned posts and the profile: the
      account's own settings, done in the app. Hiding an answer, blocking and reporting are in
      ``moderation.py``.
    - ``native_idempotency``: a post's name is made of our key, so a second attempt makes no second
      post but is answered with an error; what may have been sent is looked for first.
    """

    _name = "social.crm.connector.bluesky"
    _inherit = ["social.crm.connector"]
    _description = "Bluesky Connector"

    _counts_characters = False  # graphemes and bytes
    _marks_read_in = frozenset({"mention", "thread"})  # in the account's own notifications

    def _capabilities(self, channel):
        return frozenset(
            {
                "receive_poll",
                "send_public",
                "publish",
                "delete",
                "react",
                "mark_read",
                "metrics",
                "media",
            }
        )

    # === SET-UP === #

    def _credential_fields(self, app):
        return [
            (
                "identifier",
                self.env._("Handle"),
                self.env._("For example shop.bsky.social, or your own domain"),
                True,
            ),
            (
                "password",
                self.env._("App password"),
                self.env._(
                    "Made in Bluesky under Settings, Privacy and Security, App Passwords. Not the "
                    "password you log in with."
                ),
                True,
            ),
            (
                "server_url",
                self.env._("Server"),
                self.env._(
                    "Empty: found by the handle. Only for a server that is not known to the "
                    "public directory, for example https://pds.example"
                ),
                False,
            ),
        ]

    def _grant(self, app, secrets):
        opened = session.login(
            self.env,
            secrets.get("identifier", ""),
            secrets.get("password", ""),
            secrets.get("server_url", ""),
        )
        api = Api(self._http(opened.server, opened.access))
        try:
            profile = api.ask("app.bsky.actor.getProfile", actor=opened.did)
        except PermanentError:
            profile = {}  # an account so new that readers' servers have not heard of it
        ours = Account(
            external_id=opened.did,
            handle=opened.handle,
            name=read.text(profile, "displayName").strip() or opened.handle,
            profile_url=f"{const.WEBSITE}/profile/{opened.did}",
            avatar_url=read.url(profile, "avatar"),
        )
        return Grant(secrets=opened.secrets(), accounts=(ours,), expires_at=opened.ends)

    def _refresh_token(self, channel):
        """A new session from the refresh token, which is good once; should it be over, as after a
        long pause, from the app password.
        """
        server, refresh = self._server(channel), self._secret(channel, "refresh_token")
        try:
            if not refresh:
                raise CredentialsError(self.env._("This channel is not connected."))
            answer = Api(self._http(server, refresh)).do("com.atproto.server.refreshSession")
            check_active(answer)
            opened = session.opened(answer, server, self._secret(channel.app_id, "server_url"))
        except CredentialsError:
            password = self._secret(channel, "password")
            if not password:
                raise
            # by the DID, which stays when the handle changes
            who = channel.external_id or self._secret(channel, "identifier")
            typed = self._secret(channel.app_id, "server_url")
            opened = session.login(self.env, who, password, typed)
        return Grant(secrets=opened.secrets(), expires_at=opened.ends)

    def _check_health(self, channel):
        return health_of(self, channel)

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    def _unsubscribe(self, channel):
        """End our session there; the app password itself is revoked in the app only."""
        refresh = self._secret(channel, "refresh_token")
        try:
            Api(self._http(self._server(channel), refresh)).do("com.atproto.server.deleteSession")
        except (PermanentError, CredentialsError):
            return  # it is over there already

    # === IN === #

    def _fetch(self, channel, cursor):
        """Notifications first, then what we said elsewhere, then what may have changed."""
        cursor, now = dict(cursor), int(time.time())
        reader = Reader(self._api(channel), channel.external_id or "", cursor, now)
        found = reader.notifications() or reader.own_posts() or reader.look_again()
        cursor["watched"] = watch.forget_old(
            reader.watched, now, days=const.WATCH_DAYS, most=const.WATCHED
        )
        return found, cursor

    def _parse(self, channel, payload):
        return parse(payload, Facts(channel.external_id or ""))

    # === OUT === #

    def _send(self, channel, message):
        if message.conversation_kind in ("direct", "group"):
            raise self._unsupported()
        api = self._api(channel)
        reply = self._answered(api, message.parent) if message.parent else None
        return self._create(channel, api, message, self._render(channel, message), reply)

    def _publish(self, channel, message):
        text = "\n\n".join(filter(None, (message.title, self._render(channel, message))))
        return self._create(channel, self._api(channel), message, text)

    def _delete_remote(self, channel, target):
        self._check_own(channel, target)
        self._api(channel).delete(target.external_id)

    def _react(self, channel, target, reaction, remove=False):
        collection = const.REACTIONS.get(reaction)
        if not collection:
            raise NotSupported(self.env._("Here one can like or share, nothing else."))
        api = self._api(channel)
        if remove:
            # where our record is, the network tells: it may have been made in the app
            post = api.posts([target.external_id]).get(target.external_id, {})
            made = read.text(read.nested(post, "viewer"), const.VIEWER[collection])
            if made:
                api.delete(made)
            return
        post = api.post(target.external_id)
        if read.text(read.nested(post, "viewer"), const.VIEWER[collection]):
            return
        record = {"$type": collection, "subject": _reference(post), "createdAt": stamp()}
        key = record_key(channel.external_id, collection, target.external_id)
        self._put(channel, api, collection, key, record)

    def _mark_read(self, channel, target):
        """What stands up to there in the app's list of notifications counts as seen."""
        api, method = self._api(channel), "app.bsky.notification.listNotifications"
        at = read.time(api.post(target.external_id), "indexedAt")
        before = read.time(api.ask(method, limit=1), "seenAt")
        if at and (not before or at > before):  # never back: the app would show all as new
            seen = (at + timedelta(seconds=1)).isoformat(timespec="milliseconds") + "Z"
            api.do("app.bsky.notification.updateSeen", {"seenAt": seen})

    def _find_sent(self, channel, message):
        found = self._api(channel).record(self._address(channel, message))
        return self._receipt(found, read.nested(found, "value")) if found else None

    def _create(self, channel, api, message, text, reply=None):
        """Make a post, under a name that is the same at every attempt.

        :rtype: Receipt
        """
        record = {
            "$type": const.POST,
            "text": text,
            "facets": facets_of(text, self._dids(api, message, text)),
            "reply": reply,
            "embed": self._embed(api, message),
            "langs": [message.language] if message.language else None,
            "createdAt": stamp(),
        }
        record = {name: value for name, value in record.items() if value or name == "text"}
        did, _collection, key = split(self._address(channel, message))
        body = {"repo": did, "collection": const.POST, "rkey": key, "record": record}
        made = api.do("com.atproto.repo.createRecord", body)
        return self._receipt(made, record)

    def _answered(self, api, parent):
        """The post that is answered and the one that its thread hangs on.

        :rtype: dict
        """
        post = api.post(parent.external_id)
        if read.flag(read.nested(post, "viewer"), "replyDisabled"):
            raise PermanentError(self.env._("Its author has limited who may answer this post."))
        reply = read.nested(read.nested(post, "record"), "reply")
        return {"root": reply.get("root") or _reference(post), "parent": _reference(post)}

    def _dids(self, api, message, text):
        """Whom the names in the text lead to; a name that leads to nobody stays a word.

        :rtype: dict
        """
        people = [*([message.recipient] if message.recipient else []), *message.mentions]
        found = {
            actor.handle.lower().lstrip("@"): actor.external_id
            for actor in people
            if actor.handle and actor.external_id.startswith("did:")
        }
        unknown = [handle for handle in dict.fromkeys(named(text)) if handle not in found]
        for handle in unknown[: const.MAX_RESOLVED]:
            try:
                found[handle] = resolve(handle, api)
            except PermanentError:
                continue
        return found

    def _embed(self, api, message):
        pictures = []
        for media in message.media:
            content, mimetype, width, height = prepared(media)
            headers = {"Content-Type": mimetype}
            made = api.do("com.atproto.repo.uploadBlob", data=content, headers=headers)
            pictures.append(
                {
                    "image": read.nested(made, "blob"),
                    "alt": media.alt,
                    "aspectRatio": {"width": width, "height": height},
                }
            )
        return {"$type": "app.bsky.embed.images", "images": pictures} if pictures else None

    def _put(self, channel, api, collection, key, record, swap=""):
        """Make a record, or change the one of that name.

        :param str swap: the version it must still have
        """
        body = {
            "repo": channel.external_id,
            "collection": collection,
            "rkey": key,
            "record": record,
            "swapRecord": swap or None,
        }
        api.do("com.atproto.repo.putRecord", body)

    def _address(self, channel, message):
        """Where a message of ours will be.

        :rtype: str
        """
        did = channel.external_id or ""
        return f"at://{did}/{const.POST}/{record_key(did, message.idempotency_key)}"

    def _check_own(self, channel, target):
        """:raise PermanentError: where a record is not ours to change"""
        if not own(target.external_id, channel.external_id):
            raise PermanentError(self.env._("This was not said by our own account."))

    def _receipt(self, made, record):
        uri = read.required(made, "uri")
        return Receipt(
            external_id=uri,
            permalink=permalink(uri),
            occurred_at=read.time(record, "createdAt"),
            remote_key=uri,
        )

    # === ALLOWED NOW, TEXT, FIGURES === #

    def _media_limits(self, channel):
        return MediaLimits(
            count=const.MAX_IMAGES, size=const.MAX_FILE_BYTES, types=const.IMAGE_TYPES, alt=True
        )

    def _measure(self, channel, text):
        return measure(text, self.env._("characters"), self.env._("bytes"))

    def _render(self, channel, message):
        """Name whom the text has to name; who wrote what we answer is told anyway."""
        answered = author(message.parent.external_id) if message.parent else ""
        told = {answered, channel.external_id}
        people = [actor for actor in message.mentions if actor.external_id not in told]
        return with_mentions(message.text, [actor.handle for actor in people])

    def _fetch_metrics(self, channel):
        api, now = self._api(channel), utcnow()
        profile = api.ask("app.bsky.actor.getProfile", actor=channel.external_id)
        figures = [
            Metric(None, name, value, now)
            for key, name in const.ACCOUNT_COUNTERS.items()
            if (value := read.count(profile, key)) is not None
        ]
        ours = self.env["social.crm.interaction"].search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "out"),
                ("kind", "in", ("post", "reply")),
                ("external_id", "=like", f"at://{channel.external_id}/%"),
                ("date", ">=", now - timedelta(days=const.FIGURE_DAYS)),
            ],
            order="date desc, id desc",
            limit=const.FIGURE_POSTS,
        )
        for uri, post in api.posts(ours.mapped("external_id")).items():
            figures += [Metric(Target(uri), key, n, now) for key, n in counters(post).items()]
        return figures

    # === HELPERS === #

    def _api(self, channel):
        """The account's server; a token that is over meanwhile is renewed once."""
        token = self._secret(channel, "access_token")
        if not token:
            raise CredentialsError(self.env._("This channel is not connected."))

        def renew():
            channel._refresh_credentials(rejected=token)
            return self._http(self._server(channel), self._secret(channel, "access_token"))

        return Api(self._http(self._server(channel), token), renew)

    def _server(self, channel):
        return self._secret(channel, "server_url") or channel.app_id.base_url or const.ENTRYWAY

    def _http(self, server, token):
        headers = {"Authorization": f"Bearer {token}"}
        return HttpClient(server, secrets=(token,), headers=headers)


def _reference(post):
    """What names a post and its very version (com.atproto.repo.strongRef)."""
    return {"uri": read.required(post, "uri"), "cid": read.required(post, "cid")}


