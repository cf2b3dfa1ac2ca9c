# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Objects of the Bot API as core.telegram.org/bots/api describes them."""
from itertools import count

TOKEN = "870000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9"
BOT = {
    "id": 870000001,
    "is_bot": True,
    "first_name": "Shop",
    "username": "shop_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": True,
    "supports_inline_queries": False,
}
AT = 1790000000
ANA = {
    "id": 555,
    "is_bot": False,
    "first_name": "Ana",
    "last_name": "Žikić",
    "username": "ana_z",
    "language_code": "sr",
}
PRIVATE = {"id": 555, "type": "private", "first_name": "Ana", "username": "ana_z"}
GROUP = {"id": -1001, "type": "group", "title": "Kupci"}
SUPERGROUP = {"id": -1001002, "type": "supergroup", "title": "Kupci"}
CHANNEL = {"id": -1003003, "type": "channel", "title": "Shop", "username": "shop_news"}
numbers = count(870001)


def update(kind, content):
    return {"update_id": next(numbers), kind: content}


def message(number=12, chat=None, at=AT, **more):
    """A Message of Ana's, in her private chat unless said otherwise."""
    return {"message_id": number, "from": ANA, "chat": chat or PRIVATE, "date": at, **more}


def post(number=40, **more):
    """A Message in our channel."""
    return {
        "message_id": number,
        "sender_chat": CHANNEL,
        "chat": CHANNEL,
        "date": AT,
        "text": "New bags",
        **more,
    }


def post_in_group(number=7, of=40, **more):
    """The same post as Telegram puts it in the discussion group."""
    return {
        "message_id": number,
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
        "sender_chat": CHANNEL,
        "chat": SUPERGROUP,
        "date": AT + 1,
        "is_automatic_forward": True,
        "forward_origin": {"type": "channel", "chat": CHANNEL, "message_id": of, "date": AT},
        "text": "New bags",
        **more,
    }


def reaction(emojis=("👍",), before=(), number=12, chat=None, by=None):
    def sort(emoji):
        return {"type": "emoji", "emoji": emoji}

    return {
        "chat": chat or PRIVATE,
        "message_id": number,
        "user": by or ANA,
        "date": AT + 60,
        "old_reaction": [sort(emoji) for emoji in before],
        "new_reaction": [sort(emoji) for emoji in emojis],
    }


def membership(status, chat=None, at=AT + 100):
    def member(status):
        facts = {"user": BOT, "status": status}
        return {**facts, "until_date": 0} if status == "kicked" else facts

    return {
        "chat": chat or PRIVATE,
        "from": ANA,
        "date": at,
        "old_chat_member": member("member" if status == "kicked" else "kicked"),
        "new_chat_member": member(status),
    }


def photo(number=13, file_id="AgACphoto", **more):
    sizes = [
        {"file_id": f"{file_id}-s", "file_unique_id": "s", "width": 90, "height": 60},
        {"file_id": file_id, "file_unique_id": "l", "width": 1280, "height": 853},
    ]
    return message(number, photo=sizes, **more)


SAMPLES = [
    update("message", message(text="Hallo")),
    update(
        "edited_message",
        message(
            text="😀 Hallo @shop_bot und Ana",
            edit_date=AT + 5,
            entities=[
                {"type": "bold", "offset": 3, "length": 5},
                {"type": "mention", "offset": 9, "length": 9},
                {"type": "text_mention", "offset": 23, "length": 3, "user": ANA},
                {"type": "text_link", "offset": 3, "length": 5, "url": "https://x.example/a"},
            ],
        ),
    ),
    update("channel_post", post()),
    update("message", post_in_group()),
    update("message", message(8, SUPERGROUP, text="Nice", reply_to_message=post_in_group())),
    update("message", message(9, SUPERGROUP, text="t", message_thread_id=3, is_topic_message=True)),
    update("message", message(10, GROUP, migrate_to_chat_id=-1001002)),
    update("message", photo(caption="Broken", media_group_id="1")),
    update("message", message(14, voice={"file_id": "v", "file_unique_id": "v", "duration": 2})),
    update(
        "message",
        message(
            15,
            venue={
                "location": {"latitude": 44.8, "longitude": 20.4},
                "title": "Dućan",
                "address": "Knez Mihailova 1",
            },
            location={"latitude": 44.8, "longitude": 20.4},
        ),
    ),
    update(
        "message",
        message(
            16,
            document={
                "file_id": "d",
                "file_unique_id": "d",
                "file_name": "račun.pdf",
                "mime_type": "application/pdf",
            },
        ),
    ),
    update("message_reaction", reaction(before=("❤",))),
    update(
        "message_reaction_count",
        {
            "chat": CHANNEL,
            "message_id": 40,
            "date": AT,
            "reactions": [{"type": {"type": "emoji", "emoji": "👍"}, "total_count": 3}],
        },
    ),
    update("my_chat_member", membership("kicked")),
]
