# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""WebSub (https://www.w3.org/TR/websub/): being told instead of asking. No ORM.

Nothing is kept about what was asked of a hub: the address it is to call carries a seal over it, so
a challenge is answered for just that, also one that comes before our own transaction is done.
"""
import hashlib
import hmac
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

from odoo.addons.social_crm_base.exceptions import SignatureError
from odoo.addons.social_crm_base.tools import keyring

from . import const

ASK = "ask"


def secret_of(token):
    """What the hub signs with, from the app's own token and our key: less than 200 bytes, as the
    text wants it.

    :rtype: str
    """
    return _mac("websub secret", token)


def callback(webhook_url, token, mode, topic, now=None):
    """Where the hub is to call, with the seal over what we ask of it.

    :param str mode: subscribe or unsubscribe
    :rtype: str
    """
    until = str(int(now or time.time()) + const.ASK_VALID_SECONDS)
    seal = _mac("websub ask", token, mode, topic, until)
    return f"{webhook_url}?{urlencode({ASK: f'{until}.{seal}'})}"


def challenge(args, token, now=None):
    """The answer to a hub's question whether we asked for this, or None if we did not.

    :param Mapping args: of the request
    :return: what to answer, and the seconds the hub grants (0: none named)
    :rtype: tuple[bytes, int] | None
    """
    mode, topic = args.get("hub.mode", ""), args.get("hub.topic", "")
    until, _dot, seal = args.get(ASK, "").partition(".")
    words = args.get("hub.challenge", "")
    if mode not in ("subscribe", "unsubscribe") or not (topic and words and seal):
        return None
    if not (until.isascii() and until.isdigit()) or int(until) < int(now or time.time()):
        return None
    wanted = _mac("websub ask", token, mode, topic, until)
    if not hmac.compare_digest(wanted.encode(), seal.encode("utf-8", "replace")):
        return None
    lease = args.get("hub.lease_seconds", "")
    seconds = int(lease) if lease.isascii() and lease.isdigit() and len(lease) < 10 else 0
    if mode == "subscribe":
        seconds = min(max(seconds or const.LEASE_SECONDS, const.LEASE_MIN_SECONDS),
                      const.LEASE_MAX_SECONDS)
    else:
        seconds = 0
    return words.encode("utf-8", "replace"), seconds


def verify(token, headers, body):
    """Check ``X-Hub-Signature: method=hex`` over the raw bytes.

    :raise SignatureError:
    """
    method, _equals, given = headers.get("x-hub-signature", "").strip().partition("=")
    if method.lower() not in const.SIGNATURES:
        raise SignatureError("the hub's signature is missing or of a kind that is not accepted")
    secret = secret_of(token).encode()
    wanted = hmac.new(secret, body, getattr(hashlib, method.lower())).hexdigest()
    offered = given.strip().lower().encode("utf-8", "replace")
    if not hmac.compare_digest(wanted.encode(), offered):
        raise SignatureError("the hub's signature does not fit")


def hub_of(document, response):
    """The hub and the topic a feed names; the header counts before the document (section 4).

    :return: ("", "") where it offers none
    :rtype: tuple[str, str]
    """
    named = {relation: [address] for relation, address in response.links.items()}
    named = {**document.links, **named}
    for hub in named.get("hub", []):
        if urlsplit(hub).scheme in ("http", "https"):
            return hub, next(iter(named.get("self", [])), "") or response.url
    return "", ""


def request_form(mode, address, topic, token):
    """What is sent to the hub."""
    form = {"hub.mode": mode, "hub.topic": topic, "hub.callback": address}
    if mode == "subscribe":
        form.update(
            {"hub.lease_seconds": str(const.LEASE_SECONDS), "hub.secret": secret_of(token)}
        )
    return form


def arguments(address):
    """The query of an address: what a hub hands back to us."""
    return dict(parse_qsl(urlsplit(address).query))


def _mac(*parts):
    key = keyring.current().derive("websub")
    return hmac.new(key, "\x1f".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()
