# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import BaseCase, tagged

from ..tools import address_form, names
from ..tools.subject import SUBJECT_LENGTH, subject


@tagged("post_install", "-at_install")
class TestNames(BaseCase):
    def test_three_ways_to_write_one_serbian_name_are_one(self):
        written = ("Đorđe Đorđević", "Ђорђе Ђорђевић", "Djordje Djordjevic", "ĐORĐE ĐORĐEVIĆ")
        self.assertEqual({names.fold(name) for name in written}, {"djordje djordjevic"})
        self.assertEqual(names.fold("Љиљана Џајић"), names.fold("Ljiljana Džajić"))

    def test_emoji_signs_and_fancy_letters_are_no_part_of_a_name(self):
        self.assertEqual(names.fold("🌻 Mara (Kundin) ❤️"), "mara kundin")
        self.assertEqual(names.fold("𝓜𝓪𝓻𝓪 Kundin"), "mara kundin")
        self.assertEqual(names.fold("🌻🔥"), "")
        self.assertEqual(names.fold(None), "")

    def test_a_first_name_alone_says_not_who_it_is(self):
        self.assertFalse(names.says_who("mara"))
        self.assertFalse(names.says_who(""))
        self.assertFalse(names.says_who("a b"))
        self.assertTrue(names.says_who("mara kundin"))
        self.assertTrue(names.says_who("suharto"))
        self.assertTrue(names.says_who("王小明"))


@tagged("post_install", "-at_install")
class TestSubject(BaseCase):
    def test_it_begins_after_our_own_address(self):
        ours = "shop@server.example"
        for said, kept in (
            ("@shop Where is my order?", "Where is my order?"),
            ("@Shop@server.example: Where is it?", "Where is it?"),
            ("@shop, @shop  Где је\nмоја поруџбина? 😀", "Где је моја поруџбина? 😀"),
            ("@shop@elsewhere.example is cheaper", "@shop@elsewhere.example is cheaper"),
            ("@shopping is fun", "@shopping is fun"),
            ("@shop.example is down", "@shop.example is down"),
            ("@ana ask @shop", "@ana ask @shop"),
            ("I wrote to @shop twice", "I wrote to @shop twice"),
            ("@shop", "@shop"),
            ("", ""),
            (None, ""),
        ):
            with self.subTest(said):
                self.assertEqual(subject(said, ours), kept)
        self.assertEqual(subject("@shop hello", False), "@shop hello")
        self.assertEqual(subject("@shop hello", "@shop"), "hello")

    def test_it_is_short(self):
        self.assertEqual(len(subject("word " * 100, "shop")), SUBJECT_LENGTH)


@tagged("post_install", "-at_install")
class TestAddressForm(BaseCase):
    def test_german_du_and_sie_are_told_apart(self):
        self.assertEqual(address_form.read_form(["Kannst du mir helfen?"], "de_DE")[0], "informal")
        self.assertEqual(address_form.read_form(["Können Sie mir helfen?"], "de")[0], "formal")

    def test_a_german_she_at_the_start_of_a_sentence_is_no_politeness(self):
        self.assertEqual(address_form.read_form(["Sie ist gestern gekommen. Sie war da."], "de"),
                         (None, 0, 0))

    def test_serbian_in_both_scripts(self):
        for words, language, form in (
            ("Da li Vi radite danas?", "sr@latin", "formal"),
            ("Да ли ти радиш?", "sr", "informal"),
        ):
            self.assertEqual(address_form.read_form([words], language)[0], form)

    def test_words_that_contradict_each_other_tell_nothing(self):
        self.assertIsNone(
            address_form.read_form(["Hilfst du mir?", "Bitte helfen Sie mir"], "de")[0]
        )

    def test_english_knows_one_form_only(self):
        self.assertFalse(address_form.distinguishes("en_US"))
        self.assertEqual(address_form.read_form(["Can you help me?"], "en"), (None, 0, 0))
        self.assertEqual(address_form.read_form(["x"], None), (None, 0, 0))
