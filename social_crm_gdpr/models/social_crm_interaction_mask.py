# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import re

from odoo import models
from odoo.exceptions import AccessError

BULLETS = "•••"


class SocialCrmInteraction(models.Model):
    """What others say of our own people by name."""

    _inherit = "social.crm.interaction"

    def action_mask_staff(self):
        """Replace our colleagues' full names in these words; the words on the network stay.

        :raise AccessError: for everybody but a privacy clerk
        """
        if not self.env.user.has_group("social_crm_base.group_privacy_clerk"):
            raise AccessError(self.env._("Ask your privacy clerk to mask colleagues' names."))
        self.check_access("read")
        # sudo: the names of all colleagues; the clerk reads words and masks names, no more
        users_sudo = self.env["res.users"].sudo().search([("share", "=", False)])
        names = sorted(
            {user.name.strip() for user in users_sudo if " " in user.name.strip()},
            key=len,
            reverse=True,
        )
        if not names:
            return
        pattern = re.compile("|".join(map(re.escape, names)), re.IGNORECASE)
        for said_sudo in self.sudo():  # sudo: as above
            changed = {
                name: pattern.sub(BULLETS, said_sudo[name])
                for name in ("title", "body", "body_html")
                if said_sudo[name] and pattern.search(said_sudo[name])
            }
            if changed:
                said_sudo.write({**changed, "versions": False})
