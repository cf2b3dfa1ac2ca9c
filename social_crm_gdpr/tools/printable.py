# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Words as a font can print them: what it has no sign for is named instead of shown as a box.

ReportLab prints one font, from left to right, and knows no colours: emoji are told by their
Unicode names, and writings it cannot set are told to be on the page. No ORM.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics

#: Only change how the sign before looks: joiners, variation selectors, skin tones, tags.
SILENT = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
FLAG = re.compile("([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])")
REGIONAL_A = 0x1F1E6
RIGHT_TO_LEFT = frozenset({"R", "AL"})
#: Between words of one writing.
GAP = frozenset(" ,.!?;:-،؛؟、。，！？；：・「」（）")


def printable(text, font, elsewhere):
    """Replace what a font cannot print.

    :param str text: what is to be printed
    :param str font: registered with ReportLab
    :param str elsewhere: what stands for words in a writing that cannot be printed, in brackets
    :return: what can be printed
    :rtype: str
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    glyphs = _glyphs(font)
    if all(_is_printed(sign, glyphs) for sign in set(text)):
        return text
    text = FLAG.sub(lambda pair: f"[flag {_letter(pair[1])}{_letter(pair[2])}]", text)
    text = SILENT.sub("", text)
    pieces = []
    # runs, each in its place: Odoo's own groupby would put all of a kind together
    # pylint: disable-next=bad-builtin-groupby
    for how, signs in groupby(_marked(text, glyphs), key=lambda pair: pair[0]):
        said = "".join(sign for _how, sign in signs)
        if how == "printed":
            pieces.append(said)
        elif how == "named":
            pieces += map(_name, said)
        else:
            blank = said[len(said.rstrip()) :]
            pieces.append(f"[{elsewhere}]{blank}")
    return "".join(pieces)


def _marked(text, glyphs):
    """Each sign with how it is told; gaps within foreign words belong to them.

    :rtype: list[tuple[str, str]]
    """
    marked = [(_how(sign, glyphs), sign) for sign in text]
    for place, (_told, sign) in enumerate(marked):
        after = next((how for how, other in marked[place:] if other not in GAP), "")
        if place and sign in GAP and marked[place - 1][0] == after == "elsewhere":
            marked[place] = ("elsewhere", sign)
    return marked


def _how(sign, glyphs):
    if _is_printed(sign, glyphs):
        return "printed"
    return "elsewhere" if unicodedata.category(sign)[0] in "LM" else "named"


def _is_printed(sign, glyphs):
    if sign.isspace():
        return True
    return ord(sign) in glyphs and unicodedata.bidirectional(sign) not in RIGHT_TO_LEFT


def _name(sign):
    """``[thumbs up]``; what has no name yet is told by its number."""
    name = unicodedata.name(sign, "").lower().removesuffix(" sign")
    return f"[{name or f'U+{ord(sign):04X}'}]"


def _letter(regional):
    return chr(ord(regional) - REGIONAL_A + ord("A"))


@lru_cache(maxsize=4)
def _glyphs(font):
    """Code points a font has signs for.

    :rtype: Container[int]
    """
    face = pdfmetrics.getFont(font).face
    if hasattr(face, "charToGlyph"):
        return frozenset(face.charToGlyph)
    # ReportLab's own fonts speak the code page of Western Europe
    return frozenset(
        ord(sign) for code in range(32, 256) for sign in bytes([code]).decode("cp1252", "ignore")
    )
