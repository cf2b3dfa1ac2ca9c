# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Meta's ``signed_request``: base64url of an HMAC-SHA256, a full stop, base64url of JSON.

Source: Meta for Developers, "Data Deletion Request Callback". The signature is over the second
part as it was sent, still encoded. No ORM.
"""

import base64
import binascii
import hashlib
import hmac
import json

MAX_LENGTH = 10_000
ALGORITHM = "HMAC-SHA256"


class BadSignature(ValueError):
    """The request is not what the holder of the secret sent."""


def verify(signed_request, secret):
    """Read a signed request.

    :param bytes signed_request: as it came
    :param str secret: the app's secret
    :return: what it says
    :rtype: dict
    :raise BadSignature: whatever is wrong, without telling what
    """
    if not secret or not isinstance(signed_request, bytes) or len(signed_request) > MAX_LENGTH:
        raise BadSignature("no signature")
    encoded_signature, dot, encoded_payload = signed_request.partition(b".")
    signature = _decode(encoded_signature)
    expected = hmac.new(secret.encode(), encoded_payload, hashlib.sha256).digest()
    if not dot or not hmac.compare_digest(signature, expected):
        raise BadSignature("wrong signature")
    try:
        payload = json.loads(_decode(encoded_payload))
    except (ValueError, RecursionError) as error:
        raise BadSignature("unreadable") from error
    if not isinstance(payload, dict) or str(payload.get("algorithm")).upper() != ALGORITHM:
        raise BadSignature("unknown algorithm")
    return payload


def sign(payload, secret):
    """Make a signed request, as the network does.

    :param dict payload: what it says
    :rtype: bytes
    """
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=")
    signature = hmac.new(secret.encode(), encoded, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signature).rstrip(b"=") + b"." + encoded


def _decode(text):
    # strict: one writing for one value, or a changed letter could mean the same bytes
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("not base64url") from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != text.rstrip(b"="):
        raise BadSignature("not canonical base64url")
    return raw
