# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.http import Controller, Response, route


class Empty(Controller):
    """A public route with the webhook's own options and nothing behind it."""

    @route(
        "/bench/empty", type="http", auth="public", methods=["POST"], csrf=False,
        save_session=False,
    )
    def empty(self, **_arguments):
        return Response(status=200)
