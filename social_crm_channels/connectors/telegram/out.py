# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What we say, change and take back. No ORM; ``env`` is for words only."""
from odoo.addons.social_crm_base.exceptions import PermanentError, RecipientGone

from ...tools import payload as read
from ...tools.contract import Receipt
from . import const
from .albums import album_numbers
from .api import MigratedError
from .parse import moment, permalink
from .text import entities_of, length

UNCHANGED = "message is not modified"
NO_TEXT = "there is no text in the message"
MISSING = ("message to delete not found", "message_id_invalid", "message identifier is not")
ALBUM = {"sendPhoto": "photo", "sendVideo": "video"}


def chat_number(chat):
    """A chat as the API wants it: its number, or the ``@name`` of a public one.

    :rtype: int | str
    """
    return int(chat) if chat.removeprefix("-").isdecimal() and chat.isascii() else chat


class Sender:
    """:param Api api: of the bot that speaks"""

    def __init__(self, env, api):
        self.env, self._api = env, api

    def send(self, message, text):
        """Say something where the message belongs.

        :rtype: Receipt
        """
        chat, place = self._place(message)
        return self._say(chat, message, text, **place)

    def publish(self, chat, message):
        """:rtype: Receipt"""
        text = "\n\n".join(filter(None, (message.title, message.text)))
        return self._say(chat, message, text)

    def edit(self, message, text):
        """Change words of ours; of a file's message, its caption.

        :rtype: Receipt
        """
        chat, number = self._named(message.target)
        parameters = {"chat_id": chat, "message_id": number}
        entities = entities_of(text, message.mentions) or None
        try:
            sent = self._api.do("editMessageText", text=text, entities=entities, **parameters)
        except PermanentError as error:
            if UNCHANGED in str(error):
                return self._receipt_of(message.target)
            if NO_TEXT not in str(error):
                raise
            self._check_caption(text)
            try:
                sent = self._api.do(
                    "editMessageCaption", caption=text, caption_entities=entities, **parameters
                )
            except PermanentError as again:
                if UNCHANGED not in str(again):
                    raise
                return self._receipt_of(message.target)
        return self._receipt(sent, ref=message.target.ref)

    def delete(self, target):
        """Take a message back, with the other pictures of its album. Gone is done."""
        chat, number = self._named(target)
        numbers = [number, *album_numbers(target.ref)]
        for one in dict.fromkeys(numbers):
            try:
                self._api.do("deleteMessage", chat_id=chat, message_id=one)
            except PermanentError as error:
                words = str(error).lower()
                if "can't be deleted" in words:
                    raise PermanentError(
                        self.env._(
                            "Telegram lets bots delete for 48 hours only, and others' words only "
                            "where they are administrator with that right."
                        ),
                        status=error.status,
                    ) from error
                if not any(sign in words for sign in MISSING):
                    raise

    def react(self, target, emoji, remove):
        chat, number = self._named(target)
        reaction = [] if remove else [{"type": "emoji", "emoji": emoji}]
        self._api.do("setMessageReaction", chat_id=chat, message_id=number, reaction=reaction)

    # === WHERE === #

    def _place(self, message):
        """The chat, and what in it is answered.

        :rtype: tuple[int | str, dict]
        """
        parent = message.parent
        if message.conversation_kind in ("direct", "group"):
            chat, _colon, topic = message.thread.partition(":")
            chat = chat or (message.recipient.external_id if message.recipient else "")
            place = {"message_thread_id": int(topic)} if topic.isdecimal() else {}
            if message.conversation_kind == "group" and parent and parent.container == chat:
                place["reply_parameters"] = _reply(_number(parent))
        elif parent and parent.ref.startswith("-") and ":" in parent.ref:
            # a post of our channel: comments stand below its copy in the discussion group
            chat, _colon, copy = parent.ref.partition(":")
            place = {"reply_parameters": _reply(copy)}
        elif parent:
            chat, place = parent.container, {"reply_parameters": _reply(_number(parent))}
        else:
            chat, place = "", {}
        if not chat:
            raise PermanentError(self.env._("Telegram does not say in which chat this was said."))
        return chat_number(chat), place

    def _named(self, target):
        if not target or not target.container or not _number(target).isdecimal():
            raise PermanentError(self.env._("Telegram does not say in which chat this was said."))
        return chat_number(target.container), int(_number(target))

    # === SAYING === #

    def _say(self, chat, message, text, **place):
        """In a group that has meanwhile become a supergroup, there."""
        try:
            return self._say_in(chat, message, text, **place)
        except MigratedError as moved:
            place.pop("reply_parameters", None)  # messages have other numbers there
            return self._say_in(chat_number(moved.chat_id), message, text, **place)
        except PermanentError as error:
            raise self._in_words(error) from error

    def _say_in(self, chat, message, text, **place):
        entities = entities_of(text, message.mentions) or None
        if not message.media:
            sent = self._api.do("sendMessage", chat_id=chat, text=text, entities=entities, **place)
            return self._receipt(sent)
        self._check_caption(text)
        caption = {"caption": text or None, "caption_entities": entities}
        if len(message.media) == 1:
            return self._file(chat, message.media[0], caption, place)
        return self._album(chat, message.media, caption, place)

    def _file(self, chat, media, caption, place):
        method, field = _way(media)
        file = {field: (media.name, media.content, media.mimetype)}
        return self._receipt(self._api.do(method, files=file, chat_id=chat, **caption, **place))

    def _album(self, chat, media, caption, place):
        """Pictures and films together; anything else makes all of them documents."""
        kinds = [ALBUM.get(_way(one)[0], "") for one in media]
        described, files = [], {}
        for index, (one, kind) in enumerate(zip(media, kinds, strict=True)):
            field = f"file{index}"
            files[field] = (one.name, one.content, one.mimetype)
            entry = {"type": kind if all(kinds) else "document", "media": f"attach://{field}"}
            if index == 0:
                entry.update({name: value for name, value in caption.items() if value})
            described.append(entry)
        sent = self._api.do("sendMediaGroup", files=files, chat_id=chat, media=described, **place)
        if not isinstance(sent, list) or not sent:
            return self._receipt({})
        numbers = ",".join(read.required(read.expect_object(one), "message_id") for one in sent)
        return self._receipt(sent[0], ref=f"album:{numbers}")

    def _check_caption(self, text):
        if length(text) > const.MAX_CAPTION:
            raise PermanentError(
                self.env._(
                    "With files a text has at most %(limit)s characters, this one has %(used)s. "
                    "Send the files by themselves.",
                    limit=const.MAX_CAPTION,
                    used=length(text),
                )
            )

    def _in_words(self, error):
        """What a person can do about a refusal."""
        said = str(error).lower()
        if error.status != 403:
            return error
        if "blocked by the user" in said:
            words = self.env._("They have stopped the bot: nothing reaches them here any more.")
        elif "deactivated" in said:
            words = self.env._("This account no longer exists on Telegram.")
        elif "initiate conversation" in said:
            words = self.env._("A bot cannot write first: they have to start it.")
        elif "kicked" in said or "not a member" in said:
            words = self.env._("The bot was removed from this chat. Have it added again.")
        else:
            return error
        return RecipientGone(words, status=403)

    def _receipt(self, sent, ref=""):
        """:param dict sent: the Message as Telegram shows it"""
        sent = read.expect_object(sent, "the message")
        chat, number = read.nested(sent, "chat"), read.required(sent, "message_id")
        return Receipt(
            external_id=number,
            container=read.required(chat, "id"),
            permalink=permalink(chat, number),
            occurred_at=moment(sent, "date"),
            ref=ref,
        )

    def _receipt_of(self, target):
        return Receipt(
            target.external_id,
            family=target.family,
            container=target.container,
            ref=target.ref,
        )


def _number(target):
    """The message by which the API knows an item: of an album, its first."""
    numbers = album_numbers(target.ref) if target.family == const.ALBUM else ()
    return str(numbers[0]) if numbers else target.external_id


def _reply(number):
    """To answer a message; should it be gone, the answer stands alone."""
    if not number.isdecimal():
        raise PermanentError("the message that is answered has no number")
    return {"message_id": int(number), "allow_sending_without_reply": True}


def _way(media):
    """By which method a file goes: what Telegram would not take as a picture is a document."""
    method, field = const.SENDING.get(media.mimetype, const.FILE)
    if method == "sendPhoto" and len(media.content) > const.MAX_PHOTO:
        return const.FILE
    return method, field
