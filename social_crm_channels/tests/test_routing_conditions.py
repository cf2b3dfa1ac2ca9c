# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.social_crm_base.tests.common import know

from ..tools.routing import Words, language_of, spam_signs, split_keywords, within_hours
from .routing_common import RoutingCommon


@tagged("post_install", "-at_install")
class TestWords(BaseCase):
    """How words are looked for, without any database."""

    def test_whole_words_in_any_case_accent_and_script(self):
        text = Words("Gde je moj РАЧУН? Kočnica ne radi, und die Öffnungszeiten?")
        for keyword in ("račun", "RACUN", "рачун", "moj račun", "kocnica", "Offnungszeiten"):
            self.assertTrue(text.say(keyword), keyword)
        for keyword in ("rač", "čun", "koč", "zeiten", "račun je"):
            self.assertFalse(text.say(keyword), keyword)

    def test_a_star_finds_every_ending_and_no_beginning(self):
        self.assertTrue(Words("Problem sa kočnicama").say("kočni*"))
        self.assertFalse(Words("Ukočnica").say("kočni*"))
        self.assertTrue(Words("Die Bremsen versagten!").say("Bremse* versagt*"))
        self.assertFalse(Words("Die Bremsen haben versagt").say("Bremse* versagt*"))
        self.assertTrue(Words("My e-bike's battery").say("e-bike*"))

    def test_hashtags_and_punctuation_are_no_part_of_a_word(self):
        self.assertTrue(Words("#recall!!!").say("recall"))

    def test_an_emoji_is_found_as_it_is(self):
        self.assertTrue(Words("Super 🚲🔥").say("🔥"))
        self.assertFalse(Words("Super 🚲").say("🔥"))

    def test_nothing_is_said_in_nothing(self):
        for empty in ("", None, False, "   "):
            self.assertFalse(Words(empty).say("račun"))

    def test_keywords_stand_between_commas_or_in_lines_each_once(self):
        self.assertEqual(split_keywords(" a,b ;\n c d\n\na,, "), ["a", "b", "c d"])
        self.assertEqual(split_keywords(False), [])

    def test_languages_are_compared_without_country_and_script(self):
        for code in ("sr_RS", "sr@latin", "sr-Cyrl", "SR", "sh"):
            self.assertEqual(language_of(code), "sr")
        self.assertEqual(language_of("in"), "id")
        self.assertEqual(language_of(None), "")

    def test_hours_may_cross_midnight(self):
        self.assertTrue(within_hours(23, 22, 6))
        self.assertTrue(within_hours(5.99, 22, 6))
        self.assertFalse(within_hours(6, 22, 6))
        self.assertFalse(within_hours(12, 8, 12))
        self.assertTrue(within_hours(3, 0, 0))

    def test_signs_of_spam(self):
        self.assertEqual(spam_signs("http://a.ba http://b.ba www.c.ba"), ("links",))
        self.assertEqual(spam_signs("Make money! Write to me on WhatsApp +381601234567"), ("lure",))
        self.assertEqual(spam_signs("Лако до новца: https://t.me/x"), ("lure",))
        self.assertEqual(spam_signs("The very same long sentence again", copies=3), ("copies",))

    def test_what_is_no_spam(self):
        for text in (
            "You are thieves, I will never buy here again!",
            "I paid with bitcoin once, do you take it?",
            "Here is the photo: https://example.com/photo.jpg",
            "Call me on +381601234567",
            "",
            None,
        ):
            self.assertEqual(spam_signs(text), (), text)
        self.assertEqual(spam_signs("Thank you!", copies=50), ())


