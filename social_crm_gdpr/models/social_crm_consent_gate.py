# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.tools import format_date

from ..const import OPEN_PURPOSES
from .social_crm_consent_state import NOTHING


class SocialCrmConversation(models.Model):
    """What may be said beyond an answer: what the person agreed to."""

    _inherit = "social.crm.conversation"

    def _opted_in(self, purpose):
        """Override: the ledger knows."""
        return bool(self.identity_id._may(purpose, self.channel_id))

    def _purpose_refusal(self, purpose):
        """Override: feedback and marketing want the person's consent, on this channel."""
        reason = super()._purpose_refusal(purpose)
        if purpose in OPEN_PURPOSES:
            return reason
        if not reason and (purpose == "marketing" or self._opted_in(purpose)):
            return ""
        return self._consent_refusal(purpose) or reason

    def _consent_refusal(self, purpose):
        """Why not, as far as it is known from what they decided.

        :rtype: str
        """
        term = self.env["social.crm.purpose"]._terms().get(purpose)
        if not term:
            return self.env._("There is no purpose “%(code)s” in force.", code=purpose)
        name = self.env["social.crm.purpose"].sudo().browse(term.id).name  # sudo: its name
        channels, networks = term.channel_ids, term.platform_ids
        if (channels and self.channel_id.id not in channels) or (
            networks and self.platform_id.id not in networks
        ):
            return self.env._(
                "“%(purpose)s” does not cover this channel. Answer their question without it.",
                purpose=name,
            )
        state = (
            self.env["social.crm.consent"]
            ._states(self.identity_id, {purpose})
            .get(self.identity_id.id, {})
            .get(purpose, NOTHING)
        )
        day = format_date(self.env, state.since) if state.since else ""
        words = {
            "objected": self.env._("objected on %(day)s", day=day),
            "withdrawn": self.env._("withdrew their consent on %(day)s", day=day),
            "refused": self.env._("said no on %(day)s", day=day),
            "expired": self.env._("agreed once, until %(day)s", day=day),
            "given": self.env._("has not confirmed their consent of %(day)s yet", day=day),
            "asked": self.env._("was asked on %(day)s and has not answered yet", day=day),
        }.get(state.status)
        if words:
            return self.env._(
                "%(purpose)s: this person %(what)s. Answer their question without it.",
                purpose=name,
                what=words,
            )
        if purpose == "marketing":
            return ""  # the sentence every database has
        return self.env._(
            "%(purpose)s: this person has not agreed to it. Answer their question without it, or "
            "ask for their consent first.",
            purpose=name,
        )
