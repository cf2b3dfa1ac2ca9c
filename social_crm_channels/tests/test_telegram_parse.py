# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.tests import TransactionCase, tagged

from odoo.addons.social_crm_base.exceptions import MalformedPayload
from odoo.addons.social_crm_base.tools.activity import Actor, Target

from ..connectors.telegram.parse import Facts, parse
from ..connectors.telegram.text import entities_of, length, markup, plain, spans
from .telegram_entities import (
    AT,
    BOT,
    CHANNEL,
    GROUP,
    PRIVATE,
    SUPERGROUP,
    membership,
    message,
    photo,
    post,
    post_in_group,
    reaction,
    update,
)

FACTS = Facts("870000001", "shop_bot")


def read(kind, content):
    return parse(update(kind, content), FACTS)


@tagged("post_install", "-at_install")
class TestTelegramParse(TransactionCase):
    def test_a_private_message_names_its_chat_and_its_author(self):
        (said,) = read("message", message(text="Zdravo"))
        self.assertEqual((said.external_id, said.container, said.thread), ("12", "555", "555"))
        self.assertEqual((said.visibility, said.direction, said.kind), ("direct", "in", "message"))
        self.assertEqual(said.actor.name, "Ana Žikić")
        self.assertEqual((said.actor.handle, said.actor.language), ("ana_z", "sr"))
        self.assertFalse(said.permalink, "private chats have no addresses")

    def test_the_same_number_in_two_chats_is_two_messages(self):
        one, two = read("message", message(text="a")), read("message", message(12, GROUP, text="a"))
        self.assertNotEqual(one[0].itself, two[0].itself)

    def test_an_edit_in_the_same_second_is_later(self):
        (said,) = read("edited_message", message(text="b", edit_date=AT))
        self.assertGreater(said.edited_at, said.occurred_at)
        self.assertEqual(said.itself, read("message", message(text="a"))[0].itself)

    def test_our_own_words_are_known_as_ours(self):
        (said,) = read("message", {**message(text="Yes"), "from": BOT})
        self.assertEqual(said.direction, "out")
        self.assertEqual(said.counterpart.external_id, "555")

    def test_a_group_and_its_topics_are_conversations(self):
        (said,) = read("message", message(9, SUPERGROUP, text="Hi"))
        self.assertEqual((said.visibility, said.thread), ("group", "-1001002"))
        self.assertEqual((said.thread_title, said.title), ("Kupci", ""))
        self.assertEqual(said.permalink, "https://t.me/c/1002/9")
        topic = {"message_thread_id": 3, "is_topic_message": True}
        (said,) = read("message", message(9, SUPERGROUP, text="Hi", **topic))
        self.assertEqual(said.thread, "-1001002:3")

    def test_a_channels_post_is_ours_to_many(self):
        (said,) = read("channel_post", post())
        self.assertEqual((said.kind, said.direction, said.visibility), ("post", "out", "public"))
        self.assertIsNone(said.actor)
        self.assertEqual(said.permalink, "https://t.me/shop_news/40")

    def test_the_post_and_its_copy_in_the_group_are_one(self):
        (original,), (copy,) = read("channel_post", post()), read("message", post_in_group())
        self.assertEqual(original.itself, copy.itself)
        self.assertEqual(original.occurred_at, copy.occurred_at)
        self.assertEqual(copy.ref, "-1001002:7", "where comments are put")

    def test_a_comment_answers_the_post(self):
        comment = message(8, SUPERGROUP, text="!", reply_to_message=post_in_group())
        (said,) = read("message", comment)
        self.assertEqual((said.kind, said.visibility), ("comment", "public"))
        self.assertEqual(said.parent, Target("40", container="-1003003"))
        self.assertEqual(said.parent.ref, "-1001002:7")
        self.assertEqual(said.container, "-1001002")

    def test_an_answer_in_a_forum_answers_no_one_by_being_in_its_topic(self):
        opened = message(3, SUPERGROUP, forum_topic_created={"name": "Bags", "icon_color": 1})
        said = message(9, SUPERGROUP, text="a", reply_to_message=opened)
        self.assertIsNone(read("message", said)[0].parent)

    def test_reactions_are_what_came_and_what_went(self):
        found = read("message_reaction", reaction(("👍", "🔥"), before=("❤", "🔥")))
        self.assertEqual(
            [(one.verb, one.reaction) for one in found], [("unreact", "❤"), ("react", "👍")]
        )
        self.assertEqual(found[0].target, Target("12", container="555"))
        self.assertEqual(found[0].visibility, "direct")

    def test_anonymous_reactions_are_figures(self):
        kind = {"type": "emoji", "emoji": "👍"}
        counts = {"reactions": [{"type": kind, "total_count": 3}, {"type": kind, "total_count": 2}]}
        (said,) = read(
            "message_reaction_count", {"chat": CHANNEL, "message_id": 40, "date": AT, **counts}
        )
        self.assertEqual((said.verb, dict(said.counters)), ("counters", {"likes": 5}))

    def test_files_have_no_address_but_an_id_to_ask_for(self):
        (said,) = read("message", photo(caption="Broken"))
        (file,) = said.media
        self.assertEqual((file.url, file.external_id), ("", "AgACphoto"), "the largest size")
        self.assertEqual(said.text, "Broken")
        voice = {"file_id": "v", "file_unique_id": "u", "duration": 2, "mime_type": "audio/ogg"}
        (said,) = read("message", message(text=None, voice=voice))
        self.assertEqual(said.media[0].mimetype, "audio/ogg")

    def test_an_animation_is_not_shown_twice(self):
        file = {"file_id": "a", "file_unique_id": "a", "mime_type": "video/mp4"}
        (said,) = read("message", message(animation=file, document=file))
        self.assertEqual(len(said.media), 1)

    def test_places_contacts_and_polls_are_words(self):
        poll = {"question": "Boja?", "options": [{"text": "Crvena", "voter_count": 2}]}
        (said,) = read("message", message(poll=poll))
        self.assertEqual(said.text, "Boja?\n○ Crvena (2)")
        (said,) = read("message", message(contact={"phone_number": "+381", "first_name": "Mia"}))
        self.assertEqual(said.text, "☎ Mia +381")

    def test_who_comes_and_goes_says_nothing(self):
        joined = message(5, GROUP, new_chat_members=[BOT])
        self.assertEqual(read("message", joined), [])
        self.assertEqual(read("poll_answer", {"poll_id": "1"}), [])

    def test_stopping_the_bot_and_starting_it_are_noted(self):
        (gone,) = read("my_chat_member", membership("kicked"))
        (back,) = read("my_chat_member", membership("member", at=AT + 200))
        self.assertEqual((gone.kind, gone.ref, gone.thread), ("system", "kicked", "555"))
        self.assertEqual(back.ref, "member")
        self.assertNotEqual(gone.external_id, back.external_id)

    def test_what_is_not_as_documented_is_malformed(self):
        for spoilt in (
            message(text=5.0),
            message(text="a", chat={"id": 1, "type": "cloud"}),
            message(text="a", at="yesterday"),
            message(text="a", at=10**30),
            {"message_id": 1, "date": AT, "chat": PRIVATE, "text": "nobody"},
        ):
            with self.assertRaises(MalformedPayload):
                read("message", spoilt)

    # === TEXT === #

    def test_offsets_count_emoji_twice(self):
        words = "😀 Žućo *bold*"
        entity = {"type": "bold", "offset": 8, "length": 6}
        ((first, last, _entity),) = spans(words, [entity])
        self.assertEqual(words[first:last], "*bold*")
        self.assertEqual(length(words), len(words) + 1)

    def test_markup_is_kept_and_escaped(self):
        words = "😀 <b> go"
        entities = [
            {"type": "bold", "offset": 3, "length": 3},
            {"type": "text_link", "offset": 7, "length": 2, "url": "https://x.example/?a&b"},
            {"type": "text_link", "offset": 7, "length": 2, "url": "javascript:alert(1)"},
        ]
        found = spans(words, entities)
        html = markup(words, found)
        self.assertIn("<b>&lt;b&gt;</b>", html)
        self.assertNotIn("javascript", html)
        self.assertEqual(plain(words, found), "😀 <b> go (https://x.example/?a&b)")

    def test_an_entity_beyond_the_text_or_inside_an_emoji_is_left_out(self):
        entities = [
            {"type": "bold", "offset": 1, "length": 1},
            {"type": "bold", "offset": 0, "length": 99},
            {"type": "bold", "offset": 0, "length": 0},
        ]
        self.assertEqual(spans("😀a", entities), [])

    def test_who_has_no_user_name_is_reached_by_number(self):
        ana = Actor(external_id="7", name="Ana Žikić")
        (entity,) = entities_of("👋🏽 @Ana Žikić, da", (ana, Actor(handle="bo", name="Bo")))
        self.assertEqual((entity["offset"], entity["length"]), (5, 10))
        self.assertEqual(entity["user"]["id"], 7)
