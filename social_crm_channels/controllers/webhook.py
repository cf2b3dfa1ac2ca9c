# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging

from markupsafe import escape
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from odoo import SUPERUSER_ID
from odoo.http import Controller, Response, request, route

from odoo.addons.social_crm_base.exceptions import (
    CredentialsError,
    MalformedPayload,
    NotSupported,
    SignatureError,
)

from ..const import WEBHOOK_MAX_BYTES, WEBHOOK_PATH
from ..tools.contract import RequestFacts

_logger = logging.getLogger(__name__)


class SocialWebhook(Controller):
    """Networks call here. Nothing is understood in the request: verified, cut, stored, answered."""

    @route(
        f"{WEBHOOK_PATH}/<string:token>",
        type="http",
        auth="none",  # no visitor: the signature says who calls, so no user is looked up
        methods=["GET", "POST"],
        csrf=False,  # the caller is no browser; the signature takes its place
        save_session=False,
        raw_body=True,  # see ir.http
        max_content_length=WEBHOOK_MAX_BYTES,
    )
    def webhook(self, token, **_arguments):
        """Take in what a network sends.

        200 once it is stored, 400 for a signed body that cannot be cut, 403 for a missing, wrong
        or stale signature or a refused challenge, 404 for an unknown address, 413 for too large.
        Odoo may run this up to five times for one request; the event key makes that harmless.
        """
        app_sudo, connector_sudo = find_app(token)
        headers = {name.lower(): value for name, value in request.httprequest.headers.items()}
        if request.httprequest.method == "GET":
            return self._challenge(connector_sudo, app_sudo, headers)
        body = request.httprequest.get_data()
        verify(app_sudo, connector_sudo, headers, body)
        store(app_sudo, connector_sudo, headers, body)
        return Response(status=200)

    def _challenge(self, connector_sudo, app_sudo, headers):
        facts = RequestFacts(request.httprequest.args.to_dict(), headers)
        try:
            answer = connector_sudo._webhook_challenge(app_sudo, facts)
        except (SignatureError, CredentialsError) as error:
            raise Forbidden() from error
        if answer is None:
            raise Forbidden()
        return Response(answer, content_type="text/plain; charset=utf-8")


def find_app(token):
    """Whom an address belongs to, with the system's rights: a network calls, which is no user.

    :return: the app and its connector
    :raise NotFound: for an unknown address
    """
    apps_sudo = request.env(user=SUPERUSER_ID)["social.crm.app"]
    found = apps_sudo._by_webhook_token(token)
    if not found:
        raise NotFound()
    app_id, code = found
    app_sudo = apps_sudo.browse(app_id)
    return app_sudo, app_sudo.env["social.crm.connector"]._of(code)


def verify(app_sudo, connector_sudo, headers, body):
    """Whether the network itself calls.

    :raise Forbidden:
    """
    try:
        connector_sudo._webhook_verify(app_sudo, headers, body)
    except (SignatureError, CredentialsError) as error:
        _logger.warning("Webhook of app %s refused: %s", app_sudo.id, error)
        raise Forbidden() from error


def store(app_sudo, connector_sudo, headers, body):
    """Cut a verified request into items and keep them for the workers.

    :raise BadRequest: for a body that cannot be cut
    """
    try:
        items = connector_sudo._webhook_split(app_sudo, headers, body)
    except (MalformedPayload, NotSupported, RecursionError) as error:
        _logger.warning(
            "Webhook of app %s cannot be read: %s", app_sudo.id, type(error).__name__
        )
        # whoever signed it may know what is wrong with it
        raise BadRequest(escape(str(error))) from error
    app_sudo.env["social.crm.event"]._accept(app_sudo, items, "push")
