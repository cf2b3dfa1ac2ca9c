# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""./dev i18n: each addon's translation template, by Odoo's own export, and translations."""
from . import database, odoo
from .console import say
from .paths import ADDONS, ROOT, marked

NAME = marked("social_crm_i18n")


def content(path):
    """A template without its dates, which change with every export."""
    if not path.exists():
        return None
    return [line for line in path.read_text().splitlines() if "-Date: " not in line]


def follow(template, translation):
    """Give a translation the terms of its template, and say how many still lack words.

    :param Path template: a .pot
    :param Path translation: a .po, rewritten
    """
    import polib  # Odoo's own requirement: only there after set-up

    terms, words = polib.pofile(str(template)), polib.pofile(str(translation))
    known = {entry.msgid: entry.msgstr for entry in words}
    words.clear()
    for term in terms:
        term.msgstr = known.get(term.msgid, "")
        words.append(term)
    words.save(str(translation))
    missing = sum(not entry.msgstr for entry in words)
    say(f"{translation.relative_to(ROOT)}: {missing} of {len(words)} terms to translate")


def run(_options):
    # without demo data: nobody translates the people of an example
    database.ensure(NAME, demo=False, fresh=True)
    try:
        for addon in ADDONS:
            path = ROOT / addon / "i18n" / f"{addon}.pot"
            path.parent.mkdir(exist_ok=True)
            before, text = content(path), path.read_text() if path.exists() else ""
            odoo.call(NAME, "i18n", "export", "-l", "pot", "-o", str(path), addon,
                      fail=f"cannot export the terms of {addon}")
            if not content(path):
                path.unlink()
                say(f"{addon} has no terms")
            elif content(path) == before:
                path.write_text(text)
                say(f"{path.relative_to(ROOT)} is up to date")
            else:
                say(f"{path.relative_to(ROOT)} written")
            if path.exists():
                for translation in sorted(path.parent.glob("*.po")):
                    follow(path, translation)
    finally:
        database.drop(NAME)
