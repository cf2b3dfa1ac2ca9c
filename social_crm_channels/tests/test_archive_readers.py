# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import io
import json
import tracemalloc
import warnings
import zipfile
from datetime import datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..archives import READERS
from ..archives import package as package_module
from ..archives.json_stream import BrokenJson, items
from ..archives.meta import repair
from ..archives.said import Said, Unread, WrongArchive
from .archive_samples import (
    ANDROID,
    GPLUS,
    GPLUS_HTML,
    INDONESIAN,
    IPHONE,
    LINKEDIN,
    SERBIAN,
    TEXT,
    facebook_archive,
    found,
    gplus_post,
    mastodon_archive,
    meta_json,
    tarred,
    tweet,
    x_archive,
    x_message,
    x_talk,
    ytd,
    zipped,
)

BERLIN = ZoneInfo("Europe/Berlin")


@tagged("post_install", "-at_install")
class TestArchiveReaders(BaseCase):
    """Each network's download says what was said, when and by whom, and where it cannot be read."""

    def wrong(self, code, content, name="archive.zip"):
        with self.assertRaises(WrongArchive) as caught:
            found(READERS[code], content, name)
        return caught.exception.code

    def texts(self, said):
        return [item.text for item in said]

    # --- X ---

    def test_x_gives_posts_answers_and_messages_with_figures(self):
        mention = {"user_mentions": [{"screen_name": "Ana", "id_str": "77"}],
                   "urls": [{"url": "https://t.co/a", "expanded_url": "https://shop.example/a"}]}
        archive = x_archive(
            [tweet(1, TEXT), tweet(2, "@Ana &amp; https://t.co/a", 2, entities=mention,
                                   in_reply_to_status_id_str="900", in_reply_to_user_id_str="77"),
             tweet(3, "RT @boris: his words", 3)],
            [x_talk(x_message(5, 77, 42, "Zdravo"), x_message(6, 42, 77, "Dobar dan"))],
        )
        said, unread, _left = found(READERS["x"], zipped(archive))
        self.assertEqual(self.texts(said),
                         [TEXT, "@Ana & https://shop.example/a", "", "Zdravo", "Dobar dan"])
        self.assertEqual([item.kind for item in said],
                         ["post", "reply", "share", "message", "message"])
        self.assertEqual(said[0].counters, {"likes": 3, "shares": 1})
        self.assertEqual(said[0].at, datetime(2019, 3, 1, 10, 11, 12))
        self.assertEqual(said[1].parent.external_id, "900")
        self.assertEqual([item.author and item.author.key for item in said[3:]], ["id:77", None])
        self.assertFalse(unread)

    def test_x_without_account_file_and_in_parts_of_old_archives(self):
        parts = {f"data/tweet-part{n}.js": ytd("tweet", [tweet(n, f"No {n}")]) for n in (10, 2)}
        said, _unread, _left = found(READERS["x"], zipped(parts))
        self.assertEqual(self.texts(said), ["No 2", "No 10"])

    def test_x_tells_the_line_of_what_is_not_as_expected(self):
        good = ytd("tweets", [tweet(1, "one"), {"tweet": {"full_text": "no id"}},
                              tweet(2, "bad date", created_at="gestern"), tweet(3, "three")])
        said, unread, _left = found(READERS["x"], zipped({"data/tweets.js": good}))
        self.assertEqual(self.texts(said), ["one", "three"])
        lines = good.splitlines()
        self.assertEqual([item.reason for item in unread], ["shape", "date"])
        for item, mark in zip(unread, ("no id", "bad date"), strict=True):
            self.assertIn(mark, "".join(lines[item.line - 1:item.line + 6]))

    def test_a_file_that_breaks_off_gives_what_stands_before_and_the_line(self):
        whole = ytd("tweets", [tweet(n, f"No {n}") for n in range(20)])
        said, unread, _left = found(READERS["x"],
                                    zipped({"data/tweets.js": whole[: len(whole) // 2]}))
        self.assertGreater(len(said), 5)
        self.assertEqual([item.reason for item in unread], ["broken"])
        self.assertGreater(unread[0].line, 50)

    # --- Meta ---

    def test_facebook_words_are_repaired(self):
        said, unread, left = found(READERS["facebook"], zipped(facebook_archive()))
        self.assertEqual(
            self.texts(said),
            [TEXT, "📎 izlog.jpg", "Čestitamo!", "Да, шаљемо у Ниш.", "Šaljete li u Niš? 😀",
             "📎 račun.jpg"],
        )
        self.assertEqual([item.author and item.author.name for item in said[3:]],
                         ["Prodavnica Šljiva", "Ana Petrović", "Ana Petrović"])
        self.assertTrue(said[3].author.is_own)
        self.assertEqual(said[3].at, datetime(2019, 3, 1, 10, 6, 40))
        self.assertEqual([item.reason for item in unread], ["date"])
        self.assertEqual(left, ["system"])
        self.assertNotIn("Boris", repr(said))

    @given(st.text())
    def test_any_text_that_meta_garbled_is_repaired(self, text):
        self.assertEqual(repair(text.encode("utf-8", "ignore").decode("latin-1")),
                         text.encode("utf-8", "ignore").decode())

    def test_instagram_posts_stories_comments_and_messages(self):
        members = {
            "your_instagram_activity/media/posts_1.json": meta_json(
                [{"media": [{"uri": "media/a.jpg", "creation_timestamp": 1551434400,
                             "title": "Šljive 😀"}]}]),
            "your_instagram_activity/media/stories.json": meta_json(
                {"ig_stories": [{"uri": "media/s.jpg", "creation_timestamp": 1551434500,
                                 "title": "Priča"}]}),
            "your_instagram_activity/comments/post_comments_1.json": meta_json(
                [{"string_map_data": {"Comment": {"value": "Hvala"},
                                      "Media Owner": {"value": "ana"},
                                      "Time": {"timestamp": 1551434600}}}]),
            "your_instagram_activity/messages/inbox/ana_1/message_1.json": meta_json(
                {"participants": [{"name": "Ana"}, {"name": "Shop"}], "messages": [
                    {"sender_name": "Ana", "timestamp_ms": 1551434700000, "content": "Ćao"}]}),
        }
        said, unread, _left = found(READERS["instagram"], zipped(members))
        self.assertEqual(
            self.texts(said), ["Šljive 😀\n📎 a.jpg", "Priča\n📎 s.jpg", "Hvala", "Ćao"]
        )
        self.assertEqual([item.kind for item in said], ["post", "story", "comment", "message"])
        self.assertFalse(unread)

    # --- LinkedIn ---

    def test_linkedin_tables_without_the_address_book(self):
        said, unread, _left = found(READERS["linkedin"], zipped(LINKEDIN))
        self.assertEqual(self.texts(said),
                         ["Prvi red\ndrugi red 😀", "Bravo!", "Zdravo Ivane", "Zdravo Ana"])
        self.assertEqual(said[0].external_id, "urn:li:share:65")
        self.assertEqual([item.author.is_own for item in said[2:]], [False, True])
        self.assertEqual(said[2].author.handle, "ana-p")
        self.assertEqual([(item.file, item.line, item.reason) for item in unread],
                         [("Shares.csv", 4, "date")])
        self.assertNotIn("Boris", repr(said))

    def test_one_linkedin_file_alone_will_do(self):
        said, _unread, _left = found(READERS["linkedin"], LINKEDIN["Comments.csv"].encode(),
                                     "Comments.csv")
        self.assertEqual(self.texts(said), ["Bravo!"])

    # --- Google+ ---

    def test_google_plus_json_and_html_name_the_same_post(self):
        from_json, unread, _left = found(
            READERS["google_plus"], zipped({GPLUS + "json": json.dumps(gplus_post())}))
        from_html, _unread, _left = found(
            READERS["google_plus"], zipped({GPLUS + "html": GPLUS_HTML}))
        self.assertFalse(unread)
        self.assertEqual(from_json[0].at, datetime(2014, 3, 1, 10))
        self.assertEqual(from_json[0].counters, {"likes": 1, "replies": 2, "shares": 0})
        self.assertEqual([item.author and item.author.name for item in from_json],
                         [None, "Ana Petrović", None])
        for one, other in zip(from_json[:2], from_html, strict=True):
            self.assertEqual(
                (one.at, one.kind, one.text, one.external_id, one.author, one.parent),
                (other.at, other.kind, other.text, other.external_id, other.author, other.parent),
            )

    def test_circles_of_google_plus_are_not_opened(self):
        members = {GPLUS + "json": json.dumps(gplus_post()),
                   "Takeout/Google+ Circles/Friends.json": "{broken"}
        said, unread, _left = found(READERS["google_plus"], zipped(members))
        self.assertEqual((len(said), unread), (3, []))

    def test_what_we_said_below_posts_of_others_on_google_plus_is_in_the_activity_log(self):
        def logged(post, words, **facts):
            return {"timestampMs": "1393671600000", "primaryText": words, "visibility": "PUBLIC",
                    "commentCreatedItem": {"postPermalink": post}, **facts}

        others = "https://plus.google.com/115555555555555555555/posts/xyz"
        log = [
            logged(others, "Svaka čast 🚲"),
            logged(others, "Samo za krug", visibility="LIMITED"),
            logged("https://plus.google.com/+Shop/posts/abc", "Hvala!"),  # with the post already
            logged(others, "Kada?", timestampMs="yesterday"),
            {"commentPlusOneAddedItem": {"postPermalink": others}},
            "?",
        ]
        folder = "Takeout/Google+ Stream/ActivityLog/"
        members = {folder + "Comments.json": json.dumps({"items": log}),
                   GPLUS + "json": json.dumps(gplus_post())}
        said, unread, _left = found(READERS["google_plus"], zipped(members))
        self.assertEqual(self.texts(said)[3:], ["Svaka čast 🚲", "Samo za krug"])
        one, other = said[3:]
        self.assertEqual((one.at, one.author), (datetime(2014, 3, 1, 11), None))
        self.assertEqual((one.parent.external_id, one.visibility), (others, "public"))
        self.assertEqual(other.visibility, "followers")
        self.assertEqual([problem.reason for problem in unread], ["date", "shape"])

    def test_albums_of_google_plus_are_counted_as_left_out(self):
        members = {GPLUS + "json": json.dumps(gplus_post()),
                   "Takeout/Google+ Stream/Photos/album.json": '{"title": "Album"}',
                   "Takeout/Google+ Stream/Posts/index.html": "<html><body>index</body></html>"}
        said, unread, left = found(READERS["google_plus"], zipped(members))
        self.assertEqual((len(said), unread, left), (3, [], ["other", "other"]))

    # --- Mastodon ---

    def test_mastodon_outbox_from_zip_and_tar(self):
        for content, name in ((zipped(mastodon_archive()), "archive.zip"),
                              (tarred(mastodon_archive()), "archive-2023.tar.gz")):
            said, unread, _left = found(READERS["mastodon"], content, name)
            self.assertEqual([item.kind for item in said], ["post", "reply", "message", "share"])
            self.assertEqual([item.visibility for item in said],
                             ["public", "public", "direct", "public"])
            self.assertEqual(said[0].counters, {"likes": 4})
            self.assertEqual(said[0].external_id, "https://shop.example/users/shop/statuses/1")
            self.assertFalse(said[3].text or said[3].permalink)
            self.assertEqual([item.reason for item in unread], ["shape"])

    # --- WhatsApp ---

    def test_a_german_iphone_writes_dots_and_brackets(self):
        said, unread, left = found(READERS["whatsapp"], zipped({"_chat.txt": IPHONE}),
                                   "WhatsApp Chat - Ana Petrović.zip", tz=BERLIN)
        self.assertEqual(self.texts(said), ["Guten Tag! 😀\nLiefern Sie nach Niš?", "Ja, gerne.",
                                            "Bild weggelassen"])
        self.assertEqual(said[0].at, datetime(2019, 3, 1, 8, 15, 10))
        self.assertEqual((said[0].line, said[1].line), (2, 4))
        self.assertEqual(said[0].part.title, "Ana Petrović")
        self.assertEqual((unread, left), ([], ["system"]))

    def test_an_english_android_puts_the_month_first(self):
        said, _unread, left = found(READERS["whatsapp"], ANDROID.encode(), "WhatsApp Chat.txt")
        self.assertEqual(self.texts(said),
                         ["Do you ship to Niš?", "Yes: tomorrow", "OK", "OK", "<Media omitted>"])
        self.assertEqual(said[-1].at, datetime(2019, 3, 13, 22, 0))
        self.assertEqual(said[0].author.handle, "+381641234567")
        self.assertEqual([item.nth for item in said[1:4]], [1, 1, 2])
        self.assertEqual(left, ["system"])

    def test_serbian_and_indonesian_telephones(self):
        said, unread, _left = found(READERS["whatsapp"], SERBIAN.encode(), "Ana.txt")
        self.assertEqual([item.at for item in said],
                         [datetime(2019, 3, 1, 14, 5), datetime(2019, 3, 1, 14, 6)])
        self.assertEqual([(item.line, item.reason) for item in unread], [(3, "date")])
        said, unread, left = found(READERS["whatsapp"], INDONESIAN.encode(), "Sari.txt")
        self.assertEqual(said[0].at, datetime(2019, 2, 28, 14, 5))
        self.assertEqual((len(said), unread, left), (2, [], ["system"]))

    def test_words_that_were_taken_back_are_no_words(self):
        gone = ("This message was deleted", "Du hast diese Nachricht gelöscht.",
                "Ova poruka je izbrisana", "Pesan ini telah dihapus")
        chat = "".join(f"13/03/19, 10:0{n} - Ana: {text}\n" for n, text in enumerate(gone))
        chat += "13/03/19, 10:09 - Ana: I read: this message was deleted\n"
        said, _unread, left = found(READERS["whatsapp"], chat.encode(), "Ana.txt")
        self.assertEqual(self.texts(said), ["I read: this message was deleted"])
        self.assertEqual(left, ["system"] * 4)

    def test_the_order_of_day_and_month_is_asked_only_where_nothing_tells(self):
        lines = ["{}, 09:15 - Ana: one", "{}, 09:16 - Ana: two"]

        def question(*days):
            text = "\n".join(line.format(day) for line, day in zip(lines, days, strict=True))
            with package_module.Package(io.BytesIO(text.encode()), "Ana.txt") as package:
                return READERS["whatsapp"].open_question(
                    package, type("", (), {"date_order": ""}))

        self.assertEqual(question("03/04/19", "03/05/19"), "date_order")
        self.assertEqual(question("03/04/19", "01/05/19"), "")  # goes back as month first
        self.assertEqual(question("03/04/19", "13/04/19"), "")
        self.assertEqual(question("3.4.19", "3.5.19"), "")
        self.assertEqual(question("2019-04-03", "2019-05-03"), "")

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.datetimes(datetime(2012, 1, 1), datetime(2030, 1, 1)),
                st.sampled_from(["Ana Petrović", "Shop", "李雷"]),
                st.lists(
                    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Cf")),
                            min_size=1, max_size=30).map(lambda line: "w" + line),
                    min_size=1, max_size=3,
                ),
            ),
            min_size=1, max_size=8,
        ),
        st.sampled_from([
            ("[%d.%m.%y, %H:%M:%S] ", "dmy"), ("%d.%m.%Y. %H:%M - ", "dmy"),
            ("%d/%m/%y %H.%M - ", "dmy"), ("%m/%d/%y, %I:%M %p - ", "mdy"),
            ("%Y-%m-%d, %H:%M - ", "ymd"), ("[%m/%d/%y, %I:%M:%S\u202f%p] ", "mdy"),
        ]),
    )
    def test_whatever_is_written_in_a_chat_is_read_back(self, messages, form):
        form, order = form
        text = "".join(
            f"{at.strftime(form)}{who}: " + "\n".join(lines) + "\n" for at, who, lines in messages
        )
        said, unread, left = found(READERS["whatsapp"], text.encode(), "c.txt", date_order=order)
        self.assertEqual((unread, left), ([], []))
        kept = {"second": 0, "microsecond": 0} if "%S" not in form else {"microsecond": 0}
        self.assertEqual(
            [(item.at, item.author.name, item.text) for item in said],
            [(at.replace(**kept), who, "\n".join(lines).strip()) for at, who, lines in messages],
        )

    # --- any file ---

    def test_another_file_is_refused_whatever_network_was_chosen(self):
        for code in READERS:
            with self.subTest(code):
                self.assertEqual(self.wrong(code, zipped({"readme.md": "hello"})), "format")
                self.assertEqual(self.wrong(code, b"%PDF-1.4 no archive", "bill.pdf"), "format")
                self.assertEqual(self.wrong(code, b""), "format")
        pages = zipped({"posts/your_posts_1.html": "<p>"})
        self.assertEqual(self.wrong("facebook", pages), "html")
        self.assertEqual(self.wrong("x", b"PK\x03\x04 not really"), "broken")
        self.assertEqual(self.wrong("whatsapp", b"just a letter", "letter.txt"), "format")

    def test_names_that_lead_out_of_the_archive_are_not_opened(self):
        theirs = ytd("tweets", [tweet(2, "evil")])
        evil = {**x_archive([tweet(1, "ours")]), "../../data/tweets.js": theirs,
                "/data/tweets.js": theirs}
        said, unread, _left = found(READERS["x"], zipped(evil))
        self.assertEqual(self.texts(said), ["ours"])
        self.assertEqual([item.reason for item in unread], ["name", "name"])

    def test_a_name_that_stands_in_the_archive_twice_is_told(self):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for text in ("first", "second"):
                archive.writestr("data/tweets.js", ytd("tweets", [tweet(1, text)]))
        said, unread, _left = found(READERS["x"], file.getvalue())
        self.assertEqual(self.texts(said), ["first"])
        self.assertEqual([item.reason for item in unread], ["twice"])

    def test_bombs_and_locked_members_are_not_unpacked(self):
        bomb = zipped({"data/tweets.js": b" " * 3_000_000})
        with patch.object(package_module, "RATIO_FROM_BYTES", 1 << 20):
            said, unread, _left = found(READERS["x"], bomb)
            self.assertEqual(([item.reason for item in unread], said), (["too_big"], []))
            self.assertEqual(self.wrong("mastodon", tarred({"outbox.json": " " * 3_000_000})),
                             "too_big")
        locked = bytearray(zipped({"data/tweets.js": "[]"}))
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            locked[locked.index(signature) + offset] |= 1
        _said, unread, _left = found(READERS["x"], bytes(locked))
        self.assertEqual([item.reason for item in unread], ["broken"])

    def test_a_damaged_member_does_not_take_the_others_along(self):
        content = zipped({
            "data/tweets.js": ytd("tweets", [tweet(n, f"No {n}") for n in range(50)]),
            "data/direct-messages.js": ytd("dm", [x_talk(x_message(1, 7, 42, "Zdravo"))]),
        })
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            start = archive.getinfo("data/tweets.js").header_offset
        damaged = bytearray(content)
        damaged[start + 300 : start + 330] = b"\xff" * 30
        said, unread, _left = found(READERS["x"], bytes(damaged))
        self.assertIn("Zdravo", self.texts(said))
        self.assertEqual([(item.file, item.reason) for item in unread],
                         [("data/tweets.js", "broken")])

    def test_memory_stays_flat_however_long_a_file_is(self):
        reader = READERS["x"]

        def peak(count):
            content = zipped({"data/tweets.js": ytd(
                "tweets", [tweet(n, f"Text number {n} " * 3) for n in range(count)])})
            options = type("", (), {"tz": BERLIN, "date_order": ""})
            with package_module.Package(io.BytesIO(content), "x.zip") as package:
                tracemalloc.start()
                number = sum(isinstance(item, Said) for item in reader.walk(package, options))
                size = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
            self.assertEqual(number, count)
            return size

        self.assertLess(peak(4000), 1.5 * peak(800))

    @given(st.lists(st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6), max_size=6), st.integers(1, 9), st.sampled_from([None, 2]))
    @settings(max_examples=60, deadline=None)
    def test_json_item_by_item_is_what_the_standard_library_reads(self, values, chunk, indent):
        with patch("odoo.addons.social_crm_channels.archives.json_stream.CHUNK", chunk):
            text = json.dumps(values, indent=indent)
            self.assertEqual([value for _l, _k, value in items(io.StringIO(text))], values)
            whole = json.dumps({"a": 1, "list": values, "b": [2]}, indent=indent)
            read = list(items(io.StringIO(whole), "list"))
            self.assertEqual([value for _l, key, value in read if key == "list"], values)
            self.assertEqual([value for _l, key, value in read if key == "b"], [[2]])
        if values:
            with self.assertRaises(BrokenJson):
                list(items(io.StringIO(text[:-1])))

    def test_nothing_makes_a_reader_fail_but_what_it_says_itself(self):
        """Every value of every sample is replaced by what nobody expects."""
        strange = (None, 7, "x", [], {}, [1], {"a": 1}, -1, 1e400, True)
        talk = x_talk(x_message(1, 7, 42, "a"))
        for code, members in (("x", x_archive([tweet(1, TEXT)], [talk])),
                              ("facebook", facebook_archive()), ("mastodon", mastodon_archive()),
                              ("google_plus", {GPLUS + "json": json.dumps(gplus_post())})):
            for name, text in members.items():
                if not name.endswith((".js", ".json")):
                    continue
                prefix, _sep, body = text.rpartition(" = ") if text.startswith("window") else (
                    "", "", text)
                document = json.loads(body)
                for changed in _twisted(document, strange):
                    content = zipped({**members, name: prefix + json.dumps(changed)})
                    said, unread, _left = found(READERS[code], content)
                    self.assertTrue(all(isinstance(item, Said) for item in said))
                    self.assertTrue(all(isinstance(item, Unread) for item in unread))
                    self.assertTrue(all(
                        datetime(1970, 1, 1) < item.at < datetime.max - timedelta(days=1)
                        for item in said))


def _twisted(document, strange):
    """The document with one value after another replaced."""
    places = []

    def walk(node, path):
        entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(
            node, list) else ()
        for key, value in entries:
            places.append((*path, key))
            walk(value, (*path, key))

    walk(document, ())
    for number, path in enumerate(places):
        twisted = json.loads(json.dumps(document))
        node = twisted
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = strange[number % len(strange)]
        yield twisted
