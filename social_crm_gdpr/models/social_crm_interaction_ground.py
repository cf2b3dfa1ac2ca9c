# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from odoo.addons.social_crm_base.tools.action import dialog_for
from odoo.addons.social_crm_base.tools.privacy import CONTENT, KEEP, classify, not_personal


class SocialCrmInteraction(models.Model):
    """Words that are needed after the person's erasure: a colleague marks them, with a reason."""

    _inherit = "social.crm.interaction"

    retention_ground = fields.Selection(
        [("concludes", "Concludes a contract"), ("disputes", "Disputes a contract")],
        readonly=True,
        copy=False,
        help="Stays when the person is erased: to make or defend a claim (Art. 17(3)(e) GDPR).",
    )
    retention_reason = fields.Char(readonly=True, copy=False)

    _ground_index = models.Index("(identity_id) WHERE retention_ground IS NOT NULL")

    def action_retain(self):
        """Say why these words are needed even if the person is erased."""
        return dialog_for(
            "social.crm.interaction.retain",
            self.env._("Keep for a Claim"),
            interaction_ids=[fields.Command.set(self.ids)],
        )

    def _personal_data_fields(self):
        return {
            **super()._personal_data_fields(),
            **not_personal("retention_ground"),
            **classify(
                CONTENT, KEEP, "retention_reason",
                ground="GDPR Art. 5(2): why these words stay",
            ),
        }  # fmt: skip
