# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What we say, change and take back. No ORM; ``env`` is for words only."""
import hashlib
import json
import secrets
from datetime import UTC, datetime
from urllib.parse import quote

from markupsafe import escape

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    PermanentError,
    TransientError,
)

from ...tools import payload as read
from ...tools.contract import Receipt
from . import const
from .api import RefusedError
from .content import permalink
from .items import key_of

LOOK_BACK = 200  # of our newest words in a room, to find what may have been sent


class Sender:
    """:param Api api: of the account that speaks
    :param str own_id: its Matrix id
    """

    def __init__(self, env, api, own_id):
        self.env, self._api, self._own_id = env, api, own_id

    # === SAYING === #

    def send(self, message, text):
        """:rtype: Receipt"""
        room = self._room_of(message)
        parent = message.parent
        if parent and parent.family == const.INVITE:
            self._api.post("rooms", room, "join")  # whoever answers an invitation accepts it
        self._refuse_encrypted(room)
        content = {**self._content(message, text), **self._relation(message)}
        if message.idempotency_key:
            content[const.KEY] = message.idempotency_key
        event_id = self._put(room, message.idempotency_key, content)
        thread = parent.ref if parent and parent.family == "post" else ""
        return self._receipt(room, event_id, thread)

    def edit(self, message, text):
        """Change words of ours: another event that replaces them. Files stay.

        :rtype: Receipt
        """
        room, event_id = self._named(message.target)
        self._refuse_encrypted(room)
        before = read.nested(self._api.event(room, event_id), "content")
        if not before:
            raise PermanentError(self.env._("This message is no longer there."), status=404)
        content = self._words(message, text)
        if read.text(before, "msgtype") in const.FILES:
            content = {**before, **content, "msgtype": before["msgtype"]}
            content["filename"] = read.text(before, "filename") or read.text(before, "body")
            content.pop(const.KEY, None)
        content.pop("m.relates_to", None)
        whole = {
            **content,
            "body": f"* {text}",
            "m.new_content": content,
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        made = self._put(room, message.idempotency_key, whole)
        receipt = self._receipt(room, made, message.target.ref)
        return Receipt(
            event_id,
            permalink=permalink(room, event_id),
            occurred_at=receipt.occurred_at,
            container=room,
            ref=message.target.ref,
        )

    def delete(self, target, reason=""):
        """Take a message back, its other wordings first: they would stay readable."""
        room, event_id = self._named(target)
        edits = self._api.related(room, event_id, "m.replace", const.MESSAGE)
        for edit in [key_of(edit) for edit in edits]:
            self._redact(room, edit, reason)
        self._redact(room, event_id, reason)

    def _redact(self, room, event_id, reason):
        try:
            self._api.redact(room, event_id, _txn("redact", event_id), reason)
        except RefusedError as error:
            if error.code != "M_NOT_FOUND":
                raise self._in_words(error) from error

    def react(self, target, sign, remove):
        room, event_id = self._named(target)
        related = self._api.related(room, event_id, "m.annotation", const.REACTION)
        ours = [
            read.required(event, "event_id")
            for event in related
            if event.get("sender") == self._own_id and _sign_of(event) == sign.rstrip("\ufe0f")
        ]
        if remove:
            for reaction_id in ours:
                self._redact(room, reaction_id, "")
            return
        if ours:
            return
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": sign}
        try:
            # Another key each time: a like that was taken back may be set again.
            self._api.send(
                room, const.REACTION, secrets.token_urlsafe(12), {"m.relates_to": relation}
            )
        except RefusedError as error:
            if error.code != "M_DUPLICATE_ANNOTATION":
                raise self._in_words(error) from error

    def mark_read(self, target):
        room, event_id = self._named(target)
        self._api.post("rooms", room, "receipt", "m.read", event_id)

    def report(self, target, reason):
        """Tell the homeserver's administrators."""
        room, event_id = self._named(target)
        self._api.post("rooms", room, "report", event_id, body={"reason": reason})

    def find(self, message):
        """What we said with this very key, among our newest words in the room.

        :rtype: Receipt | None
        """
        room, start, seen = self._room_of(message), "", 0
        thread = message.parent.ref if message.parent else ""
        while seen < LOOK_BACK:
            params = {"dir": "b", "limit": const.PAGE}
            params["filter"] = json.dumps(
                {"types": [const.MESSAGE], "senders": [self._own_id]}
            )
            if start:
                params["from"] = start
            page = self._api.get("rooms", room, "messages", **params)
            events = read.objects(page, "chunk")
            for event in events:
                content, unsigned = read.nested(event, "content"), read.nested(event, "unsigned")
                keys = (content.get(const.KEY), unsigned.get("transaction_id"))
                if event.get("sender") == self._own_id and message.idempotency_key in keys:
                    return _receipt_of(room, event, thread)
            seen, start = seen + const.PAGE, read.text(page, "end")
            if not events or not start:
                break
        return None

    # === WHERE === #

    def _room_of(self, message):
        room = message.parent.container if message.parent else message.thread
        if not const.ROOM.fullmatch(room or ""):
            raise PermanentError(
                self.env._(
                    "There is no room with them yet. Ask them to write first, or invite them in a "
                    "Matrix program."
                )
            )
        return room

    def _named(self, target):
        known = target and const.ROOM.fullmatch(target.container or "")
        if not known or target.family != "post" or not target.external_id:
            raise PermanentError(self.env._("Matrix does not say in which room this was said."))
        return target.container, target.external_id

    def _refuse_encrypted(self, room):
        """Words must not go in the clear where everybody trusts that they do not."""
        if self._api.state(room, "m.room.encryption"):
            raise PermanentError(
                self.env._(
                    "This room is encrypted: nothing can be read or written here from outside. "
                    "Answer in a Matrix program, or ask them for a room without encryption."
                )
            )

    # === CONTENT === #

    def _content(self, message, text):
        if not message.media:
            return self._words(message, text)
        if len(message.media) > 1:
            raise PermanentError(self.env._("Matrix takes one file a message."))
        media = message.media[0]
        sort = f"m.{media.mimetype.partition('/')[0]}"
        name = media.name or self.env._("File")
        return {
            **self._words(message, text or name),
            "msgtype": sort if sort in const.FILES else "m.file",
            "filename": name,
            "url": self._api.upload(media),
            "info": {"mimetype": media.mimetype, "size": len(media.content)},
        }

    def _words(self, message, text):
        """Plain words, and where they name people the same with links to them."""
        users = [actor.external_id for actor in message.mentions if actor.external_id]
        content = {
            "msgtype": "m.notice" if message.automatic else "m.text",
            "body": text,
            "m.mentions": {"user_ids": users} if users else {},
        }
        html = str(escape(text)).replace("\n", "<br>")
        plain = html
        for user in users:
            shown = str(escape(user))
            link = f'<a href="https://matrix.to/#/{quote(user, safe="@:")}">{shown}</a>'
            html = html.replace(shown, link)
        if html != plain and len(html.encode()) + len(text.encode()) < const.MAX_EVENT * 3 // 4:
            content.update(format="org.matrix.custom.html", formatted_body=html)
        return content

    def _relation(self, message):
        """An answer stands in the thread of what it answers; in a group it names it."""
        parent = message.parent
        if not parent or parent.family != "post":
            return {}
        answers = {"m.in_reply_to": {"event_id": parent.external_id}}
        if parent.ref:
            thread = {"rel_type": "m.thread", "event_id": parent.ref, "is_falling_back": False}
            return {"m.relates_to": {**thread, **answers}}
        return {"m.relates_to": answers} if message.conversation_kind == "group" else {}

    # === OUTCOMES === #

    def _put(self, room, key, content):
        try:
            return self._api.send(room, const.MESSAGE, key or secrets.token_urlsafe(12), content)
        except RefusedError as error:
            raise self._in_words(error) from error

    def _receipt(self, room, event_id, thread):
        """When it was said is told by the event only: with another time our echo would look like
        a second wording."""
        try:
            event = self._api.event(room, event_id)
        except PermanentError:
            event = {}
        except ConnectorError as error:
            # Said it is; whoever looks finds it by its key.
            raise TransientError(str(error), maybe_done=True) from error
        return _receipt_of(room, {**event, "event_id": event_id}, thread)

    def _in_words(self, error):
        """What a person can do about a refusal."""
        if error.code == "M_FORBIDDEN":
            words = self.env._(
                "Matrix does not allow it: we are no longer in this room, or have too little "
                "power there. (%(reason)s)",
                reason=str(error),
            )
        elif error.code in ("M_TOO_LARGE", "M_RESOURCE_LIMIT_EXCEEDED"):
            words = self.env._("Too much for this homeserver. (%(reason)s)", reason=str(error))
        else:
            return error
        return RefusedError(words, error.code, error.status)


def _receipt_of(room, event, thread):
    event_id = read.required(event, "event_id")
    at = event.get("origin_server_ts")
    moment = datetime.fromtimestamp(at // 1000, UTC) if isinstance(at, int) else None
    return Receipt(
        event_id,
        permalink=permalink(room, event_id),
        occurred_at=moment and moment.replace(tzinfo=None),
        container=room,
        ref=thread,
    )


def _sign_of(event):
    relation = read.nested(read.nested(event, "content"), "m.relates_to")
    return read.text(relation, "key").rstrip("\ufe0f")


def _txn(*parts):
    """The same key for the same deed, so that a repeated one is done once."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
