# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Events as spec.matrix.org describes them and as Synapse sends them."""
from odoo.addons.social_crm_base.tools.activity import Target

OWN = "@shop:peers.test"
ANA = "@ana:away.example"
BUDI = "@budi:away.example"
ROOM = "!dm:peers.test"
GROUP = "!club:peers.test"
AT = 1_795_000_000_000  # ms
DIRECT = {"direct": True, "title": "", "them": {"id": ANA, "name": "Ana"}, "name": "Ana"}
CLUB = {"direct": False, "title": "Klub", "them": {}, "name": "Ana"}


def event(number, content, kind="m.room.message", *, by=ANA, room=ROOM, at=AT, **more):
    return {
        "type": kind,
        "event_id": f"${number}",
        "room_id": room,
        "sender": by,
        "origin_server_ts": at + int(number) * 1000 if str(number).isdecimal() else at,
        "content": content,
        **more,
    }


def words(text, **more):
    return {"msgtype": "m.text", "body": text, **more}


def answer_to(number, **more):
    return {"m.relates_to": {"m.in_reply_to": {"event_id": f"${number}"}, **more}}


def edit_of(number, text):
    return {
        **words(f"* {text}"),
        "m.new_content": words(text),
        "m.relates_to": {"rel_type": "m.replace", "event_id": f"${number}"},
    }


def like_of(number, key="👍️"):
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": f"${number}", "key": key}}


def redaction(number, of, *, by=ANA, room=ROOM, **more):
    return event(number, {}, "m.room.redaction", by=by, room=room, redacts=f"${of}", **more)


def member(number, membership, *, who=ANA, by=None, room=ROOM, **content):
    return event(
        number, {"membership": membership, **content}, "m.room.member", by=by or who, room=room,
        state_key=who,
    )


def item(event, room=None, **more):
    """An event with what hydrating adds."""
    facts = room or (CLUB if event["room_id"] == GROUP else DIRECT)
    return {"event": event, "room": facts, **more}


def receipt(of, *, room=ROOM, by=ANA, sender=OWN, at=AT):
    read = {"room_id": room, "event_id": f"${of}", "user_id": by, "at": at}
    facts = CLUB if room == GROUP else DIRECT
    return {"receipt": read, "of": {"sender": sender, "at": at}, "room": facts}


def invitation(**more):
    invite = {"room_id": ROOM, "event_id": "$i", "sender": ANA, "at": AT, "direct": True}
    return {"invite": {**invite, "name": "", **more}, "joined": False}


PICTURE = {
    "msgtype": "m.image",
    "body": "Plava šolja",
    "filename": "solja.jpg",
    "url": "mxc://away.example/abc",
    "info": {"mimetype": "image/jpeg", "size": 3},
}
SAMPLES = [
    item(event(1, words("Zdravo", format="org.matrix.custom.html", formatted_body="<b>Z</b>"))),
    item(event(2, words("> <@x:y> a\n\nb", **answer_to(1), **{"m.mentions": {"user_ids": [BUDI]}}),
               room=GROUP)),
    item(event(3, words("c", **answer_to(1, rel_type="m.thread", event_id="$1",
                                         is_falling_back=True)))),
    item(event(4, edit_of(1, "Zdravo!")), original={"sender": ANA}),
    item(event(5, like_of(1), "m.reaction")),
    item(event(6, like_of(1), "m.reaction", by=OWN)),
    item(redaction(7, 1), redacted={"type": "m.room.message", "sender": ANA}),
    item(event(8, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}, "m.room.encrypted")),
    item(event(9, PICTURE)),
    item(event(10, {"body": "Cat", "url": "mxc://a.b/c", "info": {}}, "m.sticker")),
    item(event(11, {"msgtype": "m.location", "body": "Here", "geo_uri": "geo:44.8,20.4;u=3"})),
    item(event(12, {"m.poll": {"question": {"m.text": [{"body": "Tea?"}]},
                               "answers": [{"m.text": [{"body": "Yes"}]}]}}, "m.poll.start")),
    item(member(13, "leave")),
    receipt(1),
    invitation(),
]
TARGET = Target("$1", container=ROOM)
