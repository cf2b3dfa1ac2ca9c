# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A feed's document, in whatever format, as one plain shape. No network, no ORM.

An entry is JSON-able: ``id link title html text author {name, url} published updated language
media [{url, type, name}]``; times are ISO 8601 in UTC or missing, addresses are absolute.
"""
import hashlib
import io
import json
import re
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import feedparser

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from ...tools.payload import clean
from . import const, json_feed

MAIL = re.compile(r"(?:mailto:)?[^\s()<>,;]+@[^\s()<>,;]+")

@dataclass(frozen=True)
class Document:
    """:param str flaw: what is wrong with the document although it could be read; "" if nothing"""

    title: str
    link: str
    entries: list = field(repr=False)
    flaw: str = ""
    links: dict = field(default_factory=dict)  # relation to addresses: hub, self


def read_document(content, url, content_type=""):
    """What a feed says, at most ``const.MAX_ENTRIES`` entries, the oldest first.

    :param bytes content:
    :param str url: where it came from, for relative addresses
    :rtype: Document
    :raise MalformedPayload: it is no feed
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        found = _read_json(content, url)
    else:
        found = _read_xml(content, url, content_type)
    entries = {}
    for entry in found.entries:
        entries.setdefault(key_of(entry), entry)  # twice in one document: the first counts
    newest = sorted(entries.values(), key=_moment, reverse=True)[: const.MAX_ENTRIES]
    return Document(found.title, found.link, newest[::-1], found.flaw, found.links)


def key_of(entry):
    """The entry's name, the same at every reading: its id, else its address, else its words.

    :rtype: str
    """
    if entry.get("id") or entry.get("link"):
        return entry.get("id") or entry["link"]
    words = "\x1f".join((entry.get("title", ""), entry.get("html", ""), entry.get("text", "")))
    return "sha256:" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def wording_of(entry):
    """A short mark of what an entry says, to see when it says something else.

    :rtype: str
    """
    said = {name: value for name, value in entry.items() if name not in ("published", "updated")}
    words = json.dumps(said, sort_keys=True)
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]


def _moment(entry):
    """Undated entries count as new: feeds without dates are short and in order."""
    return entry.get("published") or entry.get("updated") or "9999"


def _read_json(content, url):
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MalformedPayload("this JSON cannot be read") from error
    title, link, entries, links = json_feed.read(data, url)
    return Document(title, link, entries, links=links)


def _read_xml(content, url, content_type):
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    # A stream: given bytes or text, feedparser would take it for the name of a file or an address.
    stream = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own older names
        try:
            parsed = feedparser.parse(
                stream, response_headers=headers, resolve_relative_uris=True, sanitize_html=False
            )
        except (RecursionError, ValueError, LookupError, AssertionError, TypeError) as error:
            raise MalformedPayload("this feed cannot be read") from error
    if not parsed.get("version") and not parsed.entries:
        raise MalformedPayload("there is no feed at this address")
    feed = parsed.feed
    language = str(feed.get("language") or "")
    entries = [_xml_entry(entry, feed, url, language) for entry in parsed.entries]
    links = {}
    for link in feed.get("links", []):
        if link.get("rel") in ("hub", "self") and link.get("href"):
            links.setdefault(link["rel"], []).append(urljoin_safe(url, link["href"]))
    # An encoding other than declared is read all the same and no flaw of the text.
    flawed = parsed.bozo and not isinstance(
        parsed.get("bozo_exception"),
        (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType),
    )
    flaw = type(parsed.get("bozo_exception")).__name__ if flawed else ""
    title, link = one_line(feed.get("title")), urljoin_safe(url, feed.get("link"))
    return Document(title, link, entries, flaw, links)


def _xml_entry(entry, feed, url, language):
    made = {
        "id": str(entry.get("id") or "").strip(),
        "link": urljoin_safe(url, entry.get("link")),
        "title": one_line(entry.get("title")),
        "published": _time(entry, "published_parsed") or _time(entry, "created_parsed"),
        # feedparser would give the date of publication in place of a missing one
        "updated": _time(entry, "updated_parsed") if "updated_parsed" in entry else "",
        "author": _author(entry, feed),
        "language": str(entry.get("language") or language),
        "media": _media(entry, url),
    }
    content = next((c for c in entry.get("content", []) if c.get("value")), None)
    words, kind = "", ""
    if content:
        words, kind = content["value"], content.get("type", "")
        made["language"] = str(content.get("language") or made["language"])
    elif entry.get("summary"):
        words = entry["summary"]
        kind = (entry.get("summary_detail") or {}).get("type", "")
    made["text" if kind == "text/plain" else "html"] = cut(words, const.MAX_HTML)
    return tidy(made)


def _author(entry, feed):
    """Who wrote it, by name. Addresses of mail that feeds name are nobody's business here."""
    for holder in (entry, feed):
        # The whole line: feedparser's own cut leaves the end of longer addresses as a name.
        name = one_line(MAIL.sub(" ", str(holder.get("author") or ""))).strip(" ()<>,;")
        if name:
            address = (holder.get("author_detail") or {}).get("href")
            return tidy({"name": name, "url": str(address or "")})
    return {}


def _media(entry, url):
    found = {}
    for item in entry.get("enclosures", []):
        address = urljoin_safe(url, item.get("href") or item.get("url"))
        if address:
            found.setdefault(address, {"url": address, "type": str(item.get("type") or "")})
    for item in entry.get("media_content", []):
        address = urljoin_safe(url, item.get("url"))
        if address:
            found.setdefault(address, {"url": address, "type": str(item.get("type") or "")})
    return list(found.values())[: const.MAX_MEDIA]


def _time(entry, name):
    """A time without zone counts as UTC, as feedparser has it; it does not read all of those."""
    given, words = entry.get(name), entry.get(name.removesuffix("_parsed"))
    try:
        moment = datetime(*given[:6]) if given else _without_zone(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return moment.isoformat() if moment and 1970 <= moment.year <= 9000 else ""


def _without_zone(words):
    moment = parsedate_to_datetime(words) if words else None
    return moment.replace(tzinfo=None) if moment else None


# === SHARED WITH json_feed === #


def urljoin_safe(base, address):
    """An absolute address, "" where there is none."""
    address = str(address or "").strip()
    if not address:
        return ""
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def one_line(words):
    """:rtype: str"""
    return cut(" ".join(str(words or "").split()), const.MAX_TITLE)


def cut(words, length):
    """Text a database can hold, not longer than that."""
    return clean(str(words or ""))[:length]


def tidy(entry):
    """Without what is empty."""
    return {name: value for name, value in entry.items() if value}
