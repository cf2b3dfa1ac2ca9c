# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from datetime import date
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis.strategies import text
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import file_path, mute_logger

from ..const import KIND_SELECTION
from ..tools.handles import HandleSettings, build_profile_url, canonical_link, normalize_handle

#: For each network with recognisable links: a link, and the handle or id it stands for.
LINKS = {
    "facebook": ("https://m.facebook.com/Ada.Lovelace1/", "adalovelace1", ""),
    "messenger": ("https://m.me/ada.lovelace", "adalovelace", ""),
    "instagram": ("instagram.com/Ada_L.15?igsh=abc", "ada_l.15", ""),
    "whatsapp": ("https://wa.me/436601234567?text=Hi", "+436601234567", ""),
    "x": ("http://mobile.twitter.com/AdaL", "adal", ""),
    "linkedin": ("https://de.linkedin.com/in/jos%C3%A9-mart%C3%AD-1a2/", "josé-martí-1a2", ""),
    "xing": ("https://www.xing.com/profile/Ada_Lovelace2/portfolio", "ada_lovelace2", ""),
    "google_plus": ("https://plus.google.com/+AdaLovelace/posts", "adalovelace", ""),
    "google_business": (
        "https://www.google.co.id/maps/contrib/104512345678901234567/reviews",
        "",
        "104512345678901234567",
    ),
    "youtube": ("https://www.youtube.com/@Ада-Лавлејс/videos", "ада-лавлејс", ""),
    "tiktok": ("https://www.tiktok.com/@ada.l?lang=sr", "ada.l", ""),
    "reddit": ("https://old.reddit.com/u/Ada_L", "ada_l", ""),
    "trustpilot": (
        "https://de.trustpilot.com/users/5f0c1d2e3a4b5c6d7e8f9a0b",
        "",
        "5f0c1d2e3a4b5c6d7e8f9a0b",
    ),
    "mastodon": ("https://Bücher.example/@Ada", "ada@xn--bcher-kva.example", ""),
    "bluesky": ("https://bsky.app/profile/Ada.bsky.social", "ada.bsky.social", ""),
    "telegram": ("t.me/AdaLovelace", "adalovelace", ""),
    "matrix": ("https://matrix.to/#/%40ada%3Aexample.org", "ada:example.org", ""),
    "discourse": ("https://forum.example/u/Ada/summary", "ada", ""),
    "wordpress": ("https://blog.example/author/ada-l/", "ada-l", ""),
    "sandbox": ("https://sandbox.invalid/@Ada", "ada", ""),
}
#: Networks that live at any address: a foreign host is not a lookalike for them.
ANYWHERE = {"mastodon", "discourse", "wordpress"}


class PlatformCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Platform = cls.env["social.crm.platform"]

    def platform(self, code):
        return self.env.ref(f"social_crm_base.platform_{code}")


