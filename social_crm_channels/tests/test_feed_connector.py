# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import base64
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.social_crm_base.tools import http

from .feed_server import FeedServerCommon, item, rss


@tagged("post_install", "-at_install")
class TestFeedConnector(FeedServerCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_feed()

    def test_entries_become_posts_of_people_and_open_no_case(self):
        self.serve(rss(item(2), item(1, "<p>It <b>rains</b></p>")))
        one, two = self.read_feed()
        self.assertEqual((one.kind, one.direction, one.mode), ("post", "in", "one_to_many"))
        self.assertEqual((one.body, one.permalink), ("It rains", "https://paper.example/1"))
        self.assertIn("<b>rains</b>", one.body_html)
        self.assertEqual(one.identity_id, two.identity_id)
        self.assertEqual(one.identity_id.name, "Ана Ć")
        self.assertEqual(one.identity_id.scope, self.channel.external_id)
        self.assertFalse(one.identity_id.is_own)
        self.assertFalse((one + two).case_id)
        self.assertEqual(self.channel.health_level, "green")

    def test_reading_again_asks_only_whether_something_changed(self):
        self.serve(
            rss(item(1)), ETag='"v1"', Last_Modified="Sun, 01 Nov 2026 08:00:00 GMT"
        )
        self.assertEqual(len(self.read_feed()), 1)
        self.assertEqual(len(self.asked()), 1, "one document, one request")
        self.assertEqual(len(self.read_feed()), 1)
        self.assertEqual(self.asked()[1]["If-None-Match"], '"v1"')
        self.assertEqual(self.asked()[1]["If-Modified-Since"], "Sun, 01 Nov 2026 08:00:00 GMT")
        events = self.env["social.crm.event"].search_count([("channel_id", "=", self.channel.id)])
        self.assertEqual(events, 1)

    def test_a_changed_entry_is_an_edit_and_keeps_what_it_said(self):
        self.serve(rss(item(1, "It rains")))
        self.read_feed()
        self.serve(rss(item(1, "Dry")))
        said = self.read_feed()
        self.assertEqual((len(said), said.body, said.state), (1, "Dry", "edited"))
        self.assertIn("It rains", str(said.versions))

    def test_an_undated_entry_stays_where_it_is(self):
        self.serve(rss(item(1, date="")))
        before = self.read_feed().date
        self.serve(rss(item(1, date=""), item(2)))
        said = self.read_feed()
        self.assertEqual(len(said), 2)
        self.assertIn(before, said.mapped("date"))
        self.assertEqual(set(said.mapped("state")), {"normal"})

    # === MOVED, GONE === #

    def test_moved_for_good_is_remembered_with_a_note(self):
        for status in (301, 308):
            self.serve("", path="/feed", status=status, Location="/new")
            self.serve(rss(item(status)), path="/new")
            self.app.base_url = f"{self.address}/feed"
            self.read_feed()
            self.assertEqual(self.channel.feed_address, f"{self.address}/new")
        self.assertEqual(self.channel.external_id, f"{self.address}/feed", "its id stays")
        self.assertIn("/new", self.channel.message_ids[0].body)
        self.server.asked.clear()
        self.read_feed()
        self.assertFalse(self.asked("/feed"))
        self.assertEqual(len(self.said().identity_id), 1, "people stay the same")

    def test_moved_for_now_is_not_remembered(self):
        self.serve("", status=302, Location="/new")
        self.serve("", path="/new", status=301, Location="/newer")
        self.serve(rss(item(1)), path="/newer")
        self.assertEqual(len(self.read_feed()), 1)
        self.assertEqual(self.channel.feed_address, f"{self.address}/feed")

    def test_another_host_is_followed_and_remembered_too(self):
        elsewhere = self.address.replace("127.0.0.1", "localhost")
        self.serve("", status=301, Location=f"{elsewhere}/new")
        self.serve(rss(item(1)), path="/new")
        self.assertEqual(len(self.read_feed()), 1)
        self.assertEqual(self.channel.feed_address, f"{elsewhere}/new")

    def test_moved_to_what_is_no_feed_is_not_remembered(self):
        self.serve("", status=301, Location="/login")
        self.serve("<html><body>Log in</body></html>", path="/login", Content_Type="text/html")
        self.read_feed()
        self.assertEqual(self.channel.feed_address, f"{self.address}/feed")
        self.assertEqual(self.channel.health_level, "red")

    def test_gone_for_good_is_not_asked_again_and_says_what_to_do(self):
        self.serve("", status=410)
        self.read_feed()
        self.assertEqual(self.channel.health_level, "red")
        self.assertIn("connect", self.channel.health_todo)
        self.assertGreater(self.sync.next_fetch_at.year, fields.Datetime.now().year + 5)
        self.server.asked.clear()
        self.channel._check_health_now()
        self.run_engine("ir_cron_fetch")
        self.assertFalse(self.server.asked)
        self.assertEqual(self.channel.health_level, "red")
        self.serve(rss(item(1)))
        self.channel.action_fetch_now()
        self.run_engine("ir_cron_fetch")
        self.assertEqual(self.channel.health_level, "green", "a person may ask once more")

    # === FAULTS === #

    def test_faults_lose_nothing_and_turn_the_light(self):
        self.serve(rss(item(1)))
        self.read_feed()
        faults = [
            ({"status": 500}, "green"),
            ({"status": 503, "Retry_After": "120"}, "green"),
            ({"status": 429}, "yellow"),
            ({"status": 429, "Retry_After": "3600"}, "yellow"),
            ({"status": 429, "Retry_After": "Wed, 01 Jan 2200 00:00:00 GMT"}, "yellow"),
            ({"status": 429, "X_RateLimit_Reset": "2200-01-01T00:00:00Z"}, "yellow"),
            ({"status": 401}, "red"),
            ({"status": 404}, "red"),
            ({"content": b"x" * (http.MAX_BYTES + 1)}, "red"),
            ({"content": "<html>", "Content_Type": "text/html"}, "red"),
            ({"status": 302, "Location": "/feed"}, "red"),
            ({"content": rss(item(2)), "Content_Length": "9999"}, "green"),
        ]
        for fault, level in faults:
            with self.subTest(fault=str(fault)[:80]):
                self.channel._report_works()
                self.channel._set_health("green")
                self.sync.fetch_failures = 0
                self.serve(**{"content": "", **fault})
                self.assertEqual(len(self.read_feed()), 1)
                self.assertEqual(self.channel.health_level, level)
                self.assertGreater(self.sync.next_fetch_at, fields.Datetime.now())
        self.serve(rss(item(1), item(2)), Content_Type="image/png")
        self.assertEqual(len(self.read_feed()), 2, "what it is counts, not what it is called")
        self.assertEqual(self.channel.health_level, "green")

    def test_a_slow_server_holds_nobody_for_long(self):
        self.serve(rss(item(1)))
        self.server.delay = 1
        with patch.object(http, "READ_SECONDS", 0.2), patch.object(
            http.HttpClient.__init__, "__kwdefaults__",
            {**http.HttpClient.__init__.__kwdefaults__, "read_timeout": 0.2},
        ):
            self.assertFalse(self.read_feed())
        self.assertEqual(self.sync.fetch_failures, 1)

    def test_a_redirect_inside_is_refused_where_the_switch_is_off(self):
        self.serve(rss(item(1)))
        with patch.dict("os.environ", {http.ENV_ALLOW_PRIVATE: "0"}):
            self.assertFalse(self.read_feed())
        self.assertFalse(self.server.asked)
        self.assertEqual(self.channel.health_level, "red")

    def test_nobody_can_answer_and_the_reason_is_in_words(self):
        self.serve(rss(item(1)))
        said = self.read_feed()
        options = self.channel._connector()._reply_options(self.channel, said.conversation_id)
        self.assertFalse(options.can_reply)
        self.assertIn("answer on the page itself", options.reason)

    # === CONNECTING === #

    def connect(self, url, **vals):
        manager = new_test_user(
            self.env, login=f"feeds{len(url)}", groups="social_crm_base.group_manager"
        )
        wizard = self.env["social.crm.connect"].with_user(manager).create(
            {"platform_id": self.platform.id, "feed_url": url, **vals}
        )
        return wizard, wizard.action_continue()

    def opened(self, action):
        return self.env["social.crm.channel"].browse(action["res_id"])

    def test_a_feed_is_connected_by_the_address_of_its_page(self):
        self.serve(rss(item(1), title="Нови лист"), path="/news.xml")
        self.serve(
            '<html><head><link rel="alternate" type="application/rss+xml" href="/news.xml">',
            path="/", Content_Type="text/html",
        )
        wizard, action = self.connect(self.address)
        self.assertEqual(wizard.connector, "feed")
        channel = self.opened(action)
        self.assertEqual((channel.name, channel.health_level), ("Нови лист", "green"))
        self.assertEqual(channel.feed_address, f"{self.address}/news.xml")
        self.assertFalse(channel.own_identity_id)

    def test_of_several_feeds_one_chooses_and_each_has_its_own_app(self):
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" title="{n}" href="/{n}.xml">'
            for n in ("news", "sport", "arts")
        )
        self.serve(f"<html><head>{links}", path="/", Content_Type="text/html")
        for name in ("news", "sport"):
            self.serve(rss(item(1)), path=f"/{name}.xml")
        wizard, _action = self.connect(self.address)
        self.assertEqual(wizard.state, "accounts")
        wizard.account_ids[:2].is_chosen = True
        wizard.action_connect()
        channels = self.env["social.crm.channel"].search([("name", "in", ("news", "sport"))])
        self.assertEqual(len(channels.app_id), 2)
        self.assertEqual(
            sorted(channels.mapped("feed_address")),
            [f"{self.address}/news.xml", f"{self.address}/sport.xml"],
        )

    def test_the_same_feed_twice_is_one_channel_also_after_it_moved(self):
        self.app.base_url = f"{self.address}/new"
        self.serve(rss(item(1)), path="/new")
        _wizard, action = self.connect(f"{self.address}/new")
        self.assertEqual(self.opened(action), self.channel)

    def test_a_channel_may_be_connected_anew_with_another_address(self):
        self.serve("", status=410)
        self.read_feed()
        self.serve(rss(item(9)), path="/other")
        _wizard, action = self.connect(f"{self.address}/other", channel_id=self.channel.id)
        self.assertEqual(self.opened(action), self.channel)
        self.assertEqual(self.channel.feed_address, f"{self.address}/other")
        self.assertEqual(self.channel.health_level, "green")
        self.assertEqual(len(self.read_feed()), 1)

    def test_what_cannot_be_connected_is_told_in_words(self):
        self.serve("<html><head></head><body>", path="/", Content_Type="text/html")
        self.serve('<link rel="alternate" type="application/rss+xml" href="/">', path="/liar")
        for url, words in (
            (self.address, "names none"),
            (f"{self.address}/liar", "but there is none"),
            ("nonsense address", "no web address"),
            (f"{self.address}/missing", "404"),
        ):
            with self.subTest(url=url), self.assertRaisesRegex(UserError, words):
                self.connect(url)


