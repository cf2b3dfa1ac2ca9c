# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools.alias_search import AliasSearch

#: kind, alias, texts that name the person, texts that do not
CASES = [
    (
        "name", "Cica Cicic",
        ["Beware of Čičić, Cica", "Цица Цицић 🌻", "CICA ČIČIĆ", "čičić\ncica", "Cicic Cica"],
        ["Cicica Cicic", "cica", "Cica i Čičić"],
    ),
    (
        "name", "Đorđe Đorđević",
        ["Djordje Djordjevic", "ЂОРЂЕ Ђорђевић", "Djordjevic, Đorđe", "[Ђорђе Ђорђевић]"],
        ["Dorde Dordevic", "Djordje"],
    ),
    ("name", "Ана Анић", ["Ana Anic said", "Anić Ana"], ["Ana and Anić", "Banana Anić"]),
    ("name", "Љубица", ["Ljubica kasni", "LJUBICA!"], ["ljubičast"]),
    ("name", "李明", ["Beware of 李明, he lies", "小心李明他"], ["李", "明李"]),
    ("name", "Li", ["Beware of Li!", "LI lies", "li"], ["da li si", "Lija", "Oli"]),
    ("handle", "@bo", ["ask @bo now", "@BO"], ["ask @bob", "bo said"]),
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestAliasSearch(TransactionCase):
    """The database finds at least what is read as a name, and files say the same as texts."""

    def test_names_are_found_however_they_are_written(self):
        for kind, value, there, not_there in CASES:
            search = AliasSearch([{"kind": kind, "value": value}])
            for text in there:
                self.assertEqual(search.kinds_in(text), {kind}, (value, text))
                self.assertTrue(self._asked(search, text), (value, text))
                self.assertEqual(search.kinds_in_file(text.encode()), {kind}, (value, text))
            for text in not_there:
                self.assertFalse(search.kinds_in(text), (value, text))
                self.assertFalse(search.kinds_in_file(text.encode()), (value, text))

    def _asked(self, search, text):
        terms = SQL(" OR ").join(search.terms(SQL("t")))
        self.env.cr.execute(SQL("SELECT 1 FROM (SELECT %s::text AS t) x WHERE %s", text, terms))
        return self.env.cr.fetchone()
