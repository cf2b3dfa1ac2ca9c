# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Finding what somebody is called in texts and files, in every way it may be written down."""

import io
import json
import re
import unicodedata
import zipfile
import zlib
from html import escape
from urllib.parse import quote

from odoo.addons.social_crm_base.tools import names

#: Shorter names say too little: these are found only where they are all a field holds.
MIN_LENGTH = {"id": 5, "handle": 4, "name": 3, "email": 3, "phone": 6, "url": 8}
#: Of a number, this many last digits are the same however it is written.
PHONE_DIGITS = 8
SEPARATORS = r"[\s\-./()]*"
MAX_UNPACKED = 64 * 1024 * 1024
#: What people can read in a picture or a film; by chance a short name is in many a large one.
READABLE = re.compile(
    rb"(?:[\t\r\n\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3}){8,}"
)
PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


class AliasSearch:
    """What to look for.

    :param list aliases: dictionaries of ``kind`` and ``value``
    """

    def __init__(self, aliases):
        self.exact = {}  # text -> kind
        self.likes, self.phones = [], []
        patterns = {}
        for alias in aliases:
            if alias["kind"] not in MIN_LENGTH:
                continue  # tells a namesake apart, and is looked for by nobody
            kind, value = alias["kind"], str(alias["value"]).strip().lower()
            if kind == "phone":
                digits = re.sub(r"\D", "", value)[-PHONE_DIGITS:]
                if len(digits) >= MIN_LENGTH["phone"]:
                    self.phones.append(SEPARATORS.join(digits))
                continue
            self.exact[value] = kind
            if len(value) < MIN_LENGTH.get(kind, 4):
                continue
            for form in _forms(kind, value):
                patterns.setdefault(kind, set()).add(_bounded(form, kind))
                self.likes.append("%" + like(form) + "%")
        self.patterns = {kind: re.compile("|".join(sorted(found))) for kind, found in
                         patterns.items()}  # fmt: skip
        if self.phones:
            numbers = rf"(?<!\d)(?:\+|\d{{0,5}}{SEPARATORS})?(?:{'|'.join(self.phones)})(?!\d)"
            self.patterns["phone"] = re.compile(numbers)
        self.likes = sorted(set(self.likes))
        forms = {text[1:-1].replace("\\", "") for text in self.likes} | set(self.exact)
        self._bytes = {
            spelt.encode(code)
            for form in forms
            for spelt in (form, form.upper(), form.title())
            for code in ("utf-8", "utf-16-le")
        }
        self._digits = re.compile("|".join(self.phones).encode()) if self.phones else None

    def __bool__(self):
        return bool(self.exact or self.phones)

    def kinds_in(self, text):
        """What sort of names a text holds.

        :rtype: set[str]
        """
        text = unicodedata.normalize("NFC", text).lower()
        found = {kind for kind, pattern in self.patterns.items() if pattern.search(text)}
        if kind := self.exact.get(text.strip().strip('"')):
            found.add(kind)
        return found

    def kinds_in_file(self, content):
        """What sort of names a file holds; packed formats are unpacked.

        :param bytes content: the whole file
        :rtype: set[str]
        """
        found = set()
        for part in _parts(content):
            if not self._may_be_in(part):
                continue
            found |= self.kinds_in(_readable(part))
            if b"\x00" in part[:200]:  # UTF-16, as old office formats write
                found |= self.kinds_in(part.decode("utf-16-le", "ignore"))
        return found

    def _may_be_in(self, part):
        """Whether it is worth reading: most files hold nobody's name."""
        lower = part.lower()
        return any(form in lower or form in part for form in self._bytes) or bool(
            self._digits and self._digits.search(part)
        )


def _readable(part):
    try:
        return part.decode()
    except UnicodeDecodeError:
        return "\n".join(run.decode("utf-8", "ignore") for run in READABLE.findall(part))


def _forms(kind, value):
    """How a name is written: in JSON, HTML and addresses too; a name also without diacritics."""
    forms = {value, json.dumps(value)[1:-1], escape(value), unicodedata.normalize("NFD", value)}
    if kind in ("handle", "url", "email"):
        forms.add(quote(value, safe="").lower())
    if kind == "name" and len(names.fold(value).split()) > 1:
        forms.add(names.fold(value))
    if kind == "handle" and "@" in value.strip("@"):
        local = re.split("[@:]", value.lstrip("@"))[0]
        if len(local) >= MIN_LENGTH["handle"]:
            forms.add("@" + local)
    return {form.lower() for form in forms if form}


def _bounded(form, kind):
    start = "" if form.startswith("@") or kind == "url" else r"(?<![^\W_])"
    end = "" if kind == "url" else r"(?![^\W_])"
    return start + re.escape(form) + end


def like(form):
    """A form as ``LIKE`` takes it literally.

    :rtype: str
    """
    return form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _parts(content):
    """The file itself, and what is packed in it."""
    yield content
    if content[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in archive.infolist():
                    if member.file_size <= MAX_UNPACKED:
                        yield archive.read(member)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
            return
    elif content[:5] == b"%PDF-":
        for stream in PDF_STREAM.findall(content):
            try:
                yield zlib.decompressobj().decompress(stream, MAX_UNPACKED)
            except zlib.error:
                continue
        yield _pdf_text(content)
    elif content[:2] == b"\x1f\x8b":
        try:
            yield zlib.decompressobj(31).decompress(content, MAX_UNPACKED)
        except zlib.error:
            return


def _pdf_text(content):
    from odoo.tools.pdf import PdfFileReader  # heavy, and only for files

    try:
        reader = PdfFileReader(io.BytesIO(content))
        return "\n".join(page.extract_text() or "" for page in reader.pages).encode()
    except Exception:  # noqa: BLE001 (a broken file has no text to find)
        return b""