@tagged("post_install", "-at_install")
class TestConditions(RoutingCommon):
    """Each condition, and how it reads."""

    def takes(self, case, **conditions):
        """Whether a rule of these conditions alone would take the case."""
        self.rules.search([]).active = False
        rule = self.rule("Tried", priority="1", **conditions)
        test = self.env["social.crm.rule.test"].create({"case_id": case.id})
        line = test.line_ids.filtered(lambda line: line.rule_id == rule)
        self.assertIn(line.verdict, ("takes", "fails"))
        return line.verdict == "takes"

    def test_channel_network_kind_and_place(self):
        case, private = self.says("ana"), self.writes("ben")
        other = self.env["social.crm.channel"].create(
            {"name": "Other", "platform_id": self.platform.id}
        )
        self.assertTrue(self.takes(case, channel_ids=(self.channel | other).ids))
        self.assertFalse(self.takes(case, channel_ids=other.ids))
        self.assertTrue(self.takes(case, platform_ids=self.platform.ids))
        self.assertFalse(
            self.takes(case, platform_ids=self.env.ref("social_crm_base.platform_sandbox").ids)
        )
        self.assertTrue(self.takes(case, kind="comment"))
        self.assertFalse(self.takes(private, kind="comment"))
        self.assertTrue(self.takes(private, visibility="private"))
        self.assertFalse(self.takes(case, visibility="private"))

    def test_words_any_all_none(self):
        case = self.says("ana", "Moj račun i garancija")
        self.assertTrue(self.takes(case, keywords="faktura, račun"))
        self.assertFalse(self.takes(case, keywords="faktura, račun", keyword_mode="all"))
        self.assertTrue(self.takes(case, keywords="garancija, račun", keyword_mode="all"))
        self.assertFalse(self.takes(case, keywords="račun", keyword_mode="none"))
        self.assertTrue(self.takes(case, keywords="faktura", keyword_mode="none"))

    def test_all_words_not_answered_are_read_not_only_the_last(self):
        self.says("ana", "Moj račun")
        case = self.says("ana", "molim", minutes=2)
        self.assertTrue(self.takes(case, keywords="račun, molim", keyword_mode="all"))

    def test_language_also_of_one_that_is_not_installed(self):
        indonesian = self.env["res.lang"].with_context(active_test=False).search(
            [("code", "=", "id_ID")]
        )
        case = self.says("ana", language="id")
        self.assertTrue(self.takes(case, lang_ids=indonesian.ids))
        self.assertIn("Indonesian", self.rules.search([], limit=1).sentence)
        self.assertFalse(self.takes(self.says("ben", language="de"), lang_ids=indonesian.ids))

    def test_role_segment_loyalty_and_very_important_people(self):
        case = self.says("ana", minutes=1)
        self.assertFalse(self.takes(case, role="press"))
        case.identity_id.write({"role": "press", "role_reason": "Says so", "followers": 900})
        self.assertTrue(self.takes(case, role="press"))
        self.assertTrue(self.takes(case, followers_from=900))
        self.assertFalse(self.takes(case, followers_from=901))
        category = self.env["res.partner.category"].create({"name": "VIP"})
        partner = self.env["res.partner"].create({"name": "Ana", "category_id": category.ids})
        self.assertFalse(self.takes(case, category_ids=category.ids))
        know(case.identity_id, partner)
        case.partner_id = partner
        self.assertTrue(self.takes(case, category_ids=category.ids, followers_from=10**6))
        partner.write({"social_relation_manual": "former", "social_relation_note": "Moved"})
        self.assertTrue(self.takes(case, relation="former"))
        self.assertFalse(self.takes(case, relation="customer"))
        self.assertFalse(self.takes(case, loyalty="regular"))

    def test_salespeople(self):
        case = self.says("ana")
        self.assertTrue(self.takes(case, owner="none"))
        case.partner_id = self.env["res.partner"].create({"name": "A", "user_id": self.mira.id})
        self.assertTrue(self.takes(case, owner="contact"))
        self.assertTrue(self.takes(case, owner="either", owner_ids=self.mira.ids))
        self.assertFalse(self.takes(case, owner="contact", owner_ids=self.jovan.ids))
        self.assertFalse(self.takes(case, owner="lead"))
        self.assertFalse(self.takes(case, owner="none"))

    def test_working_hours_weekdays_and_hours_where_the_shop_is(self):
        vienna = self.env["resource.calendar"].create({"name": "Vienna", "tz": "Europe/Vienna"})
        case = self.says("ana", minutes=60)  # Monday 10:00 UTC, 11:00 in Vienna
        shop = {"resource_calendar_id": vienna.id}
        self.assertTrue(self.takes(case, hours="inside", **shop))
        self.assertFalse(self.takes(case, hours="outside", **shop))
        self.assertTrue(self.takes(case, monday=True, tuesday=True, **shop))
        self.assertFalse(self.takes(case, sunday=True, **shop))
        self.assertTrue(self.takes(case, hour_from=11, hour_to=11.5, **shop))
        self.assertFalse(self.takes(case, hour_from=10, hour_to=11, **shop))
        night = self.says("ben", minutes=60 * 14)  # Monday 23:00 UTC, Tuesday 0:00 in Vienna
        self.assertTrue(self.takes(night, hours="outside", **shop))
        self.assertTrue(self.takes(night, tuesday=True, **shop))
        self.assertTrue(self.takes(night, hour_from=22, hour_to=6, **shop))

    def test_a_public_holiday_is_outside_working_hours(self):
        calendar = self.env["resource.calendar"].create({"name": "UTC", "tz": "UTC"})
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, 2, 0),
                "date_to": datetime(2026, 3, 2, 23),
            }
        )
        case = self.says("ana", minutes=60)
        self.assertTrue(self.takes(case, hours="outside", resource_calendar_id=calendar.id))

    def test_further_conditions_on_the_case(self):
        case = self.says("ana", "Broken")
        self.assertTrue(self.takes(case, domain="[('name', 'ilike', 'broken')]"))
        self.assertFalse(self.takes(case, domain="[('mood', '=', 'negative')]"))

    def test_of_many_names_the_first_stand_in_the_sentence(self):
        channels = self.env["social.crm.channel"].create(
            [{"name": f"Shop {n}", "platform_id": self.platform.id} for n in range(4)]
        )
        rule = self.rule(channel_ids=channels.ids)
        self.assertIn("the channel is Shop 0, Shop 1, or 2 more", rule.sentence)

    def test_several_conditions_hold_together(self):
        case = self.says("ana", "Račun")
        self.assertTrue(self.takes(case, keywords="račun", kind="comment"))
        self.assertFalse(self.takes(case, keywords="račun", kind="review"))

    def test_a_rule_reads_as_a_sentence(self):
        rule = self.rule(
            channel_ids=self.channel.ids,
            keywords="račun*, invoice",
            lang_ids=self.env.ref("base.lang_sr@latin").ids,
            followers_from=5000,
            team_id=self.team.id,
            assign="in_turn",
            priority="2",
        )
        self.assertEqual(
            rule.sentence,
            "When the channel is Shop, it says one of “račun*”, “invoice”, the language is "
            "Serbian (Latin) / srpski, and the account has at least 5000 followers: it goes to "
            "the team Belgrade; whose turn it is answers; its priority is “Urgent”; no rule "
            "below is asked.",
        )
        self.assertEqual(
            self.rule(stop=False).sentence, "When anything comes: nothing happens."
        )
