# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import AccessError

from ..tools.staff_names import mask


class SocialCrmInteraction(models.Model):
    """What others say of our own people by name."""

    _inherit = "social.crm.interaction"

    def action_mask_staff(self):
        """Replace our colleagues' names in these words; the words on the network stay.

        Full names, and what colleagues are also called as their settings say.

        :raise AccessError: for everybody but a privacy clerk
        """
        if not self.env.user.has_group("social_crm_base.group_privacy_clerk"):
            raise AccessError(self.env._("Ask your privacy clerk to mask colleagues' names."))
        self.check_access("read")
        # sudo: the names of all colleagues; the clerk reads words and masks names, no more
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False).search(
            [("share", "=", False)]
        )
        full = {user.name for user in users_sudo if " " in user.name.strip()}
        short = {name for user in users_sudo for name in user._also_called()}
        for said_sudo in self.sudo():  # sudo: as above
            changed = {}
            for name in ("title", "body", "body_html"):
                if (text := said_sudo[name]) and (masked := mask(text, full, short)) != text:
                    changed[name] = masked
            if changed:
                said_sudo.write({**changed, "versions": False})