@tagged("post_install", "-at_install")
class TestHandles(PlatformCase):
    def test_a_handle_means_the_same_however_it_is_written(self):
        x = self.platform("x")
        for written in (
            "ada_l",
            "@Ada_L",
            " @ADA_L ",
            "\u200e@ada_l\u200f",
            "\u202aada_l\u202c",
            "＠ａｄａ＿ｌ",
            "https://x.com/Ada_L",
            "twitter.com/ada_l/",
            "x.com/ada_l?s=20",
        ):
            self.assertEqual(x._normalize_handle(written), "ada_l", repr(written))

    def test_what_is_no_handle_has_no_normal_form(self):
        x = self.platform("x")
        for written in (
            "",
            None,
            "   ",
            "@",
            "🎉",
            "ada🎉",
            "ada lovelace",
            "Ада",
            "а" * 5,
            "a" * 16,
            "a" * 100_000,
            "https://x.com/ada_l/status/1",
            "https://evil.test/ada_l",
            "x.com/search",
            "ada_l@mastodon.social",
            "ada\x00\nl x",
            "https://",
        ):
            self.assertEqual(x._normalize_handle(written), "", repr(written)[:60])

    def test_writings_from_right_to_left_and_cyrillic_are_kept(self):
        youtube = self.platform("youtube")
        self.assertEqual(youtube._normalize_handle("\u200f@עדה-לאבלייס"), "עדה-לאבלייס")
        self.assertEqual(youtube._normalize_handle("@АДА"), "ада")
        composed, decomposed = "@jos\u00e9", "@jose\u0301"
        self.assertEqual(youtube._normalize_handle(composed), youtube._normalize_handle(decomposed))

    def test_lookalike_letters_are_different_people(self):
        youtube = self.platform("youtube")
        self.assertNotEqual(
            youtube._normalize_handle("@ada"), youtube._normalize_handle("@\u0430d\u0430")
        )

    def test_a_mastodon_handle_names_its_server(self):
        mastodon = self.platform("mastodon")
        expected = "ada@xn--bcher-kva.example"
        for written in (
            "@Ada@Bücher.example",
            "ada@bücher.example",
            "acct:ada@BÜCHER.EXAMPLE",
            "ada@xn--bcher-kva.example",
            "https://bücher.example/@ada",
            "https://mastodon.social/@Ada@bücher.example",
        ):
            self.assertEqual(mastodon._normalize_handle(written), expected, written)
        self.assertEqual(mastodon._normalize_handle("@ada"), "", "whose ada?")
        self.assertEqual(
            mastodon._normalize_handle("@Ada", host="Bücher.example"),
            expected,
            "a server names its own people without itself",
        )
        self.assertEqual(
            mastodon._normalize_handle("ada@other.example", host="bücher.example"),
            "ada@other.example",
        )
        self.assertEqual(mastodon._normalize_handle("ada@i❤.example"), "", "no legal host name")

    def test_a_matrix_name_keeps_its_capital_letters_but_not_those_of_the_server(self):
        matrix = self.platform("matrix")
        self.assertEqual(matrix._normalize_handle("@Ada:Example.ORG:8448"), "Ada:example.org:8448")
        self.assertEqual(matrix._normalize_handle("@ada"), "")
        self.assertEqual(matrix._normalize_handle("@ada:example.org:port"), "")

    def test_a_bluesky_handle_is_a_host_name(self):
        bluesky = self.platform("bluesky")
        self.assertEqual(bluesky._normalize_handle("@Ada.Bsky.Social"), "ada.bsky.social")
        self.assertEqual(bluesky._normalize_handle("www.example.com"), "www.example.com")
        self.assertEqual(
            bluesky._normalize_handle("handle.invalid"),
            "",
            "the network's word for a broken handle must not make one person of many",
        )
        self.assertEqual(bluesky._normalize_handle("ada"), "")

    def test_a_whatsapp_handle_is_a_phone_number(self):
        whatsapp = self.platform("whatsapp")
        for written in (
            "+43 660 1234567",
            "436601234567",
            "0043 660 1234567",
            "+43 (660) 123-45-67",
            "https://wa.me/436601234567",
            "https://api.whatsapp.com/send?phone=436601234567",
            "\u202a+43 660 1234567\u202c",
            "+４３ 660 1234567",
        ):
            self.assertEqual(whatsapp._normalize_handle(written), "+436601234567", written)
        self.assertEqual(whatsapp._normalize_handle("0660 1234567", region="at"), "+436601234567")
        for written in ("0660 1234567", "AT.1502", "@ada", "12", "+", "+43 660 12A4567"):
            self.assertEqual(whatsapp._normalize_handle(written), "", written)

    def test_an_older_brazilian_number_equals_the_one_people_dial(self):
        whatsapp = self.platform("whatsapp")
        self.assertEqual(
            whatsapp._normalize_handle("556181234567"),
            whatsapp._normalize_handle("+55 61 98123-4567"),
        )

    def test_facebook_does_not_see_full_stops_nor_reddit_its_prefix(self):
        self.assertEqual(
            self.platform("facebook")._normalize_handle("John.Smith.55"), "johnsmith55"
        )
        self.assertEqual(self.platform("reddit")._normalize_handle("/u/Ada-L"), "ada-l")

    def test_a_caller_is_known_by_address_or_number(self):
        manual = self.platform("manual")
        self.assertEqual(
            manual._normalize_handle("Ada@Bücher.example"), "ada@xn--bcher-kva.example"
        )
        self.assertEqual(manual._normalize_handle("+43 660 1234567"), "+436601234567")
        self.assertEqual(manual._normalize_handle("Frau Ada"), "")

    def test_a_display_name_is_never_a_key(self):
        self.assertEqual(self.platform("google_business")._normalize_handle("Ada L."), "")

    def test_no_query_for_a_batch(self):
        x = self.platform("x")
        x._normalize_handle("warm")
        with self.assertQueryCount(0):
            for number in range(500):
                x._normalize_handle(f"@Ada{number}")

    def test_normal_forms_do_not_change_when_normalised_again(self):
        for code, (link, handle, _external_id) in LINKS.items():
            if handle:
                platform = self.platform(code)
                self.assertEqual(platform._normalize_handle(handle), handle, link)

    @given(text=text(max_size=60))
    @example("\u0130\u0307@\u212a.example")
    @example("acct:@a@b.example")
    @example("@@wa.me/x.example")
    @example("wa.me/@www.x.example")
    @example(" @ \t@ada@")
    @example("https://x.com/\u202e/@%40")
    @settings(max_examples=200, deadline=None, derandomize=True)
    def test_any_text_has_at_most_one_normal_form(self, text):
        for platform in self.Platform.search([]):
            normal = platform._normalize_handle(text)
            self.assertEqual(platform._normalize_handle(normal), normal, platform.code)
            self.assertFalse(normal.startswith("@"))
            self.Platform._parse_profile_urls([text, f"https://{text}", f"https://x.com/{text}"])

    def test_settings_work_without_database(self):
        handle_settings = HandleSettings(fold_case=False, ignored=".-")
        self.assertEqual(normalize_handle("@A.d-a", handle_settings), "Ada")
        self.assertEqual(build_profile_url("https://n.test/{id}"), "")
        self.assertEqual(
            build_profile_url("https://n.test/{handle}", "a/../b?c"),
            "https://n.test/a%2F..%2Fb%3Fc",
        )


