# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import uuid

from odoo import fields, models

from odoo.addons.social_crm_base.tools.privacy import CONTENT, ROW, classify, not_personal


class SocialCrmInteractionRetain(models.TransientModel):
    """Mark words that conclude or dispute a contract, or take the mark away."""

    _name = "social.crm.interaction.retain"
    _inherit = ["social.crm.personal.data"]
    _description = "Keep for a Claim"

    interaction_ids = fields.Many2many("social.crm.interaction", required=True)
    ground = fields.Selection(
        [
            ("concludes", "They conclude a contract"),
            ("disputes", "They dispute a contract"),
            ("none", "They are not needed any more"),
        ],
        required=True,
        default="concludes",
    )
    reason = fields.Char(help="In a sentence that can be told to the person and the authority.")

    def action_apply(self):
        """Mark the words, and write down that it was done."""
        self.ensure_one()
        words = self.interaction_ids
        words.check_access("read")
        needed = self.ground != "none"
        # sudo: a mark, whatever else of the words the user may write
        words.sudo().write(
            {
                "retention_ground": self.ground if needed else False,
                "retention_reason": self.reason if needed else False,
            }
        )
        self.env["social.crm.evidence"]._append(
            "retention.claim", uuid.uuid4(), ground=self.ground, words=len(words)
        )

    def _personal_data_fields(self):
        return {
            **not_personal("interaction_ids ground"),
            **classify(CONTENT, ROW, "reason"),
        }
