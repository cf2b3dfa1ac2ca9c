# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import BEHAVIOUR, CLEAR, classify

from ..tools.contract import ReplyOptions


class SocialCrmConversation(models.Model):
    """Who no longer takes anything from us: known from a refusal, until they are heard of again."""

    _inherit = "social.crm.conversation"

    unreachable_since = fields.Datetime(
        readonly=True, copy=False, help="The network refused an answer for good, then."
    )
    unreachable_reason = fields.Char(readonly=True, copy=False)

    def _mark_unreachable(self, reason):
        """:param str reason: in words, for whoever wants to answer next"""
        # sudo: workers note what the network said
        self.sudo().write(
            {"unreachable_since": fields.Datetime.now(), "unreachable_reason": reason}
        )

    def _is_unreachable(self):
        """Whether nothing was heard from there since the network refused us."""
        self.ensure_one()
        if not self.unreachable_since:
            return False
        # sudo: whether they came back, not what they said
        return not self.env["social.crm.interaction"].sudo().search_count(
            [
                ("conversation_id", "=", self.id),
                ("direction", "=", "in"),
                ("date", ">", self.unreachable_since),
            ],
            limit=1,
        )

    def _reply_options(self):
        options = super()._reply_options()
        if options.can_reply and self._is_unreachable():
            return ReplyOptions(False, modes=frozenset(), reason=self.unreachable_reason or "")
        return options

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **classify(BEHAVIOUR, CLEAR, "unreachable_since unreachable_reason"),
        }