@tagged("post_install", "-at_install")
class TestProfileLinks(PlatformCase):
    def test_every_network_with_links_is_tested_here(self):
        known = self.Platform.search([("profile_url_regex", "!=", False)]).mapped("code")
        self.assertEqual(set(known), set(LINKS))

    def test_the_link_of_each_network_is_recognised(self):
        found = self.Platform._parse_profile_urls(link for link, _h, _i in LINKS.values())
        for code, (link, handle, external_id) in LINKS.items():
            with self.subTest(network=code):
                platform_id, parts = found[link]
                self.assertEqual(self.Platform.browse(platform_id).code, code)
                self.assertEqual((parts.handle, parts.external_id), (handle, external_id))

    def test_no_lookalike_host_is_recognised(self):
        for code, (link, _handle, _external_id) in LINKS.items():
            if code in ANYWHERE:
                continue
            host, _slash, path = canonical_link(link).partition("/")
            host, mark, _rest = host.partition("#")
            for lookalike in (
                f"https://{host}.evil.test/{path}",
                f"https://evil-{host}/{path}",
                f"https://{host}@evil.test/{path}",
                f"https://{host}:8443/{path}",
                f"https://evil.test/{host}/{path}",
                f"https://evil.test/?{host}/{path}",
                f"https://evil.test\\@{host}/{path}",
                f"javascript://{host}/{path}",
                f"https://{host.replace('o', 'о').replace('e', 'е').replace('a', 'а')}/{path}",
            ):
                if lookalike == f"https://{host}/{path}":
                    continue
                with self.subTest(network=code, link=lookalike + mark):
                    platform, _handle = self.Platform._parse_profile_url(lookalike)
                    self.assertNotEqual(platform.code, code)

    def test_pages_of_a_network_are_no_profiles(self):
        for link in (
            "https://x.com/i/events/1",
            "https://x.com/search?q=ada",
            "https://x.com/ada/status/1",
            "https://www.facebook.com/groups/123456",
            "https://www.facebook.com/sharer.php?u=x",
            "https://www.instagram.com/p/Cabc/",
            "https://www.instagram.com/explore",
            "https://www.youtube.com/watch?v=abc",
            "https://www.linkedin.com/company/odoo",
            "https://t.me/joinchat/AAAA",
            "https://www.reddit.com/r/odoo",
            "https://medium.com/@ada",
            "https://evil.test@x.com/ada",
            "https://ada:secret@x.com/ada",
            "https://x.com/ada%3Fb",
            "ftp://x.com/ada",
            "x.com",
            "not a link",
            "",
            "https://" + "a" * 5000,
        ):
            platform, handle = self.Platform._parse_profile_url(link)
            self.assertFalse(platform, f"{link} is taken for {platform.code} {handle}")

    def test_an_id_is_read_where_the_link_has_no_handle(self):
        expected = {
            "https://www.facebook.com/profile.php?id=100012345": ("facebook", "100012345"),
            "https://x.com/i/user/783214": ("x", "783214"),
            "https://www.youtube.com/channel/UC_x5XG1OV2P6uZZ5FSM9Ttw": (
                "youtube",
                "UC_x5XG1OV2P6uZZ5FSM9Ttw",
            ),
            "https://bsky.app/profile/did:plc:ewvi7nxzyoun6zhxrhs64oiz": (
                "bluesky",
                "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
            ),
        }
        found = self.Platform._parse_profile_urls(expected)
        for link, (code, external_id) in expected.items():
            platform_id, parts = found[link]
            self.assertEqual(self.Platform.browse(platform_id).code, code)
            self.assertEqual((parts.handle, parts.external_id), ("", external_id))

    def test_a_forum_link_says_which_forum(self):
        _platform_id, parts = self.Platform._parse_profile_urls(["https://forum.example/u/ada"])[
            "https://forum.example/u/ada"
        ]
        self.assertEqual(parts.host, "forum.example")

    def test_a_profile_link_leads_back_to_the_handle(self):
        for code, (_link, handle, external_id) in LINKS.items():
            platform = self.platform(code)
            url = platform._profile_url(handle, external_id, scope="site.example")
            if code == "google_plus":
                self.assertEqual(url, "", "the network is gone")
                continue
            platform_id, parts = self.Platform._parse_profile_urls([url])[url]
            self.assertEqual(platform_id, platform.id, url)
            self.assertEqual((parts.handle, parts.external_id), (handle, external_id), url)

    def test_no_link_is_made_of_what_is_not_known(self):
        self.assertEqual(self.platform("x")._profile_url("ada lovelace"), "")
        self.assertEqual(self.platform("mastodon")._profile_url("ada"), "")
        self.assertEqual(self.platform("discourse")._profile_url("ada"), "")
        self.assertEqual(self.platform("rss")._profile_url("ada", "1"), "")

    def test_a_share_link_carries_our_page(self):
        link = self.platform("xing")._share_url("https://shop.example/a?b=c&d=ž")
        self.assertEqual(
            link,
            "https://www.xing.com/spi/shares/new?url="
            "https%3A%2F%2Fshop.example%2Fa%3Fb%3Dc%26d%3D%C5%BE",
        )

    def test_no_query_for_a_batch(self):
        self.Platform._parse_profile_urls(["https://x.com/warm"])
        with self.assertQueryCount(0):
            self.Platform._parse_profile_urls(f"https://x.com/ada{n}" for n in range(100))


