# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Handles and profile links, without ORM.

A *normal form* is what two writings of one handle have in common; it is a key, never shown. It is
built after the profile ``UsernameCaseMapped`` of RFC 8265 (width mapping, lower case, NFC), host
names after UTS 46 and IDNA 2008 (package ``idna``), phone numbers after E.164 (``phone_format``).
An empty normal form means "not a handle of this network": keep the text for people to read, but
match nothing with it.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import idna

from odoo.addons.phone_validation.tools.phone_validation import phone_format

#: A handle longer than this is noise; the longest legal one is an e-mail address (RFC 5321: 254).
MAX_HANDLE = 320
#: Longest link that is looked at.
MAX_URL = 2048

FORM_NAME = "name"
FORM_SERVER = "server"
FORM_MATRIX = "matrix"
FORM_DOMAIN = "domain"
FORM_PHONE = "phone"
FORM_CONTACT = "contact"
FORM_NONE = "none"

#: What a profile URL pattern may contain.
PLACEHOLDERS = ("{handle}", "{digits}", "{user}", "{host}", "{id}")

_DEFAULT_PORTS = {"http": 80, "https": 443}
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]+\.[a-z0-9-]{2,}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_LEADING_HOST = re.compile(r"(?:[\w-]+\.)+(?:xn--[\w-]+|[^\W\d_]{2,})(?::\d+)?[/?#]")


@dataclass(frozen=True)
class HandleSettings:
    """How one network writes its handles.

    :param str form: one of the ``FORM_*`` values.
    :param bool fold_case: whether capital and small letters mean the same. The part after the
        ``@`` or ``:`` of a server is always folded, as DNS does.
    :param str ignored: characters that mean nothing (Facebook's full stops).
    :param str pattern: regular expression the whole normal form must match; empty: anything. A
        group named ``handle`` keeps only that part (``u/ada`` is ``ada`` on Reddit).
    :param str link_pattern: regular expression of a profile link, see :func:`match_profile_link`.
    """

    form: str = FORM_NAME
    fold_case: bool = True
    ignored: str = ""
    pattern: str = ""
    link_pattern: str = ""


class ProfileParts(NamedTuple):
    """What a profile link says: a handle or an id, and the site when one network has many."""

    handle: str = ""
    external_id: str = ""
    host: str = ""


def normalize_handle(handle, settings, host="", region=""):
    """Return the normal form of a handle however it was typed or pasted.

    :param str handle: as written: with or without ``@``, as a link, with invisible characters.
    :param HandleSettings settings: how the network writes its handles.
    :param str host: server to add where the handle names none (a server says ``ada`` of its own
        people and ``ada@other.example`` of all others).
    :param str region: ISO country code for phone numbers written without a country code.
    :return: the normal form, without a leading ``@``; empty when it is no handle of this network.
    :rtype: str
    """
    text = re.sub(r"^[@\s]+", "", _clean(handle))
    if not text or settings.form == FORM_NONE:
        return ""
    if _looks_like_link(text, settings):
        parts = match_profile_link(text, settings)
        text, host = parts.handle, parts.host or host
    normal = _NORMALIZERS[settings.form](text, settings, host, region)
    for char in settings.ignored:
        normal = normal.replace(char, "")
    if not normal or len(normal) > MAX_HANDLE:
        return ""
    if not settings.pattern:
        return normal
    found = re.fullmatch(settings.pattern, normal)
    return (found.groupdict().get("handle") or normal) if found else ""


def match_profile_link(url, settings):
    """Read handle, id and host out of a profile link of one network.

    The pattern is matched against ``host/path?query#fragment`` with the scheme, ``www.``, a
    default port and a trailing slash taken away, the host in lower case and IDNA form, the path
    decoded. It must cover everything up to the end; the query and fragment may be left over. Its
    named groups are ``handle``, ``id`` and ``host``.

    :return: the parts as written in the link, all empty when it is no profile link.
    :rtype: ProfileParts
    """
    canonical = canonical_link(url)
    if not canonical or not settings.link_pattern:
        return ProfileParts()
    bare = re.split(r"[?#]", canonical, maxsplit=1)[0].rstrip("/")
    found = re.fullmatch(settings.link_pattern, canonical) or re.fullmatch(
        settings.link_pattern, bare
    )
    if not found:
        return ProfileParts()
    groups = found.groupdict()
    return ProfileParts(
        groups.get("handle") or "", groups.get("id") or "", groups.get("host") or ""
    )


def canonical_link(url):
    """Return ``host/path?query#fragment`` of a web link, empty when it is none that can be trusted.

    Refused are other schemes, user names before the host (``https://x.com@evil.example/``), other
    ports, backslashes and white space: each of them makes two readers see two different hosts.
    """
    parts = _split_web_link(_clean(url))
    host = parts and normalize_host(parts.hostname or "")
    if not host:
        return ""
    tail = unquote(parts.path).rstrip("/")
    if re.search(r"[\s\\?#%]", tail):
        return ""
    if parts.query:
        tail += "?" + parts.query
    if parts.fragment:
        tail += "#" + unquote(parts.fragment)
    return host.removeprefix("www.") + tail


