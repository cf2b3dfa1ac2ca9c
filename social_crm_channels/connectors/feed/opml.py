# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""OPML 2.0 (http://opml.org/spec2.opml): lists of feeds as readers exchange them. No ORM."""
from dataclasses import dataclass

from lxml import etree

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from . import const, discovery, reader


@dataclass(frozen=True)
class Outline:
    """One feed of a list, and the folders it lies in, the outermost first."""

    address: str
    title: str
    folders: tuple[str, ...] = ()


def read(content):
    """The feeds of a list; in several folders they come once, with all of them.

    :param bytes content:
    :return: feeds, and lines in words that cannot be read
    :rtype: tuple[list[Outline], list[str]]
    :raise MalformedPayload: it is no OPML, or too much of it
    """
    if len(content) > const.MAX_OPML_BYTES:
        raise MalformedPayload("the file is too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    body = root.find("body") if root is not None and root.tag == "opml" else None
    if body is None:
        raise MalformedPayload("this is no OPML file")
    found, unread = {}, []
    for node in body.iter("outline"):
        typed = (node.get("xmlUrl") or "").strip()
        if not typed:
            continue
        title = reader.one_line(node.get("title") or node.get("text")) or typed
        try:
            address = discovery.address_of(typed)
        except MalformedPayload:
            unread.append(f"{title}: {typed}")
            continue
        folders = _folders(node)
        if address in found:
            folders = tuple(dict.fromkeys((*found[address].folders, *folders)))
            title = found[address].title
        found[address] = Outline(address, title, folders)
        if len(found) > const.MAX_OPML_FEEDS:
            raise MalformedPayload("there are too many feeds in this file")
    return list(found.values()), unread


def _folders(node):
    names = [
        reader.one_line(above.get("title") or above.get("text"))
        for above in node.iterancestors("outline")
    ]
    return tuple(name for name in reversed(names) if name)


def write(title, outlines):
    """A list as bytes; a feed with several tags lies in each folder, as readers do it.

    :param list outlines: of :class:`Outline`
    :rtype: bytes
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _xml_text(title)
    body = etree.SubElement(root, "body")
    folders = {}
    for outline in outlines:
        for name in outline.folders or ("",):
            place = folders.get(name)
            if place is None:
                shown = _xml_text(name)
                place = etree.SubElement(body, "outline", text=shown, title=shown) if name else body
                folders[name] = place
            etree.SubElement(
                place,
                "outline",
                type="rss",
                text=_xml_text(outline.title),
                title=_xml_text(outline.title),
                xmlUrl=_xml_text(outline.address),
            )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _xml_text(words):
    """Without the control characters that XML cannot hold."""
    return "".join(letter for letter in words or "" if letter >= " " or letter in "\t\n")
