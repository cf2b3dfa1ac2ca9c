# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from .social_crm_case_person import ROWS, _label


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def action_make_idea(self):
        """Make an idea of what was said, or count who said it as a supporter of one there is."""
        self.ensure_one()
        self.check_access("read")
        if self.direction != "in" or not self.identity_id:
            raise UserError(
                self.env._("Ideas come from what somebody else said. Choose a message of theirs.")
            )
        return self.env["social.crm.idea.collect"]._open_for(self)


class SocialCrmCase(models.Model):
    _inherit = "social.crm.case"

    def _inbox_person(self):
        return {**super()._inbox_person(), "ideas": self._inbox_person_ideas()}

    def _inbox_person_rights(self):
        may = self.env["social.crm.idea"].has_access("create")
        return {**super()._inbox_person_rights(), "idea": may}

    def _inbox_person_ideas(self):
        """Ideas this person supports, and what became of them.

        :rtype: list[dict]
        """
        if not self.identity_id or not self.env["social.crm.idea"].has_access("read"):
            return []
        partner = self._inbox_partner()
        mine = fields.Domain("identity_id", "=", self.identity_id.id)
        if partner:
            mine |= fields.Domain("partner_id", "=", partner.id)
        supporters = self.env["social.crm.idea.supporter"].search(
            mine & fields.Domain("idea_id.active", "=", True), limit=ROWS
        )
        return [
            {
                "id": idea.id,
                "name": idea.name,
                "status": idea.status,
                "status_label": _label(idea, "status"),
            }
            for idea in supporters.idea_id
        ]