def _split_web_link(text):
    if not text or len(text) > MAX_URL or re.search(r"[\s\\]", text):
        return None
    if text.startswith("//"):
        text = "https:" + text
    elif not _SCHEME.match(text):
        text = "https://" + text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        return None
    return parts if port in (None, _DEFAULT_PORTS[parts.scheme]) else None


def normalize_host(host):
    """Return a host name in the form DNS uses (IDNA 2008, lower case), empty when it is none."""
    host = host.strip().rstrip(".")
    if not host or len(host) > 253:
        return ""
    try:
        ascii_host = idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    return ascii_host if "." in ascii_host else ""


def build_profile_url(pattern, handle="", external_id="", host=""):
    """Fill a profile URL pattern.

    :param str pattern: URL with ``{handle}``, ``{digits}`` (a phone number without plus),
        ``{id}``, ``{user}`` or ``{host}`` (the two sides of a handle that names its server).
    :param str handle: a normal form.
    :return: the link, empty when the pattern asks for something that is not known.
    :rtype: str
    """
    user, separator, own_host = handle.rpartition("@")
    values = {
        "{handle}": handle,
        "{digits}": handle.lstrip("+"),
        "{user}": user if separator else handle,
        "{host}": own_host if separator else host,
        "{id}": external_id,
    }
    url = pattern
    for placeholder, value in values.items():
        if placeholder not in pattern:
            continue
        if not value:
            return ""
        url = url.replace(placeholder, quote(value, safe="@:+.~_-"))
    return url


def _clean(text):
    """Drop what the eye does not see (bidi marks, zero width, controls) and map full width."""
    kept = []
    for char in (text or "").strip():
        category = unicodedata.category(char)
        if category in ("Cc", "Cf") and not char.isspace():
            continue
        decomposition = unicodedata.decomposition(char)
        if decomposition.startswith(("<wide>", "<narrow>")):
            char = chr(int(decomposition.split()[1], 16))
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept).strip())


def _looks_like_link(text, settings):
    if "://" in text or text.startswith("//") or _LEADING_HOST.match(text):
        return True
    # On Bluesky a host name is a handle; before an @ it is a name like any other.
    return text.startswith("www.") and "@" not in text and settings.form != FORM_DOMAIN


def _fold(text, settings):
    return text.lower() if settings.fold_case else text


def _name(text, settings, _host, _region):
    return _fold(text, settings)


def _server(text, settings, host, _region):
    """``@user@server``, also as written by the server itself (``user``) or ``acct:user@server``."""
    user, _separator, server = text.removeprefix("acct:").lstrip("@").partition("@")
    server = normalize_host(server or host)
    return f"{_fold(user, settings)}@{server}" if user and server else ""


def _matrix(text, settings, host, _region):
    """``@user:server``; the server may carry a port, as the specification allows."""
    user, _separator, server = text.partition(":")
    name, _colon, port = (server or host).partition(":")
    name = normalize_host(name)
    if not user or not name or (port and not port.isdigit()):
        return ""
    return f"{_fold(user, settings)}:{name}" + (f":{port}" if port else "")


def _domain(text, _settings, _host, _region):
    return normalize_host(text)


def _phone(text, _settings, _host, region):
    """E.164. Digits alone are read as the network writes them: the country code comes first."""
    digits = re.sub(r"[^\d+]", "", text)
    if re.search(r"[^\d\s+().\-/]", text) or not digits.lstrip("+"):
        return ""
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    national = digits.startswith("0") or (text != digits and not digits.startswith("+"))
    if national and not region:
        return ""
    if not national and not digits.startswith("+"):
        digits = "+" + digits
    # Odoo's own formatter, so that the result equals `phone_sanitized` of partners and leads.
    number = phone_format(
        digits,
        region.upper() if national else None,
        None,
        force_format="E164",
        raise_exception=False,
    )
    return number if re.fullmatch(r"\+[1-9]\d{6,14}", number or "") else ""


def _contact(text, settings, host, region):
    """What a caller or a visitor leaves: an e-mail address or a phone number."""
    if "@" not in text:
        return _phone(text, settings, host, region)
    user, _separator, server = text.lower().rpartition("@")
    address = f"{user}@{normalize_host(server)}"
    return address if _EMAIL.fullmatch(address) else ""


_NORMALIZERS = {
    FORM_NAME: _name,
    FORM_SERVER: _server,
    FORM_MATRIX: _matrix,
    FORM_DOMAIN: _domain,
    FORM_PHONE: _phone,
    FORM_CONTACT: _contact,
}
