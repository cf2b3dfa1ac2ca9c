# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Our words as Markdown that shows them as they were typed: only addresses and names stay alive."""
import re

ADDRESS = re.compile(r"https?://\S+|(?<!\w)@[\w.-]+")
# CommonMark 2.4; an underscore within a word is none.
SIGNS = re.compile(r"([\\`*\[\]<>~|])|(?<!\w)(_)|(_)(?!\w)")
LINE = re.compile(r"^(\s{0,3})(#{1,6}(?=\s)|[+-](?=\s)|=+\s*$|-{3,})", re.MULTILINE)
NUMBERED = re.compile(r"^(\s{0,3}\d{1,9})([.)])(?=\s)", re.MULTILINE)
INDENT = re.compile(r"^[ \t]{4,}", re.MULTILINE)


def raw(text):
    """A plain text as Discourse's ``raw``.

    :rtype: str
    """
    text = INDENT.sub("   ", text.replace("\r\n", "\n").strip())
    made, at = [], 0
    for found in ADDRESS.finditer(text):
        made += [_plain(text[at : found.start()]), found[0]]
        at = found.end()
    made.append(_plain(text[at:]))
    return NUMBERED.sub(r"\1\\\2", LINE.sub(r"\1\\\2", "".join(made)))


def _plain(text):
    return SIGNS.sub(lambda found: "\\" + found[0], text)


def comparable(text):
    """:rtype: str"""
    return " ".join(text.split())