@tagged("post_install", "-at_install")
class TestCatalogue(PlatformCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, login="catalogue_manager", groups="social_crm_base.group_manager"
        )
        cls.agent = new_test_user(
            cls.env, login="catalogue_agent", groups="social_crm_base.group_agent"
        )

    def shipped(self):
        ids = (
            self.env["ir.model.data"]
            .search([("module", "=", "social_crm_base"), ("model", "=", "social.crm.platform")])
            .mapped("res_id")
        )
        return self.Platform.browse(ids)

    def test_every_network_says_what_colleagues_need(self):
        kinds = {kind for kind, _label in KIND_SELECTION}
        self.assertGreaterEqual(len(self.shipped()), 23)
        for platform in self.shipped():
            with self.subTest(network=platform.code):
                self.assertTrue(platform.protocol)
                self.assertTrue(platform.reply_window_note)
                self.assertTrue(platform.data_location and platform.data_source)
                self.assertTrue(Path(file_path(platform.icon.lstrip("/"))).is_file())
                self.assertLessEqual(platform._kinds(), kinds)
                self.assertTrue(platform._kinds())

    def test_google_plus_is_retired_since_its_last_day(self):
        google_plus = self.platform("google_plus")
        self.assertTrue(google_plus.is_retired)
        self.assertFalse(google_plus._is_retired(on=date(2019, 4, 1)))
        self.assertTrue(google_plus._is_retired(on=date(2019, 4, 2)))
        self.assertFalse(self.platform("x").is_retired)

    def test_a_manager_adds_a_network_without_code(self):
        platform = self.Platform.with_user(self.manager).create(
            {
                "name": "Threads",
                "code": "threads",
                "handle_pattern": "[a-z0-9._]{1,30}",
                "profile_url_pattern": "https://www.threads.com/@{handle}",
                "profile_url_regex": r"threads\.(?:com|net)/@(?P<handle>[A-Za-z0-9._]{1,30})",
            }
        )
        self.assertEqual(platform.icon_url, "/social_crm_base/static/img/platforms/other.svg")
        self.assertEqual(
            self.Platform.with_user(self.agent)._parse_profile_url("https://threads.net/@Ada"),
            (platform, "ada"),
            "the network at a fixed address comes before Mastodon",
        )
        platform.with_user(self.manager).profile_url_regex = False
        self.assertEqual(
            self.Platform._parse_profile_url("https://threads.net/@Ada"),
            (self.platform("mastodon"), "ada@threads.net"),
            "the cache follows the catalogue",
        )
        platform.with_user(self.manager).code = "threads_app"
        platform.with_user(self.manager).unlink()

    def test_only_a_manager_changes_the_catalogue(self):
        with self.assertRaises(AccessError):
            self.platform("x").with_user(self.agent).write({"name": "Twitter"})
        self.assertTrue(self.platform("x").with_user(self.agent).protocol)

    def test_a_shipped_network_is_archived_not_deleted(self):
        xing = self.platform("xing").with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Archive it"):
            xing.unlink()
        with self.assertRaisesRegex(UserError, "technical name"):
            xing.code = "xing2"
        xing.action_archive()
        self.assertEqual(xing._normalize_handle("Ada_L"), "ada_l", "old identities stay readable")

    def test_a_network_in_use_keeps_its_technical_name(self):
        platform = self.Platform.create({"name": "Forum", "code": "our_forum"})
        self.env["social.crm.identity"].create({"platform_id": platform.id, "handle": "ada"})
        with self.assertRaisesRegex(UserError, "in use"):
            platform.code = "our_forum2"

    def test_broken_entries_are_explained(self):
        x = self.platform("x").with_user(self.manager)
        for vals in (
            {"handle_pattern": "[a-z"},
            {"profile_url_regex": "(?P<handle>"},
            {"profile_url_pattern": "javascript:alert({handle})"},
            {"profile_url_pattern": "https://x.com/{name}"},
            {"share_url_pattern": "https://x.com/{handle}"},
            {"color": "blue"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                x.write(vals)

    @mute_logger("odoo.sql_db")
    def test_technical_names_are_unique_and_plain(self):
        for code in ("x", "X Y", "9x", ""):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.Platform.create({"name": "Other", "code": code})
                self.env.flush_all()
