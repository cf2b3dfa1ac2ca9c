# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def write(self, vals):
        if "lead_ids" not in vals:
            return super().write(vals)
        # sudo: agents tie cases to leads they may not open; only whether there are new ones counts
        cases_sudo = self.sudo()
        before = {case.id: case.lead_ids for case in cases_sudo}
        done = super().write(vals)
        grown_sudo = cases_sudo.filtered(lambda case: case.lead_ids - before[case.id])
        self.browse(grown_sudo.ids)._gate_lead()
        return done

    def _gate_lead(self):
        """A case may be tied to a lead when something said in it may become one.

        :raise RulebookRefusal: with the reason, the source and what is allowed instead
        """
        # One remark stands for all that the rulebook would judge alike.
        alike = ["case_id", "platform_id", "visibility", "is_by_hand", "identity_id"]
        groups = self.env["social.crm.interaction"]._read_group(
            [("case_id", "in", self.ids), ("direction", "=", "in")], alike, ["id:max"]
        )
        said = self.env["social.crm.interaction"].browse(row[-1] for row in groups)
        refusals = said._lead_refusals(decision=self.env.uid != SUPERUSER_ID)
        for interactions in said.grouped("case_id").values():
            if all(interaction in refusals for interaction in interactions):
                raise said._lead_refusal_error(
                    {i.platform_id: refusals[i] for i in interactions}
                )

    def action_create_lead(self):
        """Make a lead of what the customer said in this matter."""
        said = self.env["social.crm.interaction"].search(
            [("case_id", "in", self.ids), ("direction", "=", "in")], limit=50
        )
        if not said:
            raise UserError(
                self.env._("Nothing was said here yet, so there is nothing to make a lead from.")
            )
        return said.action_create_lead()
