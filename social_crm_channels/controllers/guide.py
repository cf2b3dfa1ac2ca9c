# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from ..const import GUIDE_PATH
from ..tools.guide import guide_of


class SocialGuide(Controller):
    """How to set up a network: the text that came with its connector."""

    @route(f"{GUIDE_PATH}/<string:code>", type="http", auth="user", methods=["GET"], readonly=True)
    def guide(self, code, **_arguments):
        labels = dict(request.env["social.crm.app"]._selection_connector())
        if code == "manual" or code not in labels:
            raise NotFound()
        text = guide_of(request.env["social.crm.connector"]._of(code))
        if not text:
            raise NotFound()
        return request.render(
            "social_crm_channels.guide", {"guide": text, "title": labels[code]}
        )
