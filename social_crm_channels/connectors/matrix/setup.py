# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What an administrator does on the homeserver, looked at step by step from its side."""
import functools

from odoo.addons.social_crm_base.exceptions import (
    ConnectorError,
    CredentialsError,
    NotSupported,
    PermanentError,
)

from ...tools.contract import Health, Step
from . import const
from .service import service_id

LOOKED_AT = 20  # rooms, to see whether they are encrypted


def steps_of(connector, channel):
    """:rtype: list[Step]"""
    env = connector.env
    rooms = functools.cache(lambda: connector._rooms(connector._api(channel)))

    def answers():
        connector._client(channel).get(f"{const.CLIENT}/versions")
        return ""

    def reaches():
        if not connector._is_service(channel):
            raise NotSupported("we read")
        return _ping(connector, channel)

    def clear():
        api = connector._api(channel)
        looked_at = rooms()[:LOOKED_AT]
        closed = [room for room in looked_at if api.state(room, "m.room.encryption")]
        return closed and env._(
            "%(closed)s of %(all)s rooms are encrypted.", closed=len(closed), all=len(looked_at)
        )

    return [
        Step(
            "server",
            env._("Know the homeserver"),
            env._(
                "The part behind the colon of the account's Matrix ID: of @shop:example.org it is "
                "example.org. Where its Matrix is we find out ourselves."
            ),
            answers,
        ),
        Step(
            "access",
            env._("An account of the shop's own"),
            env._(
                "With a login, on any homeserver: make the account there, then give its name and "
                "password here, or an access token of a login made for this. As an application "
                "service, on your own homeserver: choose a Matrix ID that nobody has."
            ),
            lambda: _whose(connector, channel),
        ),
        Step(
            "service",
            env._("For an application service: tell the homeserver"),
            env._(
                "Press Registration File on the channel, save the text on the homeserver, name the "
                "file in its settings (app_service_config_files of Synapse) and restart it. It "
                "must reach this Odoo."
            ),
            reaches,
            optional=True,
        ),
        Step(
            "rooms",
            env._("Be in rooms"),
            env._(
                "Publish the Matrix ID, so that customers can write to it, and invite the account "
                "to your rooms. Invitations on the channel says whose we accept."
            ),
            lambda: "" if rooms() else env._("The account is in no room yet."),
            optional=True,
        ),
        Step(
            "clear",
            env._("Rooms without encryption"),
            env._(
                "What is encrypted cannot be read here. Many programs encrypt private rooms unless "
                "told otherwise: on your own homeserver set "
                "encryption_enabled_by_default_for_room_type to off, and io.element.e2ee in "
                ".well-known/matrix/client."
            ),
            clear,
            optional=True,
        ),
        Step(
            "power",
            env._("Power to moderate"),
            env._(
                "To remove messages and to ban, make the account a moderator (power level 50) in "
                "the room's settings."
            ),
            optional=True,
        ),
    ]


def health_of(connector, channel):
    """Whether the token works, whose it is, and whether the homeserver reaches us.

    :rtype: Health
    """
    health = _whose(connector, channel)
    if not health and connector._is_service(channel):
        health = _ping(connector, channel)
    return health or Health("green")


def _whose(connector, channel):
    """What is wrong with our access; None if nothing."""
    env = connector.env
    try:
        user = connector._who(connector._api(channel))
    except (CredentialsError, PermanentError) as error:
        if not connector._is_service(channel):
            raise
        return Health(
            "red",
            env._("The homeserver does not know our application service. %(why)s", why=str(error)),
            env._(
                "Press Registration File, name the file in the homeserver's settings "
                "(app_service_config_files of Synapse), restart it, then press Check."
            ),
        )
    if channel.external_id and user != channel.external_id:
        return Health(
            "red",
            env._("The access belongs to %(account)s.", account=user),
            env._("Connect this channel again, with its own account's access."),
        )
    return None


def _ping(connector, channel):
    """Have the homeserver call us, which tells what stands between; None if nothing."""
    env = connector.env
    path = ("appservice", service_id(channel.app_id), "ping")
    try:
        connector._api(channel).post(*path, body={"transaction_id": "check"}, version="v1")
    except ConnectorError as error:
        if getattr(error, "code", "") in ("M_UNRECOGNIZED", "M_NOT_FOUND"):
            return None  # homeservers before Matrix 1.7 cannot try
        return Health(
            "red",
            env._("The homeserver cannot call us. %(why)s", why=str(error)),
            env._(
                "Does the registration file name this Odoo's address (%(address)s), can the "
                "homeserver reach it, and is it the file that was made last?",
                address=channel.app_id.get_base_url(),
            ),
        )
    return None
