# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Whom we follow into a room."""
from dataclasses import dataclass

from odoo.addons.social_crm_base.exceptions import PermanentError

from ...tools import payload as read
from . import const, items, rooms

ANYONE, SERVERS, HAND = "anyone", "servers", "hand"


@dataclass(frozen=True, slots=True)
class Policy:
    """:param frozenset servers: whose people may invite us, in lower case"""

    who: str = HAND
    servers: frozenset = frozenset()

    def verdict(self, sender):
        """True: join; False: decline; None: a person decides.

        :param str sender: a Matrix id
        """
        if self.who == ANYONE:
            return True
        if self.who == SERVERS:
            return sender.partition(":")[2].lower() in self.servers
        return None


def decide(api, own_id, payload, policy):
    """Accept or decline an invitation, or leave it for a person. Twice does no harm.

    :param dict payload: with ``invite``
    :return: the payload with ``joined``, and ``declined`` or ``why``
    :rtype: dict
    """
    invite = payload["invite"]
    room, sender = read.required(invite, "room_id"), read.required(invite, "sender")
    verdict = policy.verdict(sender)
    if verdict is None:
        return {**payload, "joined": False}
    try:
        api.post("rooms", room, "join" if verdict else "leave")
    except PermanentError as error:
        if not verdict:
            return {**payload, "joined": False, "declined": True}  # taken back meanwhile
        return {**payload, "joined": False, "why": str(error)}
    rooms.forget(room)
    if verdict and invite.get("direct") is True:
        rooms.mark_direct(api, own_id, sender, room)
    return {**payload, "joined": verdict, "declined": not verdict}


def said_meanwhile(api, own_id, event):
    """What was said in a room between our invitation and our coming, oldest first.

    :param dict event: our membership; with any other nothing was missed
    :return: payloads
    :rtype: list[dict]
    """
    came = read.nested(event, "content").get("membership") == "join"
    unsigned = read.nested(event, "unsigned")
    invited = read.nested(unsigned, "prev_content").get("membership") == "invite"
    before = read.text(unsigned, "replaces_state")
    if event.get("state_key") != own_id or not (came and invited and before):
        return []
    room = read.required(event, "room_id")
    since = api.event(room, before).get("origin_server_ts")
    if not isinstance(since, int):
        return []
    page = api.look("rooms", room, "messages", dir="b", limit=const.PAGE)
    found = [
        items.of_event(said, room, own_id)
        for said in reversed(read.objects(page, "chunk"))
        if said.get("type") != const.MEMBER and _said_at(said) >= since
    ]
    return [item[1] for item in found if item]


def _said_at(event):
    at = event.get("origin_server_ts")
    return at if isinstance(at, int) else 0
