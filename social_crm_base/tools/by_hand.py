# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What people write down or import becomes activities like everything else; without ORM."""
from .activity import Actor
from .keyring import keyed_hash

FAMILY = "by_hand"
PRIVATE_KINDS = frozenset({"message"})
MAX_ID = 200


def content_id(*parts):
    """The id of something that has none: the same content gives the same id, so that writing it
    down twice, or importing the same file twice, makes no double.

    Keyed, as anything else would let a reader of the database try out what was said.

    :rtype: str
    """
    return "hand-" + keyed_hash("by_hand", *("" if part is None else str(part) for part in parts))


def by_hand_actor(*, external_id="", handle="", name="", scope="", anonymous_id="", **more):
    """The account of somebody whom a colleague names.

    Somebody known by name alone is an account of their own: names are shared, so two remarks of
    an "Ana" are not one person until a colleague says so.

    :param str anonymous_id: id for one who has neither id nor handle
    :rtype: Actor
    """
    if not external_id and not handle:
        external_id = anonymous_id
    return Actor(external_id=external_id, handle=handle, name=name, scope=scope, **more)
