# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import hashlib
import hmac
import time
from datetime import timedelta

from odoo import fields, models

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    NotSupported,
    PermanentError,
    SignatureError,
)
from odoo.addons.social_crm_base.tools.activity import Target

from ...tools import payload as read
from ...tools.contract import Account, Grant, Measure, MediaLimits, Metric, Receipt
from . import const, items
from .api import GONE, Api, utcnow
from .parse import Facts, parse, target_of
from .reader import Reader
from .setup import health_of, steps_of
from .text import comparable, raw


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("discourse", "Discourse API")], ondelete={"discourse": "set default"}
    )


class SocialCrmConnectorDiscourse(models.AbstractModel):
    """A forum of ours made with Discourse: its public topics, and private messages with us.

    All that is said in public there comes in, so it is for forums we keep ourselves.

    What Discourse has and this connector leaves out, with the reason:

    - Taking a like back, and lifting a suspension: Discourse's OpenAPI has no call for either.
      Suspending without a way back is left to the forum as well.
    - Likes taken back, and likes while no webhook is set up: nobody is told of them; the counts of
      a post follow at its next edit and in the daily figures.
    - Approving what waits for review (``reviewables``), hiding: no call in the OpenAPI either.
      What moderators hide or delete there is seen here.
    - Posts moved to another topic: they have another name there, so they come in once more.
    - Accounts (``user_created`` and the like): people who said nothing to us are not stored.
    - Notices, whispers and robots of the forum's own; chat, polls, badges, groups and categories.
    - Files: they are shown in the forum, behind its own rights; ours are uploaded there.
    - User API keys (``/user-api-key``): a person's consent for a program of their own; a forum of
      ours gives the account a key, which an administrator sees and revokes.
    - Reading marks: topics are read by time in view, which a program cannot have.
    - What is older than ``const.FIRST_DAYS`` days when the forum is connected. Edits and deletions
      that no webhook told are found for the newest ``const.WATCHED`` posts only.
    - ``native_idempotency``: a topic's ``external_id`` is unique, but answers have none.
    """

    _name = "social.crm.connector.discourse"
    _inherit = ["social.crm.connector"]
    _description = "Discourse Connector"

    _sends_notices = True
    _is_host = True

    def _capabilities(self, channel):
        return frozenset(
            {
                "receive_push",
                "receive_poll",
                "send_direct",
                "send_public",
                "publish",
                "edit",
                "delete",
                "react",
                "metrics",
            }
        )

    # === SET-UP === #

    def _needs_server(self):
        return True

    def _credential_fields(self, app):
        return [
            (
                "username",
                self.env._("User name"),
                self.env._("Of the forum's account in whose name you answer."),
                True,
            ),
            (
                "api_key",
                self.env._("API key"),
                self.env._(
                    "Made at %(address)s by an administrator of the forum: New API Key, User "
                    "Level: Single User, that account, Scope: Global. It is shown once.",
                    address=f"{app.base_url or ''}/admin/api/keys",
                ),
                True,
            ),
            (
                "webhook_secret",
                self.env._("Webhook secret"),
                self.env._(
                    "Make one up, %(count)s characters at least, and type it as Secret at "
                    "%(address)s, Payload URL %(url)s. Without it the forum is only asked.",
                    count=const.MIN_SECRET,
                    address=f"{app.base_url or ''}/admin/api/web_hooks/new",
                    url=app.webhook_url or "",
                ),
                False,
            ),
        ]

    def _grant(self, app, secrets):
        username = secrets["username"].strip().lstrip("@")
        secret = secrets.get("webhook_secret", "").strip()
        if secret and len(secret) < const.MIN_SECRET:
            raise CredentialsError(
                self.env._(
                    "The webhook secret needs %(count)s characters at least.",
                    count=const.MIN_SECRET,
                )
            )
        site = (app.base_url or "").rstrip("/")
        user = Api(site, secrets["api_key"].strip(), username).user()
        handle = read.required(user, "username")
        facts = Facts(site, handle)
        ours = Account(
            external_id=site,
            scope=facts.host,
            handle=handle,
            name=f"{read.text(user, 'name') or handle} · {facts.host}",
            profile_url=f"{site}/u/{handle}",
        )
        return Grant(secrets={}, accounts=(ours,))

    def _check_health(self, channel):
        return health_of(self, channel)

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    # === IN === #

    def _webhook_verify(self, app, headers, body):
        secret = self._secret(app, "webhook_secret").strip()
        given = headers.get(const.SIGNATURE, "")
        if not secret:
            raise SignatureError("no webhook secret is stored")
        wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(
            given.encode("utf-8", "replace"), (const.SIGNATURE_PREFIX + wanted).encode()
        ):
            raise SignatureError("the signature is missing or wrong")

    def _webhook_split(self, app, headers, body):
        data = read.expect_object(self._load_json(body))
        kind, event = headers.get(const.EVENT_TYPE, ""), headers.get(const.EVENT, "")
        account = (app.base_url or "").rstrip("/")
        return [(account, *item) for item in items.webhook_items(event, kind, data)]

    def _fetch(self, channel, cursor):
        reader = Reader(self._api(channel), cursor, int(time.time()))
        return reader.next_items(), reader.cursor

    def _is_thin(self, channel, payload):
        """Of a private message a webhook does not tell who else reads it."""
        post = payload.get("post") if isinstance(payload, dict) else None
        private = isinstance(post, dict) and post.get("topic_archetype") == const.PRIVATE
        return private and payload.get("type") == "post" and "people" not in payload

    def _hydrate(self, channel, payload):
        number = read.required(read.nested(payload, "post"), "topic_id")
        try:
            people = items.people_of(self._api(channel).topic(number))
        except PermanentError as error:
            if error.status not in (*GONE, 403):
                raise
            people = {"people": [], "groups": True}  # no longer ours to see: not between two
        return {**payload, **people}

    def _parse(self, channel, payload):
        return parse(payload, self._facts(channel))

    # === OUT === #

    def _send(self, channel, message):
        place = self._place(message)
        try:
            made = self._api(channel).post("/posts.json", raw=raw(message.text), **place)
        except PermanentError as error:
            # "too similar to what you recently posted": perhaps it is this very message
            if error.status != 422 or not (found := self._find_sent(channel, message)):
                raise
            return found
        return self._receipt(channel, made)

    def _publish(self, channel, message):
        made = self._api(channel).post(
            "/posts.json", raw=raw(message.text), title=self._title(message)
        )
        return self._receipt(channel, made)

    def _title(self, message):
        """How long one must be is the forum's own setting: it says so itself."""
        title = message.title or message.text.strip().partition("\n")[0]
        return title[: const.MAX_TITLE]

    def _place(self, message):
        """The topic, and what in it is answered; of a first private message, to whom it goes.

        :rtype: dict
        """
        parent, topic = message.parent, ""
        if parent and (not message.thread or parent.container == message.thread):
            topic = parent.container
        elif message.conversation_kind in ("direct", "group"):
            topic = message.thread
            # a private answer to a public word goes to a topic of its own
            parent = None
        if topic.isdecimal():
            place = {"topic_id": int(topic)}
            if parent and parent.external_id.isdecimal() and parent.external_id != "1":
                place["reply_to_post_number"] = int(parent.external_id)
            return place
        if message.conversation_kind == "direct" and message.recipient and message.recipient.handle:
            return {
                "title": self._title(message),
                "target_recipients": message.recipient.handle,
                "archetype": const.PRIVATE,
            }
        raise PermanentError(self.env._("The forum does not say in which topic this was said."))

    def _update_remote(self, channel, message):
        number = self._number(channel, message.target)
        values = {"post": {"raw": raw(message.text)}}
        changed = self._api(channel).put(f"/posts/{number}.json", **values)
        return self._receipt(channel, read.nested(changed, "post"))

    def _delete_remote(self, channel, target):
        """A topic goes with its first post."""
        api = self._api(channel)
        try:
            if target.external_id == "1" and target.container.isdecimal():
                api.delete(f"/t/{target.container}.json")
            else:
                api.delete(f"/posts/{self._number(channel, target)}.json")
        except PermanentError as error:
            if error.status not in GONE:
                raise

    def _react(self, channel, target, reaction, remove=False):
        if remove:
            raise NotSupported(self.env._("A like can be taken back in the forum only."))
        if reaction not in ("like", "favourite"):
            raise NotSupported(self.env._("Here one can like, nothing else."))
        self._act(channel, target, const.LIKE)

    def _act(self, channel, target, action):
        """Like or flag a post; what we did already is done."""
        api, number = self._api(channel), self._number(channel, target)
        for known in read.objects(api.one_post(number), "actions_summary"):
            if known.get("id") == action and read.flag(known, "acted"):
                return
        api.post("/post_actions.json", id=int(number), post_action_type_id=action)

    def _find_sent(self, channel, message):
        """Among the newest posts of the topic; new topics among the forum's newest posts."""
        api, since = self._api(channel), (message.tried_at or utcnow()) - timedelta(minutes=2)
        wanted = comparable(raw(message.text))
        for post in self._said(api, message, since):
            own = self._facts(channel).is_own(read.text(post, "username"))
            late = read.required_time(post, "created_at") >= since + api.client.clock_skew
            if own and late and comparable(read.text(post, "raw")) == wanted:
                return self._receipt(channel, post)
        return None

    def _said(self, api, message, since):
        place = self._place(message) if message.conversation_kind else {}
        topics = [str(place["topic_id"])] if "topic_id" in place else []
        if not place:
            yield from read.objects(api.get("/posts.json"), "latest_posts")
        elif not topics:
            path = f"/topics/private-messages-sent/{api.username}.json"
            listed = read.objects(read.nested(api.get(path), "topic_list"), "topics")
            topics = [
                read.required(topic, "id")
                for topic in listed
                if read.required_time(topic, "created_at") >= since + api.client.clock_skew
            ]
        for topic in topics[: const.SENT_BACK]:
            stream = read.nested(api.topic(topic), "post_stream").get("stream") or ()
            for number in [one for one in stream if isinstance(one, int)][: -const.SENT_BACK : -1]:
                yield api.one_post(number)

    def _number(self, channel, target):
        """The id by which the API is called."""
        if target and target.ref.isdecimal():
            return target.ref
        if not target or not target.container.isdecimal():
            raise PermanentError(self.env._("The forum does not say which post this is."))
        stream = read.nested(self._api(channel).topic(target.container), "post_stream")
        for post in read.objects(stream, "posts"):
            if read.text(post, "post_number") == target.external_id:
                return read.required(post, "id")
        raise PermanentError(self.env._("The forum no longer knows this post."), status=404)

    def _receipt(self, channel, post):
        """:param dict post: as the forum shows it; without a number where it waits for review"""
        if not post.get("id"):
            raise MalformedPayload("the forum gave the post no number")
        named, site = target_of(post), self._facts(channel).site
        where = f"{named.container}/{named.external_id}"
        return Receipt(
            external_id=named.external_id,
            permalink=f"{site}/t/{read.text(post, 'topic_slug') or 'topic'}/{where}",
            occurred_at=read.time(post, "created_at"),
            container=named.container,
            remote_key=f"{site}/t/{where}",
            ref=named.ref,
        )

    # === TEXT, FIGURES === #

    def _media_limits(self, channel):
        return MediaLimits()

    _counts_characters = False  # signs of Markdown in plain words are made two

    def _measure(self, channel, text):
        return Measure(len(raw(text)), const.MAX_TEXT, self.env._("characters"))

    def _fetch_metrics(self, channel):
        """Views, likes and answers of the topics that were active lately."""
        now = utcnow()
        listed = read.nested(self._api(channel).get("/latest.json"), "topic_list")
        found = []
        for topic in read.objects(listed, "topics"):
            first = Target("1", container=read.required(topic, "id"))
            for key, name in const.TOPIC_FIGURES.items():
                value = read.count(topic, key)
                if value is not None:
                    found.append(Metric(first, name, value, now))
        return found

    # === HELPERS === #

    def _facts(self, channel):
        return Facts((channel.external_id or "").rstrip("/"), (channel.handle or "").lstrip("@"))

    def _api(self, channel):
        key = self._secret(channel, "api_key").strip()
        username = self._secret(channel, "username").strip().lstrip("@")
        if not key or not username:
            raise CredentialsError(self.env._("This channel is not connected."))
        return Api(channel.app_id.base_url or "", key, username)
