# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What translations must keep: placeholders and tags, without which a screen breaks."""
import re

import polib
import pytest

from tools.paths import ROOT

TRANSLATIONS = sorted(ROOT.glob("social_crm_*/i18n/*.po"))
# A placeholder of Python or of the web client, or a tag.
HELD = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\$\{\w+\}|<[^<>]+>")
# What a tag says to a reader may be translated.
SPOKEN = re.compile(r'(aria-label|title|alt|placeholder)="[^"]*"')


def held(text):
    return sorted(SPOKEN.sub(r"\1", mark) for mark in HELD.findall(text))


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_translation_keeps_placeholders_and_tags(path):
    broken = [
        f"{entry.msgid!r} -> {entry.msgstr!r}"
        for entry in polib.pofile(str(path))
        if entry.msgstr and held(entry.msgid) != held(entry.msgstr)
    ]
    assert not broken, "\n".join(broken)
