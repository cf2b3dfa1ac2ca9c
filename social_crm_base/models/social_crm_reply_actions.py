# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Where the button *Answer* stands: on a conversation, a case, and one word of the talk."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.action import dialog_for


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def action_reply(self):
        """Open the composer for these places, the one they spoke in last chosen.

        :raise UserError: when there is no place to answer in
        """
        places = self.filtered(lambda place: place.identity_id or place.kind == "group")
        if not places:
            raise UserError(
                self.env._("Nobody has spoken here yet: there is no one to answer.")
            )
        latest = places.sorted(lambda place: (bool(place.last_in_date), place.last_in_date))[-1:]
        return dialog_for(
            "social.crm.reply",
            self.env._("Answer"),
            "medium",
            conversation_ids=[Command.set(places.ids)],
            conversation_id=latest.id,
        )


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def action_reply(self):
        """Answer in any of the places this matter was spoken of."""
        self.ensure_one()
        return self.conversation_ids.action_reply()


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def action_reply(self):
        """Answer just this."""
        self.ensure_one()
        action = self.conversation_id.action_reply()
        action["context"]["default_parent_id"] = self.id
        return action
