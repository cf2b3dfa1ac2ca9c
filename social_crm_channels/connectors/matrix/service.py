# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The application service: what the homeserver is told about us, and what it sends. No ORM."""
import hashlib
import hmac
import json
import re
import secrets

from odoo.addons.social_crm_base.exceptions import MalformedPayload, SignatureError

from . import const, items

EPHEMERAL = ("ephemeral", "de.sorunome.msc2409.ephemeral")


def service_id(app):
    """The registration's id: the homeserver's administrator may have several of ours.

    :rtype: str
    """
    mark = hashlib.sha256(f"matrix:{app.webhook_token_hash}".encode()).hexdigest()
    return f"social-crm-{mark[:12]}"


def new_tokens():
    """:return: the tokens by which we and the homeserver know each other, by kind
    :rtype: dict
    """
    return {kind: secrets.token_urlsafe(32) for kind in ("as_token", "hs_token")}


def registration(app, user, address, tokens):
    """The file for the homeserver, in YAML; JSON's way to quote is one of YAML's.

    :param str user: our Matrix id
    :param str address: where the homeserver calls us
    :param dict tokens: see ``new_tokens``
    :rtype: str
    """
    localpart = user[1:].partition(":")[0]
    lines = [
        f"id: {service_id(app)}",
        f"url: {json.dumps(address)}",
        f"as_token: {json.dumps(tokens['as_token'])}",
        f"hs_token: {json.dumps(tokens['hs_token'])}",
        f"sender_localpart: {json.dumps(localpart)}",
        "rate_limited: true",
        "# Reading marks; the second line is for Synapse before they had a name.",
        "receive_ephemeral: true",
        "de.sorunome.msc2409.push_ephemeral: true",
        "namespaces:",
        "  users:",
        "    - exclusive: true",
        f"      regex: {json.dumps('^' + re.escape(user) + '$')}",
        "  aliases: []",
        "  rooms: []",
    ]
    return "\n".join(lines) + "\n"


def verify(hs_token, headers):
    """Whether the homeserver calls, in constant time.

    :raise SignatureError:
    """
    scheme, _space, given = headers.get("authorization", "").partition(" ")
    # compared as digests: of equal length whatever was given
    pair = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (given, hs_token)]
    if not hmac.compare_digest(*pair) or not hs_token or scheme.lower() != "bearer":
        raise SignatureError("the homeserver's token is missing or wrong")


def split(transaction, own_id):
    """A transaction's items. It may come again, whole or in part: each item has its own key.

    :rtype: list[tuple[str, str, object]]
    """
    if not isinstance(transaction, dict):
        raise MalformedPayload("the transaction is not an object")
    events = transaction.get("events")
    events = events if isinstance(events, list) else []
    found = [items.of_event(event, "", own_id) for event in events]
    for name in EPHEMERAL:
        marks = transaction.get(name)
        for mark in marks if isinstance(marks, list) else []:
            if isinstance(mark, dict) and mark.get("type") == const.RECEIPT:
                found += items.of_receipts(mark.get("room_id"), mark.get("content"), own_id)
    return [(own_id, *item) for item in found if item]
