# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What every page and form of the suite that strangers may call has in common.

Headers that keep a page with a token in its address to itself, answers that do not tell whether a
person is known, and a cap on forms per address and hour. What needs more (slow bodies, floods,
networks of addresses, HSTS) is the work of the proxy in front.

    @route("/privacy/ask", type="http", auth="public", methods=["GET", "POST"])
    @public(form="request")
    def ask(self, **values):
        ...
        return generic_answer()
"""

import functools
import ipaddress
import logging
from datetime import timedelta

from werkzeug.exceptions import HTTPException, TooManyRequests

from odoo.fields import Datetime
from odoo.http import Response, request

from odoo.addons.social_crm_base.tools.keyring import keyed_hash

_logger = logging.getLogger(__name__)

#: Sendings of one form from one address within one hour of the clock.
FORM_CAP = 10
#: OWASP Secure Headers Project; scripts and styles stay Odoo's own, so no nonce is needed.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an address may hold a token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


def secure(response):
    """Put the security headers on a response.

    :rtype: Response
    """
    for name, value in SECURITY_HEADERS.items():
        response.headers[name] = value
    return response


def public(form=None, limit=FORM_CAP, methods=("POST",)):
    """Decorate a route strangers may call (below ``@route``).

    Errors raised as HTTP exceptions get the headers too.

    :param str form: name of the form whose sendings are capped; several routes may share it
    :param int limit: sendings per address and hour
    :param tuple methods: what counts as a sending; ``GET`` too where a code is tried by opening
    """

    def decorate(endpoint):
        @functools.wraps(endpoint)
        def guarded(self, *args, **params):
            try:
                if form and request.httprequest.method in methods:
                    check_cap(form, limit)
                response = Response.load(endpoint(self, *args, **params))
            except HTTPException as error:
                response = Response.load(error.get_response())
            return secure(response)

        return guarded

    return decorate


def generic_answer(message=None, status=200, can_ask=False):
    """The page after a form: the same for everybody, so that it tells nothing about anybody.

    :param str message: what to say instead of the usual words
    :param bool can_ask: whether to offer the form for requests
    :rtype: Response
    """
    values = {"message": message or "", "can_ask": can_ask}
    return request.render("social_crm_gdpr.public_answer", values, status=status)


def dead_link():
    """The page of a link that works once, when it does no more.

    :rtype: Response
    """
    return generic_answer(
        request.env._(
            "This link has been used, has run out or is not complete. Ask us for a new one."
        ),
        status=404,
        can_ask=True,
    )


def check_cap(form, limit=FORM_CAP):
    """Count this sending, in a transaction of its own: also what fails afterwards is counted.

    :raise TooManyRequests: above the cap
    """
    # nobody to ask for rights: strangers send forms; the counting commits by itself
    with request.env.registry.cursor() as cr:
        admitted = request.env(cr=cr, su=True)["social.crm.form.cap"]._admit(
            form, request.httprequest.remote_addr or "", limit
        )
    if not admitted:
        _logger.info("Form %s: an address is over its %s an hour", form, limit)
        now = Datetime.now()
        until = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        said = request.env._("Too many requests came from your network. Please try again later.")
        if getattr(request, "is_frontend", False):
            response = generic_answer(said, 429)
        else:  # the frame of the web site needs a route of the web site
            response = Response(said, status=429, mimetype="text/plain")
        response.headers["Retry-After"] = str(max(1, int((until - now).total_seconds())))
        raise TooManyRequests(response=response)


def hour_key(form, address, hour):
    """What one address is called within one hour; nobody without the key can tell whose it is.

    A household's IPv6 addresses share their first 64 bits, and its key.

    :param datetime hour: its beginning, UTC
    :rtype: str
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        if ip.version == 6 and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        network = str(ipaddress.ip_network(f"{ip}/{64 if ip.version == 6 else 32}", strict=False))
    return keyed_hash("public-form", form, Datetime.to_string(hour), network)
