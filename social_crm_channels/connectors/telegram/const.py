# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facts of the Telegram Bot API 10.0, from core.telegram.org/bots/api as of May 2026."""
import re

SERVER = "https://api.telegram.org"

# "Each bot is given a unique authentication token when it is created."
TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,100}")
# What a token looks like inside an address, in anybody's log line.
TOKEN_IN_PATH = re.compile(r"/bot\d{1,20}(?::|%3A)[A-Za-z0-9_-]+", re.IGNORECASE)
SECRET_HEADER = "x-telegram-bot-api-secret-token"

# setWebhook#allowed_updates: reactions and memberships come only if they are named.
UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "message_reaction",
    "message_reaction_count",
    "my_chat_member",
)
MESSAGES = UPDATES[:4]
PAGE = 100  # getUpdates#limit
# getUpdates: "If there are no new updates for at least a week, then identifier of the next update
# will be chosen randomly instead of sequentially."
FORGET_OFFSET_SECONDS = 6 * 86400
CHECK_WEBHOOK_SECONDS = 900

# sendMessage#text, sendPhoto#caption: "after entities parsing", in UTF-16 code units.
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ALBUM = 10  # sendMediaGroup: "2-10 items"
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024  # getFile

# MessageEntity#type that is markup, and what it is in HTML; the others are words as they stand.
MARKUP = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
# Message: kinds of file, and their type where the network tells none.
FILES = {
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "document": "",
    "sticker": "image/webp",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "voice": "audio/ogg",
}
# What goes by which method, by type: method, field, kind in an album.
SENDING = {
    "image/jpeg": ("sendPhoto", "photo"),
    "image/png": ("sendPhoto", "photo"),
    "image/webp": ("sendPhoto", "photo"),
    "image/gif": ("sendAnimation", "animation"),
    "video/mp4": ("sendVideo", "video"),
    "audio/mpeg": ("sendAudio", "audio"),
    "audio/mp4": ("sendAudio", "audio"),
    "audio/ogg": ("sendVoice", "voice"),
}
FILE = ("sendDocument", "document")
REACTIONS = {"like": "👍", "favourite": "❤"}

# ChatMember#status: without these nobody can be written to there.
GONE = frozenset({"kicked", "left"})
HERE = frozenset({"member", "administrator", "creator", "restricted"})
ALBUM = "album"  # the family of pictures that were sent together
MEMBERSHIP = "membership"  # the family of our own comings and goings
MIGRATION = "migration"

# https://core.telegram.org/bots/features#deep-linking
START = re.compile(r"/start(?:@\w+)? +([A-Za-z0-9_-]{1,64})\s*")
