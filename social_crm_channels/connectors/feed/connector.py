# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
from datetime import timedelta

from odoo import fields, models

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    MalformedPayload,
    PermanentError,
)
from odoo.addons.social_crm_base.tools.http import HttpClient, private_hosts_allowed

from ...tools.contract import Account, Grant, Health, Measure, ReplyOptions
from . import const, discovery, poll, websub
from .parse import parse
from .reader import read_document
from .setup import steps_of

_logger = logging.getLogger(__name__)

GONE = 410


class SocialCrmConnectorFeed(models.AbstractModel):
    """RSS 0.9 to 2.0, Atom and JSON Feed: what pages say to everybody. One channel is one feed.

    The channel's account id is the address the feed was connected by and stays; where it is read
    now is the app's base address, which permanent redirects change.

    What feeds have and this connector leaves out, with the reason:

    - Answering, publishing, reactions: a feed is read only; answer on the page itself.
    - Feeds behind a password: an address with a password in it ends up in logs and exports, and
      most of such feeds are one person's own. Feeds that carry a token in the address work.
    - Deleted entries (``at:deleted-entry``, RFC 6721): hardly any publisher says so, and leaving a
      document means nothing, for documents hold the newest entries only.
    - Older pages of an archive (RFC 5005): listening begins with what the document holds.
    - Comments' own feeds (``wfw:commentRss``, ``thr:replies``): connect them as
      channels of their own.
    - rssCloud, and ``skipHours``, ``ttl``: the one nobody runs any more, the others hints that
      conditional requests make needless.
    - WebSub with sha1 signatures: no longer safe; such feeds are polled.
    - Categories, places, podcasts' chapters: nothing here shows them.
    """

    _name = "social.crm.connector.feed"
    _inherit = ["social.crm.connector"]
    _description = "Feed Connector"

    def _capabilities(self, channel):
        return frozenset({"receive_poll", "receive_push"})

    # === SET-UP === #

    def _grant(self, app, secrets):
        """The feed at an address, or the feeds that the page there names."""
        try:
            address = discovery.address_of(secrets.get("feed_url"))
        except MalformedPayload as error:
            raise MalformedPayload(
                self.env._(
                    "%(typed)s is no web address. Expected: https://name/page",
                    typed=secrets.get("feed_url") or "…",
                )
            ) from error
        response = self._get(address)
        if account := self._account(response, address):
            return Grant({}, (account,))
        found = discovery.feeds_of(response.content, response.url)
        if not found:
            raise MalformedPayload(
                self.env._(
                    "There is no feed at this address, and the page names none. Look on it for a "
                    "link called RSS, Atom or Feed, and give that link's address."
                )
            )
        if len(found) == 1:
            address = next(iter(found))
            account = self._account(self._get(address), address)
            if not account:
                raise MalformedPayload(
                    self.env._(
                        "The page names %(address)s as its feed, but there is none.",
                        address=address,
                    )
                )
            return Grant({}, (account,))
        return Grant(
            {},
            tuple(
                Account(external_id=address, name=title or address, profile_url=address)
                for address, title in found.items()
            ),
        )

    def _account(self, response, address):
        try:
            document = self._document(response)
        except MalformedPayload:
            return None
        address = response.moved or address
        return Account(external_id=address, name=document.title or address, profile_url=address)

    def _check_health(self, channel):
        if self._state(channel).get("gone"):
            return Health("red", self._gone_message(), self._gone_todo())
        try:
            response = self._get(self._address(channel))
            document = self._document(response)
        except PermanentError as error:
            if error.status == GONE:
                return Health("red", self._gone_message(), self._gone_todo())
            return Health(
                "red",
                str(error),
                self.env._(
                    "Open the feed's address in a browser. If it moved, connect this channel anew "
                    "with the page's address."
                ),
            )
        except CredentialsError as error:
            return Health(
                "red",
                str(error),
                self.env._("This feed asks for a password, which cannot be given here."),
            )
        except MalformedPayload as error:
            return Health(
                "red",
                str(error),
                self.env._("Connect this channel anew with the page's address."),
            )
        if document.flaw:
            words = self.env._("The feed is written with mistakes; what can be read is here.")
            return Health("green", words)
        return Health("green")

    def _setup_steps(self, channel):
        return steps_of(self, channel)

    def _gone_message(self):
        return self.env._("The publisher says that this feed is gone for good.")

    def _gone_todo(self):
        return self.env._(
            "It is not asked any more. Look on the publisher's page for another feed and connect "
            "this channel anew with its address, or archive the channel."
        )

    def _unsubscribe(self, channel):
        state = self._state(channel)
        if state.get("hub") and state.get("topic"):
            self._ask_hub(channel, state["hub"], state["topic"], "unsubscribe")

    # === READING === #

    def _fetch(self, channel, cursor):
        if cursor.get("told"):  # the document just read held everything there is
            return [], {key: value for key, value in cursor.items() if key != "told"}
        address = self._address(channel)
        state = {key: value for key, value in cursor.items() if key != "gone"}
        if state.get("address") != address:
            state = {"known": state.get("known", {})}
        response = self._get(address, state)
        state["address"] = response.moved or address
        if response.status == 304:
            return [], self._settled(channel, state, response)
        document = self._document(response)
        items, known = poll.news_of(document, state.get("known", {}), poll.utcnow())
        hub, topic = websub.hub_of(document, response)
        state.update(
            known=known,
            hub=hub,
            topic=topic,
            etag=response.headers.get("ETag", ""),
            modified=response.headers.get("Last-Modified", ""),
        )
        if items:
            state["told"] = True
        return items, self._settled(channel, state, response)

    def _settled(self, channel, state, response):
        """What is left to do after a reading that went well."""
        if response.moved:
            state["feed_moved_to"] = response.moved
        return self._keep_subscribed(channel, state)

    def _get(self, address, state=None):
        headers = {"Accept": const.ACCEPT}
        state = state or {}
        if state.get("etag"):
            headers["If-None-Match"] = state["etag"]
        if state.get("modified"):
            headers["If-Modified-Since"] = state["modified"]
        return HttpClient(address, headers=headers, allow_plain=True).get(address)

    def _document(self, response):
        kind = response.headers.get("Content-Type", "")
        try:
            return read_document(response.content, response.url, kind)
        except MalformedPayload as error:
            raise MalformedPayload(
                self.env._("There is no feed at this address (any more)."), status=response.status
            ) from error

    def _parse(self, channel, payload):
        return parse(payload, channel.external_id or "")

    # === WEBSUB === #

    def _keep_subscribed(self, channel, state):
        """Ask the hub, where there is one, before the lease ends. Polling goes on all the same, so
        that a hub which stays silent costs time and nothing else."""
        hub, topic = state.get("hub"), state.get("topic")
        if not (hub and topic and self._is_reachable(channel)):
            return state
        now = fields.Datetime.now()
        seconds, granted_topic, ends = self._lease(channel)
        margin = timedelta(seconds=seconds / const.RENEW_SHARE)
        if granted_topic == topic and ends and ends > now + margin:
            return state
        wait = min(const.ASK_SECONDS, margin.total_seconds() / 2 or const.ASK_SECONDS)
        if poll.epoch(now) - state.get("asked_at", 0) < wait:
            return state
        try:
            self._ask_hub(channel, hub, topic, "subscribe")
        except ConnectorError as error:
            _logger.info("Channel %s: the hub does not take us: %s", channel.id, error)
        return {**state, "asked_at": poll.epoch(now)}

    def _ask_hub(self, channel, hub, topic, mode):
        # sudo: the callback's token, which only managers read
        app_sudo = channel.app_id.sudo()
        token = app_sudo.webhook_token
        address = websub.callback(app_sudo.webhook_url, token, mode, topic)
        form = websub.request_form(mode, address, topic, token)
        client = HttpClient(hub, secrets=(websub.secret_of(token), token))
        client.post(hub, data=form)

    def _is_reachable(self, channel):
        # sudo: see _ask_hub
        address = channel.app_id.sudo().webhook_url or ""
        return address.startswith("https://") or (address and private_hosts_allowed())

    def _lease(self, channel):
        """:return: the seconds granted, for which topic, and when they end
        :rtype: tuple[int, str, datetime | None]
        """
        credentials = self.env["social.crm.credential"]
        held = credentials._get_secret(channel.app_id, const.LEASE_KIND)
        seconds, _space, topic = held.partition(" ")
        ends = credentials._expires(channel.app_id, const.LEASE_KIND)
        return int(seconds or 0), topic, ends

    def _webhook_challenge(self, app, request_facts):
        found = websub.challenge(request_facts.args, app.webhook_token)
        if not found:
            return None
        words, seconds = found
        if seconds:
            if not app._webhook_routes()[1]:
                return None  # disconnected meanwhile
            # The one thing to remember of a challenge: without it nobody knows when to renew.
            self.env["social.crm.credential"]._set_secrets(
                app,
                {const.LEASE_KIND: f"{seconds} {request_facts.args['hub.topic']}"},
                fields.Datetime.now() + timedelta(seconds=seconds),
            )
        return words

    def _webhook_verify(self, app, headers, body):
        websub.verify(app.webhook_token, headers, body)

    def _webhook_split(self, app, headers, body):
        document = read_document(body, app.base_url or "", headers.get("content-type", ""))
        account = next(iter(app._webhook_routes()[1]), app.base_url or "")
        return [(account, key, payload) for key, payload in poll.pushed(document, poll.utcnow())]

    # === ALLOWED NOW, TEXT === #

    def _reply_options(self, channel, conversation):
        return ReplyOptions(
            False,
            modes=frozenset(),
            reason=self.env._("A feed is read only: answer on the page itself, and log it here."),
        )

    def _measure(self, channel, text):
        return Measure(len(text))

    # === HELPERS === #

    def _address(self, channel):
        return channel.app_id.base_url or channel.external_id or ""

    def _state(self, channel):
        # sudo: the engine's own row
        return channel.sudo().sync_ids[:1].cursor or {}
