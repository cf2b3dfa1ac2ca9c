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

from odoo.tools import SQL

from odoo.addons.social_crm_base.tools import names

from . import spellings

#: Shorter ones say too little: these are found only where they are all a field holds; a short
#: name also where it stands with a capital, and a short handle where it is marked.
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
        self.capitals, self.spellings = [], []  # expressions: of short names, of folded ones
        self._forms, self._words = {}, []  # kind to how it is written; words of folded names
        for alias in aliases:
            if alias["kind"] not in MIN_LENGTH:
                continue  # tells a namesake apart, and is looked for by nobody
            kind, written = alias["kind"], str(alias["value"]).strip()
            value = written.lower()
            if kind == "phone":
                digits = re.sub(r"\D", "", value)[-PHONE_DIGITS:]
                if len(digits) >= MIN_LENGTH["phone"]:
                    self.phones.append(SEPARATORS.join(digits))
                continue
            self.exact[value] = kind
            if kind == "name":
                self._add_spellings(value)
            is_short = spellings.weight(value) < MIN_LENGTH[kind]
            if is_short and kind == "name" and value:
                self.capitals += [re.escape(form) for form in {value.title(), value.upper()}]
            if is_short and kind != "handle":
                continue
            for form in _forms(kind, value) if not is_short else {"@" + value.lstrip("@")}:
                self._forms.setdefault(kind, set()).add(form)
                self.likes.append("%" + like(form) + "%")
        self.patterns = {
            kind: re.compile("|".join(sorted(_bounded(form, kind) for form in forms)))
            for kind, forms in self._forms.items()
        }
        if self.phones:
            numbers = rf"(?<!\d)(?:\+|\d{{0,5}}{SEPARATORS})?(?:{'|'.join(self.phones)})(?!\d)"
            self.patterns["phone"] = re.compile(numbers)
        self.likes = sorted(set(self.likes))
        self._folded = _one_of(self.spellings)
        self._capitals = _one_of(self.capitals)
        self._prepare_bytes()

    def _add_spellings(self, value):
        """A name of two words, or a long one, also in all its other spellings."""
        folded = names.fold(value)
        if " " in folded or len(folded) > MIN_LENGTH["name"]:
            self.spellings.append(spellings.pattern(folded))
            self._words.append([word.encode() for word in folded.split()])
            self.likes += ["%" + "%".join(map(like, words)) + "%"
                           for words in spellings.orders(folded)]  # fmt: skip

    def _prepare_bytes(self):
        """By what it is seen whether a file is worth reading."""
        forms = {form for found in self._forms.values() for form in found} | set(self.exact)
        self._bytes = {
            spelt.encode(code)
            for form in forms
            for spelt in (form, form.upper(), form.title())
            for code in ("utf-8", "utf-16-le")
        }
        self._digits = re.compile("|".join(self.phones).encode()) if self.phones else None

    def terms(self, column):
        """What a column of a table is asked, before its text is read: finds at least all.

        :param SQL column: as text
        :rtype: list[SQL]
        """
        text = SQL("lower(%s)", column)
        found = [SQL("%s LIKE ANY(%s)", text, self.likes or ["\x01"])]
        if self.exact:
            found.append(SQL("trim('\"' from %s) = ANY(%s)", text, list(self.exact)))
        found += [SQL("%s ~ %s", text, pattern) for pattern in self.phones]
        found += [SQL("%s ~ %s", column, rf"\m{pattern}\M") for pattern in self.capitals]
        # letters with diacritics and other scripts are only where there is more than ASCII
        found += [
            SQL("octet_length(%s) > length(%s) AND %s ~* %s", column, column, column, pattern)
            for pattern in self.spellings
        ]
        return found

    def __bool__(self):
        return bool(self.exact or self.phones)

    def kinds_in(self, text):
        """What sort of names a text holds.

        :rtype: set[str]
        """
        text = unicodedata.normalize("NFC", text)
        named = self._capitals and self._capitals.search(text)
        text = text.lower()
        found = {kind for kind, pattern in self.patterns.items() if pattern.search(text)}
        if named or self._folded and self._folded.search(text):
            found.add("name")
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
        if any(form in lower or form in part for form in self._bytes):
            return True
        if self._digits and self._digits.search(part):
            return True
        return bool(self._folded) and self._may_be_spelt_in(lower)

    def _may_be_spelt_in(self, lower):
        """Other spellings only stand in texts; in ASCII the words themselves are there."""
        if lower.isascii():
            return any(all(word in lower for word in words) for words in self._words)
        try:
            return bool(self._folded.search(lower.decode().lower()))
        except UnicodeDecodeError:
            return False


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
    has_borders = kind != "url" and not spellings.is_wide(form)
    start = r"(?<![^\W_])" if has_borders and not form.startswith("@") else ""
    end = r"(?![^\W_])" if has_borders else ""
    return start + re.escape(form) + end


def _one_of(patterns):
    """Any of some expressions as whole words, or None."""
    if not patterns:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])")


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