@tagged("post_install", "-at_install")
class TestFeedLists(FeedServerCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_feed()
        cls.manager = new_test_user(
            cls.env, login="feeds_lists", password="feeds_lists",
            groups="social_crm_base.group_manager",
        )
        cls.opml = f"""<?xml version="1.0"?><opml version="2.0"><body>
            <outline text="Вести"><outline text="Bikes">
            <outline type="rss" text="One" xmlUrl="https://one.example/feed"/></outline></outline>
            <outline text="sport"><outline text="One" xmlUrl="https://one.example/feed"/></outline>
            <outline text="Known" xmlUrl="{cls.address}/feed"/>
            <outline text="Bad" xmlUrl="javascript:alert(1)"/></body></opml>""".encode()

    def preview(self, user=None):
        """What the screen shows once the file is chosen, saved as the screen saves it."""
        form = Form(self.env["social.crm.feed.import"].with_user(user or self.manager))
        form.data = base64.b64encode(self.opml)
        self.assertIn("Bad", form.note)
        return form.save()

    def test_a_list_is_shown_first_and_then_connected_without_duplicates(self):
        self.env["social.crm.tag"].create({"name": "Sport"})
        wizard = self.preview()
        self.assertEqual((wizard.new_count, wizard.known_count), (1, 1))
        self.assertEqual(wizard.line_ids.channel_id, self.channel)
        wizard.action_import()
        made = self.env["social.crm.channel"].search(
            [("external_id", "=", "https://one.example/feed")]
        )
        self.assertEqual(set(made.tag_ids.mapped("name")), {"Вести", "Bikes", "Sport"})
        self.assertEqual((made.connector, made.is_connected), ("feed", True))
        with self.assertRaises(UserError):
            self.preview().action_import()

    def test_only_managers_import(self):
        agent = new_test_user(self.env, login="feeds_a", groups="social_crm_base.group_agent")
        with self.assertRaises(AccessError):
            self.preview(agent)

    def test_feeds_are_exported_for_other_readers(self):
        self.channel.tag_ids = self.env["social.crm.tag"].create({"name": "Žito"})
        url = self.channel.action_export_opml()["url"]
        self.authenticate("feeds_lists", "feeds_lists")
        answer = self.url_open(url)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn(f'xmlUrl="{self.address}/feed"', answer.text)
        self.assertIn("Žito", answer.text)
        self.assertNotIn("Žito", self.url_open("/social_crm/feeds.opml?ids=999999999").text)

    @mute_logger("odoo.http")
    def test_a_stranger_exports_nothing(self):
        self.authenticate(None, None)
        self.assertNotIn("opml", self.url_open("/social_crm/feeds.opml").text[:200])
