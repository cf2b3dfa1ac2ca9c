# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Records that are called by people's names or words in a way of their own."""

from odoo import api, models


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    @api.depends_context("uid", "company")
    def _compute_display_name(self):
        """Override: initials only."""
        super()._compute_display_name()
        self._mask_display_names()


class SocialCrmIdentityLink(models.Model):
    _inherit = "social.crm.identity.link"

    @api.depends_context("uid", "company")
    def _compute_display_name(self):
        """Override: initials only."""
        super()._compute_display_name()
        self._mask_display_names()


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    @api.depends_context("uid", "company")
    def _compute_display_name(self):
        """Override: initials only."""
        super()._compute_display_name()
        self._mask_display_names()
