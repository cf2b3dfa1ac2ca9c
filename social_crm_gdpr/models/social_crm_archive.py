# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmArchive(models.Model):
    _inherit = "social.crm.archive"

    def _undoable(self, interactions):
        """Override: what a legal hold keeps is not deleted, however it came in."""
        found = super()._undoable(interactions)
        return found - found._held()
