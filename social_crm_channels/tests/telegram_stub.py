# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""A Bot API of our own on 127.0.0.1, as core.telegram.org/bots/api (10.0) publishes it, with the
faults that networks have. Limits are judged as the real one judges them."""
import json
import re
from collections import deque

from werkzeug.wrappers import Request, Response

from .stub_server import StubServer
from .telegram_entities import AT, BOT, TOKEN

FILE_FIELDS = ("photo", "document", "video", "audio", "voice", "animation")


class Refused(Exception):
    """An answer with ``ok`` false."""

    def __init__(self, code, description, **parameters):
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def units(text):
    return len(text.encode("utf-16-le")) // 2


class TelegramStub(StubServer):
    """One bot's Telegram. ``calls`` holds (method, parameters, files) of everything asked.

    ``faults`` are taken one a call, by method: a function of the stub's WSGI ``environ`` and of
    ``act`` (which does what was asked) that returns a Response.
    """

    def __init__(self):
        self.calls, self.faults = [], {}
        self.updates, self.webhook, self.info = [], "", {}
        self.messages, self.members, self.files = {}, {}, {"AgACphoto": b"\xff\xd8photo"}
        self.refusals = {}  # method -> Refused, for as long as it stands there
        self.number = 100
        super().__init__()

    def asked(self, method):
        """The parameters of each such call."""
        return [given for name, given, _files in self.calls if name == method]

    def fault(self, method, *faults):
        self.faults.setdefault(method, deque()).extend(faults)

    # === THE WIRE === #

    def __call__(self, environ, start_response):
        request = Request(environ)
        response = self._answer(request)
        return response(environ, start_response)

    def _answer(self, request):
        path = request.path
        if path.startswith(f"/file/bot{TOKEN}/"):
            content = self.files.get(path.rpartition("/")[2])
            return Response(content) if content is not None else self._say(404, "Not Found")
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", path)
        if not found or ":" not in found[1]:
            return self._say(404, "Not Found")
        if found[1] != TOKEN:
            return self._say(401, "Unauthorized")
        method, given, files = found[2], *self._given(request)
        self.calls.append((method, given, files))

        def act():
            return self._act(method, given, files)

        waiting = self.faults.get(method)
        return waiting.popleft()(request.environ, act) if waiting else act()

    def _given(self, request):
        """Parameters from query, form or JSON, which the real one takes all alike."""
        given = {**request.args.to_dict(), **request.form.to_dict()}
        if request.mimetype == "application/json":
            given.update(request.get_json())
        for name, value in given.items():
            if isinstance(value, str) and value[:1] in "[{":
                given[name] = json.loads(value)
        return given, {name: file.read() for name, file in request.files.items()}

    def _act(self, method, given, files):
        try:
            if method in self.refusals:
                raise self.refusals[method]
            handler = getattr(self, f"do_{method}", None)
            if not handler:
                raise Refused(404, "Not Found")
            return self._json(200, {"ok": True, "result": handler(given, files)})
        except Refused as error:
            return self._say(error.code, error.description, **error.parameters)

    def _say(self, code, description, **parameters):
        answer = {"ok": False, "error_code": code, "description": description}
        return self._json(code, {**answer, **({"parameters": parameters} if parameters else {})})

    def _json(self, code, answer):
        return Response(json.dumps(answer), code, content_type="application/json")

    # === METHODS === #

    def do_getMe(self, given, files):
        return BOT

    def do_getUpdates(self, given, files):
        if self.webhook:
            words = "can't use getUpdates method while webhook is active; use deleteWebhook"
            raise Refused(409, f"Conflict: {words} to delete the webhook first")
        offset = int(given.get("offset", 0))
        self.updates = [one for one in self.updates if one["update_id"] >= offset]
        return self.updates[: int(given.get("limit", 100))]

    def do_setWebhook(self, given, files):
        if not given["url"].startswith("https://"):
            words = "bad webhook: An HTTPS URL must be provided for webhook"
            raise Refused(400, f"Bad Request: {words}")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", given["secret_token"]):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = given["url"]
        return True

    def do_deleteWebhook(self, given, files):
        self.webhook = ""
        return True

    def do_getWebhookInfo(self, given, files):
        return {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
            **self.info,
        }

    def do_sendMessage(self, given, files):
        self._check_text(given.get("text", ""), given.get("entities"), 4096, "message")
        content = {"text": given["text"]}
        if given.get("entities"):
            content["entities"] = given["entities"]
        return self._sent(given, content)

    def _check_text(self, text, entities, limit, what):
        if what == "message" and not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if units(text) > limit:
            raise Refused(400, f"Bad Request: {what} is too long")
        for entity in entities or ():
            if entity["offset"] + entity["length"] > units(text):
                raise Refused(400, "Bad Request: ENTITY_BOUNDS_INVALID")

    def _sent(self, given, content, **more):
        self.number += 1
        chat_id = given["chat_id"]
        numbered = isinstance(chat_id, int) or str(chat_id).lstrip("-").isdigit()
        chat = {"id": int(chat_id) if numbered else -1003003, "type": "private"}
        if chat["id"] < 0:
            kind = "channel" if chat["id"] == -1003003 else "supergroup"
            chat.update(type=kind, title="Kupci")
        sent = {"message_id": self.number, "from": BOT, "chat": chat, "date": AT, **content, **more}
        self.messages[chat["id"], self.number] = sent
        return sent

    def do_sendMediaGroup(self, given, files):
        if not 2 <= len(given["media"]) <= 10:
            raise Refused(400, "Bad Request: wrong number of items in the album")
        kinds = {one["type"] for one in given["media"]}
        if len(kinds) > 1 and kinds - {"photo", "video"}:
            raise Refused(400, "Bad Request: documents can't be mixed with other media types")
        sent = []
        for one in given["media"]:
            assert one["media"].removeprefix("attach://") in files
            self._check_text(one.get("caption", ""), None, 1024, "message caption")
            content = self._file(one["type"])
            if one.get("caption"):
                content["caption"] = one["caption"]
            sent.append(self._sent(given, content, media_group_id="77"))
        return sent

    def _file(self, kind):
        file = {"file_id": f"F{self.number}", "file_unique_id": f"U{self.number}"}
        if kind == "photo":
            return {"photo": [{**file, "width": 9, "height": 6}]}
        sizes = {"width": 9, "height": 6} if kind in ("video", "animation") else {}
        duration = {} if kind == "document" else {"duration": 2}
        return {kind: {**file, **sizes, **duration}}

    def __getattr__(self, name):
        kind = name.removeprefix("do_send").lower()
        if name.startswith("do_send") and kind in FILE_FIELDS:
            return lambda given, files: self._send_file(kind, given, files)
        raise AttributeError(name)

    def _send_file(self, kind, given, files):
        if kind not in files:
            raise Refused(400, f"Bad Request: there is no {kind} in the request")
        self._check_text(given.get("caption", ""), None, 1024, "message caption")
        content = self._file(kind)
        if given.get("caption"):
            content["caption"] = given["caption"]
        return self._sent(given, content)

    def _found(self, given, what):
        found = self.messages.get((int(given["chat_id"]), int(given["message_id"])))
        if not found:
            raise Refused(400, f"Bad Request: message to {what} not found")
        return found

    def do_editMessageText(self, given, files):
        found = self._found(given, "edit")
        if "text" not in found:
            raise Refused(400, "Bad Request: there is no text in the message to edit")
        if found["text"] == given["text"]:
            words = "message is not modified: specified new message content is the same"
            raise Refused(400, f"Bad Request: {words}")
        found.update(text=given["text"], edit_date=AT + 10)
        return found

    def do_editMessageCaption(self, given, files):
        found = self._found(given, "edit")
        found.update(caption=given["caption"], edit_date=AT + 10)
        return found

    def do_deleteMessage(self, given, files):
        self._found(given, "delete")
        del self.messages[int(given["chat_id"]), int(given["message_id"])]
        return True

    def do_setMessageReaction(self, given, files):
        return True

    def do_banChatMember(self, given, files):
        return True

    do_unbanChatMember = do_banChatMember

    def do_getChat(self, given, files):
        return {"id": -1003003, "type": "channel", "title": "Shop"}

    def do_getChatMember(self, given, files):
        return self.members.get(str(given["chat_id"]), {"status": "left", "user": BOT})

    def do_getChatMemberCount(self, given, files):
        return 321

    def do_getFile(self, given, files):
        if given["file_id"] not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[given["file_id"]])
        return {
            "file_id": given["file_id"],
            "file_unique_id": "u",
            "file_size": size,
            "file_path": f"photos/{given['file_id']}",
        }


# === FAULTS === #


def says(code, description="", body=None, headers=None, **parameters):
    """Answers so, and does nothing."""

    def fault(_environ, _act):
        answer = {"ok": False, "error_code": code, "description": description}
        if parameters:
            answer["parameters"] = parameters
        return Response(json.dumps(answer) if body is None else body, code, headers)

    return fault
