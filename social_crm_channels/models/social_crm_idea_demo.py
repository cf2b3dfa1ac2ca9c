# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import api, models

#: Which idea the people of the demo shop ask for: how their words begin.
SAID = {
    "sunday": ("Hallo, kann ich den Kindersitz ausnahmsweise", "Добар дан, да ли сервис"),
    "belgrade": ("Svaka čast. Da li to radite i u Beogradu?",),
    "children": ("Važi li i za dečje?", "Može li i za decu?"),
    "route": ("Teilt ihr die Strecke?",),
}


class SocialCrmIdea(models.Model):
    _inherit = "social.crm.idea"

    @api.model
    def _load_demo_supporters(self):
        """Count the people of the demo shop as supporters; nothing where it is not there."""
        for name, openings in SAID.items():
            idea = self.env.ref(f"social_crm_channels.social_crm_idea_{name}_demo")
            for opening in openings:
                said = self.env["social.crm.interaction"].search(
                    [("body", "=like", f"{opening}%"), ("company_id", "=", idea.company_id.id)],
                    limit=1,
                )
                idea._support(said)
