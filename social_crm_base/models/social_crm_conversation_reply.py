# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmConversation(models.Model):
    """Answering from somewhere else than the inbox: a lead, later a contact or an order."""

    _inherit = "social.crm.conversation"

    def _reply_refusal(self, mode="free_text"):
        """Why nobody can answer here now, in words; empty when one can.

        Addons that know the network better (windows, tiers, one answer only) add their reasons.

        :param str mode: free_text, private_reply (to what was said in public) or template
        :rtype: str
        """
        self.ensure_one()
        platform = self.platform_id
        if not self.env["social.crm.outbox"].has_access("create"):
            return self.env._("Only agents may answer. Ask for the role Agent.")
        if platform._is_retired():
            return self.env._("%(network)s is closed: nobody reads there.", network=platform.name)
        # a group has no one person on the other side
        if self.identity_id and self.identity_id.state != "active":
            return self.env._("This account is no longer active.")
        return ""

    def _purpose_refusal(self, purpose):
        """Why this person may not be told something for that purpose; empty when they may.

        Advertising wants the person's own word (Art. 13 Directive 2002/58/EC), in public too:
        nobody asked for it there either.

        :param str purpose: a value of the interaction's ``purpose``
        :rtype: str
        """
        self.ensure_one()
        if purpose != "marketing" or self._opted_in(purpose):
            return ""
        return self.env._(
            "This is marketing, and this person has not opted in. Answer their question without "
            "the offer, or ask for their consent first."
        )

    def _opted_in(self, purpose):
        """Whether the person of this place agreed to be told things for that purpose.

        Addons that keep consents ask there.

        :param str purpose: a value of the interaction's ``purpose``
        :rtype: bool
        """
        return self.identity_id.consent_basis == "opt_in"

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
