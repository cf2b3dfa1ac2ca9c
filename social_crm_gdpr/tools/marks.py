# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Marked names (``@name``) in what people wrote: read whole, so that nobody else's is touched.

One way for the erasure, its proving scan and whatever comes in later.
"""

import re
from html import escape

#: ``@ana``, ``@ana.marija``, ``@ana@a.server``, ``@ana:a.server``, also in an element of its own.
#: Always the longest name there is; an address (``info@ana.example``) and a link marks nobody.
MARKED = re.compile(
    r"(?<![A-Za-z0-9_%+/-])@(?P<span><span>)?"
    r"(?P<name>\w(?:[\w.-]*\w)?(?:(?:@\w(?:[\w.-]*\w)?|:\w[\w-]*(?:\.[\w-]+)+)(?::\d+)?)?)"
    r"(?(span)(?:</span>)?)"
)
ANCHOR = re.compile(r"<a\b[^>]*?\bhref=(['\"])(?P<href>.*?)\1[^>]*>(?P<text>.*?)</a>", re.I | re.S)
TAG = re.compile(r"<[^>]+>")
SERVER = re.compile("[@:]")


def names_in(text):
    """Names a text marks, without the sign before them.

    :rtype: list[str]
    """
    return [found["name"] for found in MARKED.finditer(text)] if "@" in text else []


def plain(name):
    """A handle as it is compared: without the sign before it, in small letters.

    :rtype: str
    """
    return (name or "").strip().lstrip("@").casefold()


def local(name):
    """The part of a handle before its server.

    :rtype: str
    """
    return SERVER.split(plain(name))[0]


def among(names):
    """Whether a marked name is one of these, for :func:`replace`.

    :param set names: as :func:`plain` gives them
    :rtype: callable
    """
    return lambda said: plain(said) in names


def has_server(name):
    """Whether a handle says on which server, so that it is one person's wherever it stands.

    :rtype: bool
    """
    return bool(SERVER.search(plain(name)))


def replace(text, is_gone, placeholder, links=()):
    """Put a placeholder for marked names, and for links to profiles.

    :param callable is_gone: takes a whole name as it is marked
    :param links: addresses of profiles; others that merely begin alike stay
    :rtype: str
    """
    if links:
        forms = sorted({form for link in links for form in (link.rstrip("/"),
                        escape(link.rstrip("/")))}, key=len, reverse=True)  # fmt: skip
        address = rf"(?:{'|'.join(map(re.escape, forms))})(?![\w.%@:-]*\w)"
        anchor = rf"<a\b[^>]*?\bhref=(['\"]){address}/?\1[^>]*>.*?</a>"
        text = re.sub(anchor, placeholder, text, flags=re.I | re.S)
        text = re.sub(address, placeholder, text, flags=re.I)
    if "@" not in text:
        return text
    return MARKED.sub(lambda found: placeholder if is_gone(found["name"]) else found[0], text)


def replace_within(value, change):
    """The same in a JSON value: every text in it is changed.

    :param callable change: text to text
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [replace_within(item, change) for item in value]
    if isinstance(value, dict):
        return {name: replace_within(item, change) for name, item in value.items()}
    return value


def linked_locals(html, links):
    """Which short names the links of a text give to these profiles, and to nobody else.

    :param str html: as the network wrote it
    :param links: addresses of profiles
    :rtype: set[str]
    """
    links = {link.rstrip("/").casefold() for link in links}
    ours, others = set(), set()
    for found in ANCHOR.finditer(html or ""):
        shown = TAG.sub("", found["text"]).strip()
        if shown.startswith("@"):
            href = found["href"].replace("&amp;", "&").rstrip("/").casefold()
            (ours if href in links else others).add(plain(shown))
    return ours - others
