# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Writing what is known of a person for them to read: HTML and PDF, and for machines: JSON and CSV.

Everything is written part by part to files, so that memory does not grow with the person's data.
PDF is made with ReportLab: ``wkhtmltopdf`` would hold a whole document in memory. No ORM.
"""

import csv
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import escape
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from .printable import printable

#: Below Odoo's data folder; one folder a database, one in it a request.
FOLDER = "social_crm_packages"
FONT = "SocialCrmSans"
MARGIN = 48
SIZE = 9
LEADING = 12.5
#: What a spreadsheet would run as a formula (OWASP, CSV Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 50rem; padding: 0 1rem;
  color: #222; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2rem; }
article { border-top: 1px solid #ddd; padding: .75rem 0; }
dl { display: grid; grid-template-columns: minmax(8rem, 12rem) 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: #666; } dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 35rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
"""


@dataclass(frozen=True)
class Column:
    """What a column is called, and whether people need to read it."""

    name: str
    label: str
    is_technical: bool = False


def write_part(folder, name, title, columns, rows, language, font_path, formats, elsewhere=""):
    """Write rows as one part, a file for each format.

    :param Path folder: where
    :param str name: of the files, without ending
    :param list columns: of :class:`Column`
    :param iterable rows: dictionaries; read once, one after the other
    :param str language: of the labels, as in ``lang="de"``
    :param str font_path: of a TrueType font with the letters of all languages
    :param formats: of ``html``, ``pdf``, ``json``, ``csv``
    :param str elsewhere: what PDF says in place of a writing it cannot print
    :return: how many rows were written
    :rtype: int
    """
    makers = {
        "html": lambda path: HtmlPart(path, title, columns, language),
        "pdf": lambda path: PdfPart(path, title, columns, font_path, elsewhere),
        "json": lambda path: JsonPart(path, columns),
        "csv": lambda path: CsvPart(path, columns),
    }
    parts = [makers[ending](folder / f"{name}.{ending}") for ending in formats]
    count = 0
    for row in rows:
        count += 1
        for part in parts:
            part.add(row)
    for part in parts:
        part.close()
    return count


def plain(value):
    """A value as people read it.

    :rtype: str
    """
    if value is None or value is False or value in ([], "", 0.0) and not isinstance(value, int):
        return ""  # a figure that was never filled in is stored as 0.0
    if value is True:
        return "✓"
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(plain, value)))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return CONTROL.sub("", str(value))


class HtmlPart:
    def __init__(self, path, title, columns, language):
        self.columns = [column for column in columns if not column.is_technical]
        self.file = path.open("w", encoding="utf-8")
        self.file.write(html_head(title, language))

    def add(self, row):
        said = [(c.label, plain(row.get(c.name))) for c in self.columns]
        lines = "".join(
            f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in said if text
        )
        self.file.write(f"<article><dl>{lines}</dl></article>\n")

    def close(self):
        self.file.write("</body></html>\n")
        self.file.close()


class JsonPart:
    def __init__(self, path, columns):
        self.names = [column.name for column in columns]
        self.file = path.open("w", encoding="utf-8")
        self.separator = "[\n"

    def add(self, row):
        known = {name: row[name] for name in self.names if row.get(name) not in (None, False, [])}
        self.file.write(self.separator)
        json.dump(known, self.file, ensure_ascii=False, default=str)
        self.separator = ",\n"

    def close(self):
        self.file.write("[]\n" if self.separator == "[\n" else "\n]\n")
        self.file.close()


class CsvPart:
    def __init__(self, path, columns):
        self.names = [column.name for column in columns]
        # with a mark, or spreadsheets take UTF-8 for something else
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow(self.names)

    def add(self, row):
        texts = (plain(row.get(name)) for name in self.names)
        self.writer.writerow(f"'{text}" if text.startswith(FORMULA) else text for text in texts)

    def close(self):
        self.file.close()


class PdfPart:
    """A plain printed list: title, then each row with its labels, page after page."""

    def __init__(self, path, title, columns=(), font_path="", elsewhere=""):
        self.columns = [column for column in columns if not column.is_technical]
        self.font = register_font(font_path)
        self.elsewhere = elsewhere or "…"
        self.canvas = Canvas(str(path), pagesize=A4, pageCompression=1, invariant=1)
        self.canvas.setTitle(title)
        self.title = printable(title, self.font, self.elsewhere)
        self.width = A4[0] - 2 * MARGIN
        self.page = 0
        self._new_page()
        self.text(title, 15)
        self.gap()

    def add(self, row):
        for column in self.columns:
            if text := plain(row.get(column.name)):
                self.text(f"{column.label}: {text}")
        self.gap()

    def gap(self):
        self.y -= LEADING / 2

    def text(self, text, size=SIZE):
        """Some words, as many lines as they need."""
        text = printable(text, self.font, self.elsewhere)
        for line in wrap(text, self.font, size, self.width):
            if self.y < MARGIN + LEADING:
                self._end_page()
                self._new_page()
            self.canvas.setFont(self.font, size)
            self.canvas.drawString(MARGIN, self.y, line)
            self.y -= LEADING * size / SIZE

    def _new_page(self):
        self.page += 1
        self.y = A4[1] - MARGIN

    def _end_page(self):
        self.canvas.setFont(self.font, 7)
        self.canvas.drawString(MARGIN, MARGIN / 2, f"{self.title} · {self.page}")
        self.canvas.showPage()

    def close(self):
        self._end_page()
        self.canvas.save()


def html_head(title, language):
    """The beginning of a page that needs nothing from elsewhere.

    :rtype: str
    """
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; img-src 'self'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>\n"
    )


@lru_cache(maxsize=2)
def register_font(path):
    """A font all languages have their letters in; ReportLab's own, Latin only, where it is not.

    :rtype: str
    """
    if not path or not Path(path).exists():
        return "Helvetica"
    pdfmetrics.registerFont(TTFont(FONT, path))
    return FONT


@lru_cache(maxsize=20000)
def _width(word, font, size):
    return pdfmetrics.stringWidth(word, font, size)


def wrap(text, font, size, width):
    """Lines that fit; a word that does not is cut.

    :rtype: list[str]
    """
    space = _width(" ", font, size)
    lines = []
    for paragraph in text.splitlines() or [""]:
        line, used = [], 0.0
        for word in paragraph.split():
            for piece in _pieces(word, font, size, width):
                needed = _width(piece, font, size)
                if line and used + space + needed > width:
                    lines.append(" ".join(line))
                    line, used = [], 0.0
                used += needed + (space if line else 0)
                line.append(piece)
        lines.append(" ".join(line))
    return lines


def _pieces(word, font, size, width):
    while len(word) > 1 and _width(word, font, size) > width:
        cut = max(1, int(len(word) * width / _width(word, font, size)) - 1)
        yield word[:cut]
        word = word[cut:]
    yield word
