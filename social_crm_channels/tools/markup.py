# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""HTML that strangers wrote: as plain text to read and measure, and as markup safe to show."""
import re
from html import unescape

from lxml import etree, html

from odoo.tools.mail import html_sanitize

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "div", "dl", "dd", "dt", "figure", "footer")
    + ("header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul")
    + HEADINGS
)
# Fetched by merely looking at the message: tells the writer that, and when, we read it.
LOADS = ("img", "picture", "source", "audio", "video", "embed", "object", "iframe", "svg", "math")
LOADS += ("link", "style", "script")
# What a message has beyond lines and names; without any of these its text says all.
MEANINGFUL = frozenset(
    ("b", "strong", "i", "em", "u", "s", "del", "strike", "code", "pre", "blockquote", "ul", "ol")
    + ("table", "sup", "sub")
    + HEADINGS
)
MAX_HTML = 1_000_000
SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:", "xmpp:", "gemini:")


def html_to_text(source):
    """The words, lines and addresses of a piece of HTML.

    Hidden parts of a shortened link count (Mastodon hides them by a class); a link whose words do
    not show where it leads is followed by its address.

    :param str source: HTML, possibly broken
    :rtype: str
    """
    root = _fragment(source)
    if root is None:
        return _stripped(source)
    lines = []
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if not isinstance(node.tag, str):
            if event == "comment" and node.tail:
                lines.append(_joined(node.tail))
            continue
        if event == "start":
            _open(node, lines)
        else:
            _close(node, lines)
    text = "".join(lines).replace("\u00a0", " ")
    text = re.sub(r"\n (?! )", "\n", re.sub(r"[ \t]+\n", "\n", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def safe_html(source):
    """The same HTML without scripts, styles and whatever loads from elsewhere; "" if plain text
    says as much.

    :rtype: str
    """
    root = _fragment(source)
    if root is None:
        return ""
    etree.strip_elements(root, *LOADS, with_tail=False)
    if not any(_is_meaningful(node) for node in root.iter(etree.Element)):
        return ""
    for node in root.iter("a"):
        if not (node.get("href") or "").strip().lower().startswith(SAFE_SCHEMES):
            node.attrib.pop("href", None)
        node.set("rel", "nofollow noopener noreferrer")
        node.set("target", "_blank")
    inner = html.tostring(root, encoding="unicode")
    clean = html_sanitize(inner, silent=True, strip_style=True, strip_classes=True)
    return str(clean).strip()


def _fragment(source):
    source = source[:MAX_HTML].strip()
    if not source:
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_pis=True)
    try:
        root = html.document_fromstring(
            f"<div>{source}</div>".encode("utf-8", "replace"), parser=parser
        ).find("body")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return None if any("depth" in error.message for error in parser.error_log) else root


def _stripped(source):
    """What can be saved of markup that no parser takes, such as a thousand nested blocks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", source[:MAX_HTML])).split())


def _open(node, lines):
    if node.tag in BLOCKS:
        lines.append("\n" if node.tag in ("li", "tr", "dd", "dt", "div") else "\n\n")
        if node.tag == "li":
            lines.append("- ")
    elif node.tag == "br":
        lines.append("\n")
    elif node.tag == "img" and node.get("alt"):
        lines.append(node.get("alt"))
    if node.text and node.tag not in ("script", "style"):
        lines.append(node.text if _is_pre(node) else _joined(node.text))


def _close(node, lines):
    if node.tag == "a":
        address = _hidden_address(node)
        if address:
            lines.append(f" ({address})")
    if node.tag in BLOCKS:
        lines.append("\n" if node.tag in ("li", "tr", "dd", "dt", "div") else "\n\n")
    if node.tail:
        lines.append(node.tail if _is_pre(node.getparent()) else _joined(node.tail))


def _is_pre(node):
    return node is not None and node.tag == "pre"


def _joined(text):
    return re.sub(r"[ \t\r\n]+", " ", text)


def _hidden_address(node):
    """Where a link leads, if its words do not say so already."""
    address = (node.get("href") or "").strip()
    words = "".join(node.itertext()).strip()
    if not address.lower().startswith(("http://", "https://")) or words[:1] in ("@", "#", ""):
        return ""
    shown = re.sub(r"^https?://", "", words).rstrip("/…")
    return "" if shown and shown in address else address


def _is_meaningful(node):
    if node.tag in MEANINGFUL:
        return True
    return node.tag == "a" and not "".join(node.itertext()).strip().startswith(("@", "#"))
