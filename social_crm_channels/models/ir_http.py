# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Keep the bytes of a route's request where it says ``raw_body=True``.

        They are what was signed. Odoo looks for a form first, and a form's bytes are gone then.
        """
        super()._pre_dispatch(rule, args)
        if rule.endpoint.routing.get("raw_body"):
            request.httprequest.get_data(cache=True)
