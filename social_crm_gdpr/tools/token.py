# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Signed addresses by which people reach what is theirs without logging in.

A token says what it opens (``p`` a person's page, ``c`` the confirmation of one consent), whose it
is and until when; the signature also covers when that row was made, so that it never opens another
row that got the same number later. Nothing about it is stored.
"""

import base64
import hashlib
import hmac
import re
import time

from odoo.addons.social_crm_base.tools import keyring

DAYS = 180
MODELS = {"i": "social.crm.identity", "r": "res.partner", "c": "social.crm.consent"}
LETTERS = {model: letter for letter, model in MODELS.items()}
# no leading zeros: one token, one spelling
SHAPE = re.compile(
    r"([pc])-([irc])([1-9][0-9]{0,8})-([1-9][0-9]{0,8})-([1-9][0-9]{9})-([A-Za-z0-9_-]{22})"
)
MAC_BYTES = 16


def make(kind, record, company=None, days=DAYS, now=None):
    """A token for one account, contact or consent.

    :param str kind: what it opens
    :param recordset record: one
    :param recordset company: whose page; the record's own by default
    :param int days: how long it holds
    :param float now: seconds since the epoch
    :rtype: str
    """
    record.ensure_one()
    company = company or record.company_id
    until = int(now or time.time()) + days * 86400
    facts = f"{kind}-{LETTERS[record._name]}{record.id}-{company.id}-{until}"
    return f"{facts}-{_sign(facts, record)}"


def read(env, token, kind, now=None):
    """Whose token it is.

    :param Environment env: with the system's rights
    :param str kind: what it has to open
    :return: the record and the company; None for whatever is not as we made it, or too old
    :rtype: tuple | None
    """
    found = SHAPE.fullmatch(token or "")
    if not found or found[1] != kind:
        return None
    facts, signature = token[: found.start(6) - 1], found[6]
    record = env[MODELS[found[2]]].browse(int(found[3])).exists()
    company = env["res.company"].browse(int(found[4])).exists()
    if not record or not company:
        return None
    if not hmac.compare_digest(signature, _sign(facts, record)):
        return None
    if int(found[5]) < (now or time.time()):
        return None
    return record, company


def _sign(facts, record):
    made = record.reference if record._name == "social.crm.consent" else str(record.create_date)
    key = keyring.current().derive("public-pages")
    mac = hmac.new(key, f"{facts}\x1f{made}".encode(), hashlib.sha256).digest()[:MAC_BYTES]
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
