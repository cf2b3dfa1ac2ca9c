# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from werkzeug.exceptions import Forbidden

from odoo.exceptions import AccessError, UserError
from odoo.http import Controller, request, route
from odoo.tools.misc import verify_hash_signed

from ..const import OAUTH_PATH, OAUTH_SCOPE


class SocialOauth(Controller):
    """Where a network sends the browser back to after somebody allowed us in."""

    @route(OAUTH_PATH, type="http", auth="user", methods=["GET"])
    def callback(self, state="", code="", **_arguments):
        """Finish a connection that the same person began a few minutes ago in this database.

        The state is signed, expires, and names the person and the wizard; the wizard belongs to
        that person and takes one answer only. Nothing of the request is logged: it holds the code.
        """
        try:
            known = verify_hash_signed(request.env(su=True), OAUTH_SCOPE, state)
        except ValueError:
            known = None
        if not known or known["user"] != request.env.uid:
            raise Forbidden(request.env._("This link is not yours or has expired. Connect anew."))
        wizard = request.env["social.crm.connect"].browse(known["wizard"]).exists()
        try:
            target = wizard._oauth_returned(code, state, known["nonce"])
        except AccessError as error:
            raise Forbidden() from error
        except UserError as error:
            return request.render(
                "social_crm_channels.oauth_failed", {"message": error.args[0], "wizard": wizard}
            )
        return request.redirect(target)
