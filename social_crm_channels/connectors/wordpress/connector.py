# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from odoo import fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    PermanentError,
)
from odoo.addons.social_crm_base.tools.activity import Target

from ...tools import payload as read
from ...tools.contract import Account, Grant, Measure, MediaLimits, Metric, Receipt
from . import const
from .api import GONE, Api, RefusedError, discover, mapping, rows_of, total, utcnow
from .parse import Facts, account_id, parse
from .reader import Reader
from .setup import health_of, steps_of
from .text import comparable, length, stored, title_of


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    connector = fields.Selection(
        selection_add=[("wordpress", "WordPress REST API")],
        ondelete={"wordpress": "set default"},
    )


class SocialCrmConnectorWordpress(models.AbstractModel):
    """A blog of ours made with WordPress: its posts, and the comments below them.

    Whatever the blog publishes is ours, and so are comments of colleagues who write its posts.

    What WordPress has and this connector leaves out, with the reason:

    - Being called: its core calls nobody; plugins that do can call the signed webhook. So edits,
      moderation and deletions are found by looking again at the newest ``const.WATCHED`` posts and
      comments of the last ``const.WATCH_DAYS`` days; of older ones they are not seen.
    - The password by a redirect (``success_url`` of ``authorize-application.php``): it would stand
      in the address, and so in the log of every server on the way. It is shown there and pasted.
    - The commenter's IP address and browser: nobody needs them. What guests type as their e-mail
      address tells one guest from another, as a hash only; it is not stored, for the site does not
      vouch for it and anybody may type anybody's. Addresses of accounts are taken over.
    - Pictures of authors: they are fetched from Gravatar, which would learn whose words we read.
    - Spam and trash, until somebody takes them out again.
    - Pingbacks, trackbacks and the editor's notes: no words of a customer.
    - Files: comments have none; posts with pictures are made in WordPress, which cuts their sizes.
    - Likes, reading marks, bans, reports, views: its core has none. Private messages neither.
    - Drafts, scheduled posts, categories, tags and pages of ours: made and kept in WordPress. What
      is said below pages is read.
    - ``native_idempotency``: it refuses the same words twice (409), which is taken as a hint only.
    """

    _name = "social.crm.connector.wordpress"
    _inherit = ["social.crm.connector"]
    _description = "WordPress Connector"

    _counts_characters = False  # bytes
    _is_host = True

    def _capabilities(self, channel):
        return frozenset(
            {"receive_poll", "send_public", "publish", "edit", "delete", "metrics"}
        )

    # === SET-UP === #

    def _needs_server(self):
        return True

    def _credential_fields(self, app):
        return [
            (
                "username",
                self.env._("User name"),
                self.env._(
                    "Of an account with the role Editor or Administrator; it answers in its name."
                ),
                True,
            ),
            (
                "application_password",
                self.env._("Application password"),
                self.env._(
                    "Make one at %(address)s: it is shown once. It is not the password you log in "
                    "with, and can be revoked in your profile there.",
                    address=self._password_page(app),
                ),
                True,
            ),
        ]

    def _password_page(self, app):
        """Where one is made, as the site itself says or else where it usually is."""
        page = f"{app.base_url or ''}/wp-admin/authorize-application.php"
        with suppress(ConnectorError):  # told when what was typed is tried
            ways = mapping(discover(app.base_url)[1], "authentication") if app.base_url else {}
            offered = read.nested(read.nested(ways, "application-passwords"), "endpoints")
            page = read.url(offered, "authorization") or page
        return f"{page}?app_name={quote(const.APP_NAME)}"

    def _grant(self, app, secrets):
        root, index = discover(app.base_url or "")
        if "application-passwords" not in mapping(index, "authentication"):
            raise CredentialsError(
                self.env._(
                    "This site offers no application passwords: it must be reached by https, and "
                    "no security plugin may have turned them off."
                )
            )
        api = Api(root, secrets["username"].strip(), secrets["application_password"].strip())
        me = api.one("users/me", context="edit")
        if not mapping(me, "capabilities").get("moderate_comments"):
            raise CredentialsError(
                self.env._(
                    "%(name)s may not moderate comments there. Give this account the role Editor.",
                    name=read.text(me, "name"),
                )
            )
        site = read.url(index, "home") or app.base_url
        ours = Account(
            external_id=account_id(site, read.required(me, "id")),
            scope=Facts(account_id(site, "")).host,
            handle=read.text(me, "slug"),
            name=read.text(index, "name") or read.text(me, "name"),
            profile_url=read.url(me, "link") or site,
            secrets={"api_root": root},
        )
        return Grant(secrets={}, accounts=(ours,))

    def _check_health(self, channel):
        return health_of(self, channel)

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    # === IN === #

    def _fetch(self, channel, cursor):
        reader = Reader(self._api(channel), self._facts(channel).own, cursor, int(time.time()))
        return reader.next_items(), reader.cursor

    def _parse(self, channel, payload):
        return parse(payload, self._facts(channel))

    # === OUT === #

    def _send(self, channel, message):
        api, place = self._api(channel), self._place(channel, message)
        try:
            made = api.do("comments", content=stored(message.text), **place)
        except RefusedError as error:
            if error.code != "comment_duplicate":
                raise
            found = self._find_comment(channel, message, place)
            if found:
                return self._receipt(channel, found, "comment")
            raise PermanentError(
                self.env._("The very same words of ours stand there already."), status=409
            ) from error
        return self._receipt(channel, made, "comment")

    def _publish(self, channel, message):
        api, title = self._api(channel), stored(title_of(message))
        made = api.do("posts", title=title, content=stored(message.text), status="publish")
        return self._receipt(channel, made, "post")

    def _update_remote(self, channel, message):
        target, values = message.target, {"content": stored(message.text)}
        if target.family == "post" and message.title:
            values["title"] = stored(message.title)
        changed = self._api(channel).do(self._path(target), **values)
        return self._receipt(channel, changed, target.family)

    def _delete_remote(self, channel, target):
        """Into the trash, where the site has one."""
        api = self._api(channel)
        try:
            api.call("DELETE", self._path(target))
        except PermanentError as error:
            if error.status == 501:
                api.call("DELETE", self._path(target), params={"force": "true"})
            elif error.status not in GONE:
                raise

    def _find_sent(self, channel, message):
        if message.parent:
            found = self._find_comment(channel, message, self._place(channel, message))
            return self._receipt(channel, found, "comment") if found else None
        wanted = comparable(stored(message.text))
        for post in self._said(channel, "posts", message, status="publish", orderby="date"):
            if comparable(read.text(read.nested(post, "content"), "raw")) == wanted:
                return self._receipt(channel, post, "post")
        return None

    def _find_comment(self, channel, message, place):
        """A comment of ours with these very words in that place."""
        wanted = comparable(stored(message.text))
        rows = self._said(
            channel, "comments", message, status="any", orderby="date_gmt", post=place["post"]
        )
        for comment in rows:
            same_place = read.text(comment, "parent", "0") == str(place.get("parent", 0))
            raw = read.text(read.nested(comment, "content"), "raw")
            if same_place and comparable(raw) == wanted:
                return comment
        return None

    def _said(self, channel, path, message, **params):
        """What we said since a message was first tried; their clock is not ours."""
        api, since = self._api(channel), (message.tried_at or utcnow()) - timedelta(minutes=2)
        rows = api.rows(
            path,
            context="edit",
            author=self._facts(channel).own,
            after=f"{(since - timedelta(days=1)).isoformat()}Z",  # whatever clock and zone
            per_page=const.PAGE,
            order="desc",
            **params,
        )
        since += api.client.clock_skew
        return [row for row in rows if read.required_time(row, "date_gmt") >= since]

    def _place(self, channel, message):
        """The post, and the comment that is answered.

        :rtype: dict
        """
        parent = message.parent
        if not parent or not parent.external_id.isdecimal():
            raise PermanentError(self.env._("A comment needs a post that it stands below."))
        if parent.family == "post":
            return {"post": int(parent.external_id)}
        post = parent.ref
        if not post.isdecimal():
            above = self._api(channel).one(self._path(parent), context="edit")
            post = read.required(above, "post")
        return {"post": int(post), "parent": int(parent.external_id)}

    def _path(self, target):
        """The item's address within the API."""
        if not target or not target.external_id.isdecimal():
            raise PermanentError(self.env._("The site does not say which item this is."))
        base = (target.ref or "posts") if target.family == "post" else "comments"
        return f"{base}/{target.external_id}"

    def _receipt(self, channel, item, family):
        site, number = self._facts(channel).site, read.required(item, "id")
        post = number if family == "post" else read.required(item, "post")
        return Receipt(
            external_id=number,
            permalink=read.url(item, "link"),
            occurred_at=read.time(item, "date_gmt"),
            family=family,
            remote_key=f"{site}/?p={post}" + (f"#comment-{number}" if family == "comment" else ""),
            ref="posts" if family == "post" else post,
        )

    # === ALLOWED NOW, TEXT, FIGURES === #

    def _reply_options(self, channel, conversation):
        options = super()._reply_options(channel, conversation)
        said = conversation._last_said() if options.can_reply else None
        if not said or said.state != "hidden":
            return options
        words = self.env._(
            "This comment is not public: approve it first, or your answer stands there alone."
        )
        return replace(options, reason=options.reason or words)


    def _media_limits(self, channel):
        return MediaLimits()

    def _measure(self, channel, text):
        return Measure(length(text), const.MAX_BYTES, self.env._("bytes"))

    def _fetch_metrics(self, channel):
        """How many comments each of the newest posts has, and how much there is in all."""
        api, now = self._api(channel), utcnow()
        answer = api.get("posts", context="edit", status="publish", per_page=const.METRIC_POSTS)
        figures = [("posts", total(answer))]
        for name, status in (("replies", "approve"), ("held", "hold")):
            counted = api.get("comments", context="edit", status=status, per_page=1)
            figures.append((name, total(counted)))
        found = [(None, name, value) for name, value in figures]
        for post in rows_of(answer):
            number = read.required(post, "id")
            counted = api.get("comments", post=number, status="approve", per_page=1)
            found.append((Target(number, family="post"), "replies", total(counted)))
        return [
            Metric(target, name, value, now) for target, name, value in found if value is not None
        ]

    # === HELPERS === #

    def _facts(self, channel):
        return Facts(channel.external_id or "")

    def _api(self, channel):
        username = self._secret(channel, "username").strip()
        password = self._secret(channel, "application_password").strip()
        if not password:
            raise CredentialsError(self.env._("This channel is not connected."))
        root = self._secret(channel, "api_root") or f"{channel.app_id.base_url}/wp-json/"
        return Api(root, username, password)
