# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json
from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.social_crm_base.exceptions import MalformedPayload

from ..connectors.feed import const, discovery, opml, poll
from ..connectors.feed.parse import parse
from ..connectors.feed.reader import read_document
from .feed_server import item, rss

URL = "https://paper.example/blog/feed"
NOW = datetime(2026, 11, 2, 8, 0, 0)
RSS_091 = """<?xml version="1.0"?><rss version="0.91"><channel><title>Old</title>
<item><title>One</title><link>/1</link><description>plain &amp; simple</description></item>
</channel></rss>"""
RSS_10 = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://p.example/"><title>Rdf</title></channel>
<item rdf:about="https://p.example/1"><title>One</title><link>https://p.example/1</link>
<dc:date>2026-11-01T09:00:00+01:00</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sr"><title>Лист</title>
<link rel="hub" href="https://hub.example/"/><link rel="self" href="https://paper.example/self"/>
<entry><id>tag:p,1</id><title type="html">A &lt;b&gt;bold&lt;/b&gt; 🚲</title>
<link href="../one"/><author><name>Ана</name><email>ana@p.example</email>
<uri>https://p.example/ana</uri></author><published>2026-11-01T08:00:00Z</published>
<updated>2026-11-01T09:00:00Z</updated>
<content type="html">&lt;p&gt;&lt;a href="/x"&gt;<!-- -->there&lt;/a&gt;
&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src="https://spy.example/p.gif"/&gt;
&lt;b onclick="x()"&gt;strong&lt;/b&gt;&lt;/p&gt;</content>
<link rel="enclosure" href="/a.mp3" type="audio/mpeg"/></entry></feed>"""


def activities(content, url=URL, kind="", known=()):
    document = read_document(content if isinstance(content, bytes) else content.encode(), url, kind)
    items, _known = poll.news_of(document, dict(known), NOW)
    return [parse(json.loads(json.dumps(payload)), URL)[0] for _key, payload in items]


@tagged("post_install", "-at_install")
class TestFeedReader(BaseCase):
    def test_old_and_new_rss_are_understood(self):
        (old,) = activities(RSS_091)
        self.assertEqual((old.title, old.text), ("One", "plain & simple"))
        self.assertEqual(old.permalink, "https://paper.example/1")
        self.assertEqual(old.occurred_at, NOW, "an undated entry counts from when we saw it")
        (rdf,) = activities(RSS_10)
        self.assertEqual(rdf.occurred_at, datetime(2026, 11, 1, 8))
        (new,) = activities(rss(item(1)))
        self.assertEqual((new.external_id, new.kind), ("urn:1", "post"))
        self.assertEqual(new.actor.name, "Ана Ć")
        self.assertEqual((new.actor.scope, new.actor.handle), (URL, ""))

    def test_atom_is_understood_and_its_markup_made_safe(self):
        (said,) = activities(ATOM)
        self.assertEqual(said.title, "A bold 🚲")
        self.assertEqual(said.permalink, "https://paper.example/one")
        self.assertEqual((said.actor.name, said.actor.email), ("Ана", ""))
        self.assertEqual(said.actor.profile_url, "https://p.example/ana")
        self.assertEqual(said.edited_at, datetime(2026, 11, 1, 9))
        self.assertEqual(said.language, "sr")
        self.assertIn('href="https://paper.example/x"', said.html)
        for bad in ("script", "alert", "onclick", "spy.example"):
            self.assertNotIn(bad, said.html + said.text)
        self.assertIn("strong", said.text)
        self.assertEqual(said.media[0].url, "https://paper.example/a.mp3")

    def test_json_feed_is_understood(self):
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "J",
            "language": "en-US",
            "authors": [{"name": "Jo", "url": "https://j.example"}],
            "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
            "items": [
                {"id": 7, "url": "/7", "content_html": "<p>a <b>b</b></p>", "title": "Seven",
                 "date_published": "2026-11-01T09:00:00+01:00",
                 "attachments": [{"url": "/7.mp3", "mime_type": "audio/mpeg"}, 5]},
                {"id": "8", "content_text": "plain <b>", "authors": [{"name": "Mo"}]},
                "nonsense",
            ],
        }
        dated, undated = activities(json.dumps(feed))
        self.assertEqual((dated.external_id, dated.actor.name), ("7", "Jo"))
        self.assertEqual(dated.occurred_at, datetime(2026, 11, 1, 8))
        self.assertEqual(dated.media[0].url, "https://paper.example/7.mp3")
        self.assertEqual((undated.text, undated.actor.name), ("plain <b>", "Mo"))
        document = read_document(json.dumps(feed).encode(), URL)
        self.assertEqual(document.links["hub"], ["https://hub.example/"])

    def test_what_is_no_feed_is_told_so(self):
        for content in (b"", b"<html><body>hi</body></html>", b"{}", b"{", b"\xff\xfe", b"[1]",
                        b'{"version": "x", "items": []}', b"{" * 100_000, b"\x89PNG\r\n"):
            with self.subTest(content=content[:20]), self.assertRaises(MalformedPayload):
                read_document(content, URL)

    def test_a_file_of_this_machine_is_never_read_for_an_address_in_the_body(self):
        for content in (b"/etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/"):
            with self.assertRaises(MalformedPayload):
                read_document(content, URL)

    def test_entities_neither_explode_nor_open_files(self):
        bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/passwd">'
        bomb += "".join(f'<!ENTITY a{n} "{("&a%s;" % (n - 1 or "")) * 10}">' for n in range(1, 12))
        feed = rss(item(1, "x")).replace("Title 1", "T &a11; &f;")
        content = feed.replace("<rss", bomb + "]><rss", 1)
        try:
            found = activities(content)
        except MalformedPayload:
            return
        for said in found:
            self.assertLess(len(said.title), 2000)
            self.assertNotIn("root:", said.title + said.text)

    def test_broken_xml_gives_what_can_be_read(self):
        document = read_document((rss(item(1), item(2))[:-60] + "<<&").encode(), URL)
        self.assertTrue(document.flaw)
        self.assertIn("urn:1", [entry["id"] for entry in document.entries])

    def test_every_encoding_is_read(self):
        words = "Čaj & šećer – žao"
        for name in ("utf-8", "utf-16", "windows-1250", "iso-8859-2"):
            text = rss(item(1, words if name != "iso-8859-2" else words.replace("–", "-")))
            content = text.replace("Ана ", "").replace("UTF-8", name).encode(name)
            with self.subTest(encoding=name):
                (said,) = activities(content)
                self.assertIn("šećer", said.text)
        latin = rss(item(1, "Müller")).replace("Ана Ć", "x").encode("latin-1")
        (said,) = activities(latin, kind="application/rss+xml; charset=iso-8859-1")
        self.assertIn("Müller", said.text)

    def test_entries_without_id_have_a_name_that_stays(self):
        by_link = activities(rss(item(1, guid="")))[0].external_id
        self.assertEqual(by_link, "https://paper.example/1")
        feed = rss(item(1, guid="", link=""), item(2, guid="", link=""))
        first, again = activities(feed), activities(feed)
        self.assertEqual([one.external_id for one in first], [one.external_id for one in again])
        self.assertEqual(len({one.external_id for one in first}), 2)

    def test_dates_of_every_kind(self):
        dates = {
            "Sun, 01 Nov 2026 08:00:00": datetime(2026, 11, 1, 8),
            "Sun, 01 Nov 2026 08:00:00 +0100": datetime(2026, 11, 1, 7),
            "2026-11-01": datetime(2026, 11, 1),
            "": NOW,
            "soon": NOW,
            "Sun, 01 Nov 2099 08:00:00 GMT": NOW,
            "Sun, 99 Foo 0000 99:99:99": NOW,
        }
        for date, expected in dates.items():
            with self.subTest(date=date):
                self.assertEqual(activities(rss(item(1, date=date)))[0].occurred_at, expected)

    def test_only_what_is_new_or_changed_is_handed_on(self):
        before = read_document(rss(item(1), item(2)).encode(), URL)
        items, known = poll.news_of(before, {}, NOW)
        self.assertEqual(len(items), 2)
        self.assertEqual(poll.news_of(before, known, NOW), ([], known))
        after = read_document(rss(item(1, "It snows"), item(2), item(3)).encode(), URL)
        later = NOW.replace(hour=12)
        items, _known = poll.news_of(after, known, later)
        said = [parse(payload, URL)[0] for _key, payload in items]
        self.assertEqual([one.external_id for one in said], ["urn:3", "urn:1"])
        self.assertEqual([one.edited_at for one in said], [None, later])

    def test_a_huge_feed_is_capped_and_the_newest_stay(self):
        many = [
            item(n, date=f"Sun, 01 Nov 2026 {n // 60:02}:{n % 60:02}:00 GMT") for n in range(500)
        ]
        found = activities(rss(*many))
        self.assertEqual(len(found), const.MAX_ENTRIES)
        self.assertEqual(found[-1].external_id, "urn:499")
        self.assertLess(found[0].occurred_at, found[-1].occurred_at)

    def test_an_address_of_mail_is_no_name(self):
        author = "<author>a@b.example</author>"
        feed = rss(item(1)).replace("<dc:creator>Ана Ć</dc:creator>", author)
        (said,) = activities(feed)
        self.assertEqual((said.actor.external_id, said.actor.name), (const.PUBLISHER, "The paper"))
        named = feed.replace("a@b.example", "a@b.example (Ana Anić)")
        self.assertEqual(activities(named)[0].actor.name, "Ana Anić")
        for said in activities(feed) + activities(named):
            self.assertNotIn("@", repr(said.actor))

    # === DISCOVERY, OPML === #

    def test_addresses_as_people_type_them(self):
        for typed in ("paper.example", "https://Paper.example", "feed://paper.example/",
                      "feed:https://paper.example/#top"):
            self.assertEqual(discovery.address_of(typed), "https://paper.example/")
        self.assertEqual(discovery.address_of("http://p.example/?feed=rss2"),
                         "http://p.example/?feed=rss2")
        for typed in ("", "ftp://x", "https://", "https://a b", "https://u:p@x", "javascript:x",
                      "https://[", "https://x:99999"):
            with self.subTest(typed=typed), self.assertRaises(MalformedPayload):
                discovery.address_of(typed)

    def test_a_page_names_its_feeds(self):
        page = b"""<html><head><base href="/en/"><link rel="alternate" type="application/rss+xml"
            title="News " href="news.xml"><link rel="stylesheet" href="x.css">
            <LINK REL="home ALTERNATE" TYPE="application/atom+xml; charset=x" HREF="//a.example/f">
            <link rel="alternate" type="text/html" href="/de"><link rel="alternate"
            type="application/feed+json" href="javascript:x"><body><p>broken"""
        self.assertEqual(
            discovery.feeds_of(page, "https://paper.example/en/"),
            {"https://paper.example/en/news.xml": "News", "https://a.example/f": ""},
        )
        self.assertEqual(discovery.feeds_of(b"", URL), {})

    def test_a_list_of_feeds_comes_back_as_it_went_out(self):
        outlines = [
            opml.Outline("https://a.example/f?x=1&y=2", "Ž <a>", ("News", "Bikes")),
            opml.Outline("https://b.example/", "B\x01", ()),
        ]
        found, unread = opml.read(opml.write("Ours", outlines))
        self.assertEqual((found[0], unread), (outlines[0], []))
        self.assertEqual(found[1].title, "B")

    def test_broken_lists_are_told_so(self):
        for content in (b"", b"<html/>", b"x" * (const.MAX_OPML_BYTES + 1), b"<opml/>"):
            with self.assertRaises(MalformedPayload):
                opml.read(content)
        _found, unread = opml.read(
            b'<opml><body><outline text="X" xmlUrl="javascript:a()"/></body></opml>'
        )
        self.assertEqual(unread, ["X: javascript:a()"])
