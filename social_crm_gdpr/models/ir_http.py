# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Override to tell every screen that erasures wait to be replayed."""
        info = super().session_info()
        user = self.env.user
        if user and user._is_internal():
            erasures = self.env["social.crm.erasure"]
            if behind := erasures._behind():
                info["social_crm_behind"] = erasures._behind_words(behind)
                info["social_crm_may_replay"] = user.has_group(
                    "social_crm_base.group_privacy_clerk"
                )
        return info
