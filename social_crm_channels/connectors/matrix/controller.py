# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import json

from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from odoo.http import Controller, Response, request, route

from ...const import WEBHOOK_PATH
from ...controllers.webhook import find_app, store, verify
from . import const

SERVICE_PATH = f"{WEBHOOK_PATH}/<string:token>/_matrix/app/v1"
OPTIONS = {
    "type": "http",
    "auth": "none",  # no visitor: the homeserver's token says who calls
    "csrf": False,  # the caller is no browser; the token takes its place
    "save_session": False,
    "raw_body": True,  # see ir.http
    "max_content_length": const.MAX_TRANSACTION,
}


class SocialMatrixService(Controller):
    """The application service API: what the homeserver calls below the address in its settings."""

    @route(f"{SERVICE_PATH}/transactions/<string:txn>", methods=["PUT"], **OPTIONS)
    def transaction(self, token, txn, **_arguments):
        """Take in events. The same transaction comes again until it is answered with 200: what is
        stored is known by the events' own keys, so the transaction's number is of no use here.
        """
        return self._answer(token, store)

    @route(f"{SERVICE_PATH}/ping", methods=["POST"], **OPTIONS)
    def ping(self, token, **_arguments):
        """The homeserver tries whether it reaches us, because we asked it to."""
        return self._answer(token)

    @route(f"{SERVICE_PATH}/users/<string:user>", methods=["GET"], **OPTIONS)
    def user(self, token, user, **_arguments):
        """Whether we have an account of that name: our own and no other."""

        def known(app_sudo, _connector_sudo, _headers, _body):
            if user not in app_sudo._webhook_routes()[1]:
                raise NotFound()

        return self._answer(token, known)

    @route(
        [f"{SERVICE_PATH}/rooms/<path:rest>", f"{SERVICE_PATH}/thirdparty/<path:rest>"],
        methods=["GET"],
        **OPTIONS,
    )
    def other(self, token, rest, **_arguments):
        """We make no rooms by their alias and bridge nobody."""

        def unknown(*_facts):
            raise NotFound()

        return self._answer(token, unknown)

    def _answer(self, token, deed=None):
        """Do something for the homeserver, and answer as it expects: always in JSON.

        :param deed: called with the app, its connector, the headers and the body
        """
        try:
            app_sudo, connector_sudo = find_app(token)
            if app_sudo.connector != "matrix":
                raise NotFound()
            headers = {name.lower(): text for name, text in request.httprequest.headers.items()}
            if "authorization" not in headers:
                return _say(401, "M_UNAUTHORIZED")
            body = request.httprequest.get_data()
            verify(app_sudo, connector_sudo, headers, body)
            if deed:
                deed(app_sudo, connector_sudo, headers, body)
        except NotFound:
            return _say(404, "M_NOT_FOUND")
        except Forbidden:
            return _say(403, "M_FORBIDDEN")
        except BadRequest:
            return _say(400, "M_BAD_JSON")
        return _say(200)


def _say(status, code=None):
    return Response(
        json.dumps({"errcode": code} if code else {}),
        status=status,
        content_type="application/json",
    )
