# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models

from odoo.addons.social_crm_base.models.social_crm_interaction_hooks import BUS_NOTIFICATION

# What open screens show of a case. What the second stage writes is told by its own step.
SHOWN = frozenset(
    {
        "name", "state", "substate_id", "user_id", "team_id", "priority", "tag_ids",
        "snoozed_until", "confidential", "confidential_user_ids", "mention_user_ids",
        "reason_id", "outcome_id", "joined_into_id", "identity_id", "partner_id",
    }
)
WAITING = "social_crm.cases_to_tell"


class SocialCrmCase(models.Model):
    """What people do with cases shows on their colleagues' screens at once."""

    _inherit = "social.crm.case"

    def write(self, vals):
        done = super().write(vals)
        if vals.keys() & SHOWN:
            self._tell_screens()
        return done

    def _tell_screens(self):
        """Tell open screens which cases changed, gathered until the transaction ends."""
        precommit = self.env.cr.precommit
        if WAITING not in precommit.data:
            precommit.data[WAITING] = set()
            precommit.add(self.browse()._send_to_screens)
        precommit.data[WAITING].update(self.ids)

    def _send_to_screens(self):
        ids = sorted(self.env.cr.precommit.data.pop(WAITING, ()))
        if ids:
            # sudo: the group is only the address
            self.sudo().env.ref("social_crm_base.group_viewer")._bus_send(
                BUS_NOTIFICATION, {"ids": [], "case_ids": ids, "conversation_ids": []}
            )
