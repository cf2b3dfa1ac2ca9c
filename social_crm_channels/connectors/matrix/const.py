# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Facts of Matrix, from spec.matrix.org (client-server and application service API) v1.16."""
import re

CLIENT = "/_matrix/client"
MEDIA = "/_matrix/media/v3"

# Appendices, "Identifiers": an id is at most 255 bytes; rooms of version 12 name no server.
USER = re.compile(r"@[^:\s/?#]{1,200}:[A-Za-z0-9.\-:\[\]]{1,200}")
ROOM = re.compile(r"![^\s/?#]{1,254}")
EVENT = re.compile(r"\$[^\s?#]{1,254}")
MXC = re.compile(r"mxc://([A-Za-z0-9.\-:\[\]]{1,255})/([A-Za-z0-9_\-=.~]{1,255})")

MESSAGE = "m.room.message"
ENCRYPTED = "m.room.encrypted"
MEMBER = "m.room.member"
REACTION = "m.reaction"
REDACTION = "m.room.redaction"
STICKER = "m.sticker"
RECEIPT = "m.receipt"
POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")
TIMELINE = (MESSAGE, ENCRYPTED, MEMBER, REACTION, REDACTION, STICKER, *POLLS)
SAID = (MESSAGE, ENCRYPTED, STICKER, *POLLS)  # what is an item of its own
FILES = {"m.image": "image/jpeg", "m.video": "video/mp4", "m.audio": "audio/ogg", "m.file": ""}

PAGE = 100
SYNC_PAGE = 50  # of one room; what lies before it is read by /messages
FIRST_DAYS = 7  # what is older when an account is connected is not taken in
MAX_SYNC = 64 * 1024 * 1024
MAX_TRANSACTION = 16 * 1024 * 1024  # Synapse puts up to 100 events of 64 kB into one
# "The complete event MUST NOT be larger than 65536 bytes"; marks and a second, formatted body
# take their part.
MAX_EVENT = 65_536
MAX_TEXT = 30_000
MAX_UPLOAD = 50 * 1024 * 1024  # Synapse's default; a server that takes less says so
MAX_DOWNLOAD = 50 * 1024 * 1024
SMALL_ROOM = 200  # of larger ones only single names are asked for
ROOM_SECONDS = 60  # for so long a room is taken for what it was

# Our own key of a sending, inside what we send: an application service has no device, so the
# server tells it no transaction id.
KEY = "org.social-crm.key"
DEVICE_NAME = "Social CRM"

MEMBERSHIP = "membership"  # the family of comings and goings
INVITE = "invite"  # the family of invitations that wait for somebody
GONE = frozenset({"leave", "ban"})
# What a screen calls it, and the annotation others see. The variation selector makes the sign
# coloured; clients send it with and without.
REACTIONS = {"like": "👍️", "favourite": "❤️"}
NAMES = {sign.rstrip("\ufe0f"): name for name, sign in REACTIONS.items()}
