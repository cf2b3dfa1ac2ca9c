# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from odoo import api, models

from odoo.addons.social_crm_base.exceptions import (
    MalformedPayload,
    NotSupported,
    SignatureError,
)
from odoo.addons.social_crm_base.tools.http import HttpClient

from ..tools.contract import Health, Measure


class SocialCrmConnector(models.AbstractModel):
    """The contract between the engine and a network: one ``social.crm.connector.<code>`` each.

    A network's package overrides what its network can do and says so in ``_capabilities``; the
    rest raises ``NotSupported`` and is off on screen. Methods take the channel (or app) first,
    return plain values of ``tools/contract.py`` and raise only errors of
    ``social_crm_base/exceptions.py``. None writes to the database; the engine does.
    """

    _name = "social.crm.connector"
    _description = "Connector Contract"

    @api.model
    def _of(self, code):
        """What speaks with a network; by hand: this contract's own safe defaults.

        :param str code: a value of the channel's ``connector``
        :rtype: recordset (empty, of a ``social.crm.connector`` model)
        """
        return self if code == "manual" else self.env[f"{self._name}.{code}"]

    # Whether the place itself is ours, as a blog or forum: then we are host of all that is said.
    _is_host = False

    # Kinds of conversation in which the network knows a mark of what was read.
    _marks_read_in = frozenset({"direct"})

    # === WHAT IT CAN === #

    def _capabilities(self, channel):
        """What this account can do, which may depend on its tier and region.

        :return: a subset of ``tools.contract.CAPABILITIES``
        :rtype: frozenset
        """
        return frozenset()

    def _credential_fields(self, app):
        """What the connect wizard asks a person to type. It is stored with the app.

        :return: credential kind to label, help and whether it must be given; nothing where an
            OAuth flow brings everything
        :rtype: list[tuple[str, str, str, bool]]
        """
        return []

    # === SET-UP === #

    def _needs_server(self):
        """Whether the connect wizard asks for a server's address, which the app keeps."""
        return False

    def _register_app(self, app, redirect_uri):
        """Make an app on the network by its API, where it lets one (Mastodon).

        :return: secrets by kind
        :rtype: dict
        """
        raise self._unsupported()

    def _authorize_url(self, app, redirect_uri, state, **options):
        """Where the person's browser goes to allow us in.

        :param str state: to be handed back unchanged by the network
        :rtype: str
        """
        raise self._unsupported()

    def _exchange_code(self, app, code, redirect_uri, **options):
        """Turn the code of an OAuth flow into credentials, which are stored with the channels.

        :param options: ``state`` as it was given to ``_authorize_url``
        :rtype: Grant
        """
        raise self._unsupported()

    def _grant(self, app, secrets):
        """What typed credentials open: called by the wizard before anything is stored.

        What the grant holds is stored with the channels, what was typed with the app.

        :param dict secrets: by the kinds of ``_credential_fields``
        :rtype: Grant
        :raise CredentialsError: when the network does not accept them
        """
        raise self._unsupported()

    def _refresh_token(self, channel):
        """New credentials before the old ones end.

        :rtype: Grant
        """
        raise self._unsupported()

    def _check_health(self, channel):
        """One cheap call that proves the credentials work; errors are read by their class.

        :rtype: Health
        """
        return Health("green")

    def _setup_steps(self, channel):
        """What an administrator does until the account works here, in order.

        Shown on the channel's form with how each step stands; the checks run when somebody
        presses *Check*, and once the account is connected. Making the list asks no network.

        :param recordset channel: empty before anything is connected: then only the words count
        :rtype: list[Step]
        """
        return []

    def _guide_path(self):
        """The guide to this network: ``connectors/<code>/guide.md`` (Markdown) of its addon.

        :return: a path for ``odoo.tools.misc.file_path``
        :rtype: str
        """
        code = self._name.rpartition(".")[2]
        return f"{self._original_module}/connectors/{code}/guide.md"

    def _subscribe(self, channel):
        """Tell the network to call our webhook for this account. Twice does no harm."""

    def _unsubscribe(self, channel):
        """Undo ``_subscribe`` and revoke what can be revoked, when the channel is disconnected."""

    # === IN === #

    def _webhook_challenge(self, app, request_facts):
        """The answer to a GET by which some networks prove an address.

        :param RequestFacts request_facts:
        :return: the body, or None to refuse (403)
        :rtype: bytes | None
        """
        return

    def _webhook_verify(self, app, headers, body):
        """Check the signature over the raw bytes, in constant time.

        Missing secret, missing header, wrong and stale signatures all raise.

        :param dict headers: names in lower case
        :param bytes body:
        :raise SignatureError:
        """
        raise SignatureError("this network sends no webhooks")

    def _webhook_split(self, app, headers, body):
        """Cut a verified request into items. No network, no ORM beyond the app's plain fields.

        :return: account key (the channel's ``external_id``), event key (the same at every
            redelivery), JSON-able payload
        :rtype: list[tuple[str, str, object]]
        :raise MalformedPayload: the request is answered with 400
        """
        raise self._unsupported()

    def _fetch(self, channel, cursor):
        """Read what is new, one page a call; called again until no item comes.

        No long poll. The cursor returned is stored once the items are.

        :param dict cursor: what the last call returned, ``{}`` at first
        :return: items as (event key, payload), oldest first, and the new cursor
        :rtype: tuple[list[tuple[str, object]], dict]
        """
        raise self._unsupported()

    # Whether this network's items may be thin notices at all.
    _sends_notices = False

    def _is_thin(self, channel, payload):
        """Whether the payload is a notice only, and ``_hydrate`` must fetch the item itself.

        Asked only of connectors with ``_sends_notices``.
        """
        return False

    def _hydrate(self, channel, payload):
        """Fetch what a thin notice lacks. No ORM; the result replaces the payload for good.

        :return: a payload that is no longer thin
        """
        return payload

    def _fetch_media(self, channel, media_id):
        """A file that has no address of its own, for somebody who wants to see it now.

        :param str media_id: ``Media.external_id`` as it was parsed
        :rtype: bytes
        """
        raise self._unsupported()

    # === MEANING === #

    def _parse(self, channel, payload):
        """What the payload means. Pure: reads nothing but the channel's own plain fields.

        :rtype: list[Activity]
        :raise MalformedPayload:
        """
        raise self._unsupported()

    # === OUT === #

    def _send(self, channel, message):
        """Say something in a conversation.

        :param OutMessage message:
        :rtype: Receipt
        """
        raise self._unsupported()

    def _publish(self, channel, message):
        """Put a post of our own on the account.

        :rtype: Receipt
        """
        raise self._unsupported()

    def _update_remote(self, channel, message):
        """Change what we said: ``message.target`` names it.

        :rtype: Receipt
        """
        raise self._unsupported()

    def _delete_remote(self, channel, target):
        """Take back what we said. What is gone already counts as done."""
        raise self._unsupported()

    def _moderate(self, channel, operation, target, reason=""):
        """Act on what somebody else said, or on the person. Twice does no harm.

        :param str operation: a key of ``tools.contract.MODERATION``; what this network does not
            know raises ``NotSupported``
        :param target: the item as ``Target``; of ban and unban the person as ``Actor``
        :param str reason: of ``tools.contract.MODERATION_REASONS``; "" where nobody gave one
        """
        raise self._unsupported()

    def _react(self, channel, target, reaction, remove=False):
        """Set or remove our reaction. Twice does no harm."""
        raise self._unsupported()

    def _mark_read(self, channel, target):
        """Tell the network that we have read up to this item. Twice does no harm."""
        raise self._unsupported()

    def _find_sent(self, channel, message):
        """Look in the remote history for a message whose sending ended without an answer.

        :return: its receipt, or None if it surely is not there
        :rtype: Receipt | None
        """
        raise self._unsupported()

    # === ALLOWED NOW, TEXT, FIGURES === #

    def _measure(self, channel, text):
        """How long the text is in this network's own unit.

        :rtype: Measure
        """
        return Measure(len(text))

    def _render(self, channel, message):
        """The text as this network wants it: mentions, links, markup.

        :rtype: str
        """
        return message.text

    def _fetch_metrics(self, channel):
        """Today's figures; what the network does not tell is left out.

        :rtype: list[Metric]
        """
        return []

    # === FOR CONNECTORS === #

    def _load_json(self, body):
        """A request's body as JSON, whatever it is made of.

        :param bytes body:
        :raise MalformedPayload:
        """
        try:
            return json.loads(body.decode())  # UTF-8 only (RFC 8259 8.1)
        except (ValueError, RecursionError) as error:
            raise MalformedPayload(self.env._("The request is no JSON.")) from error

    def _secret(self, owner, kind):
        """A credential of the channel, or else of its app; "" if there is none.

        :param recordset owner: a channel or an app
        """
        return self.env["social.crm.credential"]._get_secret(owner, kind)

    def _client(self, owner, *, secrets=(), **options):
        """The HTTP client for this account's server.

        :param recordset owner: a channel or an app
        :param secrets: values that must never show in a log or message
        :rtype: HttpClient
        """
        app = owner.app_id if owner._name == "social.crm.channel" else owner
        return HttpClient(app.base_url or "", secrets=secrets, **options)

    def _unsupported(self):
        return NotSupported(self.env._("This network cannot do that from here."))
