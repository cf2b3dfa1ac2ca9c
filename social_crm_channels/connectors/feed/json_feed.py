# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), which feedparser does not read."""
from datetime import UTC, datetime

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from . import const, reader

VERSION = "jsonfeed.org/version/"


def read(data, url):
    """The document's parts.

    Readers are to be forgiving here: an item's id may be a number, and what is of the wrong type
    counts as missing.

    :param data: the JSON
    :return: title, the page's address, entries, links (hub, self)
    :rtype: tuple[str, str, list[dict], dict]
    :raise MalformedPayload: it is no feed
    """
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or VERSION not in _text(data, "version"):
        raise MalformedPayload("there is no feed at this address")
    language = _text(data, "language")
    entries = [_entry(item, data, url, language) for item in items if isinstance(item, dict)]
    hubs = [_text(hub, "url") for hub in _list(data, "hubs") if _text(hub, "type") == "WebSub"]
    links = {"hub": [reader.urljoin_safe(url, hub) for hub in hubs if hub]}
    if _text(data, "feed_url"):
        links["self"] = [reader.urljoin_safe(url, _text(data, "feed_url"))]
    home = reader.urljoin_safe(url, _text(data, "home_page_url"))
    return reader.one_line(_text(data, "title")), home, entries, links


def _entry(item, feed, url, language):
    link = _text(item, "url") or _text(item, "external_url")
    made = {
        "id": _text(item, "id").strip(),
        "link": reader.urljoin_safe(url, link),
        "title": reader.one_line(_text(item, "title")),
        "published": _time(item, "date_published"),
        "updated": _time(item, "date_modified"),
        "author": _author(item) or _author(feed),
        "language": _text(item, "language") or language,
        "media": _media(item, url),
        "html": reader.cut(_text(item, "content_html"), const.MAX_HTML),
    }
    if not made["html"]:
        words = _text(item, "content_text") or _text(item, "summary")
        made["text"] = reader.cut(words, const.MAX_HTML)
    return reader.tidy(made)


def _author(holder):
    named = [*_list(holder, "authors"), holder.get("author")]  # the latter is version 1.0's
    for author in named:
        name = reader.one_line(_text(author, "name")) if isinstance(author, dict) else ""
        if name:
            return {"name": name, "url": _text(author, "url")}
    return {}


def _media(item, url):
    found = {}
    if _text(item, "image"):
        found[reader.urljoin_safe(url, _text(item, "image"))] = {"type": "image/*"}
    for attachment in _list(item, "attachments"):
        address = reader.urljoin_safe(url, _text(attachment, "url"))
        if address:
            kind, name = _text(attachment, "mime_type"), _text(attachment, "title")
            found.setdefault(address, {"type": kind, "name": reader.one_line(name)})
    return [{"url": address, **more} for address, more in found.items() if address][
        : const.MAX_MEDIA
    ]


def _time(holder, key):
    """RFC 3339; without a zone it counts as UTC."""
    try:
        moment = datetime.fromisoformat(_text(holder, key).strip())
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return ""
    return moment.replace(microsecond=0).isoformat() if 1970 <= moment.year <= 9000 else ""


def _text(holder, key):
    value = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _list(holder, key):
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []
