# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError


class SocialCrmConversation(models.Model):
    """Answering from somewhere else than the inbox: a lead, later a contact or an order."""

    _inherit = "social.crm.conversation"

    def _reply_refusal(self):
        """Why nobody can answer here now, in words; empty when one can.

        Addons that know the network better (windows, tiers, one answer only) add their reasons.

        :rtype: str
        """
        self.ensure_one()
        platform = self.platform_id
        if not self.env["social.crm.outbox"].has_access("create"):
            return self.env._("Only agents may answer. Ask for the role Agent.")
        if platform._is_retired():
            return self.env._("%(network)s is closed: nobody reads there.", network=platform.name)
        if self.identity_id.state != "active":
            return self.env._("This account is no longer active.")
        return ""

    def _reply_place(self):
        """What a small composer needs to know of this place.

        :rtype: dict
        """
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        reason = self._reply_refusal()
        return {
            "id": self.id,
            "label": f"{kinds[self.kind]} · {self.display_name}",
            "is_public": self.kind not in ("direct", "group"),
            "by_hand": self.channel_id.connector == "manual",
            "can_reply": not reason,
            "reason": reason,
            "protocol": self.platform_id.protocol or "",
        }

    def _reply_from_document(self, body):
        """Queue an answer to the last word of the other side.

        :param str body: plain text
        :return: the outgoing row
        :raise UserError: with the reason, where one cannot answer
        """
        self.ensure_one()
        body = (body or "").strip()
        if not body:
            raise UserError(self.env._("Write something first."))
        if reason := self._reply_refusal():
            raise UserError(reason)
        last = self.env["social.crm.interaction"].search(
            [
                ("conversation_id", "=", self.id),
                ("direction", "=", "in"),
                ("kind", "not in", ("reaction", "follow", "system")),
                ("state", "not in", ("deleted", "expired")),
            ],
            limit=1,
        )
        return self._queue_reply(body, parent=last or None)
