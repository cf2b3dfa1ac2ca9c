# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import models

from odoo.addons.social_crm_base.exceptions import PermanentError

NUMBER = re.compile(r"-?[0-9]{1,20}")


class SocialCrmConnectorTelegram(models.AbstractModel):
    """What a bot that is administrator of a group may do there: delete and ban.

    It leaves out muting and restricting members, which are matters of the group itself.
    """

    _inherit = "social.crm.connector.telegram"

    def _capabilities(self, channel):
        return super()._capabilities(channel) | {"remove", "ban"}

    def _moderate(self, channel, operation, target, reason=""):
        if operation == "remove":
            self._delete_remote(channel, target)
        elif operation in ("ban", "unban"):
            self._ban(channel, target, lift=operation == "unban")
        else:
            raise self._unsupported()

    def _ban(self, channel, person, *, lift):
        """In every group of ours where the person spoke and the bot may.

        :param Actor person:
        :raise PermanentError: where there is none
        """
        if not NUMBER.fullmatch(person.external_id):
            raise PermanentError(self.env._("Telegram has not told us this person's number."))
        done, refused = False, None
        for chat_id in self._groups_of(channel, person):
            try:
                self._set_banned(channel, chat_id, person, lift)
                done = True
            except PermanentError as error:
                refused = error  # not administrator there, or no longer in it
        if not done:
            raise refused or PermanentError(
                self.env._("They have spoken in no group of ours, so there is none to ban them in.")
            )

    def _set_banned(self, channel, chat_id, person, lift):
        api, user_id = self._api(channel), int(person.external_id)
        verb = "unbanChat" if lift else "banChat"
        if user_id < 0:  # a channel that speaks as itself
            api.do(f"{verb}SenderChat", chat_id=int(chat_id), sender_chat_id=user_id)
        elif lift:
            # without only_if_banned a member would be put out by this
            api.do("unbanChatMember", chat_id=int(chat_id), user_id=user_id, only_if_banned=True)
        else:
            api.do("banChatMember", chat_id=int(chat_id), user_id=user_id)

    def _groups_of(self, channel, person):
        """The chats, as the network calls them, in which a person spoke; no private ones.

        :rtype: list[str]
        """
        rows = self.env["social.crm.interaction"]._read_group(
            [
                ("channel_id", "=", channel.id),
                ("identity_id.external_id", "=", person.external_id),
                ("container", "=like", "-%"),
            ],
            ["container"],
        )
        return [container for (container,) in rows if NUMBER.fullmatch(container)]
