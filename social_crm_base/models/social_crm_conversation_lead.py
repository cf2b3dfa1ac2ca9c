# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    lead_count = fields.Integer(compute="_compute_lead_count", string="Number of Leads")

    def _compute_lead_count(self):
        counts = self._lead_ids_by_conversation()
        for conversation in self:
            conversation.lead_count = len(counts.get(conversation.id, ()))

    def _lead_ids_by_conversation(self):
        """Leads made from anything said here, that the reader may read."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        if not leads.has_access("read"):
            return {}
        groups = leads._read_group(
            [("social_interaction_ids.conversation_id", "in", self.ids)],
            ["social_interaction_ids"],
            ["id:recordset"],
        )
        found = {}
        for interaction, made in groups:
            found.setdefault(interaction.conversation_id.id, set()).update(made._ids)
        return found

    def action_create_lead(self):
        """Make a lead of what the person said here lately."""
        said = self.env["social.crm.interaction"].search(
            [("conversation_id", "in", self.ids), ("direction", "=", "in")], limit=20
        )
        if not said:
            raise UserError(
                self.env._("Nothing was said here yet, so there is nothing to make a lead from.")
            )
        return said.action_create_lead()

    def action_open_leads(self):
        found = self._lead_ids_by_conversation()
        return self.env["crm.lead"]._social_open({i for ids in found.values() for i in ids})
