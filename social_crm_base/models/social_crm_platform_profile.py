# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class SocialCrmPlatform(models.Model):
    _inherit = "social.crm.platform"

    def _profile_key(self, handle="", external_id="", scope=""):
        """A profile as one text, the same for a link on a contact and for an account.

        :param str handle: in normal form
        :param str external_id: used where the handle is empty
        :param str scope: the site, which counts only where handles live on one site
        :return: the key, or None where nothing is known
        :rtype: str | None
        """
        self.ensure_one()
        if not handle and not external_id:
            return None
        site = scope if self.handle_scope == "site" else ""
        return f"{self.id}|{site or ''}|" + (f"@{handle}" if handle else f"#{external_id}")
