# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Which feeds a web page names. No network, no ORM."""
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from . import const


def address_of(typed):
    """An address as people type or copy it, whole.

    :rtype: str
    :raise MalformedPayload: it cannot be one
    """
    typed = (typed or "").strip()
    if typed.lower().startswith("feed:"):  # what browsers once opened feed readers by
        typed = typed[5:].lstrip("/")
    if typed and "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host, _port = parts.hostname, parts.port  # a bad port raises
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc or " " in typed:
        raise MalformedPayload("this is no web address")
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/", fragment="").geturl()


def feeds_of(content, url):
    """The feeds a page names by ``<link rel="alternate">``.

    :param bytes content: HTML, possibly broken
    :param str url: the page's, for relative addresses
    :return: address to title, in the page's order
    :rtype: dict[str, str]
    """
    try:
        root = html.document_fromstring(content)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return {}
    base = next((node.get("href") for node in root.iter("base") if node.get("href")), "")
    found = {}
    for node in root.iter("link"):
        relations = (node.get("rel") or "").lower().split()
        kind = (node.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" not in relations or kind not in const.FEED_TYPES or not node.get("href"):
            continue
        try:
            address = address_of(urljoin(urljoin(url, base), node.get("href").strip()))
        except (MalformedPayload, ValueError):
            continue
        found.setdefault(address, " ".join((node.get("title") or "").split()))
        if len(found) == const.MAX_FOUND:
            break
    return found
