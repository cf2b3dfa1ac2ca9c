# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from werkzeug.exceptions import HTTPException

from odoo import models
from odoo.http import request

from odoo.addons.social_crm_channels.const import WEBHOOK_PATH

from ..tools.public import secure

#: Where the suite answers strangers; a test looks that no route of it lies elsewhere.
OPEN_TO_STRANGERS = ("/privacy/", f"{WEBHOOK_PATH}/")


class IrHttp(models.AbstractModel):
    """Security headers on whatever strangers may call, refusals and failures included."""

    _inherit = "ir.http"

    def session_info(self):
        """Override to tell every screen that erasures wait to be replayed."""
        info = super().session_info()
        user = self.env.user
        if user and user._is_internal():
            erasures = self.env["social.crm.erasure"]
            if behind := erasures._behind():
                info["social_crm_behind"] = erasures._behind_words(behind)
                info["social_crm_log_is_lost"] = erasures._log_is_lost()
                info["social_crm_may_replay"] = user.has_group(
                    "social_crm_base.group_privacy_clerk"
                )
        return info

    @classmethod
    def _post_dispatch(cls, response):
        super()._post_dispatch(response)
        cls._social_secure(response)

    @classmethod
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        if isinstance(response, HTTPException) and response.code:
            response = response.get_response()
        cls._social_secure(response)
        return response

    @classmethod
    def _social_secure(cls, response):
        if request and request.httprequest.path.startswith(OPEN_TO_STRANGERS):
            if hasattr(response, "headers"):
                secure(response)
