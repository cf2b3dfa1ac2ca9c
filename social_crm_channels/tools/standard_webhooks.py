# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Signatures of Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec 1.0.0).

``webhook-signature`` holds one or more of ``v1,`` and the base64 of HMAC-SHA256 over
``id.timestamp.body``; several while a secret is being changed. The key is what stands in base64
after ``whsec_``; a secret without that beginning is taken as it is.
"""
import base64
import binascii
import hashlib
import hmac
import time

from odoo.addons.social_crm_base.exceptions import SignatureError

PREFIX = "whsec_"
MIN_KEY_BYTES = 24  # the spec: between 24 and 64 bytes
TOLERANCE = 5 * 60
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
MAX_SIGNATURES = 10
MAX_ID = 256


def key_of(secret):
    """The key's bytes.

    :raise ValueError: what follows ``whsec_`` is no base64
    :rtype: bytes
    """
    secret = secret.strip()
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret[len(PREFIX) :], validate=True)
    except binascii.Error as error:
        raise ValueError("what follows whsec_ is no base64") from error


def signature(secret, webhook_id, timestamp, body):
    """One signature, as it stands in the header.

    :param str secret:
    :param str webhook_id:
    :param int timestamp: seconds since 1970
    :param bytes body:
    :rtype: str
    """
    signed = b".".join((webhook_id.encode(), str(timestamp).encode(), body))
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(secret, webhook_id, body, timestamp=None):
    """The headers of a signed request.

    :rtype: dict[str, str]
    """
    timestamp = int(time.time()) if timestamp is None else timestamp
    values = (webhook_id, str(timestamp), signature(secret, webhook_id, timestamp, body))
    return dict(zip(HEADERS, values, strict=True))


def verify(secrets, request_headers, body, now=None):
    """Check a request; whatever is missing, wrong or stale raises.

    :param list secrets: any of them may have signed: the one in use and the one before
    :param Mapping request_headers: names in lower case
    :param bytes body: as it came
    :param float now: seconds since 1970
    :return: the webhook's id
    :rtype: str
    :raise SignatureError:
    """
    keys = [key_of(secret) for secret in secrets if secret]
    if not all(keys) or not keys:
        raise SignatureError("there is no secret to check the signature with")
    webhook_id, stamp, given = (request_headers.get(name, "") for name in HEADERS)
    if not (webhook_id and stamp and given) or len(webhook_id) > MAX_ID:
        raise SignatureError("a signature header is missing")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise SignatureError("the timestamp is no number of seconds")
    now = time.time() if now is None else now
    if abs(now - int(stamp)) > TOLERANCE:
        raise SignatureError("the timestamp is too far from now")
    signed = b".".join((webhook_id.encode("utf-8", "replace"), stamp.encode(), body))
    wanted = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    offered = [
        part.partition(",")[2].encode("utf-8", "replace")
        for part in given.split()[:MAX_SIGNATURES]
        if part.startswith("v1,")
    ]
    fits = [hmac.compare_digest(one, other) for one in wanted for other in offered]
    if not any(fits):
        raise SignatureError("the signature does not fit")
    return webhook_id
