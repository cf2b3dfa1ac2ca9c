# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from ..tools.public import dead_link, public


class SocialCrmPackage(Controller):
    """Handing the package over: to the person by a link that works once, to a clerk by right."""

    @route("/privacy/package/<string:token>", type="http", auth="public", methods=["GET", "POST"],
           sitemap=False, website=True)  # fmt: skip
    @public(form="package", limit=30)
    def fetch(self, token, **_said):
        """A page with a button; the button downloads. Opening the page uses nothing up."""
        tokens = request.env["social.crm.privacy.token"]
        if request.httprequest.method == "GET":
            if not tokens._look(token, "package").request_id.package_id:
                return dead_link()
            return request.render("social_crm_gdpr.public_package", {"token": token})
        found_sudo = tokens._redeem(token, "package").request_id
        if not found_sudo.package_id:
            return dead_link()
        found_sudo._package_fetched()
        return self._stream(found_sudo.package_id)

    @route("/social_crm_gdpr/package/<int:request_id>", type="http", auth="user", methods=["GET"])
    @public()
    def hand_out(self, request_id):
        """For the clerk who prints it or hands it over; see ``action_package_download``."""
        found = request.env["social.crm.privacy.request"].browse(request_id).exists()
        if not found:
            raise NotFound()
        return self._stream(found._hand_out_package())

    def _stream(self, file_sudo):
        stream = file_sudo._to_http_stream()
        return stream.get_response(as_attachment=True, immutable=False)
