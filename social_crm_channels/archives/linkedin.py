# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""LinkedIn: the CSV files of *Get a copy of your data* (Data privacy).

Ours are ``Shares.csv``, ``Comments.csv`` and ``messages.csv``. ``Connections.csv``,
``ImportedContacts.csv`` and the other lists of people are address books and are not opened.
"""
import csv
import re

from .reader import ArchiveReader, moment, readable, understood, web_address
from .said import Author, LeftOut, Part, Said, Unread

POSTS = Part("posts", "posts")
COMMENTS = Part("comments", "comments")
FORMS = ("%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S", "%m/%d/%y, %I:%M %p", "%Y-%m-%d")
MAX_FIELD = 1 << 20


class LinkedInReader(ArchiveReader):
    code = platform = "linkedin"
    members = (r"(^|/)Shares\.csv$", r"(^|/)Comments\.csv$", r"(^|/)messages\.csv$")

    def walk(self, package, options):
        own = _own(package)
        shares, comments, messages = self.members
        yield from _rows(package, shares, "Date", _share)
        yield from _rows(package, comments, "Date", _comment)
        yield from _rows(package, messages, "CONVERSATION ID",
                         lambda *row: _message(own, *row))


def _own(package):
    """Our name, by which our own messages are known."""
    for name in package.find(r"(^|/)Profile\.csv$"):
        for _line, row in _table(package, name, "First Name"):
            full = f"{row.get('First Name', '')} {row.get('Last Name', '')}".strip()
            return {full} if full else set()
    return set()


def _rows(package, pattern, first, make):
    for name in package.find(pattern):
        yield from readable(name, _understood_rows(package, name, first, make))


def _understood_rows(package, name, first, make):
    for line, row in _table(package, name, first):
        if isinstance(row, Unread):
            yield row
        else:
            yield from understood(name, line, lambda: make(name, line, row))  # noqa: B023 at once


def _table(package, name, first):
    """Rows by column, with the line each begins on; notes above the head are passed over."""
    csv.field_size_limit(MAX_FIELD)
    with package.text(name) as stream:
        rows = csv.reader(stream)
        head = None
        while True:
            begins = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                break
            except csv.Error as error:
                yield begins, Unread(name, begins, "broken", str(error))
                continue
            if head is None:
                head = [cell.strip() for cell in row] if first in map(str.strip, row) else None
            elif len(row) < len(head) // 2 or not any(row):
                if any(row):
                    yield begins, Unread(name, begins, "shape", ", ".join(row)[:120])
            else:
                yield begins, dict(zip(head, row, strict=False))
    if head is None:
        yield 1, Unread(name, 1, "shape", first)


def words(row, column):
    """A cell as it was written: LinkedIn puts quotes around the line breaks of a post."""
    text = row.get(column) or ""
    text = re.sub(r'"?\r?\n"?', "\n", text).replace('\\"', '"').replace("\x00", "")
    return text.strip().strip('"').strip()


def _share(file, line, row):
    text = "\n".join(filter(None, (words(row, "ShareCommentary"),
                                   web_address(row.get("SharedUrl")))))
    link = web_address(row.get("ShareLink"))
    at = moment(row.get("Date"), *FORMS)
    if not (text or link):
        return [LeftOut("empty")]
    is_public = (row.get("Visibility") or "MEMBER_NETWORK").strip() != "CONNECTIONS"
    return [
        Said(
            file, line, at, POSTS, "post" if text else "share", text=text,
            external_id=_urn(link), permalink=link,
            visibility="public" if is_public else "followers",
        )
    ]


def _comment(file, line, row):
    text = words(row, "Message")
    at = moment(row.get("Date"), *FORMS)
    if not text:
        return [LeftOut("empty")]
    return [Said(file, line, at, COMMENTS, "comment", text=text,
                 permalink=web_address(row.get("Link")))]


def _urn(link):
    """The number LinkedIn calls a post by, "" where the address has none."""
    found = re.search(r"urn(?:%3A|:)li(?:%3A|:)(\w+)(?:%3A|:)(\d+)", link, re.IGNORECASE)
    return f"urn:li:{found[1]}:{found[2]}" if found else ""


def _person(own, name, address):
    """Somebody by the address of the profile, the one thing of an account that is given."""
    name = (name or "").strip()
    address = web_address(address)
    handle = re.search(r"linkedin\.com/in/([^/?#]+)", address)
    return Author(
        f"@{handle[1].lower()}" if handle else f"name:{name}",
        name,
        handle[1] if handle else "",
        is_own=name in own,
    )


def _message(own, file, line, row):
    if (row.get("IS MESSAGE DRAFT") or "").strip().lower() == "yes":
        return [LeftOut("system")]
    at = moment(row.get("DATE"), *FORMS)
    text = words(row, "CONTENT")
    if not text:
        return [LeftOut("empty")]
    sender = _person(own, row.get("FROM"), row.get("SENDER PROFILE URL"))
    names = (row.get("TO") or "").split(",")
    addresses = (row.get("RECIPIENT PROFILE URLS") or "").split(",")
    others = [
        _person(own, names[place] if place < len(names) else "", address)
        for place, address in enumerate(addresses)
        if address.strip()
    ] or [_person(own, name, "") for name in names if name.strip()]
    title = words(row, "CONVERSATION TITLE")
    return [
        Said(
            file, line, at,
            Part(f"talk:{row.get('CONVERSATION ID', '')}", "messages",
                 title or next((who.name for who in (sender, *others) if not who.is_own), "")),
            "message", author=sender, title=words(row, "SUBJECT"), text=text, family="message",
            visibility="direct", others=tuple(who for who in others if not who.is_own),
        )
    ]
