# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What somebody wrote in a mail, apart from what their program put below it."""
from lxml import etree, html

from odoo.tools.mail import html_sanitize

# Odoo marks quotations and signatures of the usual mail programs with these.
QUOTE = "data-o-mail-quote"
MAX_HTML = 1_000_000
MAX_DEPTH_PARSER = {"huge_tree": False, "encoding": "utf-8"}


def parts(body):
    """Cut the body of a mail in what is new and what is quoted or signature.

    :param str body: HTML, possibly broken, of anybody
    :return: HTML of the new part, HTML of the rest; both sanitised
    :rtype: tuple[str, str]
    """
    clean = str(html_sanitize(body[:MAX_HTML], silent=True, strip_style=True))
    try:
        root = html.fragment_fromstring(
            clean.encode("utf-8", "replace"),
            create_parent="div",
            parser=html.HTMLParser(**MAX_DEPTH_PARSER),
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return clean, ""
    rest = []
    for node in root.xpath(f"//*[@{QUOTE}]"):
        inside = any(parent.get(QUOTE) for parent in node.iterancestors())
        if inside or node.getparent() is None:
            continue
        rest.append(_inner(node, keep=True))
        _take_out(node)
    if not "".join(root.itertext()).strip() and not root.xpath("//img"):
        return clean, ""  # nothing but a quotation: an answer written between its lines
    return _inner(root), "".join(rest)


def fresh_part(body):
    """The new part alone, see :func:`parts`."""
    return parts(body)[0]


def _inner(node, keep=False):
    tail, node.tail = node.tail, None
    text = html.tostring(node, encoding="unicode")
    node.tail = tail
    if keep:
        return text
    return text.removeprefix("<div>").removesuffix("</div>")


def _take_out(node):
    """Remove a node, and leave what stands behind it."""
    parent, before = node.getparent(), node.getprevious()
    if node.tail:
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)


def is_automatic(message):
    """Whether a machine wrote this mail: an absence note, a receipt, a list, a report.

    RFC 3834 (Auto-Submitted), RFC 2076 (Precedence), [MS-OXCMAIL] 2.1.3.2.20
    (X-Auto-Response-Suppress), and what older programs write.

    :param message: ``email.message.EmailMessage``
    :rtype: bool
    """
    said = {name: str(message.get(name) or "").strip().lower() for name in HEADERS}
    if said["Auto-Submitted"] and not said["Auto-Submitted"].startswith("no"):
        return True
    if said["Precedence"] in ("bulk", "junk", "list", "auto_reply"):
        return True
    if said["X-Auto-Response-Suppress"] not in ("", "none"):
        return True
    if any(said[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id")):
        return True
    return message.get_content_type() == "multipart/report"


HEADERS = (
    "Auto-Submitted",
    "Precedence",
    "X-Auto-Response-Suppress",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Reply",
    "List-Id",
)
