# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

from ..models.social_crm_privacy_request_package import FONT
from ..tools.package import PdfPart, register_font
from ..tools.printable import _glyphs, printable

ELSEWHERE = "see the page"


@tagged("post_install", "-at_install")
class TestPrintable(BaseCase):
    """The PDF of a package is readable, whatever people write with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = file_path(FONT)
        cls.font = register_font(cls.path)

    def said(self, text):
        return printable(text, self.font, ELSEWHERE)

    def test_the_writings_of_europe_are_printed_as_they_are(self):
        for text in (
            "Čokolada, đak, šuma, žaba",
            "Љубав, ђак, ћевап, џем",
            "Καλημέρα σας, ώρα",
            "Zażółć gęślą jaźń – ığdır – Việt Nam",
            "„Grüße“ … 5 € • №",
        ):
            self.assertEqual(self.said(text), text)
        self.assertEqual(self.said("s\u030cuma"), "šuma", "letters in two parts are joined")

    def test_emoji_are_told_by_their_names(self):
        self.assertEqual(self.said("Super 👍🏽!"), "Super [thumbs up]!")
        self.assertEqual(
            self.said("Hvala 🙏❤️"), "Hvala [person with folded hands][heavy black heart]"
        )
        self.assertEqual(self.said("👩‍👧 🇷🇸"), "[woman][girl] [flag RS]")
        self.assertEqual(self.said("✓"), "[check mark]")
        self.assertEqual(self.said("\U0001fadd\ue000")[-8:], "[U+E000]")

    def test_other_writings_are_said_to_be_on_the_page_once_for_all_words(self):
        for text in ("שלום לכולם", "مرحبا، كيف الحال", "你好，世界", "हिन्दी में"):
            self.assertEqual(self.said(f"Ana: {text} 5"), f"Ana: [{ELSEWHERE}] 5", text)

    def test_without_the_font_western_letters_are_left(self):
        self.assertEqual(printable("Grüße č", "Helvetica", "-"), "Grüße [-]")

    @settings(max_examples=100, deadline=None)
    @given(st.text(max_size=40))
    def test_nothing_is_left_that_the_font_has_no_sign_for(self, text):
        glyphs = _glyphs(self.font)
        for sign in self.said(text):
            self.assertTrue(sign.isspace() or sign.isascii() or ord(sign) in glyphs, repr(sign))

    def test_it_stands_so_in_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "part.pdf"
            part = PdfPart(path, "Ваши подаци 🙂", font_path=self.path, elsewhere=ELSEWHERE)
            part.text("Љубав 👍 – Ελλάδα – Čačak – 你好")
            part.close()
            read = PdfReader(io.BytesIO(path.read_bytes())).pages[0].extract_text()
        for words in (
            "Ваши подаци [slightly smiling face]",
            f"Љубав [thumbs up] – Ελλάδα – Čačak – [{ELSEWHERE}]",
        ):
            self.assertIn(words, read)
