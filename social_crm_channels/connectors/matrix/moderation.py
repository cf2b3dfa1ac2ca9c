# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from odoo.addons.social_crm_base.exceptions import PermanentError

from . import const


class SocialCrmConnectorMatrix(models.AbstractModel):
    """What an account with enough power in a room may do there: redact, ban; and report to its
    homeserver. It leaves out kicking and muting, which are matters of the room itself."""

    _inherit = "social.crm.connector.matrix"

    def _capabilities(self, channel):
        return super()._capabilities(channel) | {"remove", "ban", "report"}

    def _moderate(self, channel, operation, target, reason=""):
        if operation == "remove":
            self._sender(channel).delete(target, reason)
        elif operation == "report":
            self._sender(channel).report(target, reason)
        elif operation in ("ban", "unban"):
            self._ban(channel, target, operation, reason)
        else:
            raise self._unsupported()

    def _ban(self, channel, person, operation, reason):
        """In every room of many where the person spoke and we may.

        :param Actor person:
        :raise PermanentError: where there is none
        """
        if not const.USER.fullmatch(person.external_id):
            raise PermanentError(self.env._("Matrix has not told us who this is."))
        api, done, refused = self._api(channel), False, None
        for room in self._rooms_of(channel, person):
            body = {"user_id": person.external_id}
            if reason and operation == "ban":
                body["reason"] = reason
            try:
                api.post("rooms", room, operation, body=body)
                done = True
            except PermanentError as error:
                if operation == "unban" and "not banned" in str(error).lower():
                    done = True
                refused = error
        if not done:
            raise refused or PermanentError(
                self.env._("They have spoken in no room of ours, so there is none to ban them in.")
            )

    def _rooms_of(self, channel, person):
        rows = self.env["social.crm.interaction"]._read_group(
            [
                ("channel_id", "=", channel.id),
                ("identity_id.external_id", "=", person.external_id),
                ("visibility", "=", "group"),
                ("container", "!=", False),
            ],
            ["container"],
        )
        return [container for (container,) in rows if const.ROOM.fullmatch(container)]
